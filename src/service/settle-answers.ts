/**
 * Writes what came back, as a set: the outcome of every attempt, what follows for its adjustment,
 * and the state of the circuits, in one transaction.
 *
 * The rule it protects: an answer to an attempt that was superseded is recorded and changes
 * nothing else.
 */
import { Temporal } from "temporal-polyfill";

import type { ClientRuntime } from "../accounting/engine.ts";
import type { Move } from "../accounting/move-adjustments.ts";
import { moveLocked } from "../accounting/move-adjustments.ts";
import { lockAdjustments } from "../accounting/store.ts";
import type { Transaction } from "../database/database.ts";
import type { DueTime } from "../work/store.ts";
import { setDue } from "../work/store.ts";

import type { CallFate } from "./circuit.ts";
import { afterCalls } from "./circuit.ts";
import type { ServiceDesk } from "./desk.ts";
import { MACHINE_ACTOR } from "./desk.ts";
import type { Flight, Landed } from "./flight.ts";
import { maskedText } from "./mask.ts";
import type { Consequence, EarlierAttempt } from "./outcome-machine.ts";
import { afterLookUp, afterPosting, nextWhileUnknown, waitAfter } from "./outcome-machine.ts";
import type { Reading } from "./read-answer.ts";
import { readLookUp, readPosting } from "./read-answer.ts";
import type { LookUpOutcome, PostingOutcome } from "./service-configuration.ts";
import type { NewOutcome, NewPart } from "./store.ts";
import { insertOutcomes, insertParts, lockCircuit, saveCircuit } from "./store.ts";
import { circuitsOf } from "./views.ts";

export interface Settled {
  readonly landed: Landed;
  readonly fate: CallFate;
}

export function settleAnswers(desk: ServiceDesk, landed: readonly Landed[]): Promise<Settled[]> {
  desk.failpoints.at("service.answers.unsettled");
  return desk.engine.database.transaction((tx) => settle(tx, desk, landed));
}

async function settle(
  tx: Transaction,
  desk: ServiceDesk,
  landed: readonly Landed[],
): Promise<Settled[]> {
  const { engine } = desk;
  const flights = landed.map((one) => one.flight);
  const clients = await engine.clients(tx, [...new Set(flights.map((one) => one.clientId))]);
  const keys = new Map(flights.map((one) => [one.adjustmentId, one]));
  const locks = await lockAdjustments(
    tx,
    [...keys.values()].map((one) => ({ clientId: one.clientId, id: one.adjustmentId })),
  );
  const versions = new Map(locks.map((lock) => [lock.id, lock.version]));
  const judged = landed.map((one) => judge(desk, one));
  const outcomes: NewOutcome[] = [];
  const moves: Move[] = [];
  const dues: DueTime[] = [];
  const parts: NewPart[] = [];
  for (const one of judged) {
    const { flight } = one.landed;
    // The first answer of a set counts; a second one to the same fence is a late one, too.
    const isSuperseded = versions.get(flight.adjustmentId) !== flight.fence;
    outcomes.push(outcomeOf(one, isSuperseded));
    if (isSuperseded) continue;
    versions.delete(flight.adjustmentId);
    const client = clients.get(flight.clientId) as ClientRuntime;
    if (one.consequence === null) dues.push(dueAgain(desk, one));
    else {
      const move = moveOf(desk, one, one.consequence, client);
      moves.push(move);
      parts.push(...partsPosted(flight, move));
    }
  }
  await moveLocked(tx, engine, moves, locks);
  await setDue(tx, dues);
  await insertParts(tx, parts, engine.clock.now().toString());
  await insertOutcomes(tx, outcomes, engine.clock.now().toString());
  const settled = judged.map((one) => ({ landed: one.landed, fate: one.fate }));
  await writeCircuits(tx, desk, settled);
  return settled;
}

interface Judged {
  readonly landed: Landed;
  readonly reading: Reading<PostingOutcome | LookUpOutcome>;
  readonly status: number | null;
  /** Null: nothing follows yet. */
  readonly consequence: Consequence | null;
  readonly fate: CallFate;
}

const SILENCE = { amount: null, currency: null, debitAccount: null, creditAccount: null };

function judge(desk: ServiceDesk, landed: Landed): Judged {
  const { flight, result } = landed;
  const { service } = flight;
  const status = result.kind === "answered" ? result.answer.status : null;
  const failed = (outcome: "notProcessed" | "unknown", reason: string) => ({
    outcome,
    reason,
    code: null,
    codes: [],
    reference: null,
    postingDate: null,
    echo: SILENCE,
  });
  if (flight.purpose === "lookUp") {
    const reading: Reading<LookUpOutcome> =
      result.kind === "answered"
        ? readLookUp(
            result.answer,
            { ...service.answer, ...service.lookUp?.answer },
            service.lookUp?.outcomes ?? [],
          )
        : { ...failed("unknown", result.reason), outcome: "unknown" };
    const consequence = afterLookUp(reading, { asked: flight.asked, limits: service });
    return { landed, reading, status, consequence, fate: fateOf(reading.outcome) };
  }
  const reading: Reading<PostingOutcome> =
    result.kind === "answered"
      ? readPosting(result.answer, service.answer, service.outcomes)
      : failed(result.kind === "notSent" ? "notProcessed" : "unknown", result.reason);
  const consequence = afterPosting(reading, {
    limits: service,
    asked: flight.asked,
    wasUnknown: flight.wasUnknown,
    isProvenAbsent: flight.isProvenAbsent,
    calls: flight.calls,
    random: desk.random(),
    waitsDividedBy: desk.retryDivisor,
    retryAfterSeconds: retryAfter(landed),
  });
  return { landed, reading, status, consequence, fate: fateOf(reading.outcome) };
}

function fateOf(outcome: PostingOutcome | LookUpOutcome): CallFate {
  return outcome === "notProcessed" || outcome === "unknown" ? "failed" : "answered";
}

/** RFC 9110 §10.2.3, in seconds; dates are left to our own spacing. */
function retryAfter({ result }: Landed): number {
  const text = result.kind === "answered" ? result.answer.headers["retry-after"] : undefined;
  return /^[0-9]{1,5}$/.test(text ?? "") ? Number(text) : 0;
}

function outcomeOf({ landed, reading, status }: Judged, isSuperseded: boolean): NewOutcome {
  const { flight, result, latencyMilliseconds } = landed;
  const masked = (text: string): string => maskedText(text, flight.numbers);
  return {
    clientId: flight.clientId,
    adjustmentId: flight.adjustmentId,
    attemptId: flight.attemptId,
    service: flight.service.name,
    purpose: flight.purpose,
    startedAt: flight.startedAt,
    outcome: reading.outcome,
    status,
    code: reading.code === null ? null : masked(reading.code),
    codes: reading.codes.length > 1 ? reading.codes.map(masked) : null,
    reason: masked(reading.reason),
    reference: reading.reference,
    answer: result.kind === "answered" ? masked(result.text) : null,
    latencyMilliseconds: Math.round(latencyMilliseconds),
    isSuperseded,
  };
}

function moveOf(
  desk: ServiceDesk,
  { landed, reading, status }: Judged,
  consequence: Consequence,
  client: ClientRuntime,
): Move {
  const { flight } = landed;
  const masked = (text: string): string => maskedText(text, flight.numbers);
  const now = desk.engine.clock.now();
  const later = (seconds: number): string =>
    now.add({ milliseconds: Math.ceil(seconds * 1000) }).toString();
  const common = {
    clientId: flight.clientId,
    adjustmentId: flight.adjustmentId,
    from: flight.purpose === "post" ? ("sending" as const) : ("unknown" as const),
    actor: MACHINE_ACTOR,
    outside: {
      service: flight.service.name,
      attempt: flight.attemptId,
      outcome: reading.outcome,
      status,
      code: reading.code === null ? null : masked(reading.code),
    },
  };
  switch (consequence.kind) {
    case "executed":
      return {
        ...common,
        // Another part of it is due at once.
        ...(flight.part === null || flight.part.isLast
          ? { event: "posted" as const }
          : { event: "partPosted" as const, dueAt: now.toString() }),
        execution: {
          basis: "posted",
          reference: consequence.reference ?? flight.key,
          postingDate: consequence.on ?? client.calendar.dateOf(now),
          ...(flight.entryIds === null ? {} : { entryIds: flight.entryIds }),
        },
      };
    case "failed":
      return {
        ...common,
        event: flight.isPartlyProcessed ? "partlyPosted" : consequence.event,
        reason: masked(consequence.reason),
        outside: { ...common.outside, overridable: consequence.isOverridable },
        isOverridable: consequence.isOverridable,
        raiseKeyRevision: consequence.event === "refused",
      };
    case "again":
      return {
        ...common,
        event: "notProcessed",
        reason: masked(consequence.reason),
        dueAt: later(consequence.waitSeconds),
      };
    case "unknown":
      return {
        ...common,
        event: "outcomeUnknown",
        reason: masked(consequence.reason),
        machineMayAct: consequence.machineMayAct,
        dueAt: later(consequence.waitSeconds),
      };
  }
}

/** The part that a call has shown to be posted. */
function partsPosted({ part, attemptId }: Flight, move: Move): NewPart[] {
  const { clientId, adjustmentId, execution, actor } = move;
  if (part === null || execution === undefined) return [];
  const { reference, postingDate } = execution;
  const { id, entryId } = part;
  return [{ clientId, adjustmentId, part: id, entryId, attemptId, reference, postingDate, actor }];
}

/** A look-up that settled nothing: when its adjustment is looked at again. */
function dueAgain(desk: ServiceDesk, { landed, reading }: Judged): DueTime {
  const { flight } = landed;
  const now = desk.engine.clock.now();
  const own: EarlierAttempt = {
    purpose: "lookUp",
    startedAt: Temporal.Instant.from(flight.startedAt).epochMilliseconds,
    outcome: reading.outcome,
    isOfAssignment: true,
  };
  const history = [...flight.history, own];
  const step = nextWhileUnknown(history, flight.service, now.epochMilliseconds);
  const lookUps = history.filter((one) => one.purpose === "lookUp").length;
  const spaced = waitAfter(lookUps + 1, flight.service, {
    random: desk.random(),
    waitsDividedBy: desk.retryDivisor,
  });
  const seconds = step.kind === "wait" ? step.waitSeconds : step.kind === "lookUp" ? spaced : 0;
  const dueAt = now.add({ milliseconds: Math.ceil(seconds * 1000) }).toString();
  return { clientId: flight.clientId, id: flight.assignmentId, dueAt };
}

/** In the healthy case no row is written: only failures and what follows them are. */
async function writeCircuits(
  tx: Transaction,
  desk: ServiceDesk,
  settled: readonly Settled[],
): Promise<void> {
  const groups = Map.groupBy(
    settled,
    ({ landed: { flight } }) => `${flight.clientId} ${flight.service.name}`,
  );
  const clientIds = [...new Set(settled.map(({ landed }) => landed.flight.clientId))];
  const known = new Map(
    (await circuitsOf(tx, clientIds)).map((row) => [`${row.clientId} ${row.service}`, row]),
  );
  const now = desk.engine.clock.now();
  for (const name of [...groups.keys()].sort()) {
    const group = groups.get(name) ?? [];
    const fates = group.map((one) => one.fate);
    const before = known.get(name);
    const isInOrder = before === undefined || (before.state === "closed" && before.failures === 0);
    if (isInOrder && !fates.includes("failed")) continue;
    const { clientId, service } = (group[0] as Settled).landed.flight;
    const key = { clientId, service: service.name };
    const circuit = await lockCircuit(tx, key, now.toString());
    const after = afterCalls(
      circuit,
      fates,
      service.circuit,
      now.epochMilliseconds,
      desk.retryDivisor,
    );
    if (after !== circuit) await saveCircuit(tx, key, after, now.toString());
  }
}
