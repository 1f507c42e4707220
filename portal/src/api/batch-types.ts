/** What the API answers about batch profiles and files, as far as the pages read it. */
import type { AdjustmentState } from "../../../src/accounting/adjustment-machine.ts";
import type { FileState } from "../../../src/batch/file-machine.ts";

import type { Money } from "./types.ts";

export interface PendingSum {
  readonly count: number;
  readonly amount: Money;
}

export interface BatchProfile {
  readonly client: string;
  readonly name: string;
  readonly marker: string;
  readonly delivery: string;
  readonly basis: string;
  readonly cutOffs: readonly { readonly name: string; readonly time: string }[];
  readonly nextSequence: number;
  readonly nextCutOffAt: string | null;
  readonly nextPostingDate: string;
  readonly pending: readonly PendingSum[];
  /** What stays because its posting day has not come. */
  readonly waiting: readonly PendingSum[];
  readonly problem: string | null;
  /** Of the answers that it reads; null where it reads none. */
  readonly returnFormat: string | null;
  /** How long such an answer may be. */
  readonly returnMostBytes: number | null;
}

export interface BatchTotals {
  readonly adjustments: number;
  readonly lines: number;
  readonly debits: { readonly count: number; readonly amount: Money };
  readonly credits: { readonly count: number; readonly amount: Money };
  readonly hashTotal: string;
}

export interface BatchFile {
  readonly id: string;
  readonly client: string;
  readonly profile: string;
  readonly sequence: number;
  readonly state: FileState;
  readonly marker: string;
  readonly fileName: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly postingDate: string;
  readonly totals: BatchTotals;
  readonly supersedes: string | null;
  readonly supersededBy: string | null;
  readonly dueAt: string | null;
  /** Whether another person has to agree before it leaves, and did. */
  readonly release: "free" | "waiting" | "approved" | "declined";
  readonly problem: string | null;
  readonly voided: {
    readonly statement: string;
    readonly reason: string | null;
    readonly by: string | null;
    readonly secondedBy: string | null;
  } | null;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly handedOverAt: string | null;
  readonly acknowledgedAt: string | null;
  readonly version: number;
}

export interface BatchLine {
  readonly line: number;
  readonly adjustment: string;
  readonly claim: string;
  readonly dispute: string;
  readonly amount: Money;
  readonly state: AdjustmentState;
  readonly outcome: string | null;
  readonly reference: string | null;
}

export interface TransmissionStep {
  readonly transmission: number;
  readonly attempt: number;
  readonly step: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly actor: string;
  readonly recordedAt: string;
}

/** What one person said became of a file, where two are asked for. */
export interface BatchStatement {
  readonly id: string;
  readonly batch: string;
  readonly statement: string;
  readonly reason: string;
  readonly by: string;
  readonly recordedAt: string;
  readonly state: "waiting" | "seconded" | "declined";
  readonly settledBy: string | null;
  readonly difference: readonly FateSum[];
}

export interface FateSum {
  readonly fate: string;
  readonly count: number;
  readonly amount: Money;
}

export interface BatchDetails extends BatchFile {
  /** The files that took each other's place, itself included, in order. */
  readonly chain: readonly {
    readonly id: string;
    readonly sequence: number;
    readonly state: FileState;
  }[];
  readonly transmissions: readonly TransmissionStep[];
  readonly statements: readonly BatchStatement[];
  /** Its sealed forms, as they left. */
  readonly envelopes: readonly {
    readonly sha256: string;
    readonly sizeBytes: number;
    readonly recipients: readonly string[];
    readonly signer: string | null;
    readonly createdAt: string;
  }[];
}

export interface GenerationPreview {
  readonly client: string;
  readonly profile: string;
  readonly businessDate: string;
  readonly postingDate: string;
  readonly nextSequence: number;
  readonly leaves: readonly PendingSum[];
  readonly stays: readonly PendingSum[];
  readonly files: number;
  /** Lines or bytes of a file are limited: there may be more. */
  readonly filesAtLeast: boolean;
  /** Nothing is pending, and the profile sends a file all the same. */
  readonly emptyFile: boolean;
}

/** A generation under way. */
export interface RunningGeneration {
  readonly client: string;
  readonly profile: string;
  readonly actor: string;
  readonly rendered: number;
  /** Null where it is not known before. */
  readonly total: number | null;
  readonly startedAt: string;
}

export interface GenerationFault {
  readonly client: string;
  readonly profile: string;
  readonly code: string;
  readonly detail: string;
}

export interface GenerationAnswer {
  readonly previews: readonly GenerationPreview[];
  readonly generated: readonly {
    readonly client: string;
    readonly profile: string;
    readonly state: string;
    readonly postingDate: string;
    readonly files: readonly { readonly id: string; readonly fileName: string }[];
    readonly refused: number;
  }[];
  readonly faults: readonly GenerationFault[];
}

export interface RegenerationPreview {
  readonly sums: readonly FateSum[];
  readonly nextPostingDate: string;
  readonly postsLater: boolean;
  readonly needsSecondPerson: boolean;
}

export type WindowState = "ahead" | "planned" | "late" | "cut" | "skipped" | "done";

export interface WindowFile {
  readonly id: string;
  readonly sequence: number;
  readonly state: FileState;
  readonly adjustments: number;
  readonly amount: Money;
}

export interface BatchWindow {
  readonly businessDate: string;
  readonly cutOff: string;
  readonly ordinal: number;
  readonly cutAt: string;
  readonly postingDate: string;
  readonly state: WindowState;
  readonly madeUp: boolean;
  readonly files: readonly WindowFile[];
}

export interface BatchWindows {
  readonly zone: string;
  readonly items: readonly BatchWindow[];
}
