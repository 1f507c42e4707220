/** Rows that are written of assignments, by the names of what happens to them. */
import type { AssignmentEventKind } from "./assignment-history.ts";
import type { AssignmentKind } from "./assignment-types.ts";
import type { Standing } from "./standing.ts";

export interface NewAssignment {
  readonly clientId: string;
  readonly id: string;
  readonly claimId: string;
  readonly disputeId: string | null;
  readonly adjustmentId: string | null;
  readonly type: string;
  readonly queue: string;
  readonly kind: AssignmentKind;
  readonly workGroup: string;
  readonly urgency: number;
  readonly goalAt: string | null;
  readonly deadlineAt: string | null;
  readonly amountMinor: bigint | null;
  readonly currency: string | null;
  readonly destination: string | null;
  readonly dueAt: string | null;
  readonly reason: string | null;
  readonly openedAt: string;
  /** When its first stage passes; by the shipped terms of its type where left out. */
  readonly nextRiseAt?: string | null | undefined;
  /** Of a dispute's own work: what it is about. One is open of each; a second is not opened. */
  readonly cause?: string | null;
}

export interface StandingChange {
  readonly clientId: string;
  readonly id: string;
  readonly kind: AssignmentEventKind;
  readonly reason: string | null;
  readonly actor: string;
  readonly to: Standing;
}

export interface RisenAssignment {
  readonly clientId: string;
  readonly id: string;
  readonly urgency: number;
  readonly rises: number;
  readonly nextRiseAt: string | null;
  /** What passed, in words. */
  readonly reason: string;
  /** What the SLA does now, in words. */
  readonly action: string | null;
  /** Makes the machine act at once, where it has something to do. */
  readonly isDueNow: boolean;
}
