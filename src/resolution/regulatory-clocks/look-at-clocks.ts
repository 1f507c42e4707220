/**
 * The clocks' worker: reads again what changed and what has come due, keeps where each clock
 * stands, warns once for each stage, makes the work of the dispute more urgent, and writes credits
 * that nobody issued in time into the operations inbox. It executes nothing itself.
 */
import { Temporal } from "temporal-polyfill";

import { allUsableClients } from "../../accounting/client-runtime.ts";
import type { ClientRuntime, Engine } from "../../accounting/engine.ts";
import { untilDecided } from "../../accounting/execute-accounting.ts";
import type { DisputeKey } from "../../accounting/load-books.ts";
import type { Transaction } from "../../database/database.ts";
import type { NewEvent } from "../../events/store.ts";
import { appendEvents } from "../../events/store.ts";
import { Failure } from "../../kernel/failure.ts";
import { endOfDay } from "../../work/assignment-terms.ts";
import type { ActBy } from "../../work/store.ts";
import { raiseOfDisputes, setClockDue } from "../../work/store.ts";

import type { DisputeClocks } from "./clocks-of-disputes.ts";
import { clocksOfDisputes, keptClocks, keyOf } from "./clocks-of-disputes.ts";
import { giveReasons } from "./give-reasons.ts";
import { startOfDay } from "./posting-forecast.ts";
import type { ClockReading } from "./read-clocks.ts";
import type { ReasonRow, WarningRow } from "./store.ts";
import {
  deleteWatches,
  dropMarks,
  insertWarnings,
  lockWatches,
  markClient,
  replaceClocks,
  takeMarks,
  updateWatches,
} from "./store.ts";
import { dueWatches, readWithOf } from "./views.ts";
import { writeCredits } from "./write-credits.ts";

export interface LookOptions {
  /** Disputes at once. */
  readonly limit?: number;
  /** Told which dispute's clocks could not be read; all others are. */
  report?(problem: string, error: unknown): void;
}

/** How urgent the open work of a dispute is at least, by the stage of its worst clock. */
const URGENCY = { warned: 70, missed: 90 } as const;

const POSTPONED: Temporal.DurationLike = { hours: 1 };

/** Looks at a set of disputes; answers how many, so that the caller goes on while it is full. */
export async function lookAtClocks(engine: Engine, options: LookOptions = {}): Promise<number> {
  const { limit = 500, report } = options;
  const { usable, unusable } = await allUsableClients(engine);
  for (const { id, failure } of unusable) report?.(`the clocks of ${id} are not read`, failure);
  await noteClients(engine, usable);
  const clientIds = usable.map((one) => one.id);
  const now = engine.clock.now().toString();
  try {
    return await untilDecided(engine, async (tx) => {
      const marked = await takeMarks(tx, clientIds, limit);
      const due = await dueWatches(tx, clientIds, now, limit);
      const keys = distinct([...marked, ...due]);
      await lookAt(tx, engine, keys);
      return keys.length;
    });
  } catch (error) {
    if (error instanceof Failure && error.code === "database-unreachable") throw error;
    return oneByOne(engine, clientIds, { ...options, limit });
  }
}

/**
 * A client whose settings or rule book changed has all its clocks read again. What they were read
 * with is a row: another process may have read them under settings that this one never saw.
 */
async function noteClients(engine: Engine, clients: readonly ClientRuntime[]): Promise<void> {
  const ids = clients.map((one) => one.id);
  const known = await readWithOf(engine.database, ids);
  for (const client of clients) {
    const { calendar, clocks } = client.settings;
    const readWith = `${client.rulebook.edition} ${JSON.stringify([calendar, clocks])}`;
    if (known.get(client.id) === readWith) continue;
    await engine.database.transaction((tx) => markClient(tx, client.id, readWith));
  }
}

/** Where a set fails, each dispute in a transaction of its own; what fails alone waits an hour. */
async function oneByOne(
  engine: Engine,
  clientIds: readonly string[],
  { limit = 500, report }: LookOptions,
): Promise<number> {
  const now = engine.clock.now();
  const keys = await engine.database.transaction(async (tx) => {
    const marked = await takeMarks(tx, clientIds, limit);
    const due = await dueWatches(tx, clientIds, now.toString(), limit);
    const all = distinct([...marked, ...due]);
    // Not lost if the process dies here: each is looked at again.
    await lockWatches(tx, all, now.toString());
    await updateWatches(
      tx,
      all.map((key) => ({ ...key, lookAt: now.toString() })),
      now.toString(),
    );
    return all;
  });
  for (const key of keys) {
    try {
      await untilDecided(engine, (tx) => lookAt(tx, engine, [key]));
    } catch (error) {
      if (error instanceof Failure && error.code === "database-unreachable") throw error;
      report?.(`the clocks of dispute ${key.disputeId} are not read`, error);
      await engine.database.transaction(async (tx) => {
        await dropMarks(tx, key);
        await updateWatches(
          tx,
          [{ ...key, lookAt: now.add(POSTPONED).toString() }],
          now.toString(),
        );
      });
    }
  }
  return 0;
}

function distinct(keys: readonly DisputeKey[]): DisputeKey[] {
  return [...new Map(keys.map((key) => [`${key.clientId} ${key.disputeId}`, key])).values()];
}

async function lookAt(tx: Transaction, engine: Engine, keys: readonly DisputeKey[]): Promise<void> {
  if (keys.length === 0) return;
  const at = engine.clock.now();
  const now = at.toString();
  await lockWatches(tx, keys, now);
  const found = await clocksOfDisputes(tx, engine, keys);
  const all = [...found.values()];
  const without = all.filter((one) => !one.readings.some(isClock)).map(keyOf);
  const having = all.filter((one) => one.readings.some(isClock));
  await deleteWatches(tx, without);
  if (having.length === 0) return;
  await replaceClocks(tx, having.map(keyOf), having.flatMap(keptClocks), now);
  await setClockDue(tx, having.map(actBy));
  await warn(tx, engine, having, now);
  const credits = await writeCredits(tx, engine, having, at);
  await updateWatches(
    tx,
    having.map((one) => ({
      ...keyOf(one),
      lookAt: nextLook(one, at, credits.get(one.loaded.book.id) ?? [])?.toString() ?? null,
    })),
    now,
  );
}

/** Of a kind that the dispute can have, though it may not have begun. */
function isClock({ state }: ClockReading): boolean {
  return state !== "notApplicable";
}

/** Its open work has to be done before the first running clock ends. */
function actBy({ loaded: { book }, client, readings }: DisputeClocks): ActBy {
  const dates = readings.flatMap(({ state, dueOn }) =>
    state === "running" && dueOn !== null ? [dueOn] : [],
  );
  const [first] = dates.toSorted();
  const clockDueAt = first === undefined ? null : endOfDay(first, client.calendar).toString();
  return { clientId: book.clientId, disputeId: book.id, clockDueAt };
}

/** One row and one event for each clock, end and stage; the dispute's open work rises. */
async function warn(
  tx: Transaction,
  engine: Engine,
  disputes: readonly DisputeClocks[],
  now: string,
): Promise<void> {
  const staged = disputes.flatMap((one) => warningsOf(one, engine.clock.now()));
  const fresh = await insertWarnings(tx, staged, now);
  const reasons = await giveReasons(tx, disputes, now);
  const metLate = reasons.filter((row) => row.stage === "metLate");
  await appendEvents(
    tx,
    [...fresh, ...metLate].map((row) => eventOf(engine, row, reasons)),
    now,
  );
  const urgencies = disputes.flatMap((one) => {
    const stages = warningsOf(one, engine.clock.now()).filter((row) => isUnmet(one, row));
    const worst = stages.some((row) => row.stage === "missed") ? "missed" : "warned";
    return stages.length === 0 ? [] : [{ ...keyOf(one), urgency: URGENCY[worst] }];
  });
  await raiseOfDisputes(tx, urgencies);
}

function isUnmet({ readings }: DisputeClocks, row: WarningRow): boolean {
  return readings.some(
    ({ clock, round, state, endedOn }) =>
      clock === row.clock &&
      round === row.round &&
      (state === "running" || (state === "missed" && endedOn === null)),
  );
}

function warningsOf(one: DisputeClocks, now: Temporal.Instant): WarningRow[] {
  const today = one.client.calendar.dateOf(now);
  return keptClocks(one).flatMap((row): WarningRow[] => {
    const { round, clock, dueOn } = row;
    const base = { ...keyOf(one), round, clock, dueOn };
    if (row.state === "running") {
      return row.warnOn <= today ? [{ ...base, stage: "warned" as const }] : [];
    }
    const late = row.state === "missed" || row.state === "metLate";
    return late ? [{ ...base, stage: "missed" as const }] : [];
  });
}

/** Of a clock that was missed it tells why. */
function eventOf(
  engine: Engine,
  row: WarningRow | ReasonRow,
  reasons: readonly ReasonRow[],
): NewEvent {
  const reason = reasons.find(
    (one) => one.disputeId === row.disputeId && one.clock === row.clock && one.round === row.round,
  );
  const why = row.stage === "warned" || reason === undefined ? {} : { reason: reason.words };
  return {
    clientId: row.clientId,
    id: engine.ids.next(),
    type: `resolution.clock.${row.stage}.v1`,
    subject: `dispute/${row.disputeId}`,
    data: { clock: row.clock, round: row.round, dueOn: row.dueOn, ...why },
  };
}

/** The first moment from now on at which something changes by itself; null where nothing does. */
function nextLook(
  { client, readings }: DisputeClocks,
  now: Temporal.Instant,
  credits: readonly Temporal.Instant[],
): Temporal.Instant | null {
  const { calendar } = client;
  const moments = readings
    .filter((one) => one.state === "running")
    .flatMap(({ warnOn, dueOn }) => [
      ...(warnOn === null ? [] : [startOfDay(warnOn, calendar.zone)]),
      ...(dueOn === null ? [] : [startOfDay(calendar.addDays(dueOn, 1), calendar.zone)]),
    ]);
  return [...moments, ...credits]
    .filter((moment) => Temporal.Instant.compare(moment, now) > 0)
    .reduce<Temporal.Instant | null>(
      (first, one) => (first === null || Temporal.Instant.compare(one, first) < 0 ? one : first),
      null,
    );
}
