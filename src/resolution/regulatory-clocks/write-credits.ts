/**
 * Writes the credits that the machine issues by itself into the operations inbox, each once, and
 * why it could not issue others. Beside the inbox's row stands what a person approves afterwards.
 */
import { Temporal } from "temporal-polyfill";

import type { Engine } from "../../accounting/engine.ts";
import { dueContext } from "../../accounting/release-due.ts";
import { writeDueOperations } from "../../accounting/work-inbox.ts";
import type { Transaction } from "../../database/database.ts";
import { appendEvents } from "../../events/store.ts";

import type { DisputeClocks } from "./clocks-of-disputes.ts";
import type { CreditPlan } from "./plan-credit.ts";
import { planCredit } from "./plan-credit.ts";
import type { ClockReading } from "./read-clocks.ts";
import type { AutomaticCreditRow } from "./store.ts";
import { keepAutomaticCredits } from "./store.ts";
import type { KnownCredit } from "./views.ts";
import { creditsOfDisputes } from "./views.ts";

const MOST_ATTEMPTS = 5;

/** By dispute: when to look again because of a credit. The disputes' watches are locked. */
export async function writeCredits(
  tx: Transaction,
  engine: Engine,
  disputes: readonly DisputeClocks[],
  now: Temporal.Instant,
): Promise<ReadonlyMap<string, readonly Temporal.Instant[]>> {
  const looks = new Map<string, Temporal.Instant[]>();
  const able = disputes.filter(
    ({ client: { settings } }) =>
      settings.clocks.automaticProvisionalCredit || settings.clocks.automaticFinalCredit,
  );
  if (able.length === 0) return looks;
  const keys = able.map(({ loaded: { book } }) => ({
    clientId: book.clientId,
    disputeId: book.id,
  }));
  const known = new Map(
    (await creditsOfDisputes(tx, keys)).map((row) => [
      nameOf(row.disputeId, row.clock, row.round),
      row,
    ]),
  );
  const writing = able.flatMap((one) => {
    const { book } = one.loaded;
    return one.readings.flatMap((reading) => {
      const before = known.get(nameOf(book.id, reading.clock, reading.round));
      if (isUnderWay(before)) return [];
      const plan = planCredit(reading, book, one.client, dueContext(engine, one.client), now);
      if (plan === null) return [];
      if (plan.from !== null && Temporal.Instant.compare(now, plan.from) < 0) {
        looks.set(book.id, [...(looks.get(book.id) ?? []), plan.from]);
        return [];
      }
      const isRepeat = before?.state === "impossible" && before.reason === plan.impossible;
      return isRepeat
        ? []
        : [{ one, reading, plan, row: rowOf(engine, one, reading, plan, before) }];
    });
  });
  await writeAll(tx, engine, writing, now.toString());
  return looks;
}

function nameOf(disputeId: string, clock: string, round: number): string {
  return `${disputeId} ${round} ${clock}`;
}

/** Written and not refused, or tried often enough: a person has it. */
function isUnderWay(before: KnownCredit | undefined): boolean {
  if (before === undefined) return false;
  if (before.state === "written" && before.operationState !== "refused") return true;
  return before.state === "written" && before.attempt >= MOST_ATTEMPTS;
}

function rowOf(
  engine: Engine,
  { loaded: { book } }: DisputeClocks,
  { round, clock, dueOn }: ClockReading,
  plan: CreditPlan,
  before: KnownCredit | undefined,
): AutomaticCreditRow {
  return {
    clientId: book.clientId,
    id: engine.ids.next(),
    disputeId: book.id,
    round,
    clock,
    operation: plan.operation,
    state: plan.impossible === null ? "written" : "impossible",
    reason: plan.impossible ?? plan.late,
    // What was refused is tried under another key.
    attempt: before === undefined ? 1 : before.attempt + (before.state === "written" ? 1 : 0),
    operationId: plan.impossible === null ? engine.ids.next() : null,
    amountMinor: plan.amountMinor,
    currency: book.currency,
    route: plan.route,
    destination: plan.destination,
    predictedPostingOn: plan.predictedPostingOn,
    dueOn: dueOn as string,
  };
}

interface Writing {
  readonly one: DisputeClocks;
  readonly reading: ClockReading;
  readonly plan: CreditPlan;
  readonly row: AutomaticCreditRow;
}

/** The inbox's rows, what a person approves, and an event each: three statements. */
async function writeAll(
  tx: Transaction,
  engine: Engine,
  writing: readonly Writing[],
  now: string,
): Promise<void> {
  const due = writing.flatMap(({ one: { loaded, client }, row }) => {
    const { operationId, disputeId, clientId, operation } = row;
    if (operationId === null) return [];
    return [
      {
        clientId,
        id: operationId,
        key: `clock:${disputeId}:${row.round}:${row.clock}:${row.attempt}`,
        claimId: loaded.book.claimId,
        disputeId,
        operation,
        input: {},
        actor: "redress",
        at: now,
        eventDate: client.calendar.dateOf(Temporal.Instant.from(now)),
      },
    ];
  });
  await writeDueOperations(tx, due, now);
  await keepAutomaticCredits(
    tx,
    writing.map(({ row }) => row),
    now,
  );
  await appendEvents(
    tx,
    writing.map(({ row }) => ({
      clientId: row.clientId,
      id: engine.ids.next(),
      type: `resolution.automaticCredit.${row.state}.v1`,
      subject: `dispute/${row.disputeId}`,
      data: { clock: row.clock, operation: row.operation, dueOn: row.dueOn },
    })),
    now,
  );
}
