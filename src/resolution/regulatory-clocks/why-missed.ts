/**
 * Why a clock was missed: what of its dispute was waiting when the last day ended, with whom and
 * for what, and what posted late. One place says it, once for each end and stage; API, pages,
 * events and reports show what it said. Pure.
 */
import type { ClockReading } from "./read-clocks.ts";

/** An assignment that was open when the last day ended. */
export interface WaitingWork {
  readonly assignment: string;
  readonly type: string;
  /** Of the movement that it is about, as it was then; null where it is about none. */
  readonly adjustment: string | null;
  readonly rule: string | null;
  readonly state: string | null;
  readonly assignee: string | null;
  readonly workGroup: string;
  readonly kind: string;
  readonly pendedUntil: string | null;
  readonly isUnworkable: boolean;
  /** Why it was pended or nobody could work it. */
  readonly standingReason: string | null;
  /** The assignment's own: a hold's note, a refusal, what is asked. */
  readonly reason: string | null;
  /** The service was out, since when. */
  readonly outageSince: string | null;
  readonly destination: string | null;
}

export interface LatePosting {
  readonly rule: string | null;
  readonly postedOn: string;
  readonly route: string | null;
  /** The day had not ended when it was executed: only its posting date is late. */
  readonly wasExecuted: boolean;
}

export interface MissedThen {
  readonly waiting: readonly WaitingWork[];
  readonly late: readonly LatePosting[];
  /** Why the machine could not issue a credit. */
  readonly impossible: string | null;
  /** The dispute came in on this day, after the last one; else null. */
  readonly cameInOn: string | null;
}

export interface Waited extends Pick<
  WaitingWork,
  "assignment" | "type" | "adjustment" | "rule" | "state" | "assignee" | "workGroup"
> {
  readonly words: string;
}

export interface WhyMissed {
  readonly stage: "missed" | "metLate";
  readonly words: string;
  readonly waiting: readonly Waited[];
}

/** Of a reading that is missed or was met late; null of others. */
export function whyMissed(
  { state, dueOn, endedOn, endedBy }: ClockReading,
  then: MissedThen,
): WhyMissed | null {
  if ((state !== "missed" && state !== "metLate") || dueOn === null) return null;
  const waiting = then.waiting.map(
    ({ assignment, type, adjustment, rule, state: was, assignee, workGroup, ...rest }) => ({
      ...{ assignment, type, adjustment, rule, state: was, assignee, workGroup },
      words: wordsOf({
        assignment,
        type,
        adjustment,
        rule,
        state: was,
        assignee,
        workGroup,
        ...rest,
      }),
    }),
  );
  const causes = [
    ...(then.cameInOn === null ? [] : [`the case came in on ${then.cameInOn}, after the last day`]),
    ...waiting.map((one) => one.words),
    ...then.late.map((one) => lateWords(one)),
    ...(then.impossible === null ? [] : [`the machine could not credit: ${then.impossible}`]),
  ];
  const found = causes.length > 0 ? causes : ["no movement and no task of the dispute was open"];
  const end =
    state === "metLate" ? `met on ${String(endedOn)}, when ${String(endedBy)}` : "not met";
  return { stage: state, words: `${end}; when ${dueOn} ended: ${found.join("; ")}`, waiting };
}

function wordsOf(one: WaitingWork): string {
  const what = one.rule ?? (one.adjustment === null ? null : "a movement without entries");
  const about = [what, one.state].filter((word) => word !== null).join(" ");
  return [
    `${one.type}${about === "" ? "" : ` (${about})`} was waiting`,
    holderWords(one),
    ...(one.pendedUntil === null
      ? []
      : [`pended until ${one.pendedUntil}${because(one.standingReason)}`]),
    ...(one.isUnworkable ? [`marked unworkable${because(one.standingReason)}`] : []),
    ...(one.outageSince === null
      ? []
      : [`the service ${one.destination ?? ""} had been out since ${one.outageSince}`]),
    ...(one.reason === null || one.reason === "" ? [] : [one.reason]),
  ].join(", ");
}

function holderWords({ kind, assignee, workGroup }: WaitingWork): string {
  if (assignee !== null) return `${assignee} had it`;
  return kind === "user" ? `nobody of ${workGroup} had it` : "the machine had it";
}

function because(reason: string | null): string {
  return reason === null ? "" : `: ${reason}`;
}

function lateWords({ rule, postedOn, route, wasExecuted }: LatePosting): string {
  const by = route === null ? "" : ` by ${route}`;
  const executed = wasExecuted ? "was executed in time and " : "";
  return `${rule ?? "a movement"} ${executed}posted on ${postedOn}${by}`;
}
