/**
 * What the clocks of a dispute are read from: its facts as they were given, what was recorded
 * later, the operations in order and the credits that the system of record posted. Pure.
 */
import type { DisputeState, PastOperation } from "../../accounting/dispute-book.ts";
import type { FactDeclaration } from "../../rulebook/facts.ts";
import { recordedValue } from "../../rulebook/recordable-facts.ts";

/** A credit of the holder that posted: nothing that came back and nothing that was reversed. */
export interface PostedCredit {
  readonly operationId: string;
  /** Posting date of the system of record. */
  readonly on: string;
  readonly amountMinor: bigint;
  readonly isProvisional: boolean;
}

export interface ClockCase {
  /** As given at the opening; what was not given is absent: unknown, not its default. */
  readonly facts: GivenFacts;
  /** The client's local date on which the case came in. */
  readonly openedOn: string;
  readonly state: DisputeState;
  readonly operations: readonly PastOperation[];
  /** Operations by which nothing is decided: not agreed on yet, or cancelled. */
  readonly notInForce?: ReadonlySet<string>;
  readonly credits: readonly PostedCredit[];
  /** As first disputed. */
  readonly amountMinor: bigint;
  /** What changed how much the holder has to be credited. */
  readonly owedChanges: readonly OwedChange[];
  readonly currency: string;
}

/** A raise adds; a denial of a part, or the merchant's own credit, takes off. */
export interface OwedChange {
  readonly on: string;
  readonly amountMinor: bigint;
}

export type GivenFacts = Readonly<Record<string, unknown>>;

/** A notice and what followed from it: clocks start once, and anew only at a reassertion. */
export interface Round {
  readonly ordinal: number;
  readonly facts: GivenFacts;
  readonly openedOn: string;
  readonly decided: Decision | null;
  /** Ended by a reassertion: what has not been met by then never is. */
  readonly isOver: boolean;
  readonly returnedOn: string | null;
  readonly credits: readonly PostedCredit[];
}

export interface Decision {
  readonly on: string;
  readonly operation: string;
}

const RUNNING: ReadonlySet<DisputeState> = new Set(["open", "provisionallyCredited"]);

interface OpenRound {
  readonly ordinal: number;
  readonly from: number;
  facts: Record<string, unknown>;
  readonly openedOn: string;
  decided: Decision | null;
  returnedOn: string | null;
}

/** The rounds of a case, the latest last. `momentFacts` belong to the round they are said in. */
export function roundsOf(
  given: ClockCase,
  declared: ReadonlyMap<string, Pick<FactDeclaration, "type">>,
  momentFacts: ReadonlySet<string>,
): readonly Round[] {
  const rounds: Round[] = [];
  let round: OpenRound = {
    ordinal: 1,
    from: 0,
    facts: known(given.facts),
    openedOn: given.openedOn,
    decided: null,
    returnedOn: null,
  };
  given.operations.forEach((operation, index) => {
    const after = given.operations[index + 1]?.stateBefore ?? given.state;
    const reassertedOn = reassertion(operation);
    if (reassertedOn !== null) {
      rounds.push(closed(given, round, index, true));
      const kept = Object.entries(round.facts).filter(([name]) => !momentFacts.has(name));
      round = {
        ordinal: round.ordinal + 1,
        from: index,
        facts: { ...Object.fromEntries(kept), noticeReceivedOn: reassertedOn },
        openedOn: operation.on,
        decided: null,
        returnedOn: null,
      };
    } else note(round, operation, after, { declared, notInForce: given.notInForce });
  });
  rounds.push(closed(given, round, given.operations.length, false));
  return rounds;
}

function known(facts: GivenFacts): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(facts).filter(([, value]) => value !== null && value !== undefined),
  );
}

function reassertion({ operation, input }: PastOperation): string | null {
  const on = operation === "reopen" ? input["reassertedOn"] : undefined;
  return typeof on === "string" ? on : null;
}

interface Noting {
  readonly declared: ReadonlyMap<string, Pick<FactDeclaration, "type">>;
  readonly notInForce: ReadonlySet<string> | undefined;
}

function note(
  round: OpenRound,
  operation: PastOperation,
  after: DisputeState,
  { declared, notInForce }: Noting,
): void {
  const { operation: name, on, input, stateBefore } = operation;
  if (name === "recordRegulatoryFact") {
    const fact = String(input["fact"]);
    const type = declared.get(fact) ?? { type: "string" as const };
    const value = recordedValue(type, String(input["value"]));
    if (value !== null) round.facts = { ...round.facts, [fact]: value };
    return;
  }
  if (name === "recordReturn") round.returnedOn ??= on;
  const decides = RUNNING.has(stateBefore) && (!RUNNING.has(after) || name === "writeOff");
  if (decides && notInForce?.has(operation.id) !== true) round.decided ??= { on, operation: name };
  // A reopening for another reason leaves the clocks stopped; a decision taken back does not.
  else if (!RUNNING.has(stateBefore) && RUNNING.has(after) && name !== "reopen") {
    round.decided = null;
  }
}

function closed(given: ClockCase, round: OpenRound, until: number, isOver: boolean): Round {
  const own = new Set(given.operations.slice(round.from, until).map((one) => one.id));
  return {
    ordinal: round.ordinal,
    facts: round.facts,
    openedOn: round.openedOn,
    decided: round.decided,
    returnedOn: round.returnedOn,
    isOver,
    credits: given.credits.filter((one) => own.has(one.operationId)),
  };
}
