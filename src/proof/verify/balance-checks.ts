/**
 * Balances against the entries and executions they come from. The triggers that keep `balance` are
 * not trusted: everything is summed anew, in one pass, what is kept beside what should be.
 */
import type { Statement } from "../../database/sql.ts";
import { sql } from "../../database/sql.ts";

import type { Check } from "./violation.ts";
import { statementCheck } from "./violation.ts";

/**
 * Where two sums differ, of rows with the columns of a balance, `minor` and `kept`: one is given
 * and the other is 0.
 */
function differing(sides: Statement, words: "entries" | "executions"): Statement {
  return sql`
    select s.client_id as client,
           format('dispute %s, %s/%s %s', coalesce(d.number, s.dispute_id::text), s.collection,
                  s.account, s.currency) as at,
           format('%s by its %s, %s kept', s.minor, ${words}::text, s.kept) as what
    from (
      select client_id, dispute_id, collection, account, currency, sum(minor) as minor,
             sum(kept) as kept
      from (${sides}) side
      group by client_id, dispute_id, collection, account, currency
      having sum(minor) <> sum(kept)
    ) s
    left join dispute d on d.client_id = s.client_id and d.id = s.dispute_id`;
}

const BOOKED = sql`
  select client_id, dispute_id, debit_collection as collection, debit_account as account,
         currency, -amount_minor as minor, 0::bigint as kept
  from entry
  union all
  select client_id, dispute_id, credit_collection, credit_account, currency, amount_minor, 0
  from entry
  union all
  select client_id, dispute_id, collection, account, currency, 0, booked_minor
  from balance`;

const EXECUTED = sql`
  select m.client_id, m.dispute_id, side.collection, side.account, m.currency,
         m.minor * side.sign as minor, 0::bigint as kept
  from (
    select e.client_id, e.dispute_id, e.debit_collection, e.debit_account, e.credit_collection,
           e.credit_account, e.currency, e.amount_minor * x.sign as minor
    from execution x
    join adjustment a on a.client_id = x.client_id and a.id = x.adjustment_id
    join entry e on e.client_id = x.client_id and e.dispute_id = a.dispute_id
      and e.adjustment_id = x.adjustment_id and e.kind <> 'contra'
      and (x.entry_id is null or e.id = x.entry_id)
  ) m
  cross join lateral (values
    (m.debit_collection, m.debit_account, -1),
    (m.credit_collection, m.credit_account, 1)) as side (collection, account, sign)
  union all
  select client_id, dispute_id, collection, account, currency, 0, executed_minor
  from balance
  where executed_minor <> 0`;

export const BALANCE_CHECKS: readonly Check[] = [
  statementCheck(
    "balance-booked",
    "a booked balance is the sum of its entries, credits minus debits",
    differing(BOOKED, "entries"),
  ),
  statementCheck(
    "balance-executed",
    "an executed balance is the sum of the entries whose money has moved",
    differing(EXECUTED, "executions"),
  ),
  statementCheck(
    "sums-to-zero",
    "all balances of a dispute add up to zero per currency",
    sql`
      select s.client_id as client, format('dispute %s %s', d.number, s.currency) as at,
             format('booked %s, executed %s', s.booked, s.executed) as what
      from (
        select client_id, dispute_id, currency, sum(booked_minor) as booked,
               sum(executed_minor) as executed
        from balance
        group by client_id, dispute_id, currency
        having sum(booked_minor) <> 0 or sum(executed_minor) <> 0
      ) s
      left join dispute d on d.client_id = s.client_id and d.id = s.dispute_id`,
  ),
];
