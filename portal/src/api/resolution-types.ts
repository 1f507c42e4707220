/** What the API answers about gates, exceptions, evidence and reconciliation. */
import type { AdjustmentState } from "../../../src/accounting/adjustment-machine.ts";
import type { GateDecision, Money } from "./types.ts";

export type Decision = "pay" | "deny" | "partialDeny" | "writeOff";

export interface GateCheck {
  readonly collection: string | null;
  readonly account: string | null;
  readonly words: string;
  readonly mustBe: "zero" | "notPositive" | "positive" | "handedOver";
  readonly value: Money;
  readonly passes: boolean;
}

export interface InTheWay {
  readonly adjustment: string;
  readonly operation: string;
  readonly label: string;
  readonly amount: Money;
  readonly state: AdjustmentState;
}

export interface ResolutionGate {
  readonly dispute: string;
  readonly state: string;
  readonly asked: Decision;
  readonly inForce: boolean;
  readonly underWay: readonly InTheWay[];
  readonly decisions: readonly {
    readonly decision: Decision;
    readonly allowed: boolean;
    readonly checks: readonly GateCheck[];
  }[];
}

export interface ExplainingEntry {
  readonly id: string;
  readonly rule: string;
  readonly label: string;
  readonly effect: Money;
  readonly bookedOn: string;
  readonly operation: string;
  readonly adjustment: string;
}

export interface ProposedStep {
  readonly operation: string;
  readonly label: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface GateExplanation {
  readonly dispute: string;
  readonly decision: Decision;
  readonly allowed: boolean;
  readonly underWay: readonly InTheWay[];
  readonly differences: readonly (GateCheck & { readonly entries: readonly ExplainingEntry[] })[];
  readonly proposals: readonly {
    readonly decision: Decision;
    readonly steps: readonly ProposedStep[];
  }[];
}

export interface AgeingItem {
  readonly id: string;
  readonly client: string;
  readonly claim: string;
  readonly dispute: string;
  readonly decision: Decision;
  readonly difference: string;
  /** Null where a condition is unmet: the difference names it. */
  readonly amount: Money | null;
  readonly reason: string;
  readonly owner: string;
  readonly dueOn: string;
  readonly askedBy: string;
  readonly approvedBy: string;
  readonly openedAt: string;
  readonly version: number;
  readonly owners: readonly { readonly owner: string; readonly by: string }[];
}

export interface Evidence {
  readonly id: string;
  readonly name: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly actor: string;
  readonly recordedAt: string;
  readonly attestations: readonly string[];
}

export interface Reconciliation {
  readonly id: string;
  readonly client: string;
  readonly name: string;
  readonly format: string;
  readonly from: string;
  readonly to: string;
  readonly lines: number;
  readonly matched: number;
  readonly different: number;
  readonly missingHere: number;
  readonly missingThere: number;
  readonly actor: string;
  readonly takenAt: string;
}

export interface ReconciliationLine {
  readonly ordinal: number;
  readonly line: number | null;
  readonly outcome: "matched" | "different" | "missingHere" | "missingThere";
  readonly reference: string | null;
  readonly amount: Money | null;
  readonly side: string | null;
  readonly bookedOn: string | null;
  readonly dispute: string | null;
  readonly difference: string | null;
}

export interface UnconfirmedAttestation {
  readonly id: string;
  readonly client: string;
  readonly dispute: string;
  readonly reference: string;
  readonly postingDate: string;
  readonly ageDays: number;
  readonly amount: Money;
  readonly actor: string;
}

export interface ManualRule {
  readonly rule: string;
  readonly label: string;
  readonly words: string;
  readonly clears: Money | null;
}

export interface BalancesPreview {
  readonly balances: readonly {
    readonly collection: string;
    readonly account: string;
    readonly before: Money;
    readonly after: Money;
  }[];
  readonly stateAfter: string;
  readonly gate: readonly GateDecision[];
}
