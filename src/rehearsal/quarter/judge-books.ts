/**
 * The books after a day, by plain sums over the rows that never change: balances, assignments, and
 * gates that passed. Says what is wrong and where; writes nothing.
 */
import type { Queries } from "../../database/database.ts";
import { sql } from "../../database/sql.ts";

export interface Wrong {
  readonly clientId: string;
  readonly subject: string;
  readonly detail: string;
}

const MOST = 100;

/** Disputes of which entries were recorded since: do their balances follow from entries? */
export async function wrongBalances(db: Queries, since: string): Promise<Wrong[]> {
  const rows = await db.query<Wrong>(sql`
    with touched as (
      select distinct client_id, dispute_id from entry where recorded_at >= ${since}),
    sides as (
      select e.client_id, e.dispute_id, side.collection, side.account, sum(side.minor) as minor
      from touched t
      join entry e on e.client_id = t.client_id and e.dispute_id = t.dispute_id
      cross join lateral (values
          (e.debit_collection, e.debit_account, -e.amount_minor),
          (e.credit_collection, e.credit_account, e.amount_minor))
        as side (collection, account, minor)
      group by e.client_id, e.dispute_id, side.collection, side.account)
    select coalesce(s.client_id, b.client_id) as "clientId",
           coalesce(s.dispute_id, b.dispute_id)::text as subject,
           coalesce(s.collection, b.collection) || ' is ' || coalesce(b.booked_minor, 0)
             || ' and its entries say ' || coalesce(s.minor, 0) as detail
    from sides s
    full join (select b.* from balance b join touched t using (client_id, dispute_id)) b
      on b.client_id = s.client_id and b.dispute_id = s.dispute_id
      and b.collection = s.collection and b.account = s.account
    where coalesce(b.booked_minor, 0) <> coalesce(s.minor, 0)
    limit ${MOST}
  `);
  const sums = await db.query<Wrong>(sql`
    select client_id as "clientId", dispute_id::text as subject,
           'balances add up to ' || sum(booked_minor) as detail
    from balance
    group by client_id, dispute_id, currency
    having sum(booked_minor) <> 0
    limit ${MOST}
  `);
  return [...rows, ...sums];
}

/** An open adjustment has exactly one open assignment, a closed one none. */
export function wrongAssignments(db: Queries): Promise<Wrong[]> {
  return db.query<Wrong>(sql`
    with shown as (
      select client_id, adjustment_id, count(*) as many
      from assignment
      where is_open and adjustment_id is not null
      group by client_id, adjustment_id)
    select a.client_id as "clientId", a.id::text as subject,
           a.state || ' with ' || coalesce(s.many, 0) || ' open assignments' as detail
    from adjustment a
    left join shown s on s.client_id = a.client_id and s.adjustment_id = a.id
    where coalesce(s.many, 0)
      <> case when a.state in ('executed', 'tracked', 'cancelled') then 0 else 1 end
    limit ${MOST}
  `);
}

interface Decided {
  readonly clientId: string;
  readonly disputeId: string;
  readonly dispute: string;
  readonly decision: string;
  readonly disputedMinor: bigint;
  readonly balances: Readonly<Record<string, string>>;
  readonly openStates: readonly string[];
}

/** Decisions since then whose books did not allow them when they were made (domain §7). */
export async function wrongGates(db: Queries, since: string): Promise<Wrong[]> {
  const rows = await db.query<Decided>(sql`
    select r.client_id as "clientId", r.dispute_id as "disputeId", d.number as dispute, r.decision,
           d.amount_minor as "disputedMinor",
           coalesce((
             select jsonb_object_agg(per.collection, per.minor::text)
             from (
               select side.collection, sum(side.minor) as minor
               from entry e
               cross join lateral (values
                 (e.debit_collection, -e.amount_minor),
                 (e.credit_collection, e.amount_minor)) as side (collection, minor)
               where e.client_id = r.client_id and e.dispute_id = r.dispute_id
                 and e.recorded_at <= r.recorded_at
               group by side.collection) per), '{}') as balances,
           array(
             select distinct on (t.adjustment_id) t.to_state
             from transition t
             join adjustment a on a.client_id = t.client_id and a.id = t.adjustment_id
             where a.client_id = r.client_id and a.dispute_id = r.dispute_id
               and t.recorded_at <= r.recorded_at
             order by t.adjustment_id, t.recorded_at desc, t.id desc) as "openStates"
    from resolution r
    join dispute d on d.client_id = r.client_id and d.id = r.dispute_id
    where r.recorded_at >= ${since}
    order by r.recorded_at, r.id
    limit 100000
  `);
  return rows.flatMap((row) =>
    forbidden(row).map((why) => ({
      clientId: row.clientId,
      subject: row.dispute,
      detail: `resolved as ${row.decision} although ${why}`,
    })),
  );
}

/** Booked and waiting for its file is no hindrance (domain §5.2); anything else open is. */
const DONE = new Set(["executed", "tracked", "cancelled", "pendingBatch", "inFile"]);
const CLEARED = ["suspense", "customerOffset", "coreSuspense"];
const CLEARED_BY_DENIAL = ["accountHolder", "checksPayable", "merchant", "otherInstitution"];

function forbidden({ decision, balances, openStates, disputedMinor }: Decided): string[] {
  const of = (collection: string): bigint => BigInt(balances[collection] ?? "0");
  const found = openStates
    .filter((state) => !DONE.has(state))
    .map((state) => `an adjustment is ${state}`);
  const none = decision === "deny" ? [...CLEARED, ...CLEARED_BY_DENIAL] : CLEARED;
  for (const collection of none) {
    if (of(collection) !== 0n) found.push(`${collection} is ${of(collection)}`);
  }
  if (decision === "pay" && of("accountHolder") !== disputedMinor) {
    found.push(`the holder has ${of("accountHolder")} of ${disputedMinor}`);
  }
  if (decision === "writeOff" && of("loss") >= 0n) found.push("nothing is written off");
  if (decision === "deny" && of("loss") !== 0n) found.push("something is written off");
  return found;
}
