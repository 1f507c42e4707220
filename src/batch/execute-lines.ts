/**
 * Executes lines of a file alike. A line that carries only some entries, because others were
 * executed before, moves those alone: alike with the others, its adjustment would move money twice.
 */
import { moveAdjustments } from "../accounting/move-adjustments.ts";
import type { AlikeMove } from "../accounting/move-alike.ts";
import { moveAlike } from "../accounting/move-alike.ts";
import type { Engine } from "../accounting/engine.ts";
import type { Transaction } from "../database/database.ts";

import type { AnsweredLine } from "./line-views.ts";

export type Executing = AlikeMove & Required<Pick<AlikeMove, "execution">>;

/** Answers how many moved; one that is no longer where the move starts stays. */
export async function executeLines(
  tx: Transaction,
  engine: Engine,
  move: Executing,
  lines: readonly AnsweredLine[],
): Promise<number> {
  const whole = lines.filter((line) => line.entryIds === null);
  const ids = whole.map(({ adjustmentId }) => adjustmentId);
  const moved = await moveAlike(tx, engine, move, ids);
  const parts = lines.flatMap(({ adjustmentId, entryIds }) =>
    entryIds === null
      ? []
      : [{ ...move, adjustmentId, execution: { ...move.execution, entryIds } }],
  );
  const results = await moveAdjustments(tx, engine, parts);
  return moved.size + results.filter((one) => one.moved).length;
}
