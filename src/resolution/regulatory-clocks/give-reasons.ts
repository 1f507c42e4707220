/** Gives each clock that was missed, or met late, its reason: once for each end and stage. */
import { Temporal } from "temporal-polyfill";

import type { Transaction } from "../../database/database.ts";
import { endOfDay } from "../../work/assignment-terms.ts";

import type { DisputeClocks } from "./clocks-of-disputes.ts";
import type { EndedDay } from "./missed-then.ts";
import { latePostings, reasonsGiven, workThen } from "./missed-then.ts";
import type { ClockReading } from "./read-clocks.ts";
import type { ReasonRow } from "./store.ts";
import { insertReasons } from "./store.ts";
import { creditsOfDisputes, openedAt } from "./views.ts";
import { whyMissed } from "./why-missed.ts";

interface Late extends EndedDay {
  readonly reading: ClockReading;
  readonly zone: string;
}

/** Answers those that are new. Reads nothing where nothing was missed. */
export async function giveReasons(
  tx: Transaction,
  disputes: readonly DisputeClocks[],
  now: string,
): Promise<ReasonRow[]> {
  const late = disputes.flatMap(lateOf);
  if (late.length === 0) return [];
  const given = new Set((await reasonsGiven(tx, late)).map(keyOf));
  const fresh = late.filter(
    ({ reading: { round, clock, state }, ...key }) =>
      !given.has(keyOf({ ...key, round, clock, stage: state })),
  );
  if (fresh.length === 0) return [];
  const waiting = await workThen(tx, fresh);
  const postings = await latePostings(tx, fresh);
  const opened = await openedAt(tx, fresh);
  const impossible = (await creditsOfDisputes(tx, fresh)).filter(
    (one) => one.state === "impossible",
  );
  const rows = fresh.flatMap((one): ReasonRow[] => {
    const { clientId, disputeId, dueOn, endedAt, reading, zone } = one;
    const { round, clock } = reading;
    const place = `${disputeId} ${dueOn}`;
    const cameIn = opened.get(disputeId);
    const why = whyMissed(reading, {
      waiting: waiting.get(place) ?? [],
      late: postings.get(place) ?? [],
      impossible:
        impossible.find(
          (credit) =>
            credit.disputeId === disputeId && credit.round === round && credit.clock === clock,
        )?.reason ?? null,
      cameInOn: cameIn === undefined ? null : dayAfter(cameIn, endedAt, zone),
    });
    return why === null ? [] : [{ clientId, disputeId, round, clock, dueOn, ...why }];
  });
  await insertReasons(tx, rows, now);
  return rows;
}

function lateOf({ loaded: { book }, client, readings }: DisputeClocks): Late[] {
  return readings.flatMap((reading): Late[] => {
    const { state, dueOn } = reading;
    if ((state !== "missed" && state !== "metLate") || dueOn === null) return [];
    const { calendar } = client;
    const endedAt = endOfDay(dueOn, calendar).toString();
    const key = { clientId: book.clientId, disputeId: book.id };
    return [{ ...key, dueOn, endedAt, reading, zone: calendar.zone }];
  });
}

/** The local day of an instant that lies after the end; null where it does not. */
function dayAfter(instant: string, endedAt: string, zone: string): string | null {
  const at = Temporal.Instant.from(instant);
  if (Temporal.Instant.compare(at, Temporal.Instant.from(endedAt)) < 0) return null;
  return at.toZonedDateTimeISO(zone).toPlainDate().toString();
}

function keyOf(one: {
  readonly clientId: string;
  readonly disputeId: string;
  readonly round: number;
  readonly clock: string;
  readonly dueOn: string;
  readonly stage: string;
}): string {
  const { clientId, disputeId, round, clock, dueOn, stage } = one;
  return [clientId, disputeId, round, clock, dueOn, stage].join(" ");
}
