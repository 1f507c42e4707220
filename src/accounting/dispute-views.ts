/** What pages read of a dispute's books: entries, balances by collection, adjustments, history. */
import type { Queries } from "../database/database.ts";
import { sql } from "../database/sql.ts";

export interface EntryRow {
  readonly id: string;
  readonly rule: string;
  readonly kind: string;
  readonly undoes: string | null;
  readonly operation: string;
  readonly debitCollection: string;
  readonly debitAccount: string;
  readonly debitTranCode: string | null;
  readonly creditCollection: string;
  readonly creditAccount: string;
  readonly creditTranCode: string | null;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly processing: string;
  readonly eventDate: string;
  readonly plannedPostingDate: string;
  readonly postingDate: string | null;
  readonly bookedOn: string;
  readonly adjustmentId: string;
  readonly adjustmentState: string;
  readonly route: string | null;
  readonly rulebook: string;
  readonly chosenBy: readonly string[];
  readonly actor: string;
  readonly recordedAt: string;
}

const ENTRY_ROWS = sql`
  select e.id, e.rule, e.kind, e.undoes, a.operation, e.debit_collection as "debitCollection",
         e.debit_account as "debitAccount", e.debit_tran_code as "debitTranCode",
         e.credit_collection as "creditCollection", e.credit_account as "creditAccount",
         e.credit_tran_code as "creditTranCode", e.amount_minor as "amountMinor", e.currency,
         e.processing, e.event_date as "eventDate",
         e.planned_posting_date as "plannedPostingDate", x.posting_date as "postingDate",
         e.booked_on as "bookedOn", e.adjustment_id as "adjustmentId",
         a.state as "adjustmentState", a.route, e.rulebook_version as rulebook,
         e.chosen_by as "chosenBy", e.actor, e.recorded_at as "recordedAt"
  from entry e
  join adjustment a on a.client_id = e.client_id and a.id = e.adjustment_id
  left join lateral (
    select case when x.sign = 1 then x.posting_date end as posting_date
    from execution x
    where x.client_id = e.client_id and x.adjustment_id = e.adjustment_id
      and (x.entry_id is null or x.entry_id = e.id) and e.kind <> 'contra'
    order by x.id desc
    limit 1) x on true
`;

/** A dispute's entries in order of booking, after the id given. Served by the primary key. */
export function entriesOfDispute(
  db: Queries,
  clientId: string,
  disputeId: string,
  page: { readonly after: string | null; readonly limit: number },
): Promise<EntryRow[]> {
  return db.query(sql`
    ${ENTRY_ROWS}
    where e.client_id = ${clientId} and e.dispute_id = ${disputeId}
      and (${page.after}::uuid is null or e.id > ${page.after}::uuid)
    order by e.id
    limit ${page.limit}
  `);
}

/** An adjustment's entries in order of booking. Served by the primary key of its dispute. */
export function entriesOfAdjustment(
  db: Queries,
  key: { readonly clientId: string; readonly disputeId: string; readonly adjustmentId: string },
): Promise<EntryRow[]> {
  return db.query(sql`
    ${ENTRY_ROWS}
    where e.client_id = ${key.clientId} and e.dispute_id = ${key.disputeId}
      and e.adjustment_id = ${key.adjustmentId}
    order by e.id
    limit 1000
  `);
}

export interface CollectionRow {
  readonly collection: string;
  /** Null for what is planned: its account is chosen at booking. */
  readonly account: string | null;
  readonly currency: string;
  readonly bookedMinor: bigint;
  readonly executedMinor: bigint;
  readonly committedMinor: bigint;
}

/** Balances by collection and account, credits minus debits; planned ones without an account. */
export function collectionsOfDispute(
  db: Queries,
  clientId: string,
  disputeId: string,
): Promise<CollectionRow[]> {
  return db.query(sql`
    select collection, account, currency, sum(booked)::bigint as "bookedMinor",
           sum(executed)::bigint as "executedMinor", sum(committed)::bigint as "committedMinor"
    from (
      select collection, account, currency, booked_minor as booked, executed_minor as executed,
             booked_minor as committed
      from balance
      where client_id = ${clientId} and dispute_id = ${disputeId}
      union all
      select side.collection, null, a.currency, 0, 0, side.minor
      from adjustment a
      join proposal p on p.client_id = a.client_id and p.adjustment_id = a.id
      cross join lateral (values (p.debit_collection, -p.amount_minor),
                                 (p.credit_collection, p.amount_minor)) side (collection, minor)
      where a.client_id = ${clientId} and a.dispute_id = ${disputeId}
        and a.state in ('planned', 'awaitingApproval')
        and not exists (
          select 1 from adjustment old
          where old.client_id = a.client_id and old.id = a.replaces_adjustment_id
            and old.state <> 'cancelled')
    ) part
    group by collection, account, currency
    order by collection, account nulls last, currency
    limit 1000
  `);
}

export interface AdjustmentListRow {
  readonly clientId: string;
  readonly id: string;
  readonly claim: string;
  readonly disputeId: string;
  readonly dispute: string;
  readonly operationId: string;
  readonly operation: string;
  readonly ordinal: number;
  readonly state: string;
  readonly processing: string;
  readonly principalRule: string | null;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly route: string | null;
  readonly destination: string | null;
  readonly routeChosenBy: string | null;
  readonly reverses: string | null;
  readonly follows: string | null;
  readonly hold: Readonly<Record<string, unknown>> | null;
  readonly releaseOn: string | null;
  readonly eventDate: string;
  readonly plannedPostingDate: string;
  readonly rulebook: string;
  readonly keyRevision: number;
  readonly openAssignmentId: string | null;
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

const ADJUSTMENT_COLUMNS = sql`
  a.client_id as "clientId", a.id, c.number as claim, a.dispute_id as "disputeId",
  d.number as dispute, a.operation_id as "operationId", a.operation, a.ordinal, a.state,
  a.processing, a.principal_rule as "principalRule", a.amount_minor as "amountMinor", a.currency,
  a.route, a.destination, a.route_chosen_by as "routeChosenBy",
  a.reverses_adjustment_id as reverses, a.follows_adjustment_id as follows, a.hold,
  a.release_on as "releaseOn", a.event_date as "eventDate",
  a.planned_posting_date as "plannedPostingDate", a.rulebook_version as rulebook,
  a.key_revision as "keyRevision", a.open_assignment_id as "openAssignmentId", a.version,
  a.created_at as "createdAt", a.updated_at as "updatedAt"
`;

const OF_CASE = sql`
  join dispute d on d.client_id = a.client_id and d.id = a.dispute_id
  join claim c on c.client_id = d.client_id and c.id = d.claim_id
`;

export interface AdjustmentFilter {
  readonly clientIds: readonly string[];
  readonly state: string | null;
  readonly route: string | null;
  readonly disputeId: string | null;
  readonly after: string | null;
  readonly limit: number;
}

/** Adjustments, newest first: the head of each client's, by the primary key. */
export function listAdjustments(
  db: Queries,
  filter: AdjustmentFilter,
): Promise<AdjustmentListRow[]> {
  const { state, route, disputeId, after, limit } = filter;
  return db.query(sql`
    select ${ADJUSTMENT_COLUMNS}
    from (
      select head.*
      from unnest(${filter.clientIds}::text[]) as seen (client_id)
      cross join lateral (
        select *
        from adjustment one
        where one.client_id = seen.client_id
          and (${after}::uuid is null or one.id < ${after}::uuid)
          and (${state}::text is null or one.state = ${state}::text)
          and (${route}::text is null or one.route = ${route}::text)
          and (${disputeId}::uuid is null or one.dispute_id = ${disputeId}::uuid)
        order by one.id desc
        limit ${limit}
      ) head
      order by head.id desc
      limit ${limit}
    ) a
    ${OF_CASE}
    order by a.id desc
  `);
}

export function findAdjustment(
  db: Queries,
  clientIds: readonly string[],
  id: string,
): Promise<AdjustmentListRow | undefined> {
  return db.maybe(sql`
    select ${ADJUSTMENT_COLUMNS}
    from unnest(${clientIds}::text[]) as seen (client_id)
    join adjustment a on a.client_id = seen.client_id and a.id = ${id}::uuid
    ${OF_CASE}
  `);
}

export interface TransitionRow {
  readonly id: string;
  readonly fromState: string | null;
  readonly toState: string;
  readonly event: string;
  readonly actor: string;
  readonly reason: string | null;
  readonly outside: Readonly<Record<string, unknown>> | null;
  readonly recordedAt: string;
}

/** What happened to an adjustment, in order. Served by the primary key. */
export function transitionsOf(
  db: Queries,
  clientId: string,
  adjustmentId: string,
): Promise<TransitionRow[]> {
  return db.query(sql`
    select id, from_state as "fromState", to_state as "toState", event, actor, reason, outside,
           recorded_at as "recordedAt"
    from transition
    where client_id = ${clientId} and adjustment_id = ${adjustmentId}
    order by id
    limit 1000
  `);
}

export interface ProposalRow {
  readonly rule: string;
  readonly debitCollection: string;
  readonly creditCollection: string;
  readonly amountMinor: bigint;
}

export function proposalsOf(
  db: Queries,
  clientId: string,
  adjustmentId: string,
): Promise<ProposalRow[]> {
  return db.query(sql`
    select rule, debit_collection as "debitCollection", credit_collection as "creditCollection",
           amount_minor as "amountMinor"
    from proposal
    where client_id = ${clientId} and adjustment_id = ${adjustmentId}
    order by ordinal
    limit 1000
  `);
}

export interface ExecutionRow {
  readonly id: string;
  readonly entryId: string | null;
  readonly sign: number;
  readonly basis: string;
  readonly reference: string | null;
  readonly postingDate: string;
  readonly actor: string;
  readonly recordedAt: string;
}

export function executionsOf(
  db: Queries,
  clientId: string,
  adjustmentId: string,
): Promise<ExecutionRow[]> {
  return db.query(sql`
    select id, entry_id as "entryId", sign, basis, reference, posting_date as "postingDate", actor,
           recorded_at as "recordedAt"
    from execution
    where client_id = ${clientId} and adjustment_id = ${adjustmentId}
    order by id
    limit 1000
  `);
}

export interface ProposalRow {
  readonly rule: string;
  readonly debitCollection: string;
  readonly creditCollection: string;
  readonly amountMinor: bigint;
  readonly currency: string;
}

/** What an adjustment that waits would book, in order; none once it is booked. */
export function proposalsOfAdjustment(
  db: Queries,
  clientId: string,
  adjustmentId: string,
): Promise<ProposalRow[]> {
  return db.query(sql`
    select p.rule, p.debit_collection as "debitCollection",
           p.credit_collection as "creditCollection", p.amount_minor as "amountMinor", a.currency
    from proposal p
    join adjustment a on a.client_id = p.client_id and a.id = p.adjustment_id
    where p.client_id = ${clientId} and p.adjustment_id = ${adjustmentId}
    order by p.ordinal
    limit 100
  `);
}

/** Who ran each operation, by the operation's id. */
export async function actorsOfOperations(
  db: Queries,
  keys: readonly { readonly clientId: string; readonly id: string }[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await db.query<{ id: string; actor: string }>(sql`
    select o.id, o.actor
    from unnest(
      ${keys.map((key) => key.clientId)}::text[],
      ${keys.map((key) => key.id)}::uuid[]) as wanted (client_id, id)
    join operation o on o.client_id = wanted.client_id and o.id = wanted.id
  `);
  return new Map(rows.map((row) => [row.id, row.actor]));
}

/**
 * Everybody who asked for what waits for approval: who ran the operation that opened the
 * adjustment, and who sent it to approval later, as performDebit does.
 */
export async function askedBy(
  db: Queries,
  clientId: string,
  adjustmentId: string,
): Promise<string[]> {
  const rows = await db.query<{ actor: string }>(sql`
    select o.actor
    from adjustment a
    join operation o on o.client_id = a.client_id and o.id = a.operation_id
    where a.client_id = ${clientId} and a.id = ${adjustmentId}
    union
    select t.actor
    from transition t
    where t.client_id = ${clientId} and t.adjustment_id = ${adjustmentId}
      and t.to_state = 'awaitingApproval'
  `);
  return rows.map((row) => row.actor);
}
