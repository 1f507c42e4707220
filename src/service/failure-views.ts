/**
 * What failed at a service and waits for a person, and what waits for its next call: the same
 * conditions for the page that lists them and the job that acts on all of them.
 */
import type { Queries } from "../database/database.ts";
import type { Statement } from "../database/sql.ts";
import { sql } from "../database/sql.ts";

export interface FailureFilter {
  readonly service?: string | undefined;
  readonly code?: string | undefined;
  readonly reason?: string | undefined;
  /** ISO instant. */
  readonly failedBefore?: string | undefined;
}

/** More in one job would be a sign of something else being wrong. */
const MOST_ITEMS = 1_000_000;

/** Served by `assignment_failed_service`. */
export function failedItems(
  clientIds: readonly string[],
  filter: FailureFilter,
  now: string,
): Statement {
  return sql`
    select s.client_id, s.id as assignment_id, s.adjustment_id, s.version as seen_version
    from assignment s
    join adjustment a on a.client_id = s.client_id and a.id = s.adjustment_id
    where s.is_open
      and s.type = 'Execute Accounting Service Failed'
      and a.state in ('serviceFailed', 'partlyExecuted')
      and ${matches(clientIds, filter, now)}
    order by s.opened_at, s.id
    limit ${MOST_ITEMS}
  `;
}

/** Waits for a time to come; what is due or being called is not touched. */
export function waitingItems(
  clientIds: readonly string[],
  filter: FailureFilter,
  now: string,
): Statement {
  return sql`
    select s.client_id, s.id as assignment_id, s.adjustment_id, s.version as seen_version
    from assignment s
    join due_call d on d.client_id = s.client_id and d.assignment_id = s.id
    join adjustment a on a.client_id = s.client_id and a.id = s.adjustment_id
    where s.is_open
      and s.type = 'Pending Accounting Service'
      and d.due_at > ${now}
      and (a.state = 'pendingService' or a.state = 'unknown' and a.machine_may_act)
      and ${matches(clientIds, filter, now)}
    order by d.due_at, s.id
    limit ${MOST_ITEMS}
  `;
}

function matches(clientIds: readonly string[], filter: FailureFilter, now: string): Statement {
  const { service = null, code = null, reason = null, failedBefore = null } = filter;
  return sql`
    s.client_id = any (${clientIds}::text[])
      and (${service}::text is null or s.destination = ${service})
      and s.opened_at <= coalesce(${failedBefore}::timestamptz, ${now})
      and (${reason}::text is null or strpos(lower(s.reason), lower(${reason})) > 0)
      and (${code}::text is null or ${code} = (${LAST_CODE}))`;
}

/** Of the last answer that counted. `started_at` leaves out the months before the adjustment's. */
const LAST_CODE = sql`
  select o.code
  from service_attempt_outcome o
  where o.client_id = a.client_id and o.adjustment_id = a.id and o.started_at >= a.created_at
    and not o.superseded
  order by o.started_at desc
  limit 1`;

export interface FailureRow {
  readonly assignmentId: string;
  readonly adjustmentId: string;
  readonly claim: string;
  readonly dispute: string | null;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly state: string;
  readonly assignee: string | null;
  readonly reason: string | null;
  readonly code: string | null;
  readonly failedAt: string;
}

/** What failed at one service, oldest first, unknown ones that a person has to find out too. */
export function listFailures(
  db: Queries,
  filter: {
    readonly clientId: string;
    readonly service: string;
    readonly after: { readonly failedAt: string; readonly id: string } | null;
    readonly limit: number;
  },
): Promise<FailureRow[]> {
  const { after } = filter;
  return db.query(sql`
    select s.id as "assignmentId", a.id as "adjustmentId", c.number as claim,
           d.number as dispute, a.amount_minor as "amountMinor", a.currency, a.state, s.assignee,
           s.reason, (${LAST_CODE}) as code, s.opened_at as "failedAt"
    from assignment s
    join adjustment a on a.client_id = s.client_id and a.id = s.adjustment_id
    join claim c on c.client_id = s.client_id and c.id = s.claim_id
    left join dispute d on d.client_id = s.client_id and d.id = s.dispute_id
    where s.is_open
      and s.type = 'Execute Accounting Service Failed'
      and s.client_id = ${filter.clientId}
      and s.destination = ${filter.service}
      and (${after?.failedAt ?? null}::timestamptz is null
           or (s.opened_at, s.id) > (${after?.failedAt ?? null}, ${after?.id ?? null}::uuid))
    order by s.opened_at, s.id
    limit ${filter.limit}
  `);
}
