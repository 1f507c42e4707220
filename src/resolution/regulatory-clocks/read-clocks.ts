/**
 * Every regulatory clock of a dispute as of a day (domain §6): running, met on, met late, missed,
 * stopped, or not applicable with the reason, each with the paragraph it comes from. Pure.
 */
import type { BusinessCalendar } from "../../kernel/calendar.ts";
import { parseAmount } from "../../kernel/money.ts";
import type { ClockEvent, ClockMoment, RegulatoryClock } from "../../rulebook/clocks.ts";
import type { FactTypes } from "../../rulebook/facts.ts";
import { recordableFacts } from "../../rulebook/recordable-facts.ts";

import type { ClockCase, Round } from "./clock-case.ts";
import { roundsOf } from "./clock-case.ts";
import type { Ending } from "./clock-length.ts";
import { endingOf, warnedFrom } from "./clock-length.ts";
import { allHold } from "./holds.ts";

export const CLOCK_STATES = [
  "running",
  "met",
  "metLate",
  "missed",
  "stopped",
  "notStarted",
  "notApplicable",
] as const;

export type ClockState = (typeof CLOCK_STATES)[number];

export interface ClockReading {
  readonly clock: string;
  readonly title: string;
  readonly regulation: string;
  readonly paragraph: string;
  /** Of the length that holds, or of the exemption. */
  readonly citation: string;
  /** 1, and one more for each reassertion. */
  readonly round: number;
  readonly state: ClockState;
  readonly startsOn: string | null;
  readonly startedBy: string | null;
  readonly length: string | null;
  readonly dueOn: string | null;
  readonly warnOn: string | null;
  /** The day of what met it, or stopped it. */
  readonly endedOn: string | null;
  readonly endedBy: string | null;
  readonly because: readonly string[];
  readonly automatic: RegulatoryClock["automatic"] | null;
  /** The exemption that takes hold if nothing changes until the clock ends; else null. */
  readonly mayBecomeExempt: string | null;
}

export interface ClockRules {
  readonly clocks: ReadonlyMap<string, RegulatoryClock>;
  readonly facts: FactTypes;
  readonly calendar: BusinessCalendar;
  readonly countsDayOfReceipt: boolean;
}

/** All rounds, the latest last; of each round the clocks in the rule book's order. */
export function readClocks(given: ClockCase, rules: ClockRules, today: string): ClockReading[] {
  const { moments } = recordableFacts(rules.clocks);
  return roundsOf(given, rules.facts, moments).flatMap((round) =>
    [...rules.clocks.values()].map((clock) => readClock(clock, { given, round, rules, today })),
  );
}

interface Reading {
  readonly given: ClockCase;
  readonly round: Round;
  readonly rules: ClockRules;
  readonly today: string;
}

function readClock(clock: RegulatoryClock, at: Reading): ClockReading {
  const { round } = at;
  const blank = blankReading(clock, round);
  const applies = allHold(clock.when, round.facts);
  if (applies.verdict !== true) {
    const unknown = applies.unknown.join(", ");
    const because = applies.verdict === null ? `not known: ${unknown}` : "not of this kind";
    return { ...blank, state: "notApplicable", because: [because] };
  }
  const exempt = clock.exempt.find(
    (one) => one.onceDue !== true && allHold(one.when, round.facts).verdict === true,
  );
  if (exempt !== undefined) {
    const { citation, because } = exempt;
    return { ...blank, state: "notApplicable", citation, because: [because] };
  }
  const start = startOf(clock, at);
  if (start === null) return { ...blank, state: "notStarted" };
  return ended(clock, { ...blank, startsOn: start.on, startedBy: start.by }, start.because, at);
}

function blankReading(clock: RegulatoryClock, round: Round): ClockReading {
  return {
    clock: clock.id,
    title: clock.title,
    regulation: clock.regulation,
    paragraph: clock.paragraph,
    citation: clock.citation,
    round: round.ordinal,
    state: "notStarted",
    startsOn: null,
    startedBy: null,
    length: null,
    dueOn: null,
    warnOn: null,
    endedOn: null,
    endedBy: null,
    because: [],
    automatic: clock.automatic ?? null,
    mayBecomeExempt: null,
  };
}

interface Moment {
  readonly on: string;
  readonly by: string;
}

function startOf(
  clock: RegulatoryClock,
  at: Reading,
): (Moment & { readonly because: readonly string[] }) | null {
  const [first] = clock.starts;
  for (const one of clock.starts) {
    const found = momentOf(one, clock, at);
    if (found === null) continue;
    // The day the case came in is the latest on which the notice can have come.
    const stand = first !== undefined && "fact" in first && one !== first && "event" in one;
    const because =
      stand && one.event === "caseOpened"
        ? [`${first.fact} is not known: counted from the case; the true end may be earlier`]
        : "fact" in one && one !== first && first !== undefined && "fact" in first
          ? [`${first.fact} is not known: counted from ${one.fact}`]
          : [];
    return { ...found, because };
  }
  return null;
}

function ended(
  clock: RegulatoryClock,
  started: ClockReading,
  because: readonly string[],
  at: Reading,
): ClockReading {
  const { rules, round, today } = at;
  const startsOn = started.startsOn as string;
  const counting = { calendar: rules.calendar, countsDayOfReceipt: rules.countsDayOfReceipt };
  const ending = endingOf(clock, startsOn, round.facts, counting);
  const uncertain = because.length > 0 && started.startedBy === WORDS.caseOpened;
  const reading: ClockReading = {
    ...started,
    length: ending.length,
    citation: ending.citation,
    dueOn: ending.dueOn,
    warnOn: uncertain ? startsOn : warnedFrom(clock.warn, startsOn, ending.dueOn, rules.calendar),
    because: [...because, ...ending.because],
  };
  const met = earliest(clock.metBy.map((one) => momentOf(one, clock, at)));
  const stopped = earliest(clock.stoppedBy.map((event) => momentOf({ event }, clock, at)));
  const isMet =
    met !== null && (stopped === null || met.on <= stopped.on || met.on <= ending.dueOn);
  if (isMet) {
    const state = met.on <= ending.dueOn ? "met" : "metLate";
    return { ...reading, state, endedOn: met.on, endedBy: met.by };
  }
  if (stopped !== null && stopped.on <= ending.dueOn) {
    return { ...reading, state: "stopped", endedOn: stopped.on, endedBy: stopped.by };
  }
  const late = exemptOnceDue(clock, reading, ending, at);
  if (late !== null) return late;
  if (today <= ending.dueOn && !round.isOver) return { ...reading, state: "running" };
  if (round.isOver && today <= ending.dueOn) {
    return { ...reading, state: "stopped", endedBy: "the error was reasserted" };
  }
  return {
    ...reading,
    state: "missed",
    endedOn: stopped?.on ?? null,
    endedBy: stopped?.by ?? null,
  };
}

/** An exemption that is certain only when the time is up: until then the clock runs. */
function exemptOnceDue(
  clock: RegulatoryClock,
  reading: ClockReading,
  { dueOn }: Ending,
  { round, today }: Reading,
): ClockReading | null {
  for (const one of clock.exempt) {
    if (one.onceDue !== true || allHold(one.when, round.facts).verdict !== true) continue;
    const ended = one.unlessBy === undefined ? undefined : round.facts[one.unlessBy];
    if (typeof ended === "string" && ended <= dueOn) continue;
    const because = [...reading.because, one.because];
    if (today > dueOn) {
      return { ...reading, state: "notApplicable", citation: one.citation, because };
    }
    const awaited = `exempt if it is still so after ${dueOn}: ${one.because}`;
    return {
      ...reading,
      state: "running",
      because: [...reading.because, awaited],
      mayBecomeExempt: awaited,
    };
  }
  return null;
}

const WORDS: Readonly<Record<ClockEvent, string>> = {
  caseOpened: "the case came in",
  provisionalCreditPosted: "a provisional credit posted",
  creditedInFull: "the credit posted in full",
  decided: "the dispute was decided",
  paid: "the dispute was paid",
  withdrawn: "the dispute was withdrawn",
  returnRecorded: "the return was recorded",
};

function momentOf(moment: ClockMoment, clock: RegulatoryClock, at: Reading): Moment | null {
  if ("fact" in moment) {
    const on = at.round.facts[moment.fact];
    return typeof on === "string" ? { on, by: moment.fact } : null;
  }
  const on = eventOn(moment.event, clock, at);
  return on === null ? null : { on, by: WORDS[moment.event] };
}

function eventOn(event: ClockEvent, clock: RegulatoryClock, { given, round }: Reading) {
  const { decided, credits } = round;
  switch (event) {
    case "caseOpened":
      return round.openedOn;
    case "provisionalCreditPosted":
      return (
        credits
          .filter((one) => one.isProvisional)
          .map((one) => one.on)
          .sort()[0] ?? null
      );
    case "creditedInFull":
      return fullOn(clock, given, round);
    case "decided":
      return decided?.on ?? null;
    case "paid":
      return decided !== null && PAYS.has(decided.operation) ? decided.on : null;
    case "withdrawn":
      return decided?.operation === "withdrawDispute" ? decided.on : null;
    case "returnRecorded":
      return round.returnedOn;
  }
}

const PAYS = new Set([
  "payDispute",
  "payFromLoss",
  "payFromMerchant",
  "payByCheck",
  "creditFromAtmOverShort",
  "writeOff",
]);

/**
 * The day on which the credits that posted came up to what had to be credited by then, less what
 * may be withheld.
 */
function fullOn(
  clock: RegulatoryClock,
  given: ClockCase,
  { facts, credits }: Round,
): string | null {
  const { amountMinor, owedChanges, currency } = given;
  const withheld =
    clock.mayWithhold !== undefined && allHold(clock.mayWithhold.when, facts).verdict === true
      ? parseAmount(clock.mayWithhold.upTo, currency)
      : 0n;
  const steps = [
    ...owedChanges,
    ...credits.map((one) => ({ on: one.on, amountMinor: -one.amountMinor })),
  ].sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0));
  let missing = amountMinor;
  for (const step of steps) {
    missing += step.amountMinor;
    if (missing <= withheld) return step.on;
  }
  return null;
}

function earliest(moments: readonly (Moment | null)[]): Moment | null {
  const known = moments.filter((one) => one !== null);
  return known.reduce<Moment | null>((a, b) => (a !== null && a.on <= b.on ? a : b), null);
}
