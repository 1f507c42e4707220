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
  const ids = breaches.flatMap((one) => one.adjustments);
  const [passed, waited] = [await passedDeadlines(db, ids), await waitingWork(db, ids)];
  const setBack = await setBacks(db, ids);
  return breaches.map(({ kind, clientId, dispute, due, endOfDue, adjustments }) => {
    const late = adjustments.flatMap((id) => [
      ...(setBack.get(id) ?? []),
      ...(passed.get(id) ?? []),
    ]);
    const waiting = adjustments
      .flatMap((id) => waited.get(id) ?? [])
      .filter(({ from, until }) => from < endOfDue && (until === null || until >= endOfDue))
      .map(({ words }) => `${words} when the day ended`);
    const clock = clocks.get(`${clientId} ${dispute} ${due}`);
    if (kind === "credit" && clock === undefined) return null;
    const told = [clock?.words ?? [], clock?.reason ?? [], waiting, late].flat();
    // A state alone is no reason.
    const isReason = told.length > (clock === undefined ? 0 : 1);
    return isReason ? told.join("; ") : null;
  });
}

interface Clock {
  readonly words: string;
  readonly reason: string | null;
}

/** Provisional credit clocks that are over unmet, or were met late, by dispute and last day. */
async function missedClocks(db: Queries, breaches: readonly Breach[]): Promise<Map<string, Clock>> {
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
      { words: `clock ${state}`, reason },
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

interface Waiting {
  readonly words: string;
  /** Milliseconds since the epoch; until null it is open. */
  readonly from: number;
  readonly until: number | null;
}

/** Which work each adjustment showed, from when until when. */
async function waitingWork(
  db: Queries,
  adjustments: readonly string[],
): Promise<Map<string, Waiting[]>> {
  const rows = await db.query<Omit<Waiting, "words"> & { id: string; type: string }>(sql`
    select adjustment_id as id, type, extract(epoch from opened_at)::float8 * 1000 as from,
           extract(epoch from closed_at)::float8 * 1000 as until
    from assignment
    where adjustment_id = any (${adjustments}::uuid[])
    order by opened_at, id
  `);
  const told = new Map<string, Waiting[]>();
  for (const { id, type, from, until } of rows) {
    told.set(id, [...(told.get(id) ?? []), { words: type, from, until }]);
  }
  return told;
}

/** How many credits a clock issued, by client. */
export async function creditsByClock(db: Queries): Promise<Map<string, number>> {
  const rows = await db.query<{ clientId: string; many: bigint }>(sql`
    select client_id as "clientId", count(*) as many
    from operation
    where source = 'clock' and operation = 'issueProvisionalCredit' and state = 'done'
    group by client_id
  `);
  return new Map(rows.map(({ clientId, many }) => [clientId, Number(many)]));
}

/** What threw each adjustment back on its way, in the words of its own transitions. */
async function setBacks(
  db: Queries,
  adjustments: readonly string[],
): Promise<Map<string, string[]>> {
  const rows = await db.query<{ id: string; words: string }>(sql`
    select distinct t.adjustment_id as id, t.event || ': ' || t.reason as words
    from transition t
    where t.adjustment_id = any (${adjustments}::uuid[]) and t.reason is not null
      and t.event in ('handOverDisproved', 'fileVoided', 'returned', 'lineRefused', 'refused',
        'couldNotPost', 'unrenderable')
    order by 1, 2
  `);
  const told = new Map<string, string[]>();
  for (const { id, words } of rows) told.set(id, [...(told.get(id) ?? []), words]);
  return told;
}
