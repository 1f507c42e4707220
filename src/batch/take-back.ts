/**
 * What a file that is void gives back: every line that is not known to be posted, the ones executed
 * on the mere assumption of the hand-over too. What was acknowledged or matched never comes back.
 */
import type { Move } from "../accounting/move-adjustments.ts";
import { moveAdjustments } from "../accounting/move-adjustments.ts";
import type { Transaction } from "../database/database.ts";
import { assert } from "../kernel/assert.ts";

import { entriesOf } from "./answer-moves.ts";
import type { BatchDesk } from "./desk.ts";
import type { LineFate, RegenerationLine } from "./regeneration-views.ts";
import { linesToRegenerate } from "./regeneration-views.ts";
import { settleLines } from "./store.ts";
import type { FileRow } from "./views.ts";

const SLICE = 2000;

interface TakingBack {
  /** What became of the file, in the words of its void row. */
  readonly statement: string;
  readonly reason: string;
  readonly actor: string;
}

/** Gives back what is not known to be posted; answers how many lines. */
export async function takeBackLines(
  tx: Transaction,
  desk: BatchDesk,
  old: FileRow,
  request: TakingBack,
): Promise<number> {
  let cameBack = 0;
  let afterLine = 0n;
  for (;;) {
    const lines = await linesToRegenerate(tx, old, { afterLine, limit: SLICE });
    const last = lines.at(-1);
    if (last === undefined) return cameBack;
    afterLine = last.lineNumber;
    const moves = lines.flatMap((line) => moveOf(desk, old, request, line));
    const results = await moveAdjustments(tx, desk.engine, moves);
    // One that a feed matched in this very moment is posted: its line stays where it is.
    const back = results.filter((one) => one.moved).map((one) => one.adjustmentId);
    const settled = { outcome: "released", reference: request.statement } as const;
    const released = await settleLines(tx, old.clientId, old.id, back, settled);
    assert(released === back.length, "what comes back had a live line in the file");
    cameBack += back.length;
  }
}

const EVENT: Partial<Record<LineFate, Pick<Move, "from" | "event">>> = {
  comesBack: { from: "inFile", event: "fileVoided" },
  assumedComesBack: { from: "executed", event: "handOverDisproved" },
};

function moveOf(
  desk: BatchDesk,
  old: FileRow,
  { statement, reason, actor }: TakingBack,
  line: RegenerationLine,
): Move[] {
  const step = EVENT[line.fate];
  if (step === undefined) return [];
  const move: Move = {
    clientId: old.clientId,
    adjustmentId: line.adjustmentId,
    ...step,
    actor,
    reason: `file ${old.sequence} ${statement}: ${reason}`,
    outside: { file: old.id, statement },
  };
  if (line.fate === "comesBack") return [move];
  const today = desk.engine.clock.now().toZonedDateTimeISO(old.facts.zone).toPlainDate();
  const execution = {
    basis: "disproved" as const,
    reference: old.fileName,
    postingDate: today.toString(),
    ...entriesOf(line),
  };
  return [{ ...move, execution }];
}
