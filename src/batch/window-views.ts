/** What the verbs and the faces read of windows and of what waits for them. */
import type { Queries, Transaction } from "../database/database.ts";
import { nothing, sql } from "../database/sql.ts";

import type { FileState } from "./file-machine.ts";
import type { WindowRow } from "./store-windows.ts";

export interface WindowFilter {
  readonly clients: readonly string[];
  readonly profile?: string | null;
  readonly from: string;
  readonly until: string;
  readonly limit: number;
}

/** Windows cut between two instants, in order of time. */
export function listWindows(db: Queries, filter: WindowFilter): Promise<WindowRow[]> {
  const { profile = null } = filter;
  return db.query<WindowRow>(sql`
    select client_id as "clientId", id, profile, business_date as "businessDate",
           cut_off as "cutOff", ordinal, cut_at as "cutAt", posting_date as "postingDate", state,
           made_up as "madeUp"
    from batch_window
    where client_id = any (${filter.clients}::text[])
      and cut_at between ${filter.from} and ${filter.until}
      ${profile === null ? nothing : sql`and profile = ${profile}`}
    order by cut_at, id
    limit ${filter.limit}
  `);
}

export interface WindowFile {
  readonly id: string;
  readonly windowId: string;
  readonly sequence: bigint;
  readonly state: FileState;
  readonly adjustments: bigint;
  readonly currency: string;
  readonly amountMinor: string;
}

/** The files that were written at these windows, void ones included, in order of sequence. */
export function filesOfWindows(
  db: Queries,
  clientId: string,
  windows: readonly string[],
): Promise<WindowFile[]> {
  return db.query<WindowFile>(sql`
    select id, window_id as "windowId", sequence, state, adjustment_count as adjustments, currency,
           debit_minor + credit_minor as "amountMinor"
    from batch_file
    where client_id = ${clientId} and window_id = any (${windows}::uuid[])
    order by sequence
    limit 5000
  `);
}

/**
 * Windows whose time has come and that are not cut, each profile's in order; the first ones of all
 * profiles come first, so that one that cannot be cut holds up no other's. Served by
 * `batch_window_due`.
 */
export function dueWindows(
  db: Queries,
  now: string,
  limit: number,
): Promise<{ clientId: string; id: string; profile: string; cutAt: string }[]> {
  return db.query(sql`
    select client_id as "clientId", id, profile, cut_at as "cutAt"
    from (
      select client_id, id, profile, cut_at,
             row_number() over (partition by client_id, profile order by cut_at, id) as place
      from batch_window
      where state in ('planned', 'late') and ordinal = 0 and cut_at <= ${now}
    ) due
    order by place, cut_at, id
    limit ${limit}
  `);
}

/** The last scheduled occurrence that has a row, per cut-off of a profile. */
export function lastPlanned(
  db: Queries,
  clientId: string,
  profile: string,
): Promise<{ cutOff: string; cutAt: string }[]> {
  return db.query(sql`
    select cut_off as "cutOff", max(cut_at) as "cutAt"
    from batch_window
    where client_id = ${clientId} and profile = ${profile} and ordinal = 0
    group by cut_off
    limit 1000
  `);
}

export interface PendingSum {
  readonly currency: string;
  readonly leaves: boolean;
  readonly count: bigint;
  readonly amountMinor: string;
}

/** What waits for a profile: leaving with a file of that posting date, or waiting for its day. */
export function pendingToLeave(
  db: Queries,
  clientId: string,
  profile: string,
  postingDate: string,
): Promise<PendingSum[]> {
  return db.query(sql`
    select currency, (denial_id is null or planned_posting_date <= ${postingDate}) as leaves,
           count(*) as count, sum(amount_minor) as "amountMinor"
    from adjustment
    where client_id = ${clientId} and state = 'pendingBatch' and destination = ${profile}
    group by 1, 2
    order by 1, 2
    limit 400
  `);
}

/** The last sequence given out; 0 before the first file. */
export async function lastSequence(
  db: Queries,
  clientId: string,
  profile: string,
): Promise<bigint> {
  const row = await db.maybe<{ last: bigint }>(sql`
    select last_sequence as last
    from batch_sequence
    where client_id = ${clientId} and profile = ${profile}
  `);
  return row?.last ?? 0n;
}

export interface FailedAdjustment {
  readonly id: string;
  readonly destination: string | null;
  readonly isPartly: boolean;
  readonly assignmentVersion: number | null;
}

/** Locks adjustments that may go into the next file, and says how their assignments stand. */
export function lockFailed(
  tx: Transaction,
  keys: readonly { clientId: string; id: string }[],
): Promise<FailedAdjustment[]> {
  return tx.query(sql`
    select a.id, a.destination, a.state = 'partlyExecuted' as "isPartly",
           s.version as "assignmentVersion"
    from unnest(
      ${keys.map((key) => key.clientId)}::text[],
      ${keys.map((key) => key.id)}::uuid[]) as wanted (client_id, id)
    join adjustment a on a.client_id = wanted.client_id and a.id = wanted.id
    left join assignment s on s.client_id = a.client_id and s.id = a.open_assignment_id
    order by a.client_id, a.id
    for update of a
  `);
}
