/** What is read of approvals: requests with levels, who may not approve, what was said. */
import type { Permission } from "../../access/roles.ts";
import type { Queries, Transaction } from "../../database/database.ts";
import type { Statement } from "../../database/sql.ts";
import { nothing, sql } from "../../database/sql.ts";

import type { ChainLink, JudgedRequest, RequestState } from "./judge.ts";
import type { NewDelegation } from "./store.ts";

export interface RequestRow {
  readonly clientId: string;
  readonly id: string;
  readonly kind: string;
  readonly subjectId: string;
  readonly claimId: string | null;
  readonly disputeId: string | null;
  /** Outside numbers. */
  readonly claim: string | null;
  readonly dispute: string | null;
  readonly summary: string;
  readonly rule: string;
  readonly ruleWords: string;
  readonly amountMinor: bigint | null;
  readonly currency: string | null;
  readonly requestedBy: string;
  readonly requester: string;
  readonly reason: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly isAfter: boolean;
  readonly levels: number;
  readonly approvedLevels: number;
  readonly state: RequestState;
  readonly requestedAt: string;
  readonly settledAt: string | null;
  readonly settledBy: string | null;
  readonly settledBecause: string | null;
  readonly version: number;
}

const COLUMNS: Statement = sql`
  r.client_id as "clientId", r.id, r.subject_kind as kind, r.subject_id as "subjectId",
  r.claim_id as "claimId", r.dispute_id as "disputeId", c.number as claim, d.number as dispute,
  r.summary, r.rule, r.rule_words as "ruleWords", r.amount_minor as "amountMinor", r.currency,
  r.requested_by as "requestedBy", r.requester, r.reason, r.payload, r.is_after as "isAfter",
  r.levels, r.approved_levels as "approvedLevels", r.state, r.requested_at as "requestedAt",
  r.settled_at as "settledAt", r.settled_by as "settledBy",
  r.settled_because as "settledBecause", r.version`;

const OF_CASES: Statement = sql`
  left join claim c on c.client_id = r.client_id and c.id = r.claim_id
  left join dispute d on d.client_id = r.client_id and d.id = r.dispute_id`;

export interface RequestKey {
  readonly clientId: string;
  readonly id: string;
}

export function requestsById(db: Queries, keys: readonly RequestKey[]): Promise<RequestRow[]> {
  return db.query(ofKeys(keys));
}

/** As `requestsById`, with the rows locked in sorted order. */
export function lockRequests(tx: Transaction, keys: readonly RequestKey[]): Promise<RequestRow[]> {
  return tx.query(sql`
    ${ofKeys(keys)}
    order by r.client_id, r.id
    for update of r
  `);
}

function ofKeys(keys: readonly RequestKey[]): Statement {
  return sql`
    select ${COLUMNS}
    from unnest(
      ${keys.map((key) => key.clientId)}::text[],
      ${keys.map((key) => key.id)}::uuid[]) as wanted (client_id, id)
    join approval_request r on r.client_id = wanted.client_id and r.id = wanted.id
    ${OF_CASES}`;
}

/** A request by id alone, among the clients that the caller may see. */
export function findRequest(
  db: Queries,
  clientIds: readonly string[],
  id: string,
): Promise<RequestRow | undefined> {
  return db.maybe(sql`
    select ${COLUMNS}
    from approval_request r
    ${OF_CASES}
    where r.client_id = any (${clientIds}::text[]) and r.id = ${id}
  `);
}

/** What waits about a subject; any of the kinds. Served by `approval_request_of_subject`. */
export function waitingAbout(
  db: Queries,
  subject: { readonly clientId: string; readonly kinds: readonly string[]; readonly id: string },
): Promise<RequestRow | undefined> {
  return db.maybe(sql`
    select ${COLUMNS}
    from approval_request r
    ${OF_CASES}
    where r.client_id = ${subject.clientId} and r.subject_id = ${subject.id}
      and r.subject_kind = any (${subject.kinds}::text[]) and r.state = 'waiting'
    order by r.requested_at
    limit 1
  `);
}

/**
 * Adjustments that somebody attested, with their statement waiting for others. Served by
 * `approval_request_waiting_subject`.
 */
export async function attestationsWaiting(
  db: Queries,
  keys: readonly RequestKey[],
): Promise<string[]> {
  const rows = await db.query<{ id: string }>(sql`
    select r.subject_id as id
    from unnest(
      ${keys.map((key) => key.clientId)}::text[],
      ${keys.map((key) => key.id)}::text[]) as wanted (client_id, id)
    join approval_request r on r.client_id = wanted.client_id
      and r.subject_kind = 'attestation' and r.subject_id = wanted.id and r.state = 'waiting'
  `);
  return rows.map((row) => row.id);
}

export interface RequestFilter {
  readonly clientIds: readonly string[];
  readonly state: RequestState | null;
  readonly kind: string | null;
  /** Only what this person may decide as far as a list can tell: the rest is judged. */
  readonly decidableBy: {
    readonly person: string;
    readonly rights: readonly Permission[];
  } | null;
  /** Only what this person asked for. */
  readonly requester: string | null;
  readonly after: { readonly requestedAt: string; readonly id: string } | null;
  readonly limit: number;
}

/** Oldest first: what waits longest is decided first. Served by `approval_request_waiting`. */
export function listRequests(db: Queries, filter: RequestFilter): Promise<RequestRow[]> {
  const { decidableBy: mine, after } = filter;
  return db.query(sql`
    select ${COLUMNS}
    from approval_request r
    ${OF_CASES}
    where r.client_id = any (${filter.clientIds}::text[])
      ${filter.state === null ? nothing : sql`and r.state = ${filter.state}`}
      ${filter.kind === null ? nothing : sql`and r.subject_kind = ${filter.kind}`}
      ${filter.requester === null ? nothing : sql`and r.requester = ${filter.requester}`}
      ${mine === null ? nothing : decidable(mine)}
      ${
        after === null
          ? nothing
          : sql`and (r.requested_at, r.id) > (${after.requestedAt}::timestamptz, ${after.id}::uuid)`
      }
    order by r.requested_at, r.id
    limit ${filter.limit}
  `);
}

function decidable({ person, rights }: NonNullable<RequestFilter["decidableBy"]>): Statement {
  return sql`
    and r.state = 'waiting'
    and exists (
      select 1 from approval_level l
      where l.client_id = r.client_id and l.request_id = r.id
        and l.level = r.approved_levels + 1 and l.permission = any (${rights}::text[]))
    and not exists (
      select 1 from approval_chain h
      where h.client_id = r.client_id and h.request_id = r.id and h.person = ${person})
    and not exists (
      select 1 from approval_decision s
      where s.client_id = r.client_id and s.request_id = r.id
        and (s.person = ${person} or s.on_behalf_of = ${person}))`;
}

/** The requests' ids as the items of a job: what such a list shows, oldest first. */
export function decidableItems(
  clientIds: readonly string[],
  filter: { readonly kind: string | null; readonly ids: readonly string[] | null },
): Statement {
  return sql`
    select r.client_id, a.open_assignment_id as assignment_id, a.id as adjustment_id,
           r.version as seen_version, r.id as approval_id
    from approval_request r
    left join adjustment a on a.client_id = r.client_id and a.id::text = r.subject_id
    where r.client_id = any (${clientIds}::text[]) and r.state = 'waiting'
      ${filter.kind === null ? nothing : sql`and r.subject_kind = ${filter.kind}`}
      ${filter.ids === null ? nothing : sql`and r.id = any (${filter.ids}::uuid[])`}
    order by r.requested_at, r.id`;
}

export interface DecisionRow {
  readonly level: number;
  readonly approved: boolean;
  readonly actor: string;
  readonly person: string;
  readonly onBehalfOf: string | null;
  readonly reason: string;
  readonly recordedAt: string;
}

interface Parts {
  readonly rights: Permission[];
  readonly chain: ChainLink[];
  readonly decisions: DecisionRow[];
}

export interface WholeRequest extends RequestRow, Omit<JudgedRequest, "decisions"> {
  readonly decisions: readonly DecisionRow[];
}

type Of<Row> = Row & { readonly clientId: string; readonly requestId: string };

/** The requests with everything that is judged by, in the order given. */
export async function wholeRequests(
  db: Queries,
  rows: readonly RequestRow[],
): Promise<WholeRequest[]> {
  const wanted = sql`
    unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.id)}::uuid[]) as wanted (client_id, request_id)`;
  const parts = new Map(
    rows.map((row): [string, Parts] => [row.id, { rights: [], chain: [], decisions: [] }]),
  );
  const levels = await db.query<Of<{ permission: Permission }>>(sql`
    select client_id as "clientId", request_id as "requestId", l.permission
    from ${wanted}
    join approval_level l using (client_id, request_id)
    order by l.level
  `);
  for (const { requestId, permission } of levels) parts.get(requestId)?.rights.push(permission);
  const chain = await db.query<Of<ChainLink>>(sql`
    select client_id as "clientId", request_id as "requestId", h.person, h.why
    from ${wanted}
    join approval_chain h using (client_id, request_id)
    order by h.person
  `);
  for (const { requestId, person, why } of chain) parts.get(requestId)?.chain.push({ person, why });
  const decisions = await db.query<Of<DecisionRow>>(sql`
    select client_id as "clientId", request_id as "requestId", s.level, s.approved, s.actor,
           s.person, s.on_behalf_of as "onBehalfOf", s.reason, s.recorded_at as "recordedAt"
    from ${wanted}
    join approval_decision s using (client_id, request_id)
    order by s.level
  `);
  for (const { requestId, ...decision } of decisions)
    parts.get(requestId)?.decisions.push(decision);
  return rows.map((row) => ({ ...row, ...(parts.get(row.id) as Parts) }));
}

/** Who asked for the same before and did not get it. Served by `approval_request_same_matter`. */
export function askersOfSame(
  db: Queries,
  matters: readonly { readonly clientId: string; readonly sameMatter: string }[],
): Promise<{ clientId: string; sameMatter: string; requester: string }[]> {
  return db.query(sql`
    select distinct r.client_id as "clientId", r.same_matter as "sameMatter", r.requester
    from unnest(
      ${matters.map((one) => one.clientId)}::text[],
      ${matters.map((one) => one.sameMatter)}::text[]) as wanted (client_id, same_matter)
    join approval_request r
      on r.client_id = wanted.client_id and r.same_matter = wanted.same_matter
      and r.state in ('declined', 'withdrawn')
    limit 10000
  `);
}

export interface DelegationRow extends NewDelegation {
  readonly givenAt: string;
  readonly revokedAt: string | null;
  readonly revokedBy: string | null;
  readonly version: number;
}

const DELEGATION_COLUMNS: Statement = sql`
  g.id, g.delegator, g.delegate, g.permissions, g.clients, g.kinds,
  g.maximum_minor as "maximumMinor", g.currency, g.valid_from as "validFrom",
  g.valid_until as "validUntil", g.reason, g.given_by as "givenBy", g.given_at as "givenAt",
  g.revoked_at as "revokedAt", g.revoked_by as "revokedBy", g.version`;

/** In force to this person now, longest first. Served by `approval_delegation_to`. */
export function delegationsTo(db: Queries, person: string, now: string): Promise<DelegationRow[]> {
  return db.query(sql`
    select ${DELEGATION_COLUMNS}
    from approval_delegation g
    where g.delegate = ${person} and g.revoked_at is null
      and g.valid_from <= ${now} and g.valid_until > ${now}
    order by g.given_at, g.id
    limit 100
  `);
}

/**
 * With whom this person had a delegation in force, either way, at any time since. Served by
 * `approval_delegation_to` and `approval_delegation_from`.
 */
export async function tiesOf(
  db: Queries,
  person: string,
  since: string,
  now: string,
): Promise<string[]> {
  const rows = await db.query<{ other: string }>(sql`
    select distinct case when g.delegate = ${person} then g.delegator else g.delegate end as other
    from approval_delegation g
    where (g.delegate = ${person} or g.delegator = ${person})
      and g.valid_from <= ${now} and g.valid_until > ${since}
      and (g.revoked_at is null or g.revoked_at > ${since})
    limit 1000
  `);
  return rows.map((row) => row.other);
}

export function findDelegation(db: Queries, id: string): Promise<DelegationRow | undefined> {
  return db.maybe(sql`
    select ${DELEGATION_COLUMNS}
    from approval_delegation g
    where g.id = ${id}
  `);
}

/** Newest first; of one person where given. */
export function listDelegations(
  db: Queries,
  filter: { readonly person: string | null; readonly after: string | null; readonly limit: number },
): Promise<DelegationRow[]> {
  return db.query(sql`
    select ${DELEGATION_COLUMNS}
    from approval_delegation g
    where (${filter.person}::text is null or ${filter.person} in (g.delegator, g.delegate))
      and (${filter.after}::uuid is null or g.id < ${filter.after}::uuid)
    order by g.id desc
    limit ${filter.limit}
  `);
}
