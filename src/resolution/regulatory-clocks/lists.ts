/**
 * What pages read of the clocks as they were last read: lists over many disputes, the nearest one
 * of each, and the credits that the machine issued. Bounded; every list is served by an index.
 */
import type { Queries } from "../../database/database.ts";
import { nothing, sql } from "../../database/sql.ts";

import type { ClockState } from "./read-clocks.ts";
import type { Waited } from "./why-missed.ts";

export interface ListedClock {
  readonly clientId: string;
  readonly disputeId: string;
  readonly dispute: string;
  readonly claim: string;
  readonly round: number;
  readonly clock: string;
  readonly state: ClockState;
  readonly startsOn: string;
  readonly warnOn: string;
  readonly dueOn: string;
  readonly endedOn: string | null;
  /** Why it was missed, or met late. */
  readonly reason: string | null;
}

export interface ClockFilter {
  readonly clientIds: readonly string[];
  readonly state: "running" | "missed";
  readonly clock: string | null;
  /** Due on this day or earlier. */
  readonly dueBy: string | null;
  readonly after: {
    readonly dueOn: string;
    readonly disputeId: string;
    readonly round: number;
    readonly clock: string;
  } | null;
  readonly limit: number;
}

/**
 * Running clocks, the nearest first, or those missed and met late. Reads the head of each client
 * (`regulatory_clock_running`, `regulatory_clock_missed`).
 */
export function listClocks(db: Queries, filter: ClockFilter): Promise<ListedClock[]> {
  const { after } = filter;
  const isIn =
    filter.state === "running" ? sql`c.state = 'running'` : sql`c.state in ('missed', 'metLate')`;
  const goesOn =
    after === null
      ? nothing
      : sql`and (c.due_on, c.dispute_id, c.round, c.clock)
              > (${after.dueOn}, ${after.disputeId}::uuid, ${after.round}::int, ${after.clock})`;
  return db.query(sql`
    select head.client_id as "clientId", head.dispute_id as "disputeId", d.number as dispute,
           m.number as claim, head.round, head.clock, head.state, head.starts_on as "startsOn",
           head.warn_on as "warnOn", head.due_on as "dueOn", head.ended_on as "endedOn",
           why.words as reason
    from (
      select nearest.*
      from unnest(${filter.clientIds}::text[]) as seen (client_id)
      cross join lateral (
        select c.*
        from regulatory_clock c
        where c.client_id = seen.client_id and ${isIn}
          and (${filter.clock}::text is null or c.clock = ${filter.clock})
          and (${filter.dueBy}::date is null or c.due_on <= ${filter.dueBy})
          ${goesOn}
        order by c.due_on, c.dispute_id, c.round, c.clock
        limit ${filter.limit}
      ) nearest
      order by nearest.due_on, nearest.dispute_id, nearest.round, nearest.clock
      limit ${filter.limit}
    ) head
    join dispute d on d.client_id = head.client_id and d.id = head.dispute_id
    join claim m on m.client_id = d.client_id and m.id = d.claim_id
    left join clock_reason why
      on why.client_id = head.client_id and why.dispute_id = head.dispute_id
     and why.round = head.round and why.clock = head.clock and why.due_on = head.due_on
     and why.stage = head.state
    order by head.due_on, head.dispute_id, head.round, head.clock
  `);
}

export interface WarningGiven {
  readonly round: number;
  readonly clock: string;
  readonly stage: "warned" | "missed";
  readonly dueOn: string;
  readonly at: string;
}

/** What was warned of on one dispute, in order. Served by `clock_warning_pkey`. */
export function warningsOfDispute(
  db: Queries,
  clientId: string,
  disputeId: string,
): Promise<WarningGiven[]> {
  return db.query(sql`
    select round, clock, stage, due_on as "dueOn", recorded_at as at
    from clock_warning
    where client_id = ${clientId} and dispute_id = ${disputeId}
    order by recorded_at, round, clock
    limit 500
  `);
}

export interface ReasonOnRecord {
  readonly round: number;
  readonly clock: string;
  readonly dueOn: string;
  readonly stage: "missed" | "metLate";
  readonly at: string;
  readonly words: string;
  readonly waiting: readonly Waited[];
}

/** Why clocks of one dispute were missed, in order. Served by `clock_reason_pkey`. */
export function reasonsOfDispute(
  db: Queries,
  clientId: string,
  disputeId: string,
): Promise<ReasonOnRecord[]> {
  return db.query(sql`
    select round, clock, due_on as "dueOn", stage, recorded_at as at, words, waiting
    from clock_reason
    where client_id = ${clientId} and dispute_id = ${disputeId}
    order by recorded_at, round, clock, stage desc
    limit 500
  `);
}

export interface NearestRow {
  readonly clientId: string;
  readonly dispute: string;
  readonly clock: string;
  readonly warnOn: string;
  readonly dueOn: string;
}

/** Of disputes by number: the running clock that ends first. Served by `regulatory_clock_pkey`. */
export function nearestOfDisputes(
  db: Queries,
  wanted: readonly { readonly client: string; readonly dispute: string }[],
): Promise<NearestRow[]> {
  if (wanted.length === 0) return Promise.resolve([]);
  return db.query(sql`
    select d.client_id as "clientId", d.number as dispute, nearest.clock,
           nearest.warn_on as "warnOn", nearest.due_on as "dueOn"
    from unnest(
      ${wanted.map((one) => one.client)}::text[],
      ${wanted.map((one) => one.dispute)}::text[]) as w (client_id, number)
    join dispute d on d.client_id = w.client_id and d.number = w.number
    cross join lateral (
      select c.clock, c.warn_on, c.due_on
      from regulatory_clock c
      where c.client_id = d.client_id and c.dispute_id = d.id and c.state = 'running'
      order by c.due_on, c.clock
      limit 1
    ) nearest
  `);
}

export interface AutomaticCredit {
  readonly clientId: string;
  readonly id: string;
  readonly dispute: string;
  readonly claim: string;
  readonly round: number;
  readonly clock: string;
  readonly operation: string;
  readonly state: "written" | "impossible";
  readonly operationState: "due" | "done" | "refused" | null;
  /** Why it could not be, is late, or was refused by the inbox. */
  readonly reason: string | null;
  readonly amountMinor: bigint | null;
  readonly currency: string;
  readonly route: string | null;
  readonly destination: string | null;
  readonly predictedPostingOn: string | null;
  readonly dueOn: string;
  readonly writtenAt: string;
  readonly approved: boolean | null;
  readonly approvedBy: string | null;
  readonly approvedAt: string | null;
  readonly approvalReason: string | null;
  readonly version: number;
}

export interface CreditFilter {
  readonly clientIds: readonly string[];
  /** Only those that a person has not approved or declined yet. */
  readonly onlyAwaiting: boolean;
  readonly after: string | null;
  readonly limit: number;
  /** One of them, or all of one dispute. */
  readonly id?: string;
  readonly disputeId?: string;
}

/** Newest first. Served by `automatic_credit_listed` and `automatic_credit_to_approve`. */
export function listAutomaticCredits(
  db: Queries,
  filter: CreditFilter,
): Promise<AutomaticCredit[]> {
  const { id = null, disputeId = null } = filter;
  return db.query(sql`
    select a.client_id as "clientId", a.id, d.number as dispute, m.number as claim, a.round,
           a.clock, a.operation, a.state, o.state as "operationState",
           coalesce(o.outcome ->> 'detail', a.reason) as reason, a.amount_minor as "amountMinor",
           a.currency, a.route, a.destination, a.predicted_posting_on as "predictedPostingOn",
           a.due_on as "dueOn", a.written_at as "writtenAt", a.approved,
           a.approved_by as "approvedBy", a.approved_at as "approvedAt",
           a.approval_reason as "approvalReason", a.version
    from automatic_credit a
    join dispute d on d.client_id = a.client_id and d.id = a.dispute_id
    join claim m on m.client_id = d.client_id and m.id = d.claim_id
    left join operation o on o.client_id = a.client_id and o.id = a.operation_id
    where a.client_id = any (${filter.clientIds}::text[])
      ${filter.onlyAwaiting ? sql`and a.state = 'written' and a.approved is null` : nothing}
      ${filter.after === null ? nothing : sql`and a.id < ${filter.after}`}
      ${id === null ? nothing : sql`and a.id = ${id}`}
      ${disputeId === null ? nothing : sql`and a.dispute_id = ${disputeId}`}
    order by a.id desc
    limit ${filter.limit}
  `);
}
