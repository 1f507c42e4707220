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
import { keepAutomaticCredit } from "./store.ts";
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
  const known = await creditsOfDisputes(
    tx,
    able.map(({ loaded: { book } }) => ({ clientId: book.clientId, disputeId: book.id })),
  );
  for (const one of able) {
    const { book } = one.loaded;
    for (const reading of one.readings) {
      const before = known.find(
        (row) =>
          row.disputeId === book.id && row.clock === reading.clock && row.round === reading.round,
      );
      if (isUnderWay(before)) continue;
      const context = dueContext(engine, one.client);
      const plan = planCredit(reading, book, one.client, context, now);
      if (plan === null) continue;
      if (plan.from !== null && Temporal.Instant.compare(now, plan.from) < 0) {
        looks.set(book.id, [...(looks.get(book.id) ?? []), plan.from]);
      } else await writeCredit(tx, engine, { one, reading, plan, before, now });
    }
  }
  return looks;
}

/** Written and not refused, or tried often enough: a person has it. */
function isUnderWay(before: KnownCredit | undefined): boolean {
  if (before === undefined) return false;
  if (before.state === "written" && before.operationState !== "refused") return true;
  return before.state === "written" && before.attempt >= MOST_ATTEMPTS;
}

interface Writing {
  readonly one: DisputeClocks;
  readonly reading: ClockReading;
  readonly plan: CreditPlan;
  readonly before: KnownCredit | undefined;
  readonly now: Temporal.Instant;
}

async function writeCredit(tx: Transaction, engine: Engine, writing: Writing): Promise<void> {
  const { one, reading, plan, before, now } = writing;
  const { book } = one.loaded;
  const isRepeat = before?.state === "impossible" && before.reason === plan.impossible;
  if (isRepeat) return;
  const attempt = (before?.attempt ?? 0) + (before?.state === "written" ? 1 : 0) || 1;
  const operationId = plan.impossible === null ? engine.ids.next() : null;
  if (operationId !== null) {
    const at = now.toString();
    await writeDueOperations(tx, [
      {
        clientId: book.clientId,
        id: operationId,
        key: `clock:${book.id}:${reading.round}:${reading.clock}:${attempt}`,
        claimId: book.claimId,
        disputeId: book.id,
        operation: plan.operation,
        input: {},
        actor: "redress",
        at,
        eventDate: one.client.calendar.dateOf(now),
      },
    ]);
  }
  const row: AutomaticCreditRow = {
    clientId: book.clientId,
    id: engine.ids.next(),
    disputeId: book.id,
    round: reading.round,
    clock: reading.clock,
    operation: plan.operation,
    state: plan.impossible === null ? "written" : "impossible",
    reason: plan.impossible ?? plan.late,
    attempt,
    operationId,
    amountMinor: plan.amountMinor,
    currency: book.currency,
    route: plan.route,
    destination: plan.destination,
    predictedPostingOn: plan.predictedPostingOn,
    dueOn: reading.dueOn as string,
  };
  await keepAutomaticCredit(tx, row, now.toString());
  await appendEvents(
    tx,
    [
      {
        clientId: book.clientId,
        id: engine.ids.next(),
        type: `resolution.automaticCredit.${row.state}.v1`,
        subject: `dispute/${book.id}`,
        data: { clock: reading.clock, operation: plan.operation, dueOn: row.dueOn },
      },
    ],
    now.toString(),
  );
}
