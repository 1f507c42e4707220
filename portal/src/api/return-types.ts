/** What the API answers about return files, their lines and alarms, as far as the pages read it. */
import type { Money } from "./types.ts";

export type ReturnState = "received" | "read" | "held" | "matched" | "partlyMatched" | "refused";

export type ReturnWait = "reading" | "matching" | "anotherTry" | "release" | "decisions";

export type ReturnLineState =
  "waiting" | "applied" | "repeated" | "noted" | "unmatched" | "setAside";

export interface ReturnFile {
  readonly id: string;
  readonly client: string;
  readonly profile: string;
  readonly name: string;
  readonly source: string;
  readonly format: string;
  readonly state: ReturnState;
  readonly waits: ReturnWait | null;
  readonly problem: string | null;
  readonly identity: string | null;
  readonly duplicateOf: string | null;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly lines: number;
  readonly receivedBy: string;
  readonly receivedAt: string;
  readonly finishedAt: string | null;
  readonly version: number;
}

export interface ReturnTotal {
  readonly control: "count" | "debit" | "credit";
  readonly said: string;
  readonly counted: string;
  readonly agrees: boolean;
}

export interface ReturnCount {
  readonly state: ReturnLineState;
  readonly outcome: string | null;
  readonly count: number;
}

export interface ReturnDetails extends ReturnFile {
  readonly totals: readonly ReturnTotal[];
  readonly faults: readonly {
    readonly line: number | null;
    readonly place: string;
    readonly reason: string;
  }[];
  readonly counts: readonly ReturnCount[];
  readonly repeats: readonly {
    readonly name: string;
    readonly source: string;
    readonly by: string;
    readonly receivedAt: string;
  }[];
  readonly decisions: readonly {
    readonly line: number | null;
    readonly decision: string;
    readonly batch: string | null;
    readonly batchLine: number | null;
    readonly reason: string;
    readonly by: string;
    readonly at: string;
  }[];
}

export interface ReturnLine {
  readonly ordinal: number;
  readonly line: number;
  readonly status: "accepted" | "refused" | "unknown" | "posted";
  readonly reference: string | null;
  readonly traceNumber: string | null;
  readonly originalFile: string | null;
  readonly endToEndId: string | null;
  readonly amount: Money | null;
  readonly amountMinor: string | null;
  readonly side: "debit" | "credit" | null;
  readonly bookedOn: string | null;
  readonly code: string | null;
  readonly reason: string | null;
  readonly state: ReturnLineState;
  readonly outcome: string | null;
  readonly explained: string | null;
  readonly adjustment: string | null;
  readonly batch: string | null;
  readonly batchLine: number | null;
  readonly settledBy: string | null;
}

export interface BatchAlarm {
  readonly id: string;
  readonly client: string;
  readonly profile: string;
  readonly kind:
    | "acknowledgementOverdue"
    | "fileHeld"
    | "filePutOff"
    | "fileRefused"
    | "linesUnmatched"
    | "pickUpFailed";
  readonly subject: string;
  readonly owner: string;
  readonly text: string;
  readonly raisedAt: string;
}
