/** What the API answers about services and jobs, as far as the pages read it. */
import type { AdjustmentState } from "../../../src/accounting/adjustment-machine.ts";

import type { Money } from "./types.ts";

export interface MinuteCalls {
  readonly minute: string;
  readonly outcomes: Readonly<Record<string, number>>;
}

export interface ServiceSummary {
  readonly client: string;
  readonly name: string;
  readonly problem: string | null;
  readonly work: {
    readonly inFlight: number;
    readonly due: number;
    readonly waiting: number;
    readonly unknown: number;
    readonly failed: number;
    readonly late: number;
    /** A figure above it means: and more. */
    readonly countedAtMost: number;
  };
  readonly circuit: {
    readonly state: "closed" | "open" | "halfOpen";
    readonly failures: number;
    readonly openings: number;
    readonly since: string | null;
    readonly nextProbeAt: string | null;
  };
  readonly sla: { readonly met: number; readonly breached: number; readonly handedOver: number };
  readonly oldestUnknown: {
    readonly adjustment: string;
    readonly assignment: string;
    readonly claim: string;
    readonly dispute: string;
    readonly since: string;
    readonly machineMayAct: boolean;
  } | null;
  readonly from: string;
  readonly until: string;
  readonly calls: readonly MinuteCalls[];
}

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly calls: number;
}

export interface ServiceMonitor extends ServiceSummary {
  readonly latency: Percentiles | null;
  readonly latencies: readonly (Percentiles & { readonly minute: string })[];
  readonly outcomes: readonly {
    readonly purpose: string;
    readonly outcome: string;
    readonly calls: number;
  }[];
  readonly codes: readonly {
    readonly outcome: string;
    readonly status: number | null;
    readonly code: string | null;
    readonly reason: string | null;
    readonly calls: number;
  }[];
  readonly lastError: {
    readonly adjustment: string;
    readonly outcome: string;
    readonly status: number | null;
    readonly code: string | null;
    readonly reason: string | null;
    readonly at: string;
  } | null;
}

export interface ServiceFailure {
  readonly assignment: string;
  readonly adjustment: string;
  readonly claim: string;
  readonly dispute: string | null;
  readonly amount: Money;
  readonly state: AdjustmentState;
  readonly assignee: string | null;
  readonly code: string | null;
  readonly reason: string | null;
  readonly failedAt: string;
}

export interface ServiceSettings {
  readonly client: string;
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly problem: string | null;
  readonly version: number;
}

export interface ServiceChange {
  readonly isNew: boolean;
  readonly changes: readonly {
    readonly pointer: string;
    readonly before: string | null;
    readonly after: string | null;
    /** Where calls go, or who we say we are. */
    readonly isOfConnection: boolean;
  }[];
  readonly open: number;
  readonly undecided: number;
}

export interface TestStep {
  readonly name: "address" | "connection" | "tls" | "signIn" | "call";
  readonly outcome: "ok" | "failed" | "skipped" | "warning";
  readonly detail: string;
  readonly advice: string | null;
  readonly milliseconds: number;
}

export interface ConnectionTest {
  readonly outcome: "ok" | "warning" | "failed";
  readonly steps: readonly TestStep[];
}

export interface Trial {
  readonly call: string;
  readonly method: string;
  readonly url: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly body: unknown;
  readonly sent: {
    readonly outcome: string;
    readonly status: number | null;
    readonly code: string | null;
    readonly reason: string;
    readonly answer: string | null;
    readonly milliseconds: number;
  } | null;
}

export type JobState = "waiting" | "running" | "done" | "cancelled";

export interface JobProgress {
  readonly total: number;
  readonly done: number;
  readonly skipped: number;
  readonly failed: number;
  readonly open: number;
}

export interface Job {
  readonly id: string;
  readonly kind: string;
  readonly label: string;
  readonly filter: Readonly<Record<string, unknown>>;
  readonly state: JobState;
  readonly progress: JobProgress;
  readonly askedBy: string;
  readonly cancelledBy: string | null;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}

export interface JobItem {
  readonly ordinal: number;
  readonly client: string;
  readonly claim: string | null;
  readonly dispute: string | null;
  readonly assignment: string | null;
  /** The request that it decided, of a job about approvals. */
  readonly approval: string | null;
  readonly summary: string | null;
  readonly amount: Money | null;
  readonly state: AdjustmentState | null;
  readonly outcome: "done" | "skipped" | "failed" | null;
  readonly code: string | null;
  readonly reason: string | null;
}
