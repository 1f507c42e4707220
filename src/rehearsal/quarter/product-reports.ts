/**
 * What the product itself says of a missed date, with its reason: a breach that it does not report
 * is its fault, whatever caused it.
 */
import type { Queries } from "../../database/database.ts";
import { sql } from "../../database/sql.ts";

import type { Breach } from "./judge-dates.ts";

/** The product's words for each of the breaches; null where it says nothing. */
export async function reportsOf(
  db: Queries,
  breaches: readonly Breach[],
): Promise<(string | null)[]> {
  const clocks = await missedClocks(
    db,
    breaches.filter((one) => one.kind === "credit"),
  );
  const passed = await passedDeadlines(
    db,
    breaches.flatMap((one) => one.adjustments),
  );
  return breaches.map(({ kind, clientId, dispute, due, adjustments }) => {
    const work = adjustments.flatMap((id) => passed.get(id) ?? []);
    if (kind === "debit") return work.length === 0 ? null : work.join("; ");
    const clock = clocks.get(`${clientId} ${dispute} ${due}`);
    return clock === undefined ? null : [clock, ...work].join("; ");
  });
}

/** Provisional credit clocks that are over unmet, or were met late, by dispute and last day. */
async function missedClocks(
  db: Queries,
  breaches: readonly Breach[],
): Promise<Map<string, string>> {
  const rows = await db.query<{
    clientId: string;
    dispute: string;
    dueOn: string;
    state: string;
    reason: string | null;
  }>(sql`
    select d.client_id as "clientId", d.number as dispute, c.due_on::text as "dueOn", c.state,
           m.reason
    from unnest(
      ${breaches.map((one) => one.clientId)}::text[],
      ${breaches.map((one) => one.dispute)}::text[]) as wanted (client_id, number)
    join dispute d on d.client_id = wanted.client_id and d.number = wanted.number
    join regulatory_clock c on c.client_id = d.client_id and c.dispute_id = d.id
    left join automatic_credit m on m.client_id = c.client_id and m.dispute_id = c.dispute_id
      and m.round = c.round and m.clock = c.clock
    where c.clock = 'regEProvisionalCredit' and c.state in ('missed', 'metLate')
  `);
  return new Map(
    rows.map(({ clientId, dispute, dueOn, state, reason }) => [
      `${clientId} ${dispute} ${dueOn}`,
      `clock ${state}${reason === null ? "" : `, ${reason}`}`,
    ]),
  );
}

/** Assignments of the adjustments whose deadline passed, with the reason that they show. */
async function passedDeadlines(
  db: Queries,
  adjustments: readonly string[],
): Promise<Map<string, string[]>> {
  const rows = await db.query<{ id: string; type: string; reason: string | null }>(sql`
    select a.adjustment_id as id, a.type, a.reason
    from assignment a
    join outbox o on o.client_id = a.client_id and o.subject = 'assignment/' || a.id
    where a.adjustment_id = any (${adjustments}::uuid[])
      and o.type = 'work.assignment.deadlinePassed.v1'
    order by a.opened_at, a.id
  `);
  const told = new Map<string, string[]>();
  for (const { id, type, reason } of rows) {
    const words = `${type}: deadline passed${reason === null ? "" : `, ${reason}`}`;
    const known = told.get(id) ?? [];
    if (!known.includes(words)) told.set(id, [...known, words]);
  }
  return told;
}
