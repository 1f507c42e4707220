/** What pages read of claims and disputes: one by one, and as pages scoped to clients. */
import type { Queries } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import { CLAIM_NUMBER, DISPUTE_NUMBER, UUID } from "../kernel/ids.ts";

export interface ClaimRow {
  readonly clientId: string;
  readonly id: string;
  readonly number: string;
  readonly claimType: string;
  readonly noticeReceivedOn: string | null;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly version: number;
  readonly createdAt: string;
}

export interface ClaimListRow extends ClaimRow {
  readonly disputes: number;
  readonly openAssignments: number;
}

const CLAIM_COLUMNS = sql`
  c.client_id as "clientId", c.id, c.number, c.claim_type as "claimType",
  c.notice_received_on as "noticeReceivedOn", c.facts, c.version, c.created_at as "createdAt"
`;

export interface ClaimFilter {
  readonly clientIds: readonly string[];
  /** Begins a claim's or a dispute's number; null: all. */
  readonly numberPrefix: string | null;
  /** Claims found otherwise, e.g. by account; null: all. */
  readonly claimIds: readonly string[] | null;
  /** Id of the last claim of the page before. */
  readonly after: string | null;
  readonly limit: number;
}

/** Claims, newest first: the head of each client's, by the primary key. */
export function listClaims(db: Queries, filter: ClaimFilter): Promise<ClaimListRow[]> {
  const { clientIds, numberPrefix, claimIds, after, limit } = filter;
  // Every character of a number sorts below the tilde.
  const end = numberPrefix === null ? null : `${numberPrefix}~`;
  return db.query(sql`
    select ${CLAIM_COLUMNS},
           (select count(*)::int from dispute d
            where d.client_id = c.client_id and d.claim_id = c.id) as disputes,
           (select count(*)::int
            from dispute d
            join assignment a on a.client_id = d.client_id and a.dispute_id = d.id and a.is_open
            where d.client_id = c.client_id and d.claim_id = c.id) as "openAssignments"
    from (
      select head.*
      from unnest(${clientIds}::text[]) as seen (client_id)
      cross join lateral (
        select *
        from claim
        where claim.client_id = seen.client_id
          and (${after}::uuid is null or claim.id < ${after}::uuid)
          and (${claimIds}::uuid[] is null or claim.id = any (${claimIds}::uuid[]))
          and (${numberPrefix}::text is null
            or claim.number >= ${numberPrefix}::text and claim.number < ${end}::text
            or claim.id in (
              select d.claim_id from dispute d
              where d.client_id = seen.client_id
                and d.number >= ${numberPrefix}::text and d.number < ${end}::text))
        order by claim.id desc
        limit ${limit}
      ) head
      order by head.id desc
      limit ${limit}
    ) c
    order by c.id desc
  `);
}

/**
 * Claims by outside number or id, among the clients given: more than one where numbers coincide.
 */
export function findClaims(
  db: Queries,
  clientIds: readonly string[],
  numberOrId: string,
): Promise<ClaimRow[]> {
  if (!CLAIM_NUMBER.test(numberOrId) && !UUID.test(numberOrId)) return Promise.resolve([]);
  const matches = CLAIM_NUMBER.test(numberOrId)
    ? sql`c.number = ${numberOrId}`
    : sql`c.id = ${numberOrId}::uuid`;
  return db.query(sql`
    select ${CLAIM_COLUMNS}
    from unnest(${clientIds}::text[]) as seen (client_id)
    join claim c on c.client_id = seen.client_id and ${matches}
    limit 2
  `);
}

export interface DisputeRow {
  readonly clientId: string;
  readonly id: string;
  readonly number: string;
  readonly claimId: string;
  readonly claim: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly accountId: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly createdAt: string;
  /** Of its book. */
  readonly state: string;
  readonly version: number;
}

const DISPUTE_COLUMNS = sql`
  d.client_id as "clientId", d.id, d.number, d.claim_id as "claimId", c.number as claim,
  d.amount_minor as "amountMinor", d.currency, d.account_id as "accountId", d.facts,
  d.created_at as "createdAt", b.state, b.version
`;

const OF_BOOK = sql`
  join claim c on c.client_id = d.client_id and c.id = d.claim_id
  join dispute_book b on b.client_id = d.client_id and b.dispute_id = d.id
`;

/** Disputes by outside number or id, among the clients given. */
export function findDisputes(
  db: Queries,
  clientIds: readonly string[],
  numberOrId: string,
): Promise<DisputeRow[]> {
  if (!DISPUTE_NUMBER.test(numberOrId) && !UUID.test(numberOrId)) return Promise.resolve([]);
  const matches = DISPUTE_NUMBER.test(numberOrId)
    ? sql`d.number = ${numberOrId}`
    : sql`d.id = ${numberOrId}::uuid`;
  return db.query(sql`
    select ${DISPUTE_COLUMNS}
    from unnest(${clientIds}::text[]) as seen (client_id)
    join dispute d on d.client_id = seen.client_id and ${matches}
    ${OF_BOOK}
    limit 2
  `);
}

/** A claim's disputes in order of their numbers. Served by `dispute_of_claim`. */
export function disputesOfClaim(
  db: Queries,
  clientId: string,
  claimId: string,
): Promise<DisputeRow[]> {
  return db.query(sql`
    select ${DISPUTE_COLUMNS}
    from dispute d
    ${OF_BOOK}
    where d.client_id = ${clientId} and d.claim_id = ${claimId}
    order by d.number
    limit 1000
  `);
}

/** Which clients have a dispute of these numbers or ids; of all clients where the scope is null. */
export function clientsOfDisputes(
  db: Queries,
  clientIds: readonly string[] | null,
  numbersOrIds: readonly string[],
): Promise<{ clientId: string; number: string; id: string }[]> {
  const numbers = numbersOrIds.filter((one) => DISPUTE_NUMBER.test(one));
  const ids = numbersOrIds.filter((one) => UUID.test(one));
  const seen =
    clientIds === null ? sql`client seen` : sql`(select unnest(${clientIds}::text[]) as id) seen`;
  return db.query(sql`
    select d.client_id as "clientId", d.number, d.id
    from ${seen}
    join dispute d on d.client_id = seen.id
      and (d.number = any (${numbers}::text[]) or d.id = any (${ids}::uuid[]))
  `);
}
