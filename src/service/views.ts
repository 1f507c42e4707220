/**
 * What the service route reads: everything a request needs to know of an adjustment, and what was
 * tried before. The pages read attempts and circuits here too.
 */
import type { AdjustmentState } from "../accounting/adjustment-machine.ts";
import type { AdjustmentLock, ClosedAccountStep } from "../accounting/store.ts";
import { holderAccountOf } from "../accounting/vault-accounts.ts";
import type { Queries } from "../database/database.ts";
import { sql } from "../database/sql.ts";

import type { Circuit } from "./circuit.ts";
import { MOST_ATTEMPTS } from "./outcome-machine.ts";
import type { AttemptPurpose, KeptRequest, ServiceKey } from "./store.ts";

/** Clients that have a service at all. */
export async function clientsWithServices(db: Queries): Promise<string[]> {
  const rows = await db.query<{ id: string }>(sql`
    select id from client where settings -> 'services' is not null order by id limit 10000
  `);
  return rows.map((row) => row.id);
}

export interface PostingEntry {
  readonly id: string;
  readonly rule: string;
  readonly kind: string;
  readonly debitCollection: string;
  readonly debitAccount: string;
  readonly debitTranCode: string | null;
  readonly creditCollection: string;
  readonly creditAccount: string;
  readonly creditTranCode: string | null;
  readonly amountMinor: bigint;
}

/** Everything a call needs to know of an adjustment. */
export interface ServiceAdjustment {
  readonly clientId: string;
  readonly adjustmentId: string;
  readonly assignmentId: string;
  readonly service: string;
  readonly version: number;
  readonly state: AdjustmentState;
  readonly keyRevision: number;
  readonly isPartlyProcessed: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly claimId: string;
  readonly claim: string;
  readonly claimType: string;
  readonly disputeId: string;
  readonly dispute: string;
  /** The holder's account that it moves; the dispute's own where it moves none. */
  readonly holderAccount: string;
  /** What the call asks for, because the core refused it for a closed account. */
  readonly closedAccount: ClosedAccountStep;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly operation: string;
  readonly principalRule: string | null;
  readonly reversesAdjustmentId: string | null;
  /** What the system of record called the posting that is reversed. */
  readonly reversesReference: string | null;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly eventDate: string;
  readonly plannedPostingDate: string;
  /** How often it was due before; 0: certainly never called since the assignment opened. */
  readonly attempts: number;
  readonly openedAt: string;
  readonly entries: readonly PostingEntry[];
  /** The entries to move, when others of the adjustment were executed before. */
  readonly entryIds: readonly string[] | null;
  /** How it stood when it was read: a lock for one who had locked it before. */
  readonly stood: AdjustmentLock;
}

interface AdjustmentRow
  extends
    Omit<ServiceAdjustment, "entries" | "entryIds" | "stood">,
    Pick<
      AdjustmentLock,
      "operationId" | "hold" | "machineMayAct" | "failedRoute" | "assignmentType" | "isDenialDebit"
    > {
  readonly isPartly: boolean;
}

/**
 * Adjustments with their entries, those that are over too (their assignment is an empty text); rows
 * of one client lie together.
 */
export async function serviceAdjustments(
  db: Queries,
  keys: readonly { clientId: string; adjustmentId: string }[],
): Promise<ServiceAdjustment[]> {
  if (keys.length === 0) return [];
  const rows = await db.query<AdjustmentRow>(sql`
    select a.client_id as "clientId", a.id as "adjustmentId",
           coalesce(a.open_assignment_id::text, '') as "assignmentId",
           coalesce(a.destination, '') as service, a.version, a.state,
           a.partly_processed as "isPartlyProcessed", a.closed_account as "closedAccount",
           a.key_revision as "keyRevision", a.created_at as "createdAt",
           a.updated_at as "updatedAt", c.id as "claimId",
           c.number as claim, c.claim_type as "claimType", d.id as "disputeId",
           d.number as dispute, d.account_id as "holderAccount", d.facts, a.operation,
           a.principal_rule as "principalRule",
           a.reverses_adjustment_id as "reversesAdjustmentId",
           case when a.reverses_adjustment_id is not null then (
             select x.reference from execution x
             where x.client_id = a.client_id and x.adjustment_id = a.reverses_adjustment_id
               and x.sign = 1
             order by x.recorded_at desc limit 1) end as "reversesReference",
           a.amount_minor as "amountMinor", a.currency, a.event_date as "eventDate",
           a.planned_posting_date as "plannedPostingDate",
           coalesce(s.attempts, 0) as attempts,
           coalesce(s.opened_at, a.created_at) as "openedAt",
           a.operation_id as "operationId", a.hold, a.machine_may_act as "machineMayAct",
           a.failed_route as "failedRoute", s.type as "assignmentType",
           a.denial_id is not null as "isDenialDebit",
           a.version > 1 and exists (
             select 1 from execution x
             where x.client_id = a.client_id and x.adjustment_id = a.id
               and x.entry_id is not null) as "isPartly"
    from unnest(
      ${keys.map((key) => key.clientId)}::text[],
      ${keys.map((key) => key.adjustmentId)}::uuid[]) as wanted (client_id, id)
    join adjustment a on a.client_id = wanted.client_id and a.id = wanted.id
    left join assignment s on s.client_id = a.client_id and s.id = a.open_assignment_id
    join dispute d on d.client_id = a.client_id and d.id = a.dispute_id
    join claim c on c.client_id = d.client_id and c.id = d.claim_id
    order by a.client_id, a.id
  `);
  const entries = await entriesToMove(db, rows);
  return rows.map((row) => {
    const all = entries.get(row.adjustmentId) ?? [];
    const open = row.isPartly ? all.filter((entry) => !entry.isExecuted) : all;
    const amountMinor = row.isPartly
      ? open.reduce((sum, entry) => sum + entry.amountMinor, 0n)
      : row.amountMinor;
    const entryIds = row.isPartly ? open.map((entry) => entry.id) : null;
    const holderAccount = holderAccountOf(all, row.holderAccount);
    return { ...row, holderAccount, amountMinor, entries: open, entryIds, stood: stoodOf(row) };
  });
}

function stoodOf(row: AdjustmentRow): AdjustmentLock {
  return {
    clientId: row.clientId,
    id: row.adjustmentId,
    disputeId: row.disputeId,
    claimId: row.claimId,
    claimType: row.claimType,
    operationId: row.operationId,
    state: row.state,
    version: row.version,
    amountMinor: row.amountMinor,
    currency: row.currency,
    destination: row.service === "" ? null : row.service,
    hold: row.hold,
    plannedPostingDate: row.plannedPostingDate,
    isDenialDebit: row.isDenialDebit,
    isPartlyProcessed: row.isPartlyProcessed,
    machineMayAct: row.machineMayAct,
    failedRoute: row.failedRoute,
    openAssignmentId: row.assignmentId === "" ? null : row.assignmentId,
    assignmentType: row.assignmentType,
  };
}

type EntryToMove = PostingEntry & { readonly adjustmentId: string; readonly isExecuted: boolean };

/**
 * Without contra entries. They are booked when their adjustment opens or is decided on anew:
 * `recorded_at` leaves out the months before and after; a day is for clocks that differ.
 */
async function entriesToMove(
  db: Queries,
  rows: readonly AdjustmentRow[],
): Promise<Map<string, EntryToMove[]>> {
  const found = await db.query<EntryToMove>(sql`
    with wanted as materialized (
      select * from unnest(
        ${rows.map((row) => row.clientId)}::text[],
        ${rows.map((row) => row.disputeId)}::uuid[],
        ${rows.map((row) => row.adjustmentId)}::uuid[],
        ${rows.map((row) => row.createdAt)}::timestamptz[],
        ${rows.map((row) => row.updatedAt)}::timestamptz[],
        ${rows.map((row) => row.isPartly)}::boolean[])
        as row (client_id, dispute_id, id, created_at, updated_at, is_partly)
    )
    select e.adjustment_id as "adjustmentId", e.id, e.rule, e.kind,
           e.debit_collection as "debitCollection", e.debit_account as "debitAccount",
           e.debit_tran_code as "debitTranCode", e.credit_collection as "creditCollection",
           e.credit_account as "creditAccount", e.credit_tran_code as "creditTranCode",
           e.amount_minor as "amountMinor",
           wanted.is_partly and coalesce((
             select sum(x.sign) from execution x
             where x.client_id = e.client_id and x.adjustment_id = e.adjustment_id
               and x.entry_id = e.id), 0) > 0 as "isExecuted"
    from wanted
    join entry e on e.client_id = wanted.client_id and e.dispute_id = wanted.dispute_id
      and e.adjustment_id = wanted.id and e.kind <> 'contra'
      and e.recorded_at >= (select min(created_at) - interval '1 day' from wanted)
      and e.recorded_at <= (select max(updated_at) + interval '1 day' from wanted)
    order by e.adjustment_id, e.id
  `);
  return Map.groupBy(found, (entry) => entry.adjustmentId);
}

export interface AttemptRow {
  readonly clientId: string;
  readonly adjustmentId: string;
  readonly id: string;
  readonly service: string;
  readonly purpose: AttemptPurpose;
  readonly fence: number;
  readonly key: string;
  readonly keyRevision: number;
  readonly worker: string;
  readonly request: KeptRequest;
  readonly startedAt: string;
  /** Null while its answer has not come. */
  readonly outcome: string | null;
  readonly recordedAt: string | null;
  readonly status: number | null;
  readonly code: string | null;
  readonly reason: string | null;
  readonly reference: string | null;
  readonly answer: string | null;
  readonly latencyMilliseconds: number | null;
  readonly isSuperseded: boolean | null;
  /** What it was for, where the core works per entry or step; null: all of it. */
  readonly part: string | null;
}

/** Every attempt of adjustments, oldest first, at most 1,000 of each. */
export function attemptsOf(
  db: Queries,
  keys: readonly { clientId: string; adjustmentId: string; createdAt: string }[],
): Promise<AttemptRow[]> {
  if (keys.length === 0) return Promise.resolve([]);
  return db.query(sql`
    select t.client_id as "clientId", t.adjustment_id as "adjustmentId", t.id, t.service,
           t.purpose, t.fence, t.key, t.key_revision as "keyRevision", t.worker, t.request,
           t.started_at as "startedAt", o.outcome, o.recorded_at as "recordedAt", o.status, o.code,
           o.reason, o.reference, o.answer, o.latency_ms as "latencyMilliseconds",
           o.superseded as "isSuperseded", t.part
    from unnest(
      ${keys.map((key) => key.clientId)}::text[],
      ${keys.map((key) => key.adjustmentId)}::uuid[],
      ${keys.map((key) => key.createdAt)}::timestamptz[]) as wanted (client_id, id, created_at)
    cross join lateral (
      select *
      from service_attempt t
      where t.client_id = wanted.client_id and t.adjustment_id = wanted.id
        and t.started_at >= wanted.created_at
      order by t.started_at, t.id
      limit ${MOST_ATTEMPTS}
    ) t
    left join service_attempt_outcome o
      on o.client_id = t.client_id and o.adjustment_id = t.adjustment_id
      and o.attempt_id = t.id and o.started_at = t.started_at
    order by t.client_id, t.adjustment_id, t.started_at, t.id
  `);
}

export type CircuitRow = ServiceKey & Circuit;

/** Circuits that are not in order: open, half open or with failures. */
export function circuitsOf(db: Queries, clientIds: readonly string[]): Promise<CircuitRow[]> {
  return db.query(sql`
    select client_id as "clientId", service, state, failures, openings,
           extract(epoch from probe_at)::float8 * 1000 as "probeAt"
    from service_circuit
    where client_id = any (${clientIds}::text[])
  `);
}

export interface FindingRow {
  readonly posted: boolean;
  readonly reason: string;
  readonly actor: string;
  readonly fence: number;
  readonly recordedAt: string;
}

export function findingsOf(
  db: Queries,
  clientId: string,
  adjustmentId: string,
): Promise<FindingRow[]> {
  return db.query(sql`
    select posted, reason, actor, fence, recorded_at as "recordedAt"
    from service_finding
    where client_id = ${clientId} and adjustment_id = ${adjustmentId}
    order by recorded_at, id
    limit 100
  `);
}

/** Parts that are posted, by adjustment. */
export async function postedParts(
  db: Queries,
  keys: readonly { clientId: string; adjustmentId: string }[],
): Promise<Map<string, Set<string>>> {
  const posted = new Map<string, Set<string>>();
  if (keys.length === 0) return posted;
  const rows = await db.query<{ adjustmentId: string; part: string }>(sql`
    select p.adjustment_id as "adjustmentId", p.part
    from unnest(
      ${keys.map((key) => key.clientId)}::text[],
      ${keys.map((key) => key.adjustmentId)}::uuid[]) as wanted (client_id, id)
    join service_part p on p.client_id = wanted.client_id and p.adjustment_id = wanted.id
  `);
  for (const { adjustmentId, part } of rows) {
    posted.set(adjustmentId, (posted.get(adjustmentId) ?? new Set()).add(part));
  }
  return posted;
}

/** Codes that a person authorised to override in the call at hand, by adjustment. */
export async function overridesOf(
  db: Queries,
  keys: readonly { clientId: string; adjustmentId: string; keyRevision: number }[],
): Promise<Map<string, string[]>> {
  if (keys.length === 0) return new Map();
  const rows = await db.query<{ adjustmentId: string; codes: string[] }>(sql`
    select o.adjustment_id as "adjustmentId", o.codes
    from unnest(
      ${keys.map((key) => key.clientId)}::text[],
      ${keys.map((key) => key.adjustmentId)}::uuid[],
      ${keys.map((key) => key.keyRevision)}::smallint[]) as wanted (client_id, id, revision)
    join service_override o on o.client_id = wanted.client_id
      and o.adjustment_id = wanted.id and o.key_revision = wanted.revision
  `);
  return new Map(rows.map((row) => [row.adjustmentId, row.codes]));
}
