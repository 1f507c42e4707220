/**
 * When a clock ends: the first length whose tests hold, in the client's own days. A length that
 * may hold, because a fact is unknown, counts as well; the one that ends first wins. Pure.
 */
import type { BusinessCalendar } from "../../kernel/calendar.ts";
import type { ClockLength, ClockLead, RegulatoryClock } from "../../rulebook/clocks.ts";

import type { GivenFacts } from "./clock-case.ts";
import { allHold } from "./holds.ts";

export interface Ending {
  readonly dueOn: string;
  /** `10 business days`. */
  readonly length: string;
  readonly citation: string;
  /** Why this length, where anything is to be said about it. */
  readonly because: readonly string[];
}

export interface Counting {
  readonly calendar: BusinessCalendar;
  /** The day of receipt counts as the first day; usually it does not. */
  readonly countsDayOfReceipt: boolean;
}

export function endingOf(
  clock: Pick<RegulatoryClock, "lengths" | "citation">,
  startsOn: string,
  facts: GivenFacts,
  counting: Counting,
): Ending {
  const unknown = new Set<string>();
  const possible: Ending[] = [];
  for (const length of clock.lengths) {
    const held = allHold(length.when, facts);
    if (held.verdict === false) continue;
    for (const name of held.unknown) unknown.add(name);
    possible.push(ending(length, clock.citation, { startsOn, facts, counting }));
    if (held.verdict === true) break;
  }
  const strict = possible.reduce((first, one) => (one.dueOn < first.dueOn ? one : first));
  if (possible.length === 1) return strict;
  const names = [...unknown].sort().join(", ");
  const words = `not known for certain: ${names}; the stricter ${strict.length} hold`;
  return { ...strict, because: [...strict.because, words] };
}

function ending(
  length: ClockLength,
  citation: string,
  at: { readonly startsOn: string; readonly facts: GivenFacts; readonly counting: Counting },
): Ending {
  const { calendar } = at.counting;
  const counted = length.businessDays ?? length.calendarDays ?? 0;
  const unit = length.businessDays === undefined ? "calendar day" : "business day";
  const words = `${counted} ${unit}${counted === 1 ? "" : "s"}`;
  const last =
    length.businessDays === undefined
      ? calendar.addDays(at.startsOn, counted - (at.counting.countsDayOfReceipt ? 1 : 0))
      : businessEnd(at.startsOn, counted, at.counting);
  const rolled = length.thenBusinessDay === true ? calendar.nextBusinessDay(last) : last;
  const result: Ending = {
    dueOn: rolled,
    length: length.thenBusinessDay === true ? `${words}, then the next business day` : words,
    citation: length.citation ?? citation,
    because: [],
  };
  if (length.notAfter === undefined) return result;
  const bound = at.facts[length.notAfter];
  if (typeof bound !== "string") {
    const unsaid = `${length.notAfter} is not known: the ${words} are the bound`;
    return { ...result, because: [unsaid] };
  }
  if (bound >= rolled) return result;
  return { ...result, dueOn: bound, length: `until ${length.notAfter}, at most ${words}` };
}

/** A day of receipt that counts is the first one, where it is a business day at all. */
function businessEnd(startsOn: string, count: number, counting: Counting): string {
  const { calendar, countsDayOfReceipt } = counting;
  const first = countsDayOfReceipt && calendar.isBusinessDay(startsOn);
  return calendar.addBusinessDays(startsOn, first ? count - 1 : count);
}

/** The day from which it is warned of, never before the clock starts. */
export function warnedFrom(
  lead: ClockLead,
  startsOn: string,
  dueOn: string,
  calendar: BusinessCalendar,
): string {
  const day =
    "businessDays" in lead
      ? calendar.addBusinessDays(dueOn, -lead.businessDays)
      : calendar.addDays(dueOn, -lead.calendarDays);
  return day < startsOn ? startsOn : day;
}
