/**
 * A database full of adjustments that wait for a batch, made by the database itself: the rows that
 * the verbs would have written, without the time that they would have taken.
 */
import { connectDatabase } from "../src/database/database.ts";
import type { Statement } from "../src/database/sql.ts";
import { sql } from "../src/database/sql.ts";

import { withoutIndexes } from "./without-indexes.ts";

export const CLIENT = "plains";
export const PROFILE = "nightly";

/** Rows made by one statement. */
const PORTION = 250_000;

/**
 * Adjustments 1 to `count`, each of a dispute and claim of its own, with one entry, one open
 * assignment and two balances. Checks and triggers of other tables are off while they are made,
 * and indexes are made afterwards: rows of ten million would otherwise take hours.
 */
export async function makePendingAdjustments(
  url: string,
  count: number,
  remark: (line: string) => void,
): Promise<void> {
  const tables = ["claim", "dispute", "assignment", "adjustment", "entry", "balance"];
  await withoutIndexes(url, tables, remark, async () => {
    // Two at a time: the machine that the targets are for has two cores.
    await Promise.all([
      makeRows(url, count, [claims, disputes, assignments], remark),
      makeRows(url, count, [adjustments, entries, balances], () => undefined),
    ]);
  });
  remark("making rows: analyzing");
  const owner = connectDatabase({ databaseUrl: url, role: "owner", connections: 1 });
  try {
    await owner.execute(sql`vacuum (freeze, analyze)`);
    await owner.execute(sql`checkpoint`);
  } finally {
    await owner.close();
  }
}

async function makeRows(
  url: string,
  count: number,
  tables: readonly Rows[],
  remark: (line: string) => void,
): Promise<void> {
  const owner = connectDatabase({ databaseUrl: url, role: "owner", connections: 1 });
  try {
    await owner.execute(sql`set session_replication_role = replica`);
    for (let from = 1; from <= count; from += PORTION) {
      const to = Math.min(from + PORTION - 1, count);
      for (const rows of tables) await owner.execute(rows(from, to));
      remark(`making rows: ${to} of ${count}`);
    }
  } finally {
    await owner.close();
  }
}

/** The statement that makes rows of one table. */
type Rows = (from: number, to: number) => Statement;

const claims: Rows = (from, to) => sql`
  insert into claim (client_id, id, number, claim_type, created_at)
  select ${CLIENT}, ${idOf("c")}, '2611' || lpad(n::text, 8, '0') || 'C', 'Card',
         '2026-11-16T10:00:00Z'
  from generate_series(${from}::bigint, ${to}::bigint) as n
`;

const disputes: Rows = (from, to) => sql`
  insert into dispute (
    client_id, id, claim_id, number, amount_minor, currency, account_id, facts, created_at)
  select ${CLIENT}, ${idOf("d")}, ${idOf("c")}, '2611' || lpad(n::text, 8, '0') || 'D',
         1000 + n % 90000, 'USD', ${idOf("b")},
         '{"network": "visa", "product": "debit", "regulation": "E"}', '2026-11-16T10:00:00Z'
  from generate_series(${from}::bigint, ${to}::bigint) as n
`;

const assignments: Rows = (from, to) => sql`
  insert into assignment (
    client_id, id, claim_id, dispute_id, adjustment_id, type, queue, kind, work_group, urgency,
    goal_at, deadline_at, amount_minor, currency, destination, opened_at)
  select ${CLIENT}, ${idOf("e")}, ${idOf("c")}, ${idOf("d")}, ${idOf("a")},
         'Pending Batch Accounting', 'Pending.Card', 'pending', 'Accounting', 10,
         '2026-11-17T00:00:00Z', '2026-11-18T00:00:00Z', 1000 + n % 90000, 'USD', ${PROFILE},
         '2026-11-16T10:00:00Z'
  from generate_series(${from}::bigint, ${to}::bigint) as n
`;

const adjustments: Rows = (from, to) => sql`
  insert into adjustment (
    client_id, id, dispute_id, operation_id, operation, ordinal, state, processing,
    principal_rule, amount_minor, currency, route, destination, event_date,
    planned_posting_date, rulebook_version, open_assignment_id, created_at, updated_at)
  select ${CLIENT}, ${idOf("a")}, ${idOf("d")}, ${idOf("f")}, 'issueProvisionalCredit', 1,
         'pendingBatch', 'execute', 'ProvisionalCredit', 1000 + n % 90000, 'USD', 'BATCH',
         ${PROFILE}, '2026-11-16', '2026-11-16', 'bench', ${idOf("e")}, '2026-11-16T10:00:00Z',
         '2026-11-16T10:00:00Z'
  from generate_series(${from}::bigint, ${to}::bigint) as n
`;

const entries: Rows = (from, to) => sql`
  insert into entry (
    client_id, id, dispute_id, adjustment_id, operation_id, rule, kind, debit_collection,
    debit_account, debit_tran_code, credit_collection, credit_account, credit_tran_code,
    amount_minor, currency, processing, event_date, planned_posting_date, booked_on,
    rulebook_version, actor, recorded_at)
  select ${CLIENT}, ${idOf("1")}, ${idOf("d")}, ${idOf("a")}, ${idOf("f")}, 'ProvisionalCredit',
         'original', 'provisionalCredit', 'GL-PC', '810', 'accountHolder',
         (${idOf("b")})::text, '310', 1000 + n % 90000, 'USD', 'execute', '2026-11-16',
         '2026-11-16', '2026-11-16', 'bench', 'bench', '2026-11-16T10:00:00Z'
  from generate_series(${from}::bigint, ${to}::bigint) as n
`;

const balances: Rows = (from, to) => sql`
  insert into balance (
    client_id, dispute_id, collection, account, currency, booked_minor, executed_minor)
  select ${CLIENT}, ${idOf("d")}, side.collection, side.account, 'USD',
         side.sign * (1000 + n % 90000), 0
  from generate_series(${from}::bigint, ${to}::bigint) as n,
       lateral (values ('provisionalCredit', 'GL-PC', -1),
                       ('accountHolder', (${idOf("b")})::text, 1))
         as side (collection, account, sign)
`;

export function idOfKind(kind: string, n: number): string {
  return `019a9000-0000-7000-8${kind}00-${n.toString(16).padStart(11, "0")}0`;
}

/** A UUIDv7 of the kind named by a hexadecimal digit, that ends in 0 as an entry's must. */
function idOf(kind: string) {
  return sql`('019a9000-0000-7000-' || '8' || ${kind}::text || '00-' || lpad(to_hex(n), 11, '0')
    || '0')::uuid`;
}
