/** Entries against the adjustments, disputes, periods and other entries that they belong to. */
import { sql } from "../../database/sql.ts";

import type { Check } from "./violation.ts";
import { statementCheck } from "./violation.ts";

export const ENTRY_CHECKS: readonly Check[] = [
  statementCheck(
    "entry-belongs",
    "an entry has its adjustment's dispute, processing and currency, and two sides",
    sql`
      select e.client_id as client,
             format('dispute %s, entry %s', coalesce(d.number, e.dispute_id::text), e.id) as at,
             case
               when a.id is null then 'its adjustment does not exist'
               when a.dispute_id <> e.dispute_id then 'its adjustment is of another dispute'
               when d.id is null then 'its dispute does not exist'
               when e.currency <> a.currency or e.currency <> d.currency
                 then format('%s in a dispute of %s', e.currency, d.currency)
               when e.amount_minor <= 0 then format('the amount is %s', e.amount_minor)
               else 'debit and credit are one account'
             end as what
      from entry e
      left join adjustment a on a.client_id = e.client_id and a.id = e.adjustment_id
      left join dispute d on d.client_id = e.client_id and d.id = e.dispute_id
      where a.id is null or d.id is null or a.dispute_id <> e.dispute_id
        or e.currency <> a.currency or e.currency <> d.currency or e.amount_minor <= 0
        or (e.debit_collection = e.credit_collection and e.debit_account = e.credit_account)`,
  ),
  statementCheck(
    "entry-in-period",
    "every entry is dated in one of its client's periods",
    sql`
      select e.client_id as client, format('entries dated %s', e.booked_on) as at,
             format('%s entries are in no period', e.entries) as what
      from (
        select client_id, booked_on, count(*) as entries from entry group by client_id, booked_on
      ) e
      where not exists (
        select 1 from period p
        where p.client_id = e.client_id and e.booked_on between p.starts_on and p.ends_on)`,
  ),
  statementCheck(
    "undoing-entry",
    "a contra or reversal entry swaps the sides of the entry it undoes, for the same amount",
    sql`
      select e.client_id as client,
             format('dispute %s, %s entry %s', d.number, e.kind, e.id) as at,
             case
               when u.id is null then format('undoes %s, which the dispute has not', e.undoes)
               when u.kind = 'contra' then 'undoes a contra entry'
               when e.amount_minor <> u.amount_minor or e.currency <> u.currency
                 then format('%s %s undoes %s %s', e.amount_minor, e.currency, u.amount_minor,
                             u.currency)
               when e.kind = 'contra' and e.adjustment_id <> u.adjustment_id
                 then 'undoes an entry of another adjustment'
               when e.kind = 'reversal' and a.reverses_adjustment_id is distinct from
                 u.adjustment_id
                 then 'its adjustment does not reverse the adjustment of that entry'
               else 'the sides are not swapped'
             end as what
      from entry e
      left join entry u
        on u.client_id = e.client_id and u.dispute_id = e.dispute_id and u.id = e.undoes
      left join adjustment a on a.client_id = e.client_id and a.id = e.adjustment_id
      left join dispute d on d.client_id = e.client_id and d.id = e.dispute_id
      where e.kind <> 'original'
        and (u.id is null or u.kind = 'contra' or e.amount_minor <> u.amount_minor
          or e.currency <> u.currency
          or e.debit_collection <> u.credit_collection or e.debit_account <> u.credit_account
          or e.credit_collection <> u.debit_collection or e.credit_account <> u.debit_account
          or (e.kind = 'contra' and e.adjustment_id <> u.adjustment_id)
          or (e.kind = 'reversal'
            and a.reverses_adjustment_id is distinct from u.adjustment_id))`,
  ),
  statementCheck(
    "undone-once",
    "an entry is undone at most once",
    sql`
      with undoing as (
        select client_id, dispute_id, id, undoes, kind from entry where kind <> 'original'
      )
      select r.client_id as client,
             format('dispute %s, entry %s', min(d.number), r.undoes) as at,
             format('undone %s times', count(*)) as what
      from undoing r
      left join dispute d on d.client_id = r.client_id and d.id = r.dispute_id
      where not exists (
        select 1 from undoing c
        where c.client_id = r.client_id and c.dispute_id = r.dispute_id
          and c.undoes = r.id and c.kind = 'contra')
      group by r.client_id, r.dispute_id, r.undoes
      having count(*) > 1`,
  ),
];
