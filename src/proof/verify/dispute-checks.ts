/**
 * What is decided in code, decided again: whether a dispute that was resolved out of balance ages
 * as it is, and whether its regulatory clocks follow from its facts. Disputes by the hundred, so
 * that memory is flat.
 */
import { Temporal } from "temporal-polyfill";

import { decisionAsked, exceptionOf, isException } from "../../accounting/dispute-work.ts";
import type { ClientRuntime, Engine } from "../../accounting/engine.ts";
import { evaluateGate } from "../../accounting/gate.ts";
import { loadBooks } from "../../accounting/load-books.ts";
import type { Queries } from "../../database/database.ts";
import { sql } from "../../database/sql.ts";
import {
  clocksOfDisputes,
  keptClocks,
} from "../../resolution/regulatory-clocks/clocks-of-disputes.ts";

import type { Check, Violation } from "./violation.ts";

const SET = 500;

interface Key {
  readonly clientId: string;
  readonly disputeId: string;
}

/** Set after set of rows in the order of their keys. */
async function* sets<Row extends Key>(
  read: (after: Key | null) => Promise<readonly Row[]>,
): AsyncGenerator<readonly Row[]> {
  let after: Key | null = null;
  for (;;) {
    const rows: readonly Row[] = await read(after);
    if (rows.length > 0) yield rows;
    if (rows.length < SET) return;
    after = rows.at(-1) ?? null;
  }
}

interface AgeingRow extends Key {
  readonly dispute: string;
  readonly amountMinor: bigint | null;
  readonly difference: string | null;
}

/**
 * Those with an open item, and those that are resolved with something in a collection that has to
 * be empty, and nobody looking at it.
 */
function ageing(db: Queries, after: Key | null): Promise<AgeingRow[]> {
  return db.query(sql`
    select b.client_id as "clientId", b.dispute_id as "disputeId", d.number as dispute,
           g.amount_minor as "amountMinor", g.difference
    from dispute_book b
    join dispute d on d.client_id = b.client_id and d.id = b.dispute_id
    left join ageing_item g
      on g.client_id = b.client_id and g.dispute_id = b.dispute_id and g.settled_at is null
    where (b.client_id, b.dispute_id) > (${after?.clientId ?? ""},
             ${after?.disputeId ?? "00000000-0000-0000-0000-000000000000"}::uuid)
      and (g.id is not null
        or (b.state = 'resolved'
          and exists (
            select from balance n
            where n.client_id = b.client_id and n.dispute_id = b.dispute_id
              and n.collection in ('suspense', 'customerOffset', 'coreSuspense')
              and n.booked_minor <> 0)
          and not exists (
            select from assignment a
            where a.client_id = b.client_id and a.dispute_id = b.dispute_id and a.is_open
              and a.type = 'Accounting Exception')))
    order by b.client_id, b.dispute_id
    limit ${SET}
  `);
}

async function* ageingFaults(db: Queries, engine: Engine): AsyncGenerator<Violation> {
  for await (const rows of sets((after) => ageing(db, after))) {
    const clients = await engine.clients(db, [...new Set(rows.map((row) => row.clientId))]);
    const books = await loadBooks(db, rows);
    for (const { clientId, disputeId, dispute, amountMinor, difference } of rows) {
      const book = books.get(disputeId)?.book;
      if (book === undefined) continue;
      const { rulebook } = clients.get(clientId) as ClientRuntime;
      const gate = evaluateGate(book, rulebook, decisionAsked(book));
      const left = gate.allowed ? null : exceptionOf(book, gate);
      const at = `dispute ${dispute}`;
      const fault = (what: string): Violation => ({
        check: "ageing-item",
        client: clientId,
        at,
        what,
      });
      if (difference === null) {
        if (left !== null && isException(gate)) yield fault(`no item ages of ${left.reason}`);
      } else if (left === null) yield fault("an item ages though its books are right");
      else if (left.reason === difference && left.amountMinor !== amountMinor) {
        yield fault(`${left.amountMinor} by its books, ${String(amountMinor)} ages`);
      }
    }
  }
}

interface WatchRow extends Key {
  readonly dispute: string;
  readonly lookedAt: string | null;
}

/** Whoever is marked to be looked at may be behind; what stands is of when it was looked at. */
function watches(db: Queries, after: Key | null): Promise<WatchRow[]> {
  return db.query(sql`
    select b.client_id as "clientId", b.dispute_id as "disputeId", d.number as dispute,
           w.looked_at as "lookedAt"
    from dispute_book b
    join dispute d on d.client_id = b.client_id and d.id = b.dispute_id
    left join clock_watch w on w.client_id = b.client_id and w.dispute_id = b.dispute_id
    where (b.client_id, b.dispute_id) > (${after?.clientId ?? ""},
             ${after?.disputeId ?? "00000000-0000-0000-0000-000000000000"}::uuid)
      and (w.dispute_id is not null or b.state in ('open', 'provisionallyCredited'))
      and not exists (
        select from clock_mark m
        where m.client_id = b.client_id and m.dispute_id = b.dispute_id)
    order by b.client_id, b.dispute_id
    limit ${SET}
  `);
}

async function* clockFaults(db: Queries, engine: Engine): AsyncGenerator<Violation> {
  for await (const rows of sets((after) => watches(db, after))) {
    const kept = await keptRows(db, rows);
    const read = await clocksOfDisputes(db, engine, rows, (disputeId) => {
      const at = rows.find((row) => row.disputeId === disputeId)?.lookedAt ?? null;
      return at === null ? engine.clock.now() : Temporal.Instant.from(at);
    });
    for (const { clientId, disputeId, dispute } of rows) {
      const clocks = read.get(disputeId);
      const should = clocks === undefined ? [] : keptClocks(clocks).map(wordsOf);
      const has = kept.get(disputeId) ?? [];
      const wrong = [
        ...should.filter((one) => !has.includes(one)).map((one) => `${one} by its facts, not kept`),
        ...has.filter((one) => !should.includes(one)).map((one) => `${one} kept, not by its facts`),
      ];
      for (const what of wrong) {
        yield { check: "clock-follows", client: clientId, at: `dispute ${dispute}`, what };
      }
    }
  }
}

interface KeptClock {
  readonly round: number;
  readonly clock: string;
  readonly state: string;
  readonly startsOn: string;
  readonly dueOn: string;
  readonly endedOn: string | null;
}

function wordsOf({ clock, round, state, startsOn, dueOn, endedOn }: KeptClock): string {
  return `${clock} ${round}: ${state} ${startsOn} to ${dueOn}, ended ${endedOn ?? "never"}`;
}

async function keptRows(db: Queries, keys: readonly Key[]): Promise<Map<string, string[]>> {
  const rows = await db.query<KeptClock & { disputeId: string }>(sql`
    select c.dispute_id as "disputeId", c.round, c.clock, c.state, c.starts_on as "startsOn",
           c.due_on as "dueOn", c.ended_on as "endedOn"
    from unnest(
      ${keys.map((key) => key.clientId)}::text[],
      ${keys.map((key) => key.disputeId)}::uuid[]) as w (client_id, dispute_id)
    join regulatory_clock c on c.client_id = w.client_id and c.dispute_id = w.dispute_id
  `);
  const kept = new Map<string, string[]>();
  for (const row of rows)
    kept.set(row.disputeId, [...(kept.get(row.disputeId) ?? []), wordsOf(row)]);
  return kept;
}

/** They read with the engine's rule books and calendars. */
export function disputeChecks(engine: Engine): readonly Check[] {
  return DISPUTE_CHECKS.map((check) => ({
    ...check,
    find: (db) =>
      check.name === "ageing-item" ? ageingFaults(db, engine) : clockFaults(db, engine),
  }));
}

export const DISPUTE_CHECKS: readonly Pick<Check, "name" | "holds">[] = [
  {
    name: "ageing-item",
    holds: "what was resolved out of balance ages with the amount that its books have, or is open",
  },
  {
    name: "clock-follows",
    holds: "the regulatory clocks of a dispute are those that follow from its facts",
  },
];
