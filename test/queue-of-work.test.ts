/**
 * Fifty people at one queue: no assignment worked twice, none lost, urgency order kept. A small
 * queue here; `QUEUE_OF_WORK=10000 npm test test/queue-of-work.test.ts` for the full one.
 */
import { expect, test } from "vitest";

import { sql } from "../src/database/sql.ts";
import { aQueueOf, workThrough } from "./support/queue-of-work.ts";
import { useDatabase } from "./support/use-database.ts";

const database = useDatabase();
const COUNT = Number(process.env["QUEUE_OF_WORK"] ?? 300);
const PEOPLE = 50;
/** What is given back or opened just then: so many events lie between deciding and writing. */
const AT_ONCE = PEOPLE * 4;

interface Event {
  readonly ordinal: number;
  readonly id: string;
  readonly kind: string;
  readonly actor: string;
}

test(
  `${PEOPLE} people work a queue of ${COUNT}`,
  async () => {
    const queue = await aQueueOf(database, database.owner, COUNT);

    const tally = await workThrough(queue, PEOPLE);

    const [made] = await database.query<Record<string, number>>(sql`
      select (select count(*) from attestation)::int as attested,
             (select count(distinct adjustment_id) from attestation)::int as adjustments,
             (select count(*) from adjustment where state = 'executed')::int as executed,
             (select count(*) from assignment where is_open)::int as open,
             (select count(*) from assignment_event where kind = 'closed')::int as closed,
             (select count(*) from claim_lock)::int as locks`);
    expect(tally.completed).toBe(COUNT);
    expect(made).toEqual({
      attested: COUNT,
      adjustments: COUNT,
      executed: COUNT,
      open: 0,
      closed: COUNT,
      locks: 0,
    });
    expect(tally.released).toBeGreaterThan(COUNT / 20);
    const { takenTwice, outOfOrder, takings } = await replayed();
    expect(takings).toBe(COUNT + tally.released);
    expect(takenTwice).toEqual([]);
    expect(outOfOrder).toEqual([]);
  },
  COUNT > 1000 ? 900_000 : 60_000,
);

/** Goes through the history: who took what while somebody had it, or while better work was free. */
async function replayed() {
  const events = await database.query<Event>(sql`
    select (row_number() over (order by e.id))::int as ordinal, e.assignment_id as id, e.kind,
           e.actor
    from assignment_event e
    order by e.id`);
  const urgencies = await database.query<{ id: string; urgency: number; isOpened: boolean }>(sql`
    select a.id, a.urgency, exists (
             select from claim_lock_event l
             where l.client_id = a.client_id and l.claim_id = a.claim_id) as "isOpened"
    from assignment a`);
  const known = new Map(urgencies.map((one) => [one.id, one]));
  const holder = new Map<string, string>();
  /** Urgency → what is free, with the event since which it is. */
  const free = new Map<number, Map<string, number>>();
  const freeOf = (id: string): Map<string, number> => {
    const urgency = known.get(id)?.urgency ?? -1;
    const own = free.get(urgency) ?? new Map<string, number>();
    free.set(urgency, own);
    return own;
  };
  const takenTwice: Event[] = [];
  const outOfOrder: Event[] = [];
  let takings = 0;
  for (const event of events) {
    const { id, kind, ordinal, actor } = event;
    if (kind === "opened" || kind === "released") {
      holder.delete(id);
      freeOf(id).set(id, ordinal);
    }
    if (kind === "closed" && holder.get(id) === undefined) takenTwice.push(event);
    if (kind !== "taken") continue;
    takings += 1;
    if (holder.has(id)) takenTwice.push(event);
    holder.set(id, actor);
    freeOf(id).delete(id);
    const own = known.get(id)?.urgency ?? 0;
    for (const [urgency, better] of free) {
      if (urgency <= own) continue;
      // What somebody had open was passed over rightly: it says nothing of the order.
      const passed = [...better].some(
        ([other, since]) => since < ordinal - AT_ONCE && known.get(other)?.isOpened !== true,
      );
      if (passed) outOfOrder.push(event);
    }
  }
  return { takenTwice, outOfOrder, takings };
}
