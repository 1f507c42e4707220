/** What was posted in parts, and what took another's place, against entries and executions. */
import { sql } from "../../database/sql.ts";

import type { Check } from "./violation.ts";
import { statementCheck } from "./violation.ts";

/** A part is a whole entry, its debit step (…1) or its credit step (…2). */
const PARTS = sql`
  select p.client_id, p.adjustment_id, p.part, p.entry_id, a.dispute_id, a.state,
         a.partly_processed, p.part = p.entry_id as is_entry,
         left(p.part::text, 35) = left(p.entry_id::text, 35)
           and right(p.part::text, 1) in ('0', '1', '2') as is_of_entry,
         exists (
           select 1 from entry e
           where e.client_id = p.client_id and e.dispute_id = a.dispute_id and e.id = p.entry_id
             and e.adjustment_id = p.adjustment_id and e.kind <> 'contra') as is_of_adjustment
  from service_part p
  left join adjustment a on a.client_id = p.client_id and a.id = p.adjustment_id`;

export const PART_CHECKS: readonly Check[] = [
  statementCheck(
    "part-belongs",
    "a part that was posted is an entry or a step of its adjustment, not both of one entry",
    sql`
      select p.client_id as client, format('adjustment %s, part %s', p.adjustment_id, p.part) as at,
             case
               when not p.is_of_adjustment then 'its entry is not of its adjustment'
               when not p.is_of_entry then 'is no step of its entry'
               else 'its entry was posted whole and by steps'
             end as what
      from (
        select *, bool_or(is_entry) over entries and bool_or(not is_entry) over entries as is_both
        from (${PARTS}) found
        window entries as (partition by client_id, adjustment_id, entry_id)
      ) p
      where not p.is_of_adjustment or not p.is_of_entry or p.is_both`,
  ),
  statementCheck(
    "part-executed",
    "an entry whose parts are all posted is executed, and one that is posted in part is not yet, " +
      "unless a person completed it",
    sql`
      select p.client_id as client, format('adjustment %s, entry %s', p.adjustment_id, p.entry_id)
               as at,
             case
               when p.is_whole then 'all of it was posted, and it is not executed'
               else 'one side was posted, and it counts as executed'
             end as what
      from (
        select client_id, adjustment_id, entry_id,
               bool_or(is_entry) or count(*) = 2 as is_whole
        from (${PARTS}) found
        group by client_id, adjustment_id, entry_id
      ) p
      cross join lateral (
        select coalesce(sum(x.sign), 0) as net,
               coalesce(bool_or(x.basis = 'attested'), false) as is_by_hand
        from execution x
        where x.client_id = p.client_id and x.adjustment_id = p.adjustment_id
          and (x.entry_id is null or x.entry_id = p.entry_id)
      ) n
      where (p.is_whole and n.net < 1) or (not p.is_whole and n.net > 0 and not n.is_by_hand)`,
  ),
  statementCheck(
    "partly-executed",
    "what was posted in part is open in a state that keeps it so, and partly executed means that " +
      "something moved",
    sql`
      select a.client_id as client,
             format('dispute %s, adjustment %s (%s)', d.number, a.id, a.state) as at,
             case
               when m.is_moved then 'part of it was posted'
               else 'nothing of it was posted'
             end as what
      from adjustment a
      left join dispute d on d.client_id = a.client_id and d.id = a.dispute_id
      cross join lateral (
        select exists (
          select 1 from service_part p
          where p.client_id = a.client_id and p.adjustment_id = a.id)
        or exists (
          select 1 from execution x
          where x.client_id = a.client_id and x.adjustment_id = a.id and x.entry_id is not null
            and x.sign = 1) as is_moved
      ) m
      where (a.partly_processed and not m.is_moved)
        or (a.state = 'partlyExecuted' and not m.is_moved)
        or (a.state in ('serviceFailed', 'cancelled', 'planned', 'awaitingApproval')
          and exists (
            select 1 from service_part p
            where p.client_id = a.client_id and p.adjustment_id = a.id))`,
  ),
  statementCheck(
    "replacement",
    "what takes another's place is of its dispute and amount; once it is booked, the other is " +
      "cancelled",
    sql`
      select r.client_id as client,
             format('dispute %s, adjustment %s (%s)', d.number, r.id, r.state) as at,
             case
               when o.dispute_id <> r.dispute_id then 'replaces one of another dispute'
               when o.amount_minor <> r.amount_minor
                 then format('%s in place of %s', r.amount_minor, o.amount_minor)
               else format('is booked beside what it replaces (%s)', o.state)
             end as what
      from adjustment r
      join adjustment o on o.client_id = r.client_id and o.id = r.replaces_adjustment_id
      left join dispute d on d.client_id = r.client_id and d.id = r.dispute_id
      where o.dispute_id <> r.dispute_id or o.amount_minor <> r.amount_minor
        or (o.state <> 'cancelled' and r.state not in ('awaitingApproval', 'cancelled'))`,
  ),
];
