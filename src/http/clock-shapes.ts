/** Regulatory clocks and automatic credits as the API shows them. */
import { z } from "zod";

import type {
  AutomaticCredit,
  ListedClock,
  ReasonOnRecord,
  WarningGiven,
} from "../resolution/regulatory-clocks/lists.ts";
import type { ClockReading } from "../resolution/regulatory-clocks/read-clocks.ts";
import { CLOCK_STATES } from "../resolution/regulatory-clocks/read-clocks.ts";
import type { BusinessCalendar } from "../kernel/calendar.ts";
import { wireMoney } from "../kernel/money.ts";
import type { RuleBook } from "../rulebook/load.ts";

import { Money } from "./shapes.ts";

const Left = {
  businessDaysLeft: z
    .int()
    .nullable()
    .describe("Until and with the last day, in the client's calendar; negative once it is over"),
  calendarDaysLeft: z.int().nullable(),
};

export const ClockShape = z
  .object({
    clock: z.string().describe("Its name in the rule book"),
    title: z.string(),
    regulation: z.string(),
    citation: z.string().describe("The paragraph it comes from"),
    paragraph: z.string().describe("What the paragraph asks"),
    round: z.int().describe("1; one more after each reassertion"),
    state: z.enum(CLOCK_STATES),
    length: z.string().nullable(),
    startsOn: z.string().nullable(),
    startedBy: z.string().nullable(),
    warnOn: z.string().nullable(),
    dueOn: z.string().nullable(),
    endedOn: z.string().nullable(),
    endedBy: z.string().nullable().describe("What met or stopped it"),
    because: z.array(z.string()).describe("Why this length or none; facts that are not known"),
    warnings: z
      .array(z.object({ stage: z.enum(["warned", "missed"]), dueOn: z.string(), at: z.string() }))
      .describe("Said once for each stage and end"),
    reasons: z
      .array(
        z.object({
          stage: z.enum(["missed", "metLate"]),
          dueOn: z.string(),
          at: z.string().describe("When it was established"),
          words: z.string(),
          waiting: z.array(
            z.object({
              assignment: z.string(),
              type: z.string(),
              adjustment: z.string().nullable(),
              rule: z.string().nullable(),
              state: z.string().nullable().describe("Of the adjustment, when the day ended"),
              assignee: z.string().nullable(),
              workGroup: z.string(),
              words: z.string(),
            }),
          ),
        }),
      )
      .describe("Why it was missed, and how it was met late: what waited when the day ended"),
    ...Left,
  })
  .meta({ id: "RegulatoryClock" });

export const ListedClockShape = z
  .object({
    client: z.string(),
    claim: z.string(),
    dispute: z.string(),
    clock: z.string(),
    title: z.string(),
    regulation: z.string(),
    citation: z.string(),
    round: z.int(),
    state: z.enum(["running", "missed", "metLate"]),
    isWarned: z.boolean(),
    startsOn: z.string(),
    warnOn: z.string(),
    dueOn: z.string(),
    endedOn: z.string().nullable(),
    reason: z.string().nullable().describe("Why it was missed or met late, in a sentence"),
    ...Left,
  })
  .meta({ id: "ListedClock" });

export const AutomaticCreditShape = z
  .object({
    id: z.string(),
    client: z.string(),
    claim: z.string(),
    dispute: z.string(),
    clock: z.string(),
    title: z.string(),
    operation: z.string(),
    state: z.enum(["due", "done", "refused", "impossible"]),
    reason: z.string().nullable().describe("Why it could not be, or why it is late"),
    amount: Money.nullable(),
    route: z.string().nullable(),
    destination: z.string().nullable(),
    predictedPostingOn: z.string().nullable(),
    dueOn: z.string(),
    writtenAt: z.string(),
    approval: z
      .object({
        approved: z.boolean(),
        by: z.string(),
        at: z.string(),
        reason: z.string().nullable(),
      })
      .nullable()
      .describe("Null while it waits for a person"),
    version: z.int(),
  })
  .meta({ id: "AutomaticCredit" });

export function presentClock(
  reading: ClockReading,
  told: { readonly warnings: readonly WarningGiven[]; readonly reasons: readonly ReasonOnRecord[] },
  { calendar, today }: { readonly calendar: BusinessCalendar; readonly today: string },
): z.infer<typeof ClockShape> {
  return {
    clock: reading.clock,
    title: reading.title,
    regulation: reading.regulation,
    citation: reading.citation,
    paragraph: reading.paragraph,
    round: reading.round,
    state: reading.state,
    length: reading.length,
    startsOn: reading.startsOn,
    startedBy: reading.startedBy,
    warnOn: reading.warnOn,
    dueOn: reading.dueOn,
    endedOn: reading.endedOn,
    endedBy: reading.endedBy,
    because: [...reading.because],
    warnings: told.warnings
      .filter((one) => one.clock === reading.clock && one.round === reading.round)
      .map(({ stage, dueOn, at }) => ({ stage, dueOn, at })),
    reasons: told.reasons
      .filter((one) => one.clock === reading.clock && one.round === reading.round)
      .map(({ stage, dueOn, at, words, waiting }) => ({
        ...{ stage, dueOn, at, words },
        waiting: [...waiting],
      })),
    ...leftOf(isOver(reading) ? null : reading.dueOn, calendar, today),
  };
}

export function presentListedClock(
  row: ListedClock,
  rulebook: RuleBook,
  calendar: BusinessCalendar,
  today: string,
): z.infer<typeof ListedClockShape> {
  const clock = rulebook.clocks.get(row.clock);
  const state = row.state === "missed" || row.state === "metLate" ? row.state : "running";
  return {
    client: row.clientId,
    claim: row.claim,
    dispute: row.dispute,
    clock: row.clock,
    title: clock?.title ?? row.clock,
    regulation: clock?.regulation ?? "",
    citation: clock?.citation ?? "",
    round: row.round,
    state,
    isWarned: state === "running" && row.warnOn <= today,
    startsOn: row.startsOn,
    warnOn: row.warnOn,
    dueOn: row.dueOn,
    endedOn: row.endedOn,
    reason: row.reason,
    ...leftOf(row.endedOn === null ? row.dueOn : null, calendar, today),
  };
}

/** Nothing is left of it, and nothing gets later: it was met or stopped. */
function isOver({ state, endedOn }: ClockReading): boolean {
  return state !== "running" && (state !== "missed" || endedOn !== null);
}

function leftOf(dueOn: string | null, calendar: BusinessCalendar, today: string) {
  if (dueOn === null) return { businessDaysLeft: null, calendarDaysLeft: null };
  return {
    businessDaysLeft: calendar.businessDaysBetween(today, dueOn),
    calendarDaysLeft: calendar.calendarDaysBetween(today, dueOn),
  };
}

export function presentCredit(
  row: AutomaticCredit,
  title: string,
): z.infer<typeof AutomaticCreditShape> {
  const { approved, approvedBy, approvedAt } = row;
  return {
    id: row.id,
    client: row.clientId,
    claim: row.claim,
    dispute: row.dispute,
    clock: row.clock,
    title,
    operation: row.operation,
    state: row.operationState ?? "impossible",
    reason: row.reason,
    amount: row.amountMinor === null ? null : wireMoney(row.amountMinor, row.currency),
    route: row.route,
    destination: row.destination,
    predictedPostingOn: row.predictedPostingOn,
    dueOn: row.dueOn,
    writtenAt: row.writtenAt,
    approval:
      approved === null
        ? null
        : { approved, by: approvedBy ?? "", at: approvedAt ?? "", reason: row.approvalReason },
    version: row.version,
  };
}
