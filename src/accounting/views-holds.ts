/** What pages and verbs read of holds: what is due to be asked, and what was asked and answered. */
import type { Queries } from "../database/database.ts";
import { sql } from "../database/sql.ts";

import type { DisputeKey } from "./load-books.ts";

/** Disputes with a look-up that is due. Served by `adjustment_hold_ask`. */
export function disputesWithDueLookUps(
  db: Queries,
  clientId: string,
  now: string,
  limit: number,
): Promise<DisputeKey[]> {
  return db.query(sql`
    select distinct due.client_id as "clientId", due.dispute_id as "disputeId"
    from (
      select a.client_id, a.dispute_id
      from adjustment a
      where a.client_id = ${clientId} and a.state = 'planned' and a.hold_ask_at <= ${now}
      order by a.hold_ask_at
      limit ${limit}) due
  `);
}

export interface HoldEventRow {
  readonly kind: "asked" | "answered" | "ended";
  readonly hold: string;
  readonly outcome: string | null;
  /** In the vault. */
  readonly account: string | null;
  readonly status: string | null;
  readonly reason: string | null;
  readonly actor: string;
  readonly at: string;
}

/** What holds of an adjustment asked, were answered and became, in order; by primary keys. */
export function holdEventsOf(
  db: Queries,
  clientId: string,
  adjustmentId: string,
): Promise<HoldEventRow[]> {
  return db.query(sql`
    select kind, hold, outcome, account, status, reason, actor, at
    from (
      select 'asked' as kind, hold, null as outcome, null::uuid as account, null as status,
             null as reason, service as actor, asked_at as at, id, 1 as step
      from hold_look_up
      where client_id = ${clientId} and adjustment_id = ${adjustmentId}
      union all
      select 'answered', hold, outcome, account, status, reason, actor, recorded_at, id, 2
      from hold_answer
      where client_id = ${clientId} and adjustment_id = ${adjustmentId}
      union all
      select 'ended', hold, outcome, account, status, reason, actor, recorded_at, id, 3
      from hold_decision
      where client_id = ${clientId} and adjustment_id = ${adjustmentId}) events
    order by at, step, id
    limit 1000
  `);
}

/** Disputes with a debit whose day is named, in the order of their ids; by `adjustment_planned`. */
export function disputesWithDatedDebits(
  db: Queries,
  clientId: string,
  after: string | null,
  limit: number,
): Promise<DisputeKey[]> {
  return db.query(sql`
    select distinct a.client_id as "clientId", a.dispute_id as "disputeId"
    from adjustment a
    where a.client_id = ${clientId} and a.state = 'planned' and a.release_on is not null
      and a.hold ->> 'reason' = 'denyDebitDate'
      and (${after}::uuid is null or a.dispute_id > ${after}::uuid)
    order by a.dispute_id
    limit ${limit}
  `);
}
