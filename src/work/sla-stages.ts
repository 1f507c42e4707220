/**
 * Which stage of its SLA an assignment passes, when the next one comes, and what is done then.
 * Stage 1 is the goal, 2 the deadline, 3 and on its repetitions; one that raises nothing and does
 * nothing is passed in silence. Pure.
 */
import { Temporal } from "temporal-polyfill";

import type { BusinessCalendar } from "../kernel/calendar.ts";

import type { Sla, SlaAction } from "./sla.ts";
import { slaOf } from "./sla.ts";

export const STAGES = ["goal", "deadline", "deadline again"] as const;

export type Stage = (typeof STAGES)[number];

export interface Rise {
  readonly urgency: number;
  /** Stages passed. */
  readonly rises: number;
  /** ISO instant of the next stage; null when there is none. */
  readonly nextRiseAt: string | null;
  readonly passed: Stage;
  readonly actions: readonly SlaAction[];
}

export interface TimedAssignment {
  readonly type: string;
  readonly goalAt: string | null;
  readonly deadlineAt: string | null;
}

/** When its first stage passes; null when none ever does. */
export function firstRiseAt(
  { type, goalAt, deadlineAt }: TimedAssignment,
  sla: Sla = slaOf(type, undefined),
): string | null {
  return (saysSomethingAtGoal(sla) ? goalAt : null) ?? deadlineAt;
}

/**
 * The urgency after one more stage has passed. `rises` counts those before; the calendar is needed
 * where repetitions count business days.
 */
export function risen(
  assignment: TimedAssignment & { readonly urgency: number; readonly rises: number },
  sla: Sla = slaOf(assignment.type, undefined),
  calendar?: BusinessCalendar,
): Rise {
  const { goalAt, deadlineAt, rises } = assignment;
  const isGoal = rises < 1 && goalAt !== null && saysSomethingAtGoal(sla);
  const stage = isGoal ? 1 : Math.max(rises + 1, 2);
  const [by, actions, passed] = isGoal
    ? ([sla.urgency.atGoal, sla.actions.goal, "goal"] as const)
    : stage === 2
      ? ([sla.urgency.atDeadline, sla.actions.deadline, "deadline"] as const)
      : ([sla.urgency.afterDeadline, sla.actions.passedDeadline, "deadline again"] as const);
  return {
    urgency: Math.min(100, assignment.urgency + by),
    rises: stage,
    nextRiseAt: isGoal ? deadlineAt : repetitionAt(deadlineAt, stage - 1, sla, calendar),
    passed,
    actions,
  };
}

function saysSomethingAtGoal(sla: Sla): boolean {
  return sla.urgency.atGoal > 0 || sla.actions.goal.length > 0;
}

/** So many repetitions after the deadline. */
function repetitionAt(
  deadlineAt: string | null,
  ordinal: number,
  sla: Sla,
  calendar: BusinessCalendar | undefined,
): string | null {
  if (deadlineAt === null) return null;
  const deadline = Temporal.Instant.from(deadlineAt);
  if (sla.repeatBusinessDays === null || calendar === undefined) {
    return deadline.add({ hours: sla.urgency.afterDeadlineHours * ordinal }).toString();
  }
  // A deadline is mostly the end of a day: its last instant is of that day, not of the next.
  const day = calendar.dateOf(deadline.subtract({ nanoseconds: 1 }));
  const late = calendar.addBusinessDays(
    calendar.businessDayOnOrAfter(day),
    sla.repeatBusinessDays * ordinal,
  );
  return Temporal.PlainDate.from(late)
    .add({ days: 1 })
    .toZonedDateTime(calendar.zone)
    .toInstant()
    .toString();
}
