/**
 * What was tried before, as the outcome machine asks for it: the calls and look-ups with the key at
 * hand, of the part at hand, oldest first.
 */
import { Temporal } from "temporal-polyfill";

import type { Transaction } from "../database/database.ts";
import { assert } from "../kernel/assert.ts";

import type { EarlierAttempt } from "./outcome-machine.ts";
import type { Part } from "./parts.ts";
import type { AttemptRow, ServiceAdjustment } from "./views.ts";
import { attemptsOf } from "./views.ts";

/**
 * By adjustment; those that were certainly never called have none. `sendsFor` says for how many
 * seconds from its start a call that was cut short may have gone on, for it left no end on record.
 */
export async function historiesOf(
  tx: Transaction,
  rows: readonly ServiceAdjustment[],
  parts: ReadonlyMap<string, Part | null>,
  sendsFor: (row: ServiceAdjustment) => number,
): Promise<Map<string, EarlierAttempt[]>> {
  const called = rows.filter((row) => row.attempts > 0 || row.state === "unknown");
  const byId = new Map(called.map((row) => [row.adjustmentId, row]));
  const histories = new Map<string, EarlierAttempt[]>();
  for (const attempt of await attemptsOf(tx, called)) {
    const row = byId.get(attempt.adjustmentId);
    assert(row !== undefined, "attempts of the adjustments asked for");
    // A probe wrote nothing: it is no call that an outcome could be unknown of.
    if (attempt.keyRevision !== row.keyRevision || attempt.purpose === "probe") continue;
    if (attempt.part !== (parts.get(row.adjustmentId)?.id ?? null)) continue;
    const list = histories.get(row.adjustmentId) ?? [];
    const earlier = earlierAttempt(attempt, attempt.purpose, row.openedAt, sendsFor(row));
    histories.set(row.adjustmentId, [...list, earlier]);
  }
  return histories;
}

function earlierAttempt(
  attempt: AttemptRow,
  purpose: EarlierAttempt["purpose"],
  openedAt: string,
  sendsFor: number,
): EarlierAttempt {
  const startedAt = Temporal.Instant.from(attempt.startedAt).epochMilliseconds;
  return {
    purpose,
    startedAt,
    overAt:
      attempt.recordedAt === null
        ? startedAt + sendsFor * 1000
        : Temporal.Instant.from(attempt.recordedAt).epochMilliseconds,
    // An answer that came too late proves nothing to the machine.
    outcome: attempt.isSuperseded === true ? null : attempt.outcome,
    isCutShort: attempt.outcome === null,
    isOfAssignment:
      Temporal.Instant.compare(
        Temporal.Instant.from(attempt.startedAt).add({ milliseconds: 1 }),
        Temporal.Instant.from(openedAt),
      ) >= 0,
  };
}
