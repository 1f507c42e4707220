/**
 * ExecuteAccountingViaService: takes what is due for the services given, decides for each what to
 * do next, and commits the intent; only what it answers may be called.
 *
 * The rule it protects: no byte leaves without a committed attempt before it. What is found being
 * sent by a worker that is gone becomes unknown; it is never blindly sent again.
 */
import { Temporal } from "temporal-polyfill";

import type { AdjustmentEvent, AdjustmentState } from "../accounting/adjustment-machine.ts";
import type { ClientRuntime } from "../accounting/engine.ts";
import type { Move } from "../accounting/move-adjustments.ts";
import { moveLocked } from "../accounting/move-adjustments.ts";
import { askInOrder } from "../database/ask-in-order.ts";
import type { Transaction } from "../database/database.ts";
import { assert } from "../kernel/assert.ts";
import { Failure } from "../kernel/failure.ts";
import { eachInParts } from "../kernel/in-parts.ts";
import { formatAmount } from "../kernel/money.ts";
import { leaseMatching } from "../work/due-store.ts";
import { setDue } from "../work/store.ts";

import type { PreparedRequest, ServiceAdapter } from "./adapter.ts";
import type { ServiceDesk } from "./desk.ts";
import { MACHINE_ACTOR } from "./desk.ts";
import { holderCreditOf } from "./closed-account.ts";
import { historiesOf } from "./earlier-attempts.ts";
import { dueForService } from "./due-views.ts";
import type { Flight } from "./flight.ts";
import type { HolderNumbers } from "./holder-numbers.ts";
import { maskedByNumber, readHolderNumbers } from "./holder-numbers.ts";
import type { EarlierAttempt, NextStep } from "./outcome-machine.ts";
import { nextWhileUnknown, triesOf } from "./outcome-machine.ts";
import { askedPosting, keyOf, requestFacts } from "./request-facts.ts";
import type { PacedCalls } from "./keep-pace.ts";
import { keepPace, withinPace } from "./keep-pace.ts";
import type { Part } from "./parts.ts";
import { callPerThen, entriesMovedBy, nextPart } from "./parts.ts";
import { lastPartsOf } from "./refusal-views.ts";
import type { Service } from "./service-configuration.ts";
import { serviceOf } from "./service-configuration.ts";
import type { NewAttempt } from "./store.ts";
import { insertAttempts } from "./store.ts";
import { abandoned } from "./take-over.ts";
import type { ServiceAdjustment } from "./views.ts";
import { overridesOf, postedParts, serviceAdjustments } from "./views.ts";

export interface WantedCalls {
  readonly clientId: string;
  readonly service: Service;
  readonly adapter: ServiceAdapter;
  readonly limit: number;
}

/** Takes due work and commits the attempts; the calls answered are to be made now. */
export async function executeAccountingViaService(
  desk: ServiceDesk,
  worker: string,
  wanted: readonly WantedCalls[],
): Promise<Flight[]> {
  if (wanted.length === 0) return [];
  const flights = await desk.engine.database.transaction((tx) => takeDue(tx, desk, worker, wanted));
  if (flights.length > 0) desk.failpoints.at("service.attempt.committed");
  return flights;
}

interface Taking {
  readonly desk: ServiceDesk;
  readonly worker: string;
  readonly wanted: ReadonlyMap<string, WantedCalls>;
  readonly clients: ReadonlyMap<string, ClientRuntime>;
  /** By adjustment; of the part that is next, where it is called for in parts. */
  readonly histories: ReadonlyMap<string, readonly EarlierAttempt[]>;
  readonly parts: ReadonlyMap<string, Part | null>;
  readonly overrides: ReadonlyMap<string, readonly string[]>;
  readonly numbers: HolderNumbers;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** ISO, as it is stored. */
  readonly startedAt: string;
  readonly flights: Flight[];
  readonly moves: Move[];
  readonly waits: { clientId: string; id: string; dueAt: string }[];
}

async function takeDue(
  tx: Transaction,
  desk: ServiceDesk,
  worker: string,
  wanted: readonly WantedCalls[],
): Promise<Flight[]> {
  const { engine } = desk;
  const leased = await leaseDueRows(tx, desk, worker, wanted);
  if (leased.length === 0) return [];
  const now = engine.clock.now().epochMilliseconds;
  const byName = new Map(wanted.map((one) => [nameOfWanted(one), one]));
  const { rows, parts } = await withNextParts(tx, leased, byName);
  const taking: Taking = {
    desk,
    worker,
    wanted: byName,
    clients: await engine.clients(tx, [...new Set(rows.map((row) => row.clientId))]),
    histories: await historiesOf(tx, rows, parts, (row) => sendsFor(desk, byName.get(nameOf(row)))),
    parts,
    overrides: await overridesOf(
      tx,
      rows.filter((row) => row.keyRevision > 1),
    ),
    numbers: await readHolderNumbers(
      tx,
      desk.vault,
      rows.filter((row) => byName.get(nameOf(row))?.service.usesHolderNumber === true),
    ),
    now,
    startedAt: instant(now),
    flights: [],
    moves: [],
    waits: [],
  };
  await eachInParts(rows, (row) => take(taking, row));
  const stood = leased.map((row) => row.stood);
  const attempts = taking.flights.map(attemptOf(taking, rows));
  await askInOrder(
    [
      () => insertAttempts(tx, attempts, taking.startedAt),
      () => setDue(tx, taking.waits),
      () => moveLocked(tx, engine, taking.moves, stood),
    ],
    rows.length,
  );
  return taking.flights;
}

async function leaseDueRows(
  tx: Transaction,
  desk: ServiceDesk,
  worker: string,
  wanted: readonly WantedCalls[],
): Promise<ServiceAdjustment[]> {
  const now = desk.engine.clock.now();
  const paced: PacedCalls<WantedCalls>[] = await withinPace(tx, wanted, now);
  const limits = paced.map(({ clientId, service, limit }) => ({
    clientId,
    service: service.name,
    limit,
  }));
  const leased = await leaseMatching(tx, dueForService(limits, now.toString()), {
    worker,
    now: now.toString(),
    leasedUntil: now.add({ milliseconds: Math.round(desk.leaseSeconds * 1000) }).toString(),
  });
  await keepPace(tx, paced, leased);
  return serviceAdjustments(tx, leased);
}

/** Each with nothing but what is called for next, where the core works per entry or step. */
async function withNextParts(
  tx: Transaction,
  leased: readonly ServiceAdjustment[],
  wanted: ReadonlyMap<string, WantedCalls>,
) {
  const posted = await postedParts(
    tx,
    leased.filter((row) => row.isPartlyProcessed),
  );
  const unknown = await lastPartsOf(
    tx,
    leased.filter((row) => row.state === "unknown"),
  );
  const parted = leased.map((row) => {
    const callPer = wanted.get(nameOf(row))?.service.callPer ?? "adjustment";
    const then = callPerThen(unknown.get(row.adjustmentId), callPer);
    return nextPart(row, then, posted.get(row.adjustmentId) ?? new Set());
  });
  return {
    rows: parted.map((one) => one.adjustment),
    parts: new Map(parted.map((one) => [one.adjustment.adjustmentId, one.part])),
  };
}

/** Seconds: a call leaves while its lease lasts, and is waited for as its service allows. */
function sendsFor({ leaseSeconds }: ServiceDesk, wanted: WantedCalls | undefined): number {
  return leaseSeconds + (wanted?.service.timeouts.callSeconds ?? 0);
}

function take(taking: Taking, row: ServiceAdjustment): void {
  const wanted = taking.wanted.get(nameOf(row));
  assert(wanted !== undefined, `${nameOf(row)} was asked for`);
  const { service } = wanted;
  // A key or an address of yesterday must not leave; the next round has today's.
  if (isConfiguredAnew(taking, row, service)) return waitUntil(taking, row, taking.now);
  const history = taking.histories.get(row.adjustmentId) ?? [];
  switch (row.state) {
    case "pendingService":
      call(taking, wanted, row, { purpose: "post", history, isProvenAbsent: true, event: "sent" });
      return;
    case "sending":
      taking.moves.push(abandoned(row, service, taking.desk));
      return;
    case "unknown":
      follow(taking, wanted, row, history, nextWhileUnknown(history, service, taking.now));
      return;
    default:
      assert(false, `${row.state} does not wait for a service`);
  }
}

function waitUntil(taking: Taking, row: ServiceAdjustment, at: number): void {
  taking.waits.push({ clientId: row.clientId, id: row.assignmentId, dueAt: instant(at) });
}

function isConfiguredAnew(taking: Taking, row: ServiceAdjustment, service: Service): boolean {
  const client = taking.clients.get(row.clientId) as ClientRuntime;
  return serviceOf(client.settings, service.name) !== service;
}

function follow(
  taking: Taking,
  wanted: WantedCalls,
  row: ServiceAdjustment,
  history: readonly EarlierAttempt[],
  step: NextStep,
): void {
  switch (step.kind) {
    case "lookUp":
      call(taking, wanted, row, { purpose: "lookUp", history, isProvenAbsent: false, event: null });
      return;
    case "resend":
      call(taking, wanted, row, {
        purpose: "post",
        history,
        isProvenAbsent: step.isProvenAbsent,
        event: "resent",
      });
      return;
    case "wait":
      waitUntil(taking, row, taking.now + Math.ceil(step.waitSeconds * 1000));
      return;
    case "person":
      taking.moves.push({
        ...moveOf(row, "outcomeUnknown", step.reason),
        machineMayAct: false,
      });
      return;
    case "failed":
      taking.moves.push({
        ...failing(row, step.event, step.reason),
        raiseKeyRevision: step.event === "refused",
      });
  }
}

interface PlannedCall {
  readonly purpose: "post" | "lookUp";
  readonly history: readonly EarlierAttempt[];
  readonly isProvenAbsent: boolean;
  readonly event: "sent" | "resent" | null;
}

function call(
  taking: Taking,
  { service, adapter }: WantedCalls,
  row: ServiceAdjustment,
  planned: PlannedCall,
): void {
  const { desk, clients, numbers, now } = taking;
  const client = clients.get(row.clientId) as ClientRuntime;
  const { chart } = client.rulebook.accounts;
  const part = taking.parts.get(row.adjustmentId) ?? null;
  const key = keyOf(row, service, part);
  const sources = {
    service,
    key,
    calendar: client.calendar,
    today: client.calendar.dateOf(desk.engine.clock.now()),
    part,
    overrides: taking.overrides.get(row.adjustmentId) ?? [],
    labelOf: (rule: string) => client.rulebook.rules.get(rule)?.label ?? rule,
  };
  const real = (account: string): string =>
    numbers.whole.get(account) ?? chart.get(account)?.number ?? account;
  const masked = (account: string): string =>
    numbers.masked.get(account) ?? chart.get(account)?.number ?? account;
  let request: PreparedRequest;
  try {
    request = adapter.prepare(planned.purpose, requestFacts(row, sources, { real, masked }));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    taking.moves.push(unwritable(row, error.message));
    return;
  }
  const { event } = planned;
  if (event !== null) taking.moves.push(moveOf(row, event, null));
  taking.flights.push({
    clientId: row.clientId,
    adjustmentId: row.adjustmentId,
    assignmentId: row.assignmentId,
    attemptId: desk.engine.ids.next(),
    service,
    purpose: planned.purpose,
    key,
    ...fenceOf(row, event),
    startedAt: taking.startedAt,
    sendBefore: Math.min(now + desk.leaseSeconds * 1000, keyEndOf(service, planned)),
    request,
    asked: askedPosting(row, part, real),
    numbers: maskedByNumber(numbers, row),
    disputeId: row.disputeId,
    amount: formatAmount(row.amountMinor, row.currency),
    credit: holderCreditOf(row, part),
    asksToPark: row.closedAccount === "parking",
    wasUnknown: row.state === "unknown",
    isProvenAbsent: planned.isProvenAbsent,
    calls: triesOf(planned.history) + (planned.purpose === "post" ? 1 : 0),
    history: planned.history,
    part,
    isPartlyProcessed: row.isPartlyProcessed,
    entryIds: entriesMovedBy(row, part),
  });
}

/** The version that the intent leaves the adjustment at, and how it stands then. */
function fenceOf(
  { stood }: ServiceAdjustment,
  event: PlannedCall["event"],
): Pick<Flight, "fence" | "stood"> {
  if (event === null) return { fence: stood.version, stood };
  const fence = stood.version + 1;
  return { fence, stood: { ...stood, state: "sending", version: fence } };
}

/** A call that may be a second one leaves only while the core still knows its key. */
function keyEndOf(service: Service, { event, isProvenAbsent, history }: PlannedCall): number {
  const first = history.find((one) => one.purpose === "post");
  if (event !== "resent" || isProvenAbsent || first === undefined) return Infinity;
  return first.startedAt + service.key.lifeSeconds * 1000;
}

/** The request cannot be written: nothing leaves, and a person has to see why. */
function unwritable(row: ServiceAdjustment, detail: string): Move {
  const reason = `the request cannot be written: ${detail}`;
  if (row.state === "pendingService") return failing(row, "retriesUsedUp", reason);
  return { ...moveOf(row, "outcomeUnknown", reason), machineMayAct: false };
}

/** What failed while something of it is posted is executed in part: never failed as a whole. */
function failing(row: ServiceAdjustment, event: AdjustmentEvent, reason: string): Move {
  return moveOf(row, row.isPartlyProcessed ? "partlyPosted" : event, reason);
}

function moveOf(row: ServiceAdjustment, event: AdjustmentEvent, reason: string | null): Move {
  const from: AdjustmentState = row.state;
  return {
    clientId: row.clientId,
    adjustmentId: row.adjustmentId,
    from,
    event,
    actor: MACHINE_ACTOR,
    reason,
  };
}

function attemptOf(taking: Taking, rows: readonly ServiceAdjustment[]) {
  const byId = new Map(rows.map((row) => [row.adjustmentId, row]));
  return (flight: Flight): NewAttempt => ({
    clientId: flight.clientId,
    id: flight.attemptId,
    adjustmentId: flight.adjustmentId,
    service: flight.service.name,
    purpose: flight.purpose,
    fence: flight.fence,
    key: flight.key,
    keyRevision: byId.get(flight.adjustmentId)?.keyRevision ?? 1,
    worker: taking.worker,
    request: flight.request.kept,
    part: flight.part?.id ?? null,
  });
}

function nameOfWanted({ clientId, service }: WantedCalls): string {
  return `${clientId} ${service.name}`;
}

function nameOf(row: ServiceAdjustment): string {
  return `${row.clientId} ${row.service}`;
}

/** Whole milliseconds: PostgreSQL keeps them exactly. */
function instant(milliseconds: number): string {
  return Temporal.Instant.fromEpochMilliseconds(Math.round(milliseconds)).toString();
}
