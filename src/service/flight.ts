/** A call under way: what it was made for and what its answer is judged by. */
import type { AdjustmentLock } from "../accounting/store.ts";

import type { HolderCredit } from "./closed-account.ts";
import type { PreparedRequest, SentResult } from "./adapter.ts";
import type { AskedPosting, EarlierAttempt } from "./outcome-machine.ts";
import type { Part } from "./parts.ts";
import type { Service } from "./service-configuration.ts";

export interface Flight {
  readonly clientId: string;
  readonly adjustmentId: string;
  readonly assignmentId: string;
  readonly disputeId: string;
  readonly attemptId: string;
  readonly service: Service;
  readonly purpose: "post" | "lookUp";
  readonly key: string;
  /** The adjustment's version from this attempt on; at another one the answer is a late one. */
  readonly fence: number;
  /** The adjustment as it stood at that version. */
  readonly stood: AdjustmentLock;
  /** As stored. */
  readonly startedAt: string;
  /** Milliseconds since the epoch: after it somebody else may have taken over; nothing is sent. */
  readonly sendBefore: number;
  readonly request: PreparedRequest;
  readonly asked: AskedPosting;
  /** Masked forms by whole number, of what the request carries. */
  readonly numbers: ReadonlyMap<string, string>;
  /** It was made while the outcome of an earlier call with this key was unknown. */
  readonly wasUnknown: boolean;
  /** A look-up has shown that none of the earlier calls was processed. */
  readonly isProvenAbsent: boolean;
  /** Postings tried since the assignment opened, this one included, none that was cut short. */
  readonly calls: number;
  /** Earlier attempts with this key. */
  readonly history: readonly EarlierAttempt[];
  /** What of the adjustment it is for; null: all that is left of it. */
  readonly part: Part | null;
  /** Another part of it was posted before. */
  readonly isPartlyProcessed: boolean;
  /** What it posts, as a decimal string. */
  readonly amount: string;
  /** Whether it credits the holder, and with what. */
  readonly credit: HolderCredit;
  /** It asks the core to keep the credit in its own suspense. */
  readonly asksToPark: boolean;
  /** The entries to move, when others of the adjustment were executed before. */
  readonly entryIds: readonly string[] | null;
}

export interface Landed {
  readonly flight: Flight;
  readonly result: SentResult;
  readonly latencyMilliseconds: number;
}
