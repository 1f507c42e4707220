/** What pages read of ageing items, and of what disputes use of merchants' credits. */
import type { Queries } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import { Failure } from "../kernel/failure.ts";

export interface AgeingRow {
  readonly clientId: string;
  readonly id: string;
  /** Outside numbers. */
  readonly claim: string;
  readonly dispute: string;
  readonly decision: "pay" | "deny" | "partialDeny" | "writeOff";
  readonly difference: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly reason: string;
  readonly owner: string;
  readonly dueOn: string;
  readonly askedBy: string;
  readonly approvedBy: string;
  readonly openedAt: string;
  readonly settledAt: string | null;
  readonly outcome: "balanced" | "reopened" | null;
  readonly version: number;
  /** Who was given it after the first owner, in order. */
  readonly owners: readonly OwnerGiven[];
}

export interface OwnerGiven {
  readonly owner: string;
  readonly dueOn: string;
  readonly reason: string;
  readonly by: string;
  readonly at: string;
}

const COLUMNS = sql`
  g.client_id as "clientId", g.id, c.number as claim, d.number as dispute, g.decision,
  g.difference, g.amount_minor as "amountMinor", g.currency, g.reason, g.owner,
  g.due_on as "dueOn", g.asked_by as "askedBy", g.approved_by as "approvedBy",
  g.opened_at as "openedAt", g.settled_at as "settledAt", g.outcome, g.version,
  (select coalesce(jsonb_agg(jsonb_build_object(
            'owner', o.owner, 'dueOn', o.due_on, 'reason', o.reason, 'by', o.actor,
            'at', o.recorded_at) order by o.version), '[]')
   from ageing_owner o where o.client_id = g.client_id and o.item_id = g.id) as owners`;

/** Throws `not-found`. */
export async function ageingItem(
  db: Queries,
  clientIds: readonly string[],
  id: string,
): Promise<AgeingRow> {
  const [row] = await db.query<AgeingRow>(sql`
    select ${COLUMNS}
    from ageing_item g
    join claim c on c.client_id = g.client_id and c.id = g.claim_id
    join dispute d on d.client_id = g.client_id and d.id = g.dispute_id
    where g.client_id = any (${clientIds}::text[]) and g.id = ${id}
  `);
  if (row === undefined) throw new Failure("not-found", `there is no ageing item ${id}`, { id });
  return row;
}

export interface AgeingFilter {
  readonly clientIds: readonly string[];
  readonly owner?: string | undefined;
  readonly isOpen: boolean;
  /** Date and id of the last one seen. */
  readonly after: { readonly dueOn: string; readonly id: string } | null;
  readonly limit: number;
}

/** The nearest date first. Open ones served by `ageing_due`; settled ones are few. */
export function ageingItems(db: Queries, filter: AgeingFilter): Promise<AgeingRow[]> {
  const { owner = null, isOpen, after } = filter;
  return db.query(sql`
    select ${COLUMNS}
    from ageing_item g
    join claim c on c.client_id = g.client_id and c.id = g.claim_id
    join dispute d on d.client_id = g.client_id and d.id = g.dispute_id
    where g.client_id = any (${filter.clientIds}::text[])
      and (g.settled_at is null) = ${isOpen}
      and (${owner}::text is null or g.owner = ${owner})
      and (${after?.dueOn ?? null}::date is null
        or (g.due_on, g.id) > (${after?.dueOn ?? null}::date, ${after?.id ?? null}::uuid))
    order by g.due_on, g.id
    limit ${filter.limit}
  `);
}

export interface CreditRow {
  readonly reference: string;
  readonly currency: string;
  readonly wholeMinor: bigint;
  readonly usedHereMinor: bigint;
  readonly usedMinor: bigint;
}

/** The credits that a dispute uses or used. Served by `merchant_credit_use_by`. */
export function creditsOfDispute(
  db: Queries,
  clientId: string,
  disputeId: string,
): Promise<CreditRow[]> {
  return db.query(sql`
    select c.reference, c.currency, c.amount_minor as "wholeMinor", c.used_minor as "usedMinor",
           sum(u.amount_minor)::bigint as "usedHereMinor"
    from merchant_credit_use u
    join merchant_credit c on c.client_id = u.client_id and c.reference = u.reference
    where u.client_id = ${clientId} and u.dispute_id = ${disputeId}
    group by c.client_id, c.reference
    order by c.reference
    limit 200
  `);
}
