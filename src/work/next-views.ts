/** Which assignments Get Next Work may give, locked: read from the heads of the queues alone. */
import type { Transaction } from "../database/database.ts";
import { nothing, sql } from "../database/sql.ts";

import { assignmentType } from "./assignment-types.ts";
import type { LockFacts } from "./claim-lock.ts";
import type { Standing } from "./standing.ts";
import type { AssignmentKey } from "./views.ts";
import { queueMatches, queuesOf, WORK_ORDER } from "./views.ts";

export interface FreeWork {
  readonly clientIds: readonly string[];
  readonly types: readonly string[];
  readonly queue?: string | undefined;
  /** Work groups that have people, none of these. */
  readonly closedGroups: readonly string[];
  /** Queues of the people's assignment groups, `Queue` or `Queue.ClaimType`; null: any. */
  readonly queues: readonly string[] | null;
  /** Claims that one of them has open are theirs to work. */
  readonly people: readonly string[];
  readonly now: string;
  readonly count: number;
  /** The first heads of each queue, or many more of them. */
  readonly depth: keyof typeof DEPTHS;
}

/**
 * Part of the statement's text, not parameters: a plan for a depth that is not known is thought to
 * be dear, and then the statement is planned anew each time, which takes longer than to run it.
 */
const DEPTHS = { near: sql`128`, far: sql`4096` } as const;

/** What giving it out needs to know; all else is read afterwards, of those given alone. */
export interface FreeAssignment extends AssignmentKey, Standing, LockFacts {}

/**
 * The best assignments nobody has, locked, in the order of the work. What another transaction is
 * just taking is skipped, not waited for. Served by `assignment_free`.
 */
export function lockBestFree(tx: Transaction, filter: FreeWork): Promise<FreeAssignment[]> {
  const { now, count, depth, people, closedGroups, queues } = filter;
  const names = filter.types.map((type) => assignmentType(type).queue);
  const ofGroups =
    queues === null
      ? nothing
      : sql`
        and (q.queue = any (${queues}::text[])
          or split_part(q.queue, '.', 1) = any (${queues}::text[]))`;
  return tx.query(sql`
    ${queuesOf(filter)},
    candidate as materialized (
      select head.* from client_queue q
      cross join lateral (
        select a.client_id, a.id, a.urgency, a.act_by, a.amount_minor from assignment a
        where a.client_id = q.client_id and a.queue = q.queue and a.is_open and a.kind = 'user'
          and a.assignee is null and a.pended_until is null and a.unworkable_reason is null
          and a.work_group <> all (${closedGroups}::text[])
          and not exists (
            select from claim_lock l
            where l.client_id = a.client_id and l.claim_id = a.claim_id
              and l.leased_until > ${now} and l.holder <> all (${people}::text[]))
        ${WORK_ORDER}
        limit ${DEPTHS[depth]}) head
      where split_part(q.queue, '.', 1) = any (${names}::text[]) and ${queueMatches(filter)}
        ${ofGroups}
    )
    select a.client_id as "clientId", a.id, a.assignee, a.work_group as "workGroup",
           a.pended_until as "pendedUntil", a.pend_reason as "pendReason",
           a.unworkable_reason as "unworkableReason", k.holder as "lockedBy",
           k.leased_until as "lockedUntil"
    from candidate b
    join assignment a on a.client_id = b.client_id and a.id = b.id
    left join claim_lock k on k.client_id = a.client_id and k.claim_id = a.claim_id
    where a.is_open and a.assignee is null and a.pended_until is null
      and a.unworkable_reason is null
    order by b.urgency desc, b.act_by, b.amount_minor desc nulls last, b.id
    limit ${count}
    for update of a skip locked
  `);
}
