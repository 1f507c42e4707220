/** What the machine is to do now: calls that are due, and those whose worker is gone. */
import type { Transaction } from "../database/database.ts";
import type { Statement } from "../database/sql.ts";
import { sql } from "../database/sql.ts";

import type { ServiceKey } from "./store.ts";

/** How many are looked at for each one wanted: others may be taking the first of them. */
const LOOKED_AT = 4;

/**
 * Locks the due adjustments of each service, at most its limit, skipping those that somebody else
 * works at; for `leaseMatching`. Adjustments first, assignments after: the order of every move.
 * Only what is due first is read, however much is due (`due_call_due`), and each is looked up by
 * itself, in that order: a join of both read the table of adjustments from its beginning.
 */
export function dueForService(
  wanted: readonly (ServiceKey & { readonly limit: number })[],
  now: string,
): Statement {
  return sql`
    select due.client_id, due.assignment_id, due.adjustment_id, wanted.service
    from unnest(
      ${wanted.map((one) => one.clientId)}::text[],
      ${wanted.map((one) => one.service)}::text[],
      ${wanted.map((one) => one.limit)}::int[]) as wanted (client_id, service, most)
    cross join lateral (
      select s.client_id, s.assignment_id, a.id as adjustment_id
      from (
        select client_id, assignment_id, adjustment_id
        from due_call
        where client_id = wanted.client_id
          and service = wanted.service
          and due_at <= ${now}
          and (leased_until is null or leased_until < ${now})
        order by due_at
        limit wanted.most * ${LOOKED_AT} + 100
      ) s
      cross join lateral (
        select id
        from adjustment
        where client_id = s.client_id and id = s.adjustment_id
          and open_assignment_id = s.assignment_id
        for update skip locked
      ) a
      limit wanted.most
    ) due`;
}

/**
 * Adjustments being sent whose worker is gone: its lease is over, or nobody has one. Locked, as
 * `dueForService`.
 */
export function lockAbandoned(
  tx: Transaction,
  clientIds: readonly string[],
  now: string,
  limit: number,
): Promise<{ clientId: string; adjustmentId: string; service: string }[]> {
  return tx.query(sql`
    select a.client_id as "clientId", a.id as "adjustmentId",
           coalesce(a.destination, '') as service
    from adjustment a
    left join due_call d
      on d.client_id = a.client_id and d.assignment_id = a.open_assignment_id
    where a.client_id = any (${clientIds}::text[])
      and a.state = 'sending'
      and (d.leased_until is null or d.leased_until < ${now})
    limit ${limit}
    for update of a skip locked
  `);
}
