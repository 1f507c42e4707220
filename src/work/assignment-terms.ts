/**
 * By when an assignment has to be done, how urgent it is and how its urgency rises: the SLA of its
 * type in the client's own days (domain §6). Pure: the calendar and the opening are parameters.
 */
import { Temporal } from "temporal-polyfill";

import type { BusinessCalendar } from "../kernel/calendar.ts";

import type { AssignmentKind, Span } from "./assignment-types.ts";
import { assignmentType, queueOf } from "./assignment-types.ts";
import type { Sla } from "./sla.ts";
import { slaOf } from "./sla.ts";
import { firstRiseAt } from "./sla-stages.ts";

export interface TermsFacts {
  readonly clientId: string;
  readonly type: string;
  readonly claimType: string;
  /** ISO instant. */
  readonly openedAt: string;
  readonly plannedPostingDate: string;
  /** Service or batch profile, where it waits for one. */
  readonly destination?: string | null;
  /** It leaves with the window that posts on its date, never with an earlier one. */
  readonly isDenialDebit?: boolean;
}

export interface Terms {
  readonly queue: string;
  readonly kind: AssignmentKind;
  readonly workGroup: string;
  readonly urgency: number;
  readonly goalAt: string | null;
  readonly deadlineAt: string | null;
  /** When the first stage passes. */
  readonly nextRiseAt: string | null;
}

export interface TermsSource {
  readonly calendarOf: (clientId: string) => BusinessCalendar;
  /** The client's own SLA of a type; the shipped one where left out. */
  readonly slaOf?: ((clientId: string, type: string) => Sla) | undefined;
  /**
   * When the batch window that takes it leaves, ISO instant. Left out or null: the end of the
   * planned posting date.
   */
  readonly departureOf?: ((facts: TermsFacts) => string | null) | undefined;
}

const MOST_TIMES_KEPT = 2000;

/** The terms of assignments about to be opened; remembers the times of sets opened together. */
export function assignmentTermsFrom(source: TermsSource): (facts: TermsFacts) => Terms {
  const known = new Map<string, Times>();
  return (facts) => {
    const row = assignmentType(facts.type);
    const calendar = source.calendarOf(facts.clientId);
    const sla = source.slaOf?.(facts.clientId, facts.type) ?? slaOf(facts.type, undefined);
    const departure = needsDeparture(sla) ? (source.departureOf?.(facts) ?? null) : null;
    const dates = `${facts.openedAt} ${facts.plannedPostingDate} ${departure ?? ""}`;
    const key = `${facts.clientId} ${row.type} ${dates}`;
    let times = known.get(key);
    if (times?.calendar !== calendar || times.sla !== sla) {
      if (known.size >= MOST_TIMES_KEPT) known.clear();
      times = timesOf(sla, facts, calendar, departure);
      known.set(key, times);
    }
    return {
      queue: queueOf(facts.type, facts.claimType),
      kind: row.kind,
      workGroup: row.workGroup,
      urgency: sla.urgency.base,
      goalAt: times.goalAt,
      deadlineAt: times.deadlineAt,
      nextRiseAt: times.nextRiseAt,
    };
  };
}

interface Times {
  readonly calendar: BusinessCalendar;
  readonly sla: Sla;
  readonly goalAt: string | null;
  readonly deadlineAt: string | null;
  readonly nextRiseAt: string | null;
}

function needsDeparture({ goal, deadline }: Sla): boolean {
  return goal?.from === "departure" || deadline?.from === "departure";
}

function timesOf(
  sla: Sla,
  facts: TermsFacts,
  calendar: BusinessCalendar,
  departure: string | null,
): Times {
  const at = (span: Span | null): string | null =>
    span === null ? null : momentOf(span, facts, calendar, departure).toString();
  const times = { goalAt: at(sla.goal), deadlineAt: at(sla.deadline) };
  return { calendar, sla, ...times, nextRiseAt: firstRiseAt({ ...times, type: facts.type }, sla) };
}

function momentOf(
  span: Span,
  facts: TermsFacts,
  calendar: BusinessCalendar,
  departure: string | null,
): Temporal.Instant {
  const opened = Temporal.Instant.from(facts.openedAt);
  if (span.from === "departure") {
    const leaves =
      departure === null
        ? endOfDay(facts.plannedPostingDate, calendar)
        : Temporal.Instant.from(departure);
    return leaves.add({ minutes: span.minutes });
  }
  if (span.from === "postingDate") {
    return endOfDay(businessDay(calendar, facts.plannedPostingDate, span.businessDays), calendar);
  }
  if ("minutes" in span) return opened.add({ minutes: span.minutes });
  const today = calendar.dateOf(opened);
  if ("businessDays" in span) {
    return endOfDay(businessDay(calendar, today, span.businessDays), calendar);
  }
  return endOfDay(calendar.addDays(today, span.calendarDays), calendar);
}

/** Work that comes in on a closed day counts from the next open one. */
function businessDay(calendar: BusinessCalendar, date: string, count: number): string {
  return calendar.addBusinessDays(calendar.businessDayOnOrAfter(date), count);
}

/** The first instant after the day, in the client's zone: summer time makes days uneven. */
export function endOfDay(date: string, calendar: BusinessCalendar): Temporal.Instant {
  return Temporal.PlainDate.from(date).add({ days: 1 }).toZonedDateTime(calendar.zone).toInstant();
}
