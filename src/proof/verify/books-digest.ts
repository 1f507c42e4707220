/**
 * One hash over the books that says whether two databases hold the same: claims, disputes,
 * operations and entries in a canonical order, by outside numbers and keys. Ids and times are left
 * out, so an import that was killed and went on gives the digest of one that was not.
 */
import { createHash } from "node:crypto";

import type { Queries } from "../../database/database.ts";
import type { Statement } from "../../database/sql.ts";
import { sql } from "../../database/sql.ts";

/** The holder's account is an id of the vault: what matters is that it is the dispute's own. */
const ENTRIES = sql`
  copy (
    select e.client_id, d.number, a.ordinal, e.rule, e.kind, e.processing,
           e.debit_collection,
           case when e.debit_account = d.account_id::text then 'holder' else e.debit_account end,
           e.debit_tran_code, e.credit_collection,
           case when e.credit_account = d.account_id::text then 'holder'
                else e.credit_account end,
           e.credit_tran_code, e.amount_minor, e.currency, o.key
    from entry e
    join dispute d on d.client_id = e.client_id and d.id = e.dispute_id
    join adjustment a on a.client_id = e.client_id and a.id = e.adjustment_id
    left join operation o on o.client_id = e.client_id and o.id = e.operation_id
    order by e.client_id collate "C", d.number collate "C", a.ordinal, e.id
  ) to stdout`;

const PARTS: readonly (readonly [string, Statement])[] = [
  [
    "claims",
    sql`
      copy (
        select client_id, number, claim_type, notice_received_on, facts, key
        from claim
        order by client_id collate "C", number collate "C"
      ) to stdout`,
  ],
  [
    "disputes",
    sql`
      copy (
        select d.client_id, c.number, d.number, d.amount_minor, d.currency, d.facts, b.state
        from dispute d
        join claim c on c.client_id = d.client_id and c.id = d.claim_id
        left join dispute_book b on b.client_id = d.client_id and b.dispute_id = d.id
        order by d.client_id collate "C", d.number collate "C"
      ) to stdout`,
  ],
  [
    "operations",
    // The day of an operation counts where the caller gave it; else it is the day it came in.
    sql`
      copy (
        select o.client_id, o.key, d.number, o.operation, o.input, o.state,
               o.outcome ->> 'decision', o.outcome ->> 'code',
               case when o.at <> o.recorded_at then o.event_date end
        from operation o
        left join dispute d on d.client_id = o.client_id and d.id = o.dispute_id
        order by o.client_id collate "C", o.key collate "C"
      ) to stdout`,
  ],
  ["entries", ENTRIES],
];

/** Hexadecimal SHA-256. Rows stream through; memory is flat. */
export async function booksDigest(db: Queries): Promise<string> {
  const hash = createHash("sha256");
  for (const [name, statement] of PARTS) {
    hash.update(`${name}\n`);
    for await (const chunk of db.copyOut(statement)) hash.update(chunk);
  }
  return hash.digest("hex");
}
