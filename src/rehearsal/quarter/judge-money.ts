/**
 * Our money against the world's: what we say is executed and what really posted, adjustment by
 * adjustment. Nothing twice, nothing that only one of the two knows.
 */
import type { Queries } from "../../database/database.ts";
import { sql } from "../../database/sql.ts";

import type { Wrong } from "./judge-books.ts";
import type { OutsideBook } from "./outside.ts";

export interface OurMoney {
  readonly clientId: string;
  readonly adjustmentId: string;
  readonly dispute: string;
  readonly rule: string | null;
  readonly state: string;
  readonly amountMinor: bigint;
  /** Executed less what came back, in minor units. */
  readonly executedMinor: bigint;
  /** Of the last execution in force. */
  readonly basis: string | null;
  readonly postedOn: string | null;
}

/** Adjustments by id with what we say became of their money. */
export function ourMoney(db: Queries, ids: readonly string[]): Promise<OurMoney[]> {
  return db.query<OurMoney>(sql`
    select a.client_id as "clientId", a.id as "adjustmentId", d.number as dispute,
           a.principal_rule as rule, a.state, a.amount_minor as "amountMinor",
           coalesce(x.minor, 0)::bigint as "executedMinor", x.basis, x.posted_on as "postedOn"
    from unnest(${ids}::uuid[]) as wanted (id)
    join adjustment a on a.id = wanted.id
    join dispute d on d.client_id = a.client_id and d.id = a.dispute_id
    left join lateral (
      select sum(x.sign * coalesce(e.amount_minor, a.amount_minor)) as minor,
             (array_agg(x.basis order by x.recorded_at desc, x.id desc)
               filter (where x.sign = 1))[1] as basis,
             (array_agg(x.posting_date order by x.recorded_at desc, x.id desc)
               filter (where x.sign = 1))[1]::text as posted_on
      from execution x
      left join entry e on e.client_id = x.client_id and e.dispute_id = a.dispute_id
        and e.adjustment_id = a.id and e.id = x.entry_id
      where x.client_id = a.client_id and x.adjustment_id = a.id) x on true
  `);
}

/** Adjustments that executed, or gave back, since an instant. */
export async function movedSince(db: Queries, since: string): Promise<string[]> {
  const rows = await db.query<{ id: string }>(sql`
    select distinct adjustment_id as id from execution where recorded_at >= ${since}
  `);
  return rows.map((row) => row.id);
}

/** While these last, the world may know of a posting before we do. */
const UNDECIDED = new Set(["unknown", "sending", "inFile", "pendingService"]);
/** We count a file as posted when it is handed over; the receiver gets to it later. */
const AHEAD = new Set(["assumed", "disproved"]);

export function wrongMoney(outside: OutsideBook, ours: OurMoney, isLastDay: boolean): Wrong | null {
  const { clientId, adjustmentId, dispute, state, basis } = ours;
  const postings = outside.of(adjustmentId);
  const outsideMinor = postings.reduce((sum, one) => sum + one.amountMinor, 0n);
  const told = `${dispute} ${ours.rule ?? "adjustment"} ${adjustmentId}`;
  const wrong = (detail: string): Wrong => ({ clientId, subject: told, detail });
  if (outsideMinor > ours.amountMinor || ours.executedMinor > ours.amountMinor) {
    return wrong(
      `${ours.amountMinor} moved more than once: ${outsideMinor} outside, ` +
        `${ours.executedMinor} in our books`,
    );
  }
  if (outsideMinor !== ours.executedMinor) {
    const isAhead = ours.executedMinor > outsideMinor && AHEAD.has(basis ?? "");
    // Of a line that came back, the news travels a night.
    const isNews = postings.some((one) => one.amountMinor < 0n);
    if (!isLastDay && (UNDECIDED.has(state) || isAhead || isNews)) return null;
    return wrong(`${outsideMinor} outside and ${ours.executedMinor} in our books (${state})`);
  }
  const last = postings.at(-1);
  if (last === undefined || outsideMinor === 0n || basis === "assumed") return null;
  if (last.postedOn === ours.postedOn) return null;
  return wrong(`posted on ${last.postedOn} and we say ${ours.postedOn ?? "never"}`);
}
