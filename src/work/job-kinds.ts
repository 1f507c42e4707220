/**
 * What a server job can do: kinds are registered by the rooms below, as the actions of assignments
 * are. A kind says what matches, and does its verb on a set of items in the transaction in which
 * their results are recorded.
 */
import type { z } from "zod";

import type { Permission } from "../access/roles.ts";
import type { Transaction } from "../database/database.ts";
import type { Statement } from "../database/sql.ts";

export interface JobItem {
  readonly ordinal: number;
  readonly clientId: string;
  /** Empty where it is about a request that is not about an adjustment. */
  readonly assignmentId: string;
  readonly adjustmentId: string;
  /** The request for approval that it is about. */
  readonly approvalId: string | null;
  /** The assignment's version when it matched: the verb refuses what moved on. */
  readonly seenVersion: number;
}

export interface JobKind<Input = unknown> {
  readonly name: string;
  readonly label: string;
  /** The right it takes, of whoever asks, at every item. */
  readonly right: Permission;
  readonly input: z.ZodType<Input>;
  /**
   * Selects `client_id, assignment_id, adjustment_id, seen_version` of everything that matches
   * now, in the order of the work; and `approval_id` where it is about requests.
   */
  matching(clientIds: readonly string[], input: Input, now: string): Statement;
  /**
   * All of the items or none. Throws a `Failure` where one of them cannot be done; it is then
   * tried with fewer.
   */
  perform(
    tx: Transaction,
    items: readonly JobItem[],
    actor: string,
    input: Input,
  ): Promise<unknown>;
  /** After items were done: a hint to whoever goes on with them. */
  done?(): void;
}

export type JobKinds = ReadonlyMap<string, JobKind>;

export function jobKinds(kinds: readonly JobKind[]): JobKinds {
  return new Map(kinds.map((kind) => [kind.name, kind]));
}
