/** What the API answers about regulatory clocks and the credits issued for them. */
import type { Money } from "./types.ts";

export type ClockState =
  "running" | "met" | "metLate" | "missed" | "stopped" | "notStarted" | "notApplicable";

export interface ClockReason {
  readonly stage: "missed" | "metLate";
  readonly dueOn: string;
  readonly at: string;
  readonly words: string;
}

export interface RegulatoryClock {
  readonly clock: string;
  readonly title: string;
  readonly regulation: string;
  readonly citation: string;
  readonly paragraph: string;
  readonly round: number;
  readonly state: ClockState;
  readonly length: string | null;
  readonly startsOn: string | null;
  readonly startedBy: string | null;
  readonly warnOn: string | null;
  readonly dueOn: string | null;
  readonly endedOn: string | null;
  readonly endedBy: string | null;
  readonly because: readonly string[];
  /** Why it was missed, and how it was met late. */
  readonly reasons: readonly ClockReason[];
  readonly businessDaysLeft: number | null;
  readonly calendarDaysLeft: number | null;
}

export interface ListedClock {
  readonly client: string;
  readonly claim: string;
  readonly dispute: string;
  readonly clock: string;
  readonly title: string;
  readonly regulation: string;
  readonly citation: string;
  readonly round: number;
  readonly state: "running" | "missed" | "metLate";
  readonly isWarned: boolean;
  readonly startsOn: string;
  readonly warnOn: string;
  readonly dueOn: string;
  readonly endedOn: string | null;
  /** Why it was missed, or met late. */
  readonly reason: string | null;
  readonly businessDaysLeft: number | null;
  readonly calendarDaysLeft: number | null;
}

export interface AutomaticCredit {
  readonly id: string;
  readonly client: string;
  readonly claim: string;
  readonly dispute: string;
  readonly clock: string;
  readonly title: string;
  readonly operation: string;
  readonly state: "due" | "done" | "refused" | "impossible";
  readonly reason: string | null;
  readonly amount: Money | null;
  readonly route: string | null;
  readonly destination: string | null;
  readonly predictedPostingOn: string | null;
  readonly dueOn: string;
  readonly writtenAt: string;
  readonly approval: {
    readonly approved: boolean;
    readonly by: string;
    readonly at: string;
    readonly reason: string | null;
  } | null;
  readonly version: number;
}

export interface ClocksOfDispute {
  readonly dispute: string;
  readonly claim: string;
  readonly client: string;
  readonly asOf: string;
  readonly clocks: readonly RegulatoryClock[];
  readonly automaticCredits: readonly AutomaticCredit[];
}
