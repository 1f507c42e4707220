/**
 * By when an assignment has to be done, how urgent it is and how its urgency rises: the SLA of its
 * type in the client's own days (domain §6). Pure: the calendar and the opening are parameters.
 */
import { Temporal } from "temporal-polyfill";

import type { BusinessCalendar } from "../kernel/calendar.ts";

import type { AssignmentKind, AssignmentTypeRow, Span } from "./assignment-types.ts";
import { assignmentType, queueOf } from "./assignment-types.ts";

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
}

export interface TermsSource {
  readonly calendarOf: (clientId: string) => BusinessCalendar;
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
    const departure = needsDeparture(row) ? (source.departureOf?.(facts) ?? null) : null;
    const dates = `${facts.openedAt} ${facts.plannedPostingDate} ${departure ?? ""}`;
    const key = `${facts.clientId} ${row.type} ${dates}`;
    let times = known.get(key);
    if (times === undefined || times.calendar !== calendar) {
      if (known.size >= MOST_TIMES_KEPT) known.clear();
      times = timesOf(row, facts, calendar, departure);
      known.set(key, times);
    }
    return {
      queue: queueOf(facts.type, facts.claimType),
      kind: row.kind,
      workGroup: row.workGroup,
      urgency: row.urgency.base,
      goalAt: times.goalAt,
      deadlineAt: times.deadlineAt,
    };
  };
}

interface Times {
  readonly calendar: BusinessCalendar;
  readonly goalAt: string | null;
  readonly deadlineAt: string | null;
}

function needsDeparture(row: AssignmentTypeRow): boolean {
  return row.goal?.from === "departure" || row.deadline?.from === "departure";
}

function timesOf(
  row: AssignmentTypeRow,
  facts: TermsFacts,
  calendar: BusinessCalendar,
  departure: string | null,
): Times {
  const at = (span: Span | null): string | null =>
    span === null ? null : momentOf(span, facts, calendar, departure).toString();
  return { calendar, goalAt: at(row.goal), deadlineAt: at(row.deadline) };
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

export interface Rise {
  readonly urgency: number;
  readonly rises: number;
  /** ISO instant of the next rise; null when there is none. */
  readonly nextRiseAt: string | null;
  readonly passed: "goal" | "deadline" | "deadline again";
}

/** When the urgency rises first; a goal that raises nothing is passed in silence. */
export function firstRiseAt(assignment: {
  readonly type: string;
  readonly goalAt: string | null;
  readonly deadlineAt: string | null;
}): string | null {
  const { atGoal } = assignmentType(assignment.type).urgency;
  return (atGoal > 0 ? assignment.goalAt : null) ?? assignment.deadlineAt;
}

/**
 * The urgency after one more moment has passed: goal, deadline, then again and again. `rises`
 * counts the moments that have passed before.
 */
export function risen(assignment: {
  readonly type: string;
  readonly urgency: number;
  readonly rises: number;
  readonly goalAt: string | null;
  readonly deadlineAt: string | null;
}): Rise {
  const steps = assignmentType(assignment.type).urgency;
  const { goalAt, deadlineAt, rises } = assignment;
  const moments: Rise["passed"][] = [];
  if (goalAt !== null && steps.atGoal > 0) moments.push("goal");
  if (deadlineAt !== null) moments.push("deadline");
  const passed = moments[rises] ?? "deadline again";
  const by = {
    goal: steps.atGoal,
    deadline: steps.atDeadline,
    "deadline again": steps.afterDeadline,
  }[passed];
  return {
    urgency: Math.min(100, assignment.urgency + by),
    rises: rises + 1,
    nextRiseAt: nextRise(
      deadlineAt,
      passed,
      steps.afterDeadlineHours * (rises + 2 - moments.length),
    ),
    passed,
  };
}

function nextRise(
  deadlineAt: string | null,
  passed: Rise["passed"],
  hoursLate: number,
): string | null {
  if (deadlineAt === null || passed === "goal") return deadlineAt;
  return Temporal.Instant.from(deadlineAt).add({ hours: hoursLate }).toString();
}
