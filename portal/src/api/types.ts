/** What the API answers, as far as the pages read it. `openapi.json` is the contract. */
import type { AdjustmentState } from "../../../src/accounting/adjustment-machine.ts";
import type { FileState } from "../../../src/batch/file-machine.ts";

/** A decimal string and its currency: never a JavaScript number. */
export interface Money {
  readonly amount: string;
  readonly currency: string;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

export interface Session {
  readonly user: {
    readonly id: string;
    readonly name: string;
    /** How records name this person. */
    readonly actor: string;
    readonly roles: readonly string[];
    readonly permissions: readonly string[];
  };
  readonly csrf: string;
}

export interface Client {
  readonly id: string;
  readonly name: string;
  readonly zone: string;
  readonly routes: { readonly service: boolean; readonly batch: boolean };
  readonly counts: { readonly openAssignments: number; readonly pendingBatch: number };
}

export interface ClaimSummary {
  readonly id: string;
  readonly client: string;
  readonly claimType: string;
  readonly noticeReceivedOn: string | null;
  readonly disputes: number;
  readonly openAssignments: number;
  readonly openedAt: string;
}

export interface OfferedAction {
  readonly name: string;
  readonly label: string;
  readonly allowed: boolean;
  readonly why?: string;
}

/** The regulatory clock of a dispute that ends first. */
export interface NearestClock {
  readonly clock: string;
  readonly title: string;
  readonly regulation: string;
  readonly dueOn: string;
  readonly isWarned: boolean;
  readonly businessDaysLeft: number;
}

export interface Assignment {
  readonly id: string;
  readonly client: string;
  readonly claim: string;
  readonly dispute: string | null;
  readonly adjustment: string | null;
  readonly adjustmentState: string | null;
  readonly type: string;
  readonly queue: string;
  readonly kind: "user" | "system" | "pending";
  readonly workGroup: string;
  readonly urgency: number;
  readonly goalAt: string | null;
  readonly deadlineAt: string | null;
  readonly assignee: string | null;
  readonly amount: Money | null;
  readonly openedAt: string;
  readonly closedAt: string | null;
  readonly outcome: string | null;
  readonly reason: string | null;
  readonly leavesAt: string | null;
  readonly route: string | null;
  readonly destination: string | null;
  /** The nearest running clock of its dispute. */
  readonly clock: NearestClock | null;
  readonly pendedUntil: string | null;
  readonly pendReason: string | null;
  /** Why nobody can work it. */
  readonly unworkable: string | null;
  /** Who has its claim open. */
  readonly lock: { readonly holder: string; readonly until: string } | null;
  readonly actions: readonly OfferedAction[];
  readonly version: number;
}

export type StepIcon = "done" | "pending" | "ready" | "overdue" | "next" | "ahead";

export interface RollupStep {
  readonly name: string;
  readonly icon: StepIcon;
  readonly note: string;
  readonly assignments: readonly Assignment[];
  /** Of the step that resolves. */
  readonly gates?: readonly {
    readonly dispute: string;
    readonly state: string;
    readonly gate: readonly GateDecision[];
  }[];
}

export interface Rollup {
  readonly claim: {
    readonly id: string;
    readonly client: string;
    readonly claimType: string;
    readonly noticeReceivedOn: string | null;
    readonly openedAt: string;
  };
  readonly disputes: readonly {
    readonly id: string;
    readonly state: string;
    readonly amount: Money;
    readonly clock: NearestClock | null;
  }[];
  /** The nearest running clock of the claim. */
  readonly clock: NearestClock | null;
  readonly stages: readonly {
    readonly name: string;
    readonly icon: StepIcon;
    readonly steps: readonly RollupStep[];
  }[];
}

export interface OperationInput {
  readonly name: string;
  readonly type: "amount" | "date" | "text" | "choice" | "boolean" | "list";
  readonly required: boolean;
  readonly default?: string;
  readonly limit?: string;
  readonly values?: readonly string[];
}

export interface AllowedOperation {
  readonly operation: string;
  readonly label: string;
  readonly inputs: readonly OperationInput[];
}

export interface Dispute {
  readonly id: string;
  readonly claim: string;
  readonly client: string;
  readonly state: string;
  readonly amount: Money;
  readonly disputed: Money;
  readonly currency: string;
  readonly account: { readonly id: string; readonly masked: string | null };
  readonly facts: Readonly<Record<string, unknown>>;
  readonly version: number;
  readonly allowedOperations: readonly AllowedOperation[];
}

export interface EntrySide {
  readonly collection: string;
  readonly account: string;
  readonly tranCode: string | null;
}

export interface Entry {
  readonly id: string;
  readonly steps: { readonly debit: string; readonly credit: string };
  readonly rule: string;
  readonly label: string;
  readonly operation: string;
  readonly debit: EntrySide;
  readonly credit: EntrySide;
  readonly amount: Money;
  readonly processing: "execute" | "track";
  readonly kind: string;
  readonly undoes: string | null;
  readonly eventDate: string;
  readonly plannedPostingDate: string | null;
  readonly postingDate: string | null;
  readonly bookedOn: string;
  readonly adjustment: {
    readonly id: string;
    readonly state: AdjustmentState;
    readonly route: string | null;
  };
  readonly rulebook: string;
  readonly chosenBy: readonly string[];
  readonly actor: string;
  readonly recordedAt: string;
}

export interface CollectionBalance {
  readonly collection: string;
  /** Null for what is planned. */
  readonly account: string | null;
  readonly booked: Money;
  readonly executed: Money;
  readonly committed: Money;
}

export interface GateDecision {
  readonly decision: string;
  readonly allowed: boolean;
  readonly outOfBalance: Readonly<Record<string, string>>;
  readonly because: readonly string[];
}

export type Positions = Readonly<Record<string, unknown>> & {
  readonly gate: readonly GateDecision[];
};

export interface Transition {
  readonly from: AdjustmentState | null;
  readonly to: AdjustmentState;
  readonly event: string;
  readonly actor: string;
  readonly recordedAt: string;
  readonly reason: string | null;
  readonly outside: Readonly<Record<string, unknown>> | null;
}

export interface Proposal {
  readonly rule: string;
  readonly debit: string;
  readonly credit: string;
  readonly amount: Money;
}

export interface Execution {
  readonly sign: number;
  readonly basis: string;
  readonly reference: string | null;
  readonly postingDate: string;
  readonly actor: string;
  readonly recordedAt: string;
}

/** A call of the service route. */
export interface Attempt {
  readonly id: string;
  readonly service: string;
  readonly purpose: string;
  readonly key: string;
  readonly keyRevision: number;
  /** The adjustment's version that it belongs to. */
  readonly fence: number;
  readonly worker: string;
  /** Masked, without secrets; the body is JSON, or XML as text. */
  readonly request: { readonly method: string; readonly path: string; readonly body: unknown };
  readonly startedAt: string;
  /** Null while its answer has not come. */
  readonly outcome: string | null;
  readonly status: number | null;
  readonly code: string | null;
  readonly reason: string | null;
  readonly reference: string | null;
  /** Masked and shortened. */
  readonly answer: string | null;
  readonly latencyMilliseconds: number | null;
  readonly isSuperseded: boolean | null;
}

export interface Adjustment {
  readonly id: string;
  readonly client: string;
  readonly claim: string;
  readonly dispute: string;
  readonly operation: string;
  readonly state: AdjustmentState;
  readonly processing: "execute" | "track";
  readonly route: string | null;
  readonly destination: string | null;
  readonly amount: Money;
  readonly releaseOn: string | null;
  readonly plannedPostingDate: string;
  readonly routeChosenBy: string | null;
  readonly rulebook: string;
  readonly version: number;
  readonly entries: readonly Entry[];
  readonly proposals: readonly Proposal[];
  readonly transitions: readonly Transition[];
  readonly executions: readonly Execution[];
  readonly attempts: readonly Attempt[];
  readonly batchLines: readonly {
    readonly batch: string;
    readonly sequence: number;
    readonly line: number;
    readonly fileState: FileState;
    readonly outcome: string | null;
  }[];
  readonly possibleEvents: readonly string[];
}

export interface PostingSide {
  readonly collection: string;
  readonly account: string;
  /** As people know it: masked where it is the holder's. */
  readonly accountNumber: string | null;
  readonly accountName: string | null;
  /** The whole number can be asked for, with the right and a reason. */
  readonly revealable: boolean;
  readonly tranCode: string | null;
  /** Where a service posts sides one by one, this one; else as its entry. */
  readonly isPosted: boolean;
}

export interface PostingEntry {
  readonly id: string;
  readonly rule: string;
  readonly label: string;
  readonly meaning: string | null;
  readonly amount: Money;
  readonly debit: PostingSide;
  readonly credit: PostingSide;
  readonly isExecuted: boolean;
  readonly chosenBy: readonly string[];
}

/** What a person needs to post an adjustment in another system. */
export interface Posting {
  readonly amount: Money;
  readonly isMoneyless: boolean;
  readonly eventDate: string;
  readonly plannedPostingDate: string;
  readonly statementText: string;
  readonly originalReference: string | null;
  readonly why: {
    readonly operation: string;
    readonly askedBy: string;
    readonly at: string;
    readonly rulebook: string;
    readonly route: string | null;
    readonly routeChosenBy: string | null;
    readonly reason: string | null;
  };
  readonly entries: readonly PostingEntry[];
}

export interface AssignmentDetails extends Assignment {
  readonly posting: Posting | null;
}

export interface OperationResult {
  readonly decision: string | null;
  readonly entries: readonly {
    readonly rule: string;
    readonly debit: { readonly collection: string; readonly account: string };
    readonly credit: { readonly collection: string; readonly account: string };
    readonly amount: string;
    readonly processing: string;
  }[];
  readonly planned: readonly {
    readonly rule: string;
    readonly debit: string;
    readonly credit: string;
    readonly amount: string;
  }[];
  readonly adjustments: readonly {
    readonly id: string;
    readonly state: AdjustmentState;
    readonly route: string | null;
    readonly assignment: string | null;
  }[];
  readonly balances: Readonly<Record<string, string>>;
}

export interface Queue {
  readonly client: string;
  readonly queue: string;
  readonly kind: "user" | "system" | "pending";
  readonly workGroup: string;
  readonly open: number;
  readonly unassigned: number;
  /** Past the goal, not yet past the deadline. */
  readonly due: number;
  readonly overdue: number;
  readonly pended: number;
  readonly unworkable: number;
  readonly nearestGoalAt: string | null;
}
