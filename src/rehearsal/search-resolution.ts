/**
 * From where a dispute stands, is there a way to a passing gate? Best first: what lies nearer to
 * balance is tried first, with the amounts that limits and balances suggest.
 */
import { CLOSED_STATES } from "../accounting/adjustment-machine.ts";
import type { AdjustmentEvent, AdjustmentState } from "../accounting/adjustment-machine.ts";
import type { DisputeBook, ResolutionDecision } from "../accounting/dispute-book.ts";
import { evaluateGate } from "../accounting/gate.ts";
import { positionsOf } from "../accounting/positions.ts";
import { formatAmount } from "../kernel/money.ts";

import type { Stage } from "./random-operations.ts";
import { move, passDays, tryOperation } from "./random-operations.ts";

const DECISIONS: readonly ResolutionDecision[] = ["pay", "deny", "partialDeny", "writeOff"];
const MOST_STAGES = 300;

/** True where some sequence of operations, outcomes and days leads to a gate that passes. */
export function reachesResolution(start: Stage): boolean {
  const seen = new Set<string>();
  const waiting: { stage: Stage; distance: number }[] = [];
  const consider = (stage: Stage): boolean => {
    const key = keyOf(stage);
    if (seen.has(key)) return false;
    seen.add(key);
    const distance = distanceOf(stage);
    if (distance === 0) return true;
    waiting.push({ stage, distance });
    return false;
  };
  if (consider(settled(copy(start)))) return true;
  for (let tried = 0; tried < MOST_STAGES && waiting.length > 0; tried += 1) {
    waiting.sort((a, b) => b.distance - a.distance);
    const next = waiting.pop();
    if (next === undefined) return false;
    for (const [operation, input] of movesFrom(next.stage)) {
      const stage = copy(next.stage);
      if (tryOperation(stage, operation, input) !== null) continue;
      if (consider(settled(stage))) return true;
    }
  }
  return false;
}

const ONWARD: Partial<Record<AdjustmentState, AdjustmentEvent>> = {
  pendingManual: "attested",
  pendingService: "reroutedToManual",
  pendingBatch: "reroutedToManual",
  serviceFailed: "attested",
  batchFailed: "attested",
};

/** Everything open is executed and the days that plans wait for pass. */
function settled(stage: Stage): Stage {
  tryOperation(stage, "recordNoticeSent", {});
  for (let round = 0; round < 12; round += 1) {
    const open = stage.book.adjustments.find(
      (one) => !CLOSED_STATES.has(one.state) && ONWARD[one.state] !== undefined,
    );
    const event = open === undefined ? undefined : ONWARD[open.state];
    if (open !== undefined && event !== undefined) move(stage, open, event);
    else if (stage.book.adjustments.some((one) => one.state === "planned")) passDays(stage, 9);
    else break;
  }
  return stage;
}

/** Operations worth trying, with amounts that limits and balances suggest. */
function movesFrom({ book, context }: Stage): [string, Record<string, unknown>][] {
  const moves: [string, Record<string, unknown>][] = [];
  const amounts = suggested(book);
  for (const operation of context.rulebook.operations.values()) {
    if (NOT_TRIED.has(operation.id)) continue;
    const inputs = operation.inputs;
    const base: Record<string, unknown> = {};
    if (inputs.has("debitOn")) base["debitOn"] = "now";
    if (inputs.has("reason")) base["reason"] = "merchantIssuedCredit";
    if (inputs.has("kind")) base["kind"] = "ach";
    if (!inputs.has("amount")) moves.push([operation.id, base]);
    else {
      moves.push([operation.id, base]);
      for (const amount of amounts) moves.push([operation.id, { ...base, amount }]);
      if (inputs.has("reason")) moves.push([operation.id, { ...base, reason: "because" }]);
    }
  }
  for (const lifts of ["all", "none"]) moves.push(["reopen", { lifts }]);
  for (const adjustment of book.adjustments) {
    moves.push(["reverseAdjustment", { adjustment: adjustment.id }]);
  }
  return moves;
}

/** Needing more than an amount, or going beyond limits: they would make every search succeed. */
const NOT_TRIED = new Set([
  "adjustManually",
  "importHistory",
  "resolve",
  "setAmountInDispute",
  "clearAmountInDispute",
  "raiseProvisionalCredit",
  "reopen",
  "reverseAdjustment",
]);

function suggested(book: DisputeBook): string[] {
  const positions = positionsOf(book);
  const { booked } = positions;
  const candidates = [
    positions.uncredited,
    positions.surplus,
    positions.disputed - positions.denied,
    positions.writtenOff,
    positions.merchantCredit,
    ...["suspense", "merchant", "otherInstitution", "checksPayable", "coreSuspense"].map(booked),
    ...["customerReceivable", "accountHolder", "loss", "recovery"].map(booked),
  ];
  const positive = candidates.map((one) => (one < 0n ? -one : one)).filter((one) => one > 0n);
  return [...new Set(positive)].map((one) => formatAmount(one, book.currency));
}

/** 0 where a gate passes; else how much is where it should not be, in minor units and reasons. */
function distanceOf({ book, context }: Stage): number {
  if (book.state === "resolved") return 0;
  const distances = DECISIONS.map((decision) => {
    const gate = evaluateGate(book, context.rulebook, decision);
    if (gate.allowed) return book.state === "denialPlanned" ? 1 : 0;
    const off = Object.values(gate.outOfBalance).reduce(
      (sum, one) => sum + Math.abs(Number(one)),
      0,
    );
    return 1 + off + 50 * gate.because.length;
  });
  return Math.min(...distances);
}

function keyOf({ book }: Stage): string {
  const { committed, ...rest } = positionsOf(book);
  const balances = new Map<string, bigint>();
  for (const { debit, credit, amountMinor } of book.adjustments.flatMap((one) => one.entries)) {
    for (const [side, sign] of [[debit, -1n] as const, [credit, 1n] as const]) {
      const key = `${side.collection} ${side.account}`;
      balances.set(key, (balances.get(key) ?? 0n) + sign * amountMinor);
    }
  }
  const standing = [...balances].filter(([, value]) => value !== 0n).sort();
  return [
    book.state,
    rest.denied,
    rest.disputed,
    rest.merchantCredit,
    rest.holderCredit,
    committed("accountHolder"),
    standing.join(),
  ].join(" ");
}

function copy(stage: Stage): Stage {
  const { book } = stage;
  return {
    ...stage,
    book: {
      ...book,
      operations: [...book.operations],
      adjustments: book.adjustments.map((one) => ({ ...one })),
      denials: book.denials.map((one) => ({ ...one })),
      resolutions: book.resolutions.map((one) => ({ ...one })),
      changes: [],
    },
  };
}
