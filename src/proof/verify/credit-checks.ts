/** The usage book of merchants' credits against the operations and entries that it comes from. */
import { sql } from "../../database/sql.ts";

import type { Check } from "./violation.ts";
import { statementCheck } from "./violation.ts";

/**
 * Every recording of a credit with a reference, and its entries: recorded here, or a movement of an
 * imported history, which opens one adjustment for each movement in their order. What was recorded
 * before there was a usage book holds its reference for itself alone.
 */
const RECORDED = sql`
  select a.client_id, a.dispute_id, a.adjustment_id,
         coalesce(a.input ->> 'reference', a.input -> 'movements' -> a.place ->> 'reference')
           as reference
  from (
    select j.client_id, j.dispute_id, j.id as adjustment_id, j.principal_rule, o.operation, o.input,
           (row_number() over (partition by j.client_id, j.operation_id order by j.ordinal))::int
             - 1 as place
    from operation o
    join adjustment j on j.client_id = o.client_id and j.operation_id = o.id
    where o.operation in ('recordMerchantCredit', 'importHistory')
      and not exists (
        select from outside_reference r
        where r.client_id = o.client_id and r.operation_id = o.id
          and r.kind = 'recordMerchantCredit')
  ) a
  where a.operation = 'recordMerchantCredit' or a.principal_rule = 'MerchantCredit'`;

/** What is booked of recordings: as entered, less what was undone, plus what that was undone of. */
const BOOKED = sql`
  select r.client_id, r.dispute_id, r.reference,
         e.amount_minor * (1 - coalesce(u.undone, 0)) as minor
  from (${RECORDED}) r
  join entry e on e.client_id = r.client_id and e.dispute_id = r.dispute_id
    and e.adjustment_id = r.adjustment_id and e.kind = 'original'
  cross join lateral (
    select sum(1 - (
             select count(*) from entry b
             where b.client_id = u.client_id and b.dispute_id = u.dispute_id and b.undoes = u.id))
             as undone
    from entry u
    where u.client_id = e.client_id and u.dispute_id = e.dispute_id and u.undoes = e.id
  ) u
  where r.reference is not null`;

export const CREDIT_CHECKS: readonly Check[] = [
  statementCheck(
    "credit-used",
    "of a merchant's credit its uses are kept as they sum up, and never more than there is",
    sql`
      select c.client_id as client, format('merchant credit %s', c.reference) as at,
             format('%s by its uses, %s kept, of %s', u.used, c.used_minor, c.amount_minor) as what
      from merchant_credit c
      cross join lateral (
        select coalesce(sum(u.amount_minor), 0) as used
        from merchant_credit_use u
        where u.client_id = c.client_id and u.reference = c.reference
      ) u
      where u.used <> c.used_minor or u.used < 0 or u.used > c.amount_minor`,
  ),
  statementCheck(
    "credit-use-belongs",
    "a use of a merchant's credit comes from a done operation of its dispute",
    sql`
      select u.client_id as client, format('merchant credit %s, use %s', u.reference, u.id) as at,
             case
               when o.id is null then 'its operation does not exist'
               when o.dispute_id is distinct from u.dispute_id
                 then 'its operation is of another dispute'
               else format('its operation is %s', o.state)
             end as what
      from merchant_credit_use u
      left join operation o on o.client_id = u.client_id and o.id = u.operation_id
      where o.id is null or o.dispute_id is distinct from u.dispute_id or o.state <> 'done'`,
  ),
  statementCheck(
    "credit-use-booked",
    "a dispute uses of a merchant's credit what is booked of its recordings: a reversal frees it",
    sql`
      select s.client_id as client,
             format('dispute %s, merchant credit %s', coalesce(d.number, s.dispute_id::text),
                    s.reference) as at,
             format('%s is booked, %s used', sum(s.minor), sum(s.used)) as what
      from (
        select client_id, dispute_id, reference, minor, 0 as used from (${BOOKED}) booked
        union all
        select client_id, dispute_id, reference, 0, amount_minor from merchant_credit_use
      ) s
      left join dispute d on d.client_id = s.client_id and d.id = s.dispute_id
      group by s.client_id, s.dispute_id, s.reference, d.number
      having sum(s.minor) <> sum(s.used)`,
  ),
];
