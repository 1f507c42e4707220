/** What the clocks read of other rooms' tables, for a set of disputes at once. */
import type { DisputeKey } from "../../accounting/load-books.ts";
import type { Queries } from "../../database/database.ts";
import { sql } from "../../database/sql.ts";

import type { Posting } from "./case-of-book.ts";

/** When disputes came in. */
export async function openedAt(
  db: Queries,
  keys: readonly DisputeKey[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await db.query<{ disputeId: string; openedAt: string }>(sql`
    select d.id as "disputeId", d.created_at as "openedAt"
    from unnest(
      ${keys.map((key) => key.clientId)}::text[],
      ${keys.map((key) => key.disputeId)}::uuid[]) as wanted (client_id, dispute_id)
    join dispute d on d.client_id = wanted.client_id and d.id = wanted.dispute_id
  `);
  return new Map(rows.map((row) => [row.disputeId, row.openedAt]));
}

/** What the systems of record posted. Served by `adjustment_of_dispute` and `execution_pkey`. */
export function postingsOf(
  db: Queries,
  keys: readonly DisputeKey[],
): Promise<(Posting & { disputeId: string })[]> {
  return db.query(sql`
    select a.dispute_id as "disputeId", x.adjustment_id as "adjustmentId",
           x.entry_id as "entryId", x.sign, x.posting_date as "postingDate"
    from unnest(
      ${keys.map((key) => key.clientId)}::text[],
      ${keys.map((key) => key.disputeId)}::uuid[]) as wanted (client_id, dispute_id)
    join adjustment a on a.client_id = wanted.client_id and a.dispute_id = wanted.dispute_id
    join execution x on x.client_id = a.client_id and x.adjustment_id = a.id
    order by x.id
  `);
}

/** What the clocks of clients were last read with: settings and rule book. */
export async function readWithOf(
  db: Queries,
  clientIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await db.query<{ clientId: string; readWith: string }>(sql`
    select client_id as "clientId", read_with as "readWith"
    from clock_client
    where client_id = any (${clientIds}::text[])
  `);
  return new Map(rows.map((row) => [row.clientId, row.readWith]));
}

/** Disputes whose clocks have to be looked at by now. Served by `clock_watch_due`. */
export function dueWatches(
  db: Queries,
  clientIds: readonly string[],
  now: string,
  limit: number,
): Promise<DisputeKey[]> {
  return db.query(sql`
    select client_id as "clientId", dispute_id as "disputeId"
    from clock_watch
    where look_at <= ${now} and client_id = any (${clientIds}::text[])
    order by look_at
    limit ${limit}
  `);
}

export interface KnownCredit extends DisputeKey {
  readonly round: number;
  readonly clock: string;
  readonly state: "written" | "impossible";
  readonly reason: string | null;
  readonly attempt: number;
  readonly operationState: "due" | "done" | "refused" | null;
}

/** What the machine did or could not do. Served by the unique key of `automatic_credit`. */
export function creditsOfDisputes(
  db: Queries,
  keys: readonly DisputeKey[],
): Promise<KnownCredit[]> {
  return db.query(sql`
    select a.client_id as "clientId", a.dispute_id as "disputeId", a.round, a.clock, a.state,
           a.reason, a.attempt, o.state as "operationState"
    from unnest(
      ${keys.map((key) => key.clientId)}::text[],
      ${keys.map((key) => key.disputeId)}::uuid[]) as wanted (client_id, dispute_id)
    join automatic_credit a
      on a.client_id = wanted.client_id and a.dispute_id = wanted.dispute_id
    left join operation o on o.client_id = a.client_id and o.id = a.operation_id
  `);
}

/**
 * Who had a hand in a credit by the machine: recorded facts of its dispute, or switched on that the
 * machine credits, last before it did. Served by `operation_of_dispute` and
 * `clock_automation_of_setting`.
 */
export function handsInCredit(
  db: Queries,
  clientId: string,
  creditId: string,
): Promise<{ actor: string; why: string }[]> {
  return db.query(sql`
    select distinct o.actor, 'recorded a fact that the clock went by' as why
    from automatic_credit a
    join operation o on o.client_id = a.client_id and o.dispute_id = a.dispute_id
    where a.client_id = ${clientId} and a.id = ${creditId}
      and o.operation = 'recordRegulatoryFact' and o.state = 'done'
    union all
    (select s.actor, 'let the machine credit by itself'
     from automatic_credit a
     join clock_automation s on s.client_id = a.client_id and s.is_on
       and s.recorded_at <= a.written_at
       and s.setting = case a.operation
         when 'payDispute' then 'automaticFinalCredit' else 'automaticProvisionalCredit' end
     where a.client_id = ${clientId} and a.id = ${creditId}
     order by s.recorded_at desc, s.id desc
     limit 1)
  `);
}
