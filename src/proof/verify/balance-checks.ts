/**
 * Balances against the entries and executions they come from. The triggers that keep `balance` are
 * not trusted: everything is summed anew, each in one pass, whatever the number of entries.
 */
import { sql } from "../../database/sql.ts";

import type { Check } from "./violation.ts";
import { statementCheck } from "./violation.ts";

export const BALANCE_CHECKS: readonly Check[] = [
  statementCheck(
    "balance-booked",
    "a booked balance is the sum of its entries, credits minus debits",
    sql`
      with summed as (
        select client_id, dispute_id, collection, account, currency, sum(minor) as minor
        from (
          select client_id, dispute_id, debit_collection as collection,
                 debit_account as account, currency, -amount_minor as minor
          from entry
          union all
          select client_id, dispute_id, credit_collection, credit_account, currency, amount_minor
          from entry
        ) side
        group by client_id, dispute_id, collection, account, currency
      )
      select coalesce(s.client_id, b.client_id) as client,
             format('dispute %s, %s/%s %s',
                    coalesce(d.number, s.dispute_id::text, b.dispute_id::text),
                    coalesce(s.collection, b.collection), coalesce(s.account, b.account),
                    coalesce(s.currency, b.currency)) as at,
             format('%s by its entries, %s kept', coalesce(s.minor, 0),
                    coalesce(b.booked_minor, 0)) as what
      from summed s
      full join balance b
        on b.client_id = s.client_id and b.dispute_id = s.dispute_id
        and b.collection = s.collection and b.account = s.account and b.currency = s.currency
      left join dispute d
        on d.client_id = coalesce(s.client_id, b.client_id)
        and d.id = coalesce(s.dispute_id, b.dispute_id)
      where coalesce(s.minor, 0) <> coalesce(b.booked_minor, 0)`,
  ),
  statementCheck(
    "balance-executed",
    "an executed balance is the sum of the entries whose money has moved",
    sql`
      with moved as (
        select e.client_id, e.dispute_id, e.debit_collection, e.debit_account,
               e.credit_collection, e.credit_account, e.currency, e.amount_minor * x.sign as minor
        from execution x
        join adjustment a on a.client_id = x.client_id and a.id = x.adjustment_id
        join entry e on e.client_id = x.client_id and e.dispute_id = a.dispute_id
          and e.adjustment_id = x.adjustment_id and e.kind <> 'contra'
          and (x.entry_id is null or e.id = x.entry_id)
      ),
      summed as (
        select client_id, dispute_id, collection, account, currency, sum(minor) as minor
        from (
          select client_id, dispute_id, debit_collection as collection,
                 debit_account as account, currency, -minor as minor
          from moved
          union all
          select client_id, dispute_id, credit_collection, credit_account, currency, minor
          from moved
        ) side
        group by client_id, dispute_id, collection, account, currency
      )
      select coalesce(s.client_id, b.client_id) as client,
             format('dispute %s, %s/%s %s',
                    coalesce(d.number, s.dispute_id::text, b.dispute_id::text),
                    coalesce(s.collection, b.collection), coalesce(s.account, b.account),
                    coalesce(s.currency, b.currency)) as at,
             format('%s by its executions, %s kept', coalesce(s.minor, 0),
                    coalesce(b.executed_minor, 0)) as what
      from summed s
      full join balance b
        on b.client_id = s.client_id and b.dispute_id = s.dispute_id
        and b.collection = s.collection and b.account = s.account and b.currency = s.currency
      left join dispute d
        on d.client_id = coalesce(s.client_id, b.client_id)
        and d.id = coalesce(s.dispute_id, b.dispute_id)
      where coalesce(s.minor, 0) <> coalesce(b.executed_minor, 0)`,
  ),
  statementCheck(
    "sums-to-zero",
    "all balances of a dispute add up to zero per currency",
    sql`
      select b.client_id as client,
             format('dispute %s %s', min(d.number), b.currency) as at,
             format('booked %s, executed %s', sum(b.booked_minor), sum(b.executed_minor)) as what
      from balance b
      left join dispute d on d.client_id = b.client_id and d.id = b.dispute_id
      group by b.client_id, b.dispute_id, b.currency
      having sum(b.booked_minor) <> 0 or sum(b.executed_minor) <> 0`,
  ),
];
