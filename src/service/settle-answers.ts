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
import type { AdjustmentLock } from "../accounting/store.ts";
import { lockAdjustments } from "../accounting/store.ts";
import { lockVersions } from "../accounting/views.ts";
import { askInOrder } from "../database/ask-in-order.ts";
import type { Transaction } from "../database/database.ts";
import { eachInParts, mapInParts } from "../kernel/in-parts.ts";
import type { DueTime } from "../work/due-store.ts";
import { setDue } from "../work/store.ts";

import { stepAfterRefusal } from "./closed-account.ts";
import type { ServiceDesk } from "./desk.ts";
import { MACHINE_ACTOR } from "./desk.ts";
import type { Flight, Landed } from "./flight.ts";
import type { Judged } from "./judge-answer.ts";
import { judge, outcomeOf } from "./judge-answer.ts";
import { maskedText } from "./mask.ts";
import type { Consequence, EarlierAttempt } from "./outcome-machine.ts";
import { nextWhileUnknown, waitAfter } from "./outcome-machine.ts";
import { isParked, settleParked } from "./settle-parked.ts";
import type { NewOutcome, NewPart } from "./store.ts";
import { insertOutcomes, insertParts } from "./store.ts";
import type { Settled } from "./write-circuits.ts";
import { writeCircuits } from "./write-circuits.ts";

export async function settleAnswers(
  desk: ServiceDesk,
  landed: readonly Landed[],
): Promise<Settled[]> {
  desk.failpoints.at("service.answers.unsettled");
  const judged = await mapInParts(landed, (one) => judge(desk, one));
  const parked = judged.filter(isParked);
  const others = judged.filter((one) => !parked.includes(one));
  const settled =
    others.length === 0
      ? []
      : await desk.engine.database.transaction((tx) => settle(tx, desk, others));
  // Another lock comes first there: the dispute's.
  for (const one of parked) settled.push(...(await settleParked(desk, one)));
  return settled;
}

async function settle(
  tx: Transaction,
  desk: ServiceDesk,
  judged: readonly Judged[],
): Promise<Settled[]> {
  const { engine } = desk;
  const flights = judged.map((one) => one.landed.flight);
  const clients = await engine.clients(tx, [...new Set(flights.map((one) => one.clientId))]);
  const keys = new Map(flights.map((one) => [one.adjustmentId, one]));
  const locked = await lockVersions(tx, [...keys.values()].map(adjustmentOf));
  const versions = new Map(locked.map((lock) => [lock.id, lock.version]));
  const outcomes: NewOutcome[] = [];
  const moves: Move[] = [];
  const dues: DueTime[] = [];
  const parts: NewPart[] = [];
  const standing: AdjustmentLock[] = [];
  const shown: Flight[] = [];
  await eachInParts(judged, (one) => {
    const { flight } = one.landed;
    // The first answer of a set counts; a second one to the same fence is a late one, too.
    const isSuperseded = versions.get(flight.adjustmentId) !== flight.fence;
    outcomes.push(outcomeOf(one, isSuperseded));
    if (isSuperseded) return;
    versions.delete(flight.adjustmentId);
    const client = clients.get(flight.clientId) as ClientRuntime;
    if (one.consequence === null) dues.push(dueAgain(desk, one));
    else {
      const move = moveOf(desk, one, one.consequence, client);
      moves.push(move);
      // What is executed shows no assignment any more: how it stood at the fence is all it takes.
      if (move.event === "posted") standing.push(flight.stood);
      else shown.push(flight);
      parts.push(...partsPosted(flight, move));
    }
  });
  if (shown.length > 0) standing.push(...(await lockAdjustments(tx, shown.map(adjustmentOf))));
  const settled = judged.map((one) => ({ landed: one.landed, fate: one.fate }));
  const now = engine.clock.now().toString();
  await askInOrder(
    [
      () => insertOutcomes(tx, outcomes, now),
      () => insertParts(tx, parts, now),
      () => setDue(tx, dues),
      () => moveLocked(tx, engine, moves, standing),
    ],
    judged.length,
  );
  // All services share these few rows: whoever changes one holds it for as short as may be.
  await writeCircuits(tx, desk, settled);
  return settled;
}

function adjustmentOf({ clientId, adjustmentId }: Flight): { clientId: string; id: string } {
  return { clientId, id: adjustmentId };
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
        ...(consequence.event === "refused" ? afterRefusal(flight, reading.codes, now) : {}),
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

/** What a definite refusal allows or brings, where nothing of the adjustment is posted. */
function afterRefusal(
  flight: Flight,
  codes: readonly string[],
  now: Temporal.Instant,
): Partial<Move> {
  const { service, isPartlyProcessed } = flight;
  if (isPartlyProcessed) return {};
  const closedAccount = stepAfterRefusal(service, codes, flight);
  if (closedAccount === "parking") {
    return { event: "parkingAsked", closedAccount, isOverridable: false, dueAt: now.toString() };
  }
  return { closedAccount, isAccountChangeable: service.accountChange.allowed };
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
    overAt: now.epochMilliseconds,
    outcome: reading.outcome,
    isCutShort: false,
    isOfAssignment: true,
  };
  const history = [...flight.history, own];
  const step = nextWhileUnknown(history, flight.service, now.epochMilliseconds);
  const lookUps = history.filter((one) => one.purpose === "lookUp" && !one.isCutShort).length;
  const spaced = waitAfter(lookUps + 1, flight.service, {
    random: desk.random(),
    waitsDividedBy: desk.retryDivisor,
  });
  const seconds = step.kind === "wait" ? step.waitSeconds : step.kind === "lookUp" ? spaced : 0;
  const dueAt = now.add({ milliseconds: Math.ceil(seconds * 1000) }).toString();
  return { clientId: flight.clientId, id: flight.assignmentId, dueAt };
}
