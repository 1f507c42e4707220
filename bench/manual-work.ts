/**
 * A database full of work for people, made by the database itself: the rows that the verbs would
 * have written, without the time that they would have taken.
 */
import { insertClient } from "../src/cases/store.ts";
import { connectDatabase } from "../src/database/database.ts";
import type { Database } from "../src/database/database.ts";
import { sql } from "../src/database/sql.ts";

export const WORK_CLIENT = "plains";

/** Rows made by one statement. */
const PORTION = 250_000;
const OPENED_AT = "2026-11-16T10:00:00Z";

/**
 * Assignments 1 to `count`, each of a claim and a movement of its own, in three queues, of many
 * urgencies, goals and amounts. Checks and triggers of other tables are off while they are made.
 */
export async function makeManualWork(url: string, count: number): Promise<void> {
  const owner = connectDatabase({ databaseUrl: url, role: "owner", connections: 1 });
  try {
    const client = { id: WORK_CLIENT, name: "Plains Bank", settings: {}, createdAt: OPENED_AT };
    await owner.transaction((tx) => insertClient(tx, client));
    await owner.execute(sql`set session_replication_role = replica`);
    for (let from = 1; from <= count; from += PORTION) {
      await makePortion(owner, from, Math.min(from + PORTION - 1, count));
    }
    await owner.execute(sql`reset session_replication_role`);
    await owner.execute(sql`vacuum (freeze, analyze)`);
    await owner.execute(sql`checkpoint`);
  } finally {
    await owner.close();
  }
}

async function makePortion(owner: Database, from: number, to: number): Promise<void> {
  const numbers = sql`generate_series(${from}::bigint, ${to}::bigint) as n`;
  await owner.execute(sql`
    insert into claim (client_id, id, number, claim_type, created_at)
    select ${WORK_CLIENT}, ${idOf("c")}, '2611' || lpad(n::text, 8, '0') || 'C', 'Card',
           ${OPENED_AT}
    from ${numbers}
  `);
  await owner.execute(sql`
    insert into dispute (
      client_id, id, claim_id, number, amount_minor, currency, account_id, facts, created_at)
    select ${WORK_CLIENT}, ${idOf("d")}, ${idOf("c")}, '2611' || lpad(n::text, 8, '0') || 'D',
           1000 + n % 90000, 'USD', ${idOf("b")},
           '{"network": "visa", "product": "debit", "regulation": "E"}', ${OPENED_AT}
    from ${numbers}
  `);
  await owner.execute(sql`
    insert into assignment (
      client_id, id, claim_id, dispute_id, adjustment_id, type, queue, kind, work_group, urgency,
      goal_at, deadline_at, amount_minor, currency, opened_at)
    select ${WORK_CLIENT}, ${idOf("e")}, ${idOf("c")}, ${idOf("d")}, ${idOf("a")},
           'Execute Accounting Assignment',
           'ExecuteAccounting.' || (array['Card', 'ACH', 'Wire'])[1 + n % 3], 'user', 'Accounting',
           10 + (n % 9) * 5, '2026-11-17T05:00:00Z'::timestamptz + (n % 10) * interval '1 day',
           '2026-11-19T05:00:00Z'::timestamptz + (n % 10) * interval '1 day', 1000 + n % 90000,
           'USD', ${OPENED_AT}
    from ${numbers}
  `);
  await owner.execute(sql`
    insert into assignment_event (
      client_id, assignment_id, at, kind, actor, work_group, urgency, version)
    select ${WORK_CLIENT}, ${idOf("e")}, ${OPENED_AT}, 'opened', 'redress', 'Accounting',
           10 + (n % 9) * 5, 1
    from ${numbers}
  `);
  await owner.execute(sql`
    insert into adjustment (
      client_id, id, dispute_id, operation_id, operation, ordinal, state, processing,
      principal_rule, amount_minor, currency, route, event_date, planned_posting_date,
      rulebook_version, open_assignment_id, created_at, updated_at)
    select ${WORK_CLIENT}, ${idOf("a")}, ${idOf("d")}, ${idOf("f")}, 'issueProvisionalCredit', 1,
           'pendingManual', 'execute', 'ProvisionalCredit', 1000 + n % 90000, 'USD', 'MANUAL',
           '2026-11-16', '2026-11-16', 'bench', ${idOf("e")}, ${OPENED_AT}, ${OPENED_AT}
    from ${numbers}
  `);
  await owner.execute(sql`
    insert into entry (
      client_id, id, dispute_id, adjustment_id, operation_id, rule, kind, debit_collection,
      debit_account, debit_tran_code, credit_collection, credit_account, credit_tran_code,
      amount_minor, currency, processing, event_date, planned_posting_date, booked_on,
      rulebook_version, actor, recorded_at)
    select ${WORK_CLIENT}, ${idOf("1")}, ${idOf("d")}, ${idOf("a")}, ${idOf("f")},
           'ProvisionalCredit', 'original', 'provisionalCredit', 'GL-PC', '810', 'accountHolder',
           (${idOf("b")})::text, '310', 1000 + n % 90000, 'USD', 'execute', '2026-11-16',
           '2026-11-16', '2026-11-16', 'bench', 'bench', ${OPENED_AT}
    from ${numbers}
  `);
  await owner.execute(sql`
    insert into balance (
      client_id, dispute_id, collection, account, currency, booked_minor, executed_minor)
    select ${WORK_CLIENT}, ${idOf("d")}, side.collection, side.account, 'USD',
           side.sign * (1000 + n % 90000), 0
    from ${numbers},
         lateral (values ('provisionalCredit', 'GL-PC', -1),
                         ('accountHolder', (${idOf("b")})::text, 1))
           as side (collection, account, sign)
  `);
}

/** A UUIDv7 of the kind named by a hexadecimal digit, that ends in 0 as an entry's must. */
function idOf(kind: string) {
  return sql`('019a9000-0000-7000-' || '8' || ${kind}::text || '00-' || lpad(to_hex(n), 11, '0')
    || '0')::uuid`;
}
