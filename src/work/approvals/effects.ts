/**
 * What happens when a request is settled: registered by kind in the composition root, as the verbs
 * of assignments are, and run in the transaction of the last decision. So what was approved is done
 * with it, or neither is.
 */
import type { Transaction } from "../../database/database.ts";

import type { RequestRow } from "./views.ts";

/** A request with the word that settled it, or moved it to its next level. */
export interface DecidedRequest extends RequestRow {
  readonly decidedBy: string;
  readonly decidedBecause: string;
}

export interface ApprovalEffect {
  /** Locks what is locked before requests everywhere: the disputes of adjustments. */
  lock?(tx: Transaction, requests: readonly RequestRow[]): Promise<void>;
  /** Does what was asked for. A `Failure` refuses the whole set and leaves it waiting. */
  approved(tx: Transaction, requests: readonly DecidedRequest[]): Promise<void>;
  declined?(tx: Transaction, requests: readonly DecidedRequest[]): Promise<void>;
  /** A level agreed, another one is needed. */
  advanced?(tx: Transaction, requests: readonly DecidedRequest[]): Promise<void>;
}

export type ApprovalEffects = ReadonlyMap<string, ApprovalEffect>;
