/**
 * The SLA of an assignment as the client's data: goal, deadline and passed deadline, each with how
 * much the urgency rises and what is done, in business or calendar time. The shipped one of a type
 * stands in `assignment-types.ts`; what a client's settings say takes its place, part by part.
 */
import { z } from "zod";

import type { AssignmentTypeRow, Span, UrgencySteps } from "./assignment-types.ts";
import { ASSIGNMENT_TYPE_ROWS, assignmentType } from "./assignment-types.ts";

export type SlaAction =
  | { readonly notify: string }
  | { readonly reassign: { readonly person?: string; readonly workGroup?: string } }
  | { readonly escalate: string }
  | { readonly run: true };

export interface SlaActions {
  readonly goal: readonly SlaAction[];
  readonly deadline: readonly SlaAction[];
  readonly passedDeadline: readonly SlaAction[];
}

export interface Sla {
  readonly goal: Span | null;
  readonly deadline: Span | null;
  readonly urgency: UrgencySteps;
  /** Between the repetitions after the deadline, in business days; null: by the clock's hours. */
  readonly repeatBusinessDays: number | null;
  readonly actions: SlaActions;
}

const name = z.string().trim().min(1).max(80);

const action = z.union(
  [
    z.strictObject({ notify: name.describe("A person or work group: told outside by an event") }),
    z.strictObject({
      reassign: z
        .strictObject({ person: name.optional(), workGroup: name.optional() })
        .refine((to) => to.person !== undefined || to.workGroup !== undefined, {
          message: "names a person, a work group, or both",
        }),
    }),
    z.strictObject({ escalate: name.describe("The work group that takes over") }),
    z.strictObject({ run: z.literal(true).describe("The machine acts now") }),
  ],
  { error: "is none of notify, reassign, escalate, run" },
);

const stage = {
  urgency: z.int().min(0).max(100).optional().describe("How much the urgency rises"),
  actions: z.array(action).max(10).optional(),
};

const SPANS = ["minutes", "hours", "businessDays", "calendarDays"] as const;

const count = z.int().min(0).max(10_000).optional();

const moment = z
  .strictObject({
    from: z.enum(["opening", "departure", "postingDate"]).optional(),
    minutes: count,
    hours: count,
    businessDays: count,
    calendarDays: count,
    ...stage,
  })
  .refine((given) => SPANS.filter((one) => given[one] !== undefined).length <= 1, {
    message: `takes one of ${SPANS.join(", ")}`,
  })
  .refine((given) => given.from !== "postingDate" || given.businessDays !== undefined, {
    message: "from postingDate counts businessDays",
  })
  .refine((given) => given.from !== "departure" || (given.minutes ?? given.hours) !== undefined, {
    message: "from departure counts minutes or hours",
  });

type Moment = z.infer<typeof moment>;

const ofType = z.strictObject({
  urgency: z.int().min(0).max(100).optional().describe("When it opens"),
  goal: moment.nullable().optional().describe("Null: it has none"),
  deadline: moment.nullable().optional(),
  passedDeadline: z
    .strictObject({
      everyHours: z.int().min(1).max(8760).optional(),
      everyBusinessDays: z.int().min(1).max(250).optional(),
      ...stage,
    })
    .refine((given) => given.everyHours === undefined || given.everyBusinessDays === undefined, {
      message: "takes everyHours or everyBusinessDays",
    })
    .optional(),
});

type SlaOfType = z.infer<typeof ofType>;

const TYPES = ASSIGNMENT_TYPE_ROWS.map((row) => row.type);

/** Type of assignment → what differs from the shipped SLA. */
export const slaSettingsShape = z
  .partialRecord(z.enum(TYPES), ofType)
  .superRefine((given, context) => {
    for (const [type, sla] of Object.entries(given)) {
      for (const { path, message } of faultsOf(type, sla as SlaOfType)) {
        context.addIssue({ code: "custom", path: [type, ...path], message });
      }
    }
  });

export type SlaSettings = z.infer<typeof slaSettingsShape>;

/** What each part by itself cannot see: the machine's own action, and the order of the stages. */
function faultsOf(type: string, given: SlaOfType): { path: string[]; message: string }[] {
  const faults: { path: string[]; message: string }[] = [];
  const sla = slaFrom(assignmentType(type), given);
  for (const part of ["goal", "deadline", "passedDeadline"] as const) {
    sla.actions[part].forEach((one, index) => {
      if (!("run" in one) || assignmentType(type).kind === "system") return;
      const path = [part, "actions", String(index), "run"];
      faults.push({ path, message: `no machine works ${type}` });
    });
  }
  if (sla.deadline === null && given.passedDeadline !== undefined) {
    faults.push({ path: ["passedDeadline"], message: "there is no deadline to pass" });
  }
  if (sla.goal !== null && sla.deadline !== null && isBefore(sla.deadline, sla.goal)) {
    faults.push({ path: ["deadline"], message: "comes before the goal" });
  }
  return faults;
}

/** Where both count the same from the same moment; else only the calendar knows. */
function isBefore(one: Span, other: Span): boolean {
  if (one.from !== other.from) return false;
  const unit = SPANS.find((each) => each in one && each in other);
  if (unit === undefined) return false;
  return Number(Reflect.get(one, unit)) < Number(Reflect.get(other, unit));
}

/** The SLA of a type under a client's settings; the shipped one where they say nothing of it. */
export function slaOf(type: string, settings: SlaSettings | undefined): Sla {
  const row = assignmentType(type);
  const given = settings?.[type];
  if (given === undefined) {
    let shipped = SHIPPED.get(row);
    if (shipped === undefined) SHIPPED.set(row, (shipped = slaFrom(row, {})));
    return shipped;
  }
  let own = OWN.get(given);
  if (own === undefined) OWN.set(given, (own = slaFrom(row, given)));
  return own;
}

/** The same object for the same data: terms that were worked out once are known by it. */
const SHIPPED = new WeakMap<AssignmentTypeRow, Sla>();
const OWN = new WeakMap<object, Sla>();

function slaFrom(row: AssignmentTypeRow, given: SlaOfType): Sla {
  const { goal, deadline, passedDeadline } = given;
  const hours = passedDeadline?.everyHours ?? row.urgency.afterDeadlineHours;
  return {
    goal: spanOf(goal, row.goal),
    deadline: spanOf(deadline, row.deadline),
    urgency: {
      base: given.urgency ?? row.urgency.base,
      atGoal: goal?.urgency ?? row.urgency.atGoal,
      atDeadline: deadline?.urgency ?? row.urgency.atDeadline,
      afterDeadline: passedDeadline?.urgency ?? row.urgency.afterDeadline,
      afterDeadlineHours: hours,
    },
    repeatBusinessDays: passedDeadline?.everyBusinessDays ?? null,
    actions: {
      goal: goal?.actions ?? [],
      deadline: deadline?.actions ?? [],
      passedDeadline: passedDeadline?.actions ?? [],
    },
  };
}

function spanOf(given: Moment | null | undefined, shipped: Span | null): Span | null {
  if (given === null) return null;
  if (given === undefined) return shipped;
  const { from = "opening", minutes, hours, businessDays, calendarDays } = given;
  const inMinutes = minutes ?? (hours === undefined ? undefined : hours * 60);
  if (inMinutes !== undefined) {
    return from === "departure"
      ? { from, minutes: inMinutes }
      : { from: "opening", minutes: inMinutes };
  }
  if (businessDays !== undefined) {
    return from === "postingDate" ? { from, businessDays } : { from: "opening", businessDays };
  }
  if (calendarDays !== undefined) return { from: "opening", calendarDays };
  return shipped;
}
