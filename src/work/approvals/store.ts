/**
 * Every statement that writes approvals: requests with their levels and chain, decisions,
 * delegations. The database refuses a decision by somebody who had a hand in it.
 */
import type { Permission } from "../../access/roles.ts";
import type { Queries, Transaction } from "../../database/database.ts";
import { json, sql } from "../../database/sql.ts";

import type { ChainLink, RequestState } from "./judge.ts";

export interface NewRequest {
  readonly clientId: string;
  readonly id: string;
  readonly subjectKind: string;
  readonly subjectId: string;
  readonly claimId: string | null;
  readonly disputeId: string | null;
  readonly summary: string;
  readonly rule: string;
  readonly ruleWords: string;
  readonly amountMinor: bigint | null;
  readonly currency: string | null;
  readonly requestedBy: string;
  readonly requester: string;
  readonly reason: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly sameMatter: string;
  readonly isAfter: boolean;
  readonly rights: readonly Permission[];
  readonly chain: readonly ChainLink[];
}

export async function insertRequests(
  tx: Transaction,
  rows: readonly NewRequest[],
  now: string,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into approval_request (client_id, id, subject_kind, subject_id, claim_id, dispute_id,
      summary, rule, rule_words, amount_minor, currency, requested_by, requester, reason, payload,
      same_matter, is_after, levels, requested_at)
    select added.*, ${now}::timestamptz
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.id)}::uuid[],
      ${rows.map((row) => row.subjectKind)}::text[],
      ${rows.map((row) => row.subjectId)}::text[],
      ${rows.map((row) => row.claimId)}::uuid[],
      ${rows.map((row) => row.disputeId)}::uuid[],
      ${rows.map((row) => row.summary)}::text[],
      ${rows.map((row) => row.rule)}::text[],
      ${rows.map((row) => row.ruleWords)}::text[],
      ${rows.map((row) => row.amountMinor)}::bigint[],
      ${rows.map((row) => row.currency)}::text[],
      ${rows.map((row) => row.requestedBy)}::text[],
      ${rows.map((row) => row.requester)}::text[],
      ${rows.map((row) => row.reason)}::text[],
      ${rows.map((row) => json(row.payload))}::jsonb[],
      ${rows.map((row) => row.sameMatter)}::text[],
      ${rows.map((row) => row.isAfter)}::boolean[],
      ${rows.map((row) => row.rights.length)}::smallint[]) as added
  `);
  const levels = rows.flatMap(({ clientId, id, rights }) =>
    rights.map((right, index) => ({ clientId, id, level: index + 1, right })),
  );
  await tx.execute(sql`
    insert into approval_level (client_id, request_id, level, permission)
    select * from unnest(
      ${levels.map((one) => one.clientId)}::text[],
      ${levels.map((one) => one.id)}::uuid[],
      ${levels.map((one) => one.level)}::smallint[],
      ${levels.map((one) => one.right)}::text[])
  `);
  const chain = rows.flatMap(({ clientId, id, chain: links }) =>
    links.map((link) => ({ clientId, id, ...link })),
  );
  await tx.execute(sql`
    insert into approval_chain (client_id, request_id, person, why)
    select * from unnest(
      ${chain.map((one) => one.clientId)}::text[],
      ${chain.map((one) => one.id)}::uuid[],
      ${chain.map((one) => one.person)}::text[],
      ${chain.map((one) => one.why)}::text[])
  `);
}

export interface NewDecision {
  readonly clientId: string;
  readonly requestId: string;
  readonly level: number;
  readonly approved: boolean;
  readonly actor: string;
  readonly person: string;
  readonly onBehalfOf: string | null;
  readonly delegationId: string | null;
  readonly reason: string;
  /** What the request becomes by it; waiting where other levels are left. */
  readonly state: RequestState;
}

/** Records what was said, and settles what it settles. The requests' rows are locked. */
export async function insertDecisions(
  tx: Transaction,
  rows: readonly NewDecision[],
  now: string,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into approval_decision (client_id, request_id, level, approved, actor, person,
      on_behalf_of, delegation_id, reason, recorded_at)
    select added.*, ${now}::timestamptz
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.requestId)}::uuid[],
      ${rows.map((row) => row.level)}::smallint[],
      ${rows.map((row) => row.approved)}::boolean[],
      ${rows.map((row) => row.actor)}::text[],
      ${rows.map((row) => row.person)}::text[],
      ${rows.map((row) => row.onBehalfOf)}::text[],
      ${rows.map((row) => row.delegationId)}::uuid[],
      ${rows.map((row) => row.reason)}::text[]) as added
  `);
  await tx.execute(sql`
    update approval_request r
    set approved_levels = r.approved_levels + case when said.approved then 1 else 0 end,
        state = said.state, version = r.version + 1,
        settled_at = case when said.state <> 'waiting' then ${now}::timestamptz end,
        settled_by = case when said.state <> 'waiting' then said.person end,
        settled_because = case when said.state <> 'waiting' then said.reason end
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.requestId)}::uuid[],
      ${rows.map((row) => row.approved)}::boolean[],
      ${rows.map((row) => row.state)}::text[],
      ${rows.map((row) => row.person)}::text[],
      ${rows.map((row) => row.reason)}::text[])
      as said (client_id, id, approved, state, person, reason)
    where r.client_id = said.client_id and r.id = said.id
  `);
}

export interface Withdrawal {
  readonly clientId: string;
  readonly subjectKinds: readonly string[];
  readonly subjectId: string;
  readonly actor: string;
  readonly reason: string;
}

/**
 * What waited for a word is settled otherwise. Nothing waits: nothing happens. Whose word is being
 * said right now is passed over: it finds its subject moved, whatever was locked first.
 */
export async function withdrawRequests(
  tx: Transaction,
  rows: readonly Withdrawal[],
  now: string,
): Promise<number> {
  if (rows.length === 0) return 0;
  return tx.execute(sql`
    update approval_request r
    set state = 'withdrawn', version = r.version + 1, settled_at = ${now}::timestamptz,
        settled_by = ended.actor, settled_because = ended.reason
    from (
      select r.client_id, r.id, gone.actor, gone.reason
      from unnest(
        ${rows.map((row) => row.clientId)}::text[],
        ${rows.map((row) => row.subjectKinds.join(" "))}::text[],
        ${rows.map((row) => row.subjectId)}::text[],
        ${rows.map((row) => row.actor)}::text[],
        ${rows.map((row) => row.reason)}::text[])
        as gone (client_id, kinds, subject_id, actor, reason)
      join approval_request r on r.client_id = gone.client_id
        and r.subject_id = gone.subject_id
        and r.subject_kind = any (string_to_array(gone.kinds, ' '))
      where r.state = 'waiting'
      for update of r skip locked
    ) ended
    where r.client_id = ended.client_id and r.id = ended.id
  `);
}

export interface EndedWork {
  readonly clientId: string;
  /** Of the assignment. */
  readonly id: string;
  readonly outcome: string;
  /** The machine where left out. */
  readonly actor?: string | undefined;
}

/**
 * What waits about work that is closed, or about the adjustment that the work was for, ends with
 * it. Nothing waits at the clients: one look into `approval_request_waiting_subject`. Whose word
 * is being said right now is passed over: it finds the work closed.
 */
export async function withdrawWithWork(
  tx: Transaction,
  rows: readonly EndedWork[],
  now: string,
): Promise<void> {
  if (rows.length === 0) return;
  const isAbout = sql`r.state = 'waiting' and r.subject_kind = any (${KINDS_OF_WORK}::text[])`;
  await tx.execute(sql`
    update approval_request r
    set state = 'withdrawn', version = r.version + 1, settled_at = ${now}::timestamptz,
        settled_by = ended.actor, settled_because = 'what it was about ended: ' || ended.outcome
    from (
      select r.client_id, r.id, gone.actor, gone.outcome
      from unnest(
        ${rows.map((row) => row.clientId)}::text[],
        ${rows.map((row) => row.id)}::uuid[],
        ${rows.map((row) => row.actor ?? "redress")}::text[],
        ${rows.map((row) => row.outcome)}::text[]) as gone (client_id, id, actor, outcome)
      join assignment a on a.client_id = gone.client_id and a.id = gone.id
      join approval_request r on r.client_id = gone.client_id and ${isAbout}
        and r.subject_id in (a.id::text, a.adjustment_id::text)
      where (select exists (
        select 1 from approval_request r
        where r.client_id = any (${[...new Set(rows.map((row) => row.clientId))]}::text[])
          and ${isAbout}))
      for update of r skip locked
    ) ended
    where r.client_id = ended.client_id and r.id = ended.id
  `);
}

/** Asked for from an assignment, about it or what it shows; proposals take theirs along. */
const KINDS_OF_WORK = ["overrideGate", "didNotPost", "cancelBooked", "attestation", "holdSupply"];

/**
 * What waits about an adjustment that has moved since: nobody's word can do it any more. Proposals
 * take their requests along themselves. Served by `approval_request_waiting`.
 */
export function withdrawMoved(tx: Transaction, now: string, limit: number): Promise<number> {
  return tx.execute(sql`
    with moved as (
      select r.client_id, r.id
      from approval_request r
      join adjustment a on a.client_id = r.client_id and a.id::text = r.subject_id
      where r.state = 'waiting'
        and r.subject_kind in ('didNotPost', 'cancelBooked', 'attestation', 'holdSupply')
        and a.version <> coalesce(r.payload ->> 'adjustmentVersion', r.payload ->> 'fence')::int
      order by r.client_id, r.id
      limit ${limit}
      for update of r skip locked
    )
    update approval_request r
    set state = 'withdrawn', version = r.version + 1, settled_at = ${now}::timestamptz,
        settled_by = 'redress', settled_because = 'it moved on'
    from moved
    where r.client_id = moved.client_id and r.id = moved.id
  `);
}

export interface NewDelegation {
  readonly id: string;
  readonly delegator: string;
  readonly delegate: string;
  readonly permissions: readonly Permission[];
  readonly clients: readonly string[] | null;
  readonly kinds: readonly string[] | null;
  readonly maximumMinor: bigint | null;
  readonly currency: string | null;
  readonly validFrom: string;
  readonly validUntil: string;
  readonly reason: string;
  readonly givenBy: string;
}

export async function insertDelegation(
  db: Queries,
  row: NewDelegation,
  now: string,
): Promise<void> {
  await db.execute(sql`
    insert into approval_delegation (id, delegator, delegate, permissions, clients, kinds,
      maximum_minor, currency, valid_from, valid_until, reason, given_by, given_at)
    values (${row.id}, ${row.delegator}, ${row.delegate}, ${row.permissions}::text[],
      ${row.clients}::text[], ${row.kinds}::text[], ${row.maximumMinor}, ${row.currency},
      ${row.validFrom}, ${row.validUntil}, ${row.reason}, ${row.givenBy}, ${now})
  `);
}

/** Answers whether it was in force. */
export async function revokeDelegationRow(
  db: Queries,
  id: string,
  by: { readonly actor: string; readonly now: string },
): Promise<boolean> {
  const changed = await db.execute(sql`
    update approval_delegation
    set revoked_at = ${by.now}, revoked_by = ${by.actor}, version = version + 1
    where id = ${id} and revoked_at is null
  `);
  return changed === 1;
}
