/**
 * The Case Rollup as stages and steps with their icons: pure, from the claim, its books, its
 * assignments and the time. Nothing of it is stored, so it cannot be out of date.
 */
import { Temporal } from "temporal-polyfill";

import type { GateResult } from "../accounting/gate.ts";
import type { DisputeState } from "../accounting/dispute-book.ts";
import type { AssignmentView } from "../work/assignment-view.ts";

/** `next` is what Get Next Work would pick of this case; `ahead` has not been reached. */
export type StepIcon = "done" | "pending" | "ready" | "overdue" | "next" | "ahead";

export interface RollupStep {
  readonly name: string;
  readonly icon: StepIcon;
  readonly note: string;
  readonly assignments: readonly AssignmentView[];
  /** Of the step that resolves: what each dispute's gate says of each decision. */
  readonly gates?: readonly DisputeGates[];
}

export interface RollupStage {
  readonly name: "Collect" | "Analyze" | "Execute" | "Resolve";
  readonly icon: StepIcon;
  readonly steps: readonly RollupStep[];
}

export interface DisputeGates {
  readonly dispute: string;
  readonly state: DisputeState;
  readonly gate: readonly GateResult[];
}

export interface RollupFacts {
  readonly noticeReceivedOn: string | null;
  readonly disputes: readonly (DisputeGates & { readonly adjustments: number })[];
  readonly assignments: readonly AssignmentView[];
  /** ISO instant. */
  readonly now: string;
}

/** Assignments of a dispute that does not resolve; all others belong to the Accounting step. */
const RESOLVING: ReadonlySet<string> = new Set([
  "Accounting Exception",
  "Merchant Funds Disbursement",
]);

const DECIDED: ReadonlySet<DisputeState> = new Set([
  "denialPlanned",
  "finalCredit",
  "denied",
  "withdrawn",
  "resolved",
]);

export function rollupStages(facts: RollupFacts): RollupStage[] {
  const next = nextAssignment(facts.assignments);
  const resolving = facts.assignments.filter((one) => RESOLVING.has(one.type));
  const accounting = facts.assignments.filter((one) => !RESOLVING.has(one.type));
  return [
    stage("Collect", [noticeStep(facts), disputesStep(facts)]),
    stage("Analyze", [dispositionStep(facts)]),
    stage("Execute", [accountingStep(facts, accounting, next)]),
    stage("Resolve", [resolutionStep(facts, resolving, next)]),
  ];
}

function stage(name: RollupStage["name"], steps: readonly RollupStep[]): RollupStage {
  const icons = steps.map((step) => step.icon);
  const worst = (["overdue", "next", "ready", "pending"] as const).find((icon) =>
    icons.includes(icon),
  );
  const settled = icons.every((icon) => icon === "done") ? "done" : "ahead";
  return { name, icon: worst ?? settled, steps };
}

function noticeStep({ noticeReceivedOn }: RollupFacts): RollupStep {
  return noticeReceivedOn === null
    ? { name: "Notice", icon: "ready", note: "The day of the notice is not known", assignments: [] }
    : { name: "Notice", icon: "done", note: `Received on ${noticeReceivedOn}`, assignments: [] };
}

function disputesStep({ disputes }: RollupFacts): RollupStep {
  const { length } = disputes;
  return {
    name: "Disputes",
    icon: length === 0 ? "ready" : "done",
    note: length === 1 ? "1 disputed transaction" : `${length} disputed transactions`,
    assignments: [],
  };
}

function dispositionStep({ disputes }: RollupFacts): RollupStep {
  const decided = disputes.filter((one) => DECIDED.has(one.state)).length;
  return {
    name: "Disposition",
    icon: disputes.length > 0 && decided === disputes.length ? "done" : "ready",
    note: `${decided} of ${disputes.length} decided`,
    assignments: [],
  };
}

function accountingStep(
  { disputes, now }: RollupFacts,
  assignments: readonly AssignmentView[],
  next: AssignmentView | undefined,
): RollupStep {
  const adjustments = disputes.reduce((sum, one) => sum + one.adjustments, 0);
  const open = assignments.filter((one) => one.closedAt === null);
  const icon = workIcon(open, next, now) ?? (adjustments === 0 ? "ahead" : "done");
  return { name: "Accounting", icon, note: accountingNote(open, adjustments, now), assignments };
}

function accountingNote(open: readonly AssignmentView[], adjustments: number, now: string): string {
  if (adjustments === 0) return "No movement yet";
  if (open.length === 0) {
    return adjustments === 1 ? "1 movement, done" : `${adjustments} movements, all done`;
  }
  const forPeople = open.filter((one) => one.kind === "user").length;
  const overdue = open.filter((one) => isOverdue(one, now)).length;
  return [
    `${open.length} open`,
    forPeople > 0 ? `${forPeople} for a person` : "",
    overdue > 0 ? `${overdue} overdue` : "",
  ]
    .filter((part) => part !== "")
    .join(", ");
}

function resolutionStep(
  { disputes, now }: RollupFacts,
  assignments: readonly AssignmentView[],
  next: AssignmentView | undefined,
): RollupStep {
  const gates = disputes.map(({ dispute, state, gate }) => ({ dispute, state, gate }));
  const waiting = disputes.filter((one) => DECIDED.has(one.state) && one.state !== "resolved");
  const passing = waiting.filter((one) => one.gate.some((answer) => answer.allowed));
  const resolved = disputes.filter((one) => one.state === "resolved").length;
  const open = assignments.filter((one) => one.closedAt === null);
  const step = { name: "Paid or Denied", assignments, gates };
  const byWork = workIcon(open, next, now);
  if (byWork !== null) return { ...step, icon: byWork, note: openNote(open) };
  if (disputes.length > 0 && resolved === disputes.length) {
    return { ...step, icon: "done", note: "Resolved" };
  }
  if (waiting.length === 0) return { ...step, icon: "ahead", note: "Nothing is decided yet" };
  return passing.length === waiting.length
    ? { ...step, icon: "ready", note: "The books allow it: resolve" }
    : { ...step, icon: "pending", note: "The books are not where they have to be yet" };
}

function openNote(open: readonly AssignmentView[]): string {
  return [...new Set(open.map((one) => one.type))].join(", ");
}

/** The icon that open work gives a step; null when there is none. */
function workIcon(
  open: readonly AssignmentView[],
  next: AssignmentView | undefined,
  now: string,
): StepIcon | null {
  if (open.length === 0) return null;
  if (open.some((one) => isOverdue(one, now))) return "overdue";
  if (next !== undefined && open.includes(next)) return "next";
  return open.some((one) => one.kind === "user") ? "ready" : "pending";
}

function isOverdue(one: AssignmentView, now: string): boolean {
  return one.deadlineAt !== null && Temporal.Instant.compare(one.deadlineAt, now) < 0;
}

/** Of the case's open user work, what Get Next Work ranks first. */
function nextAssignment(assignments: readonly AssignmentView[]): AssignmentView | undefined {
  const rank = (one: AssignmentView): [number, string] => [-one.urgency, one.goalAt ?? "~"];
  return assignments
    .filter((one) => one.closedAt === null && one.kind === "user")
    .toSorted((left, right) => {
      const [urgencyLeft, goalLeft] = rank(left);
      const [urgencyRight, goalRight] = rank(right);
      if (urgencyLeft !== urgencyRight) return urgencyLeft - urgencyRight;
      return goalLeft < goalRight ? -1 : goalLeft > goalRight ? 1 : 0;
    })[0];
}
