/** Adjustments against their entries, executions and reversals. */
import { sql } from "../../database/sql.ts";

import type { Check } from "./violation.ts";
import { statementCheck } from "./violation.ts";

export const ADJUSTMENT_CHECKS: readonly Check[] = [
  statementCheck(
    "adjustment-amount",
    "a booked adjustment's amount is the sum of its entries; a proposal has none; " +
      "a cancelled one is undone",
    sql`
      select a.client_id as client,
             format('dispute %s, adjustment %s (%s)', d.number, a.id, a.state) as at,
             case
               when a.state in ('planned', 'awaitingApproval')
                 then format('a proposal with %s entries', e.entries)
               when a.state = 'cancelled'
                 then format('%s booked, %s undone', e.moved, e.undone)
               when coalesce(e.undone, 0) > 0 then format('%s undone, not cancelled', e.undone)
               when e.entries is null then 'booked without entries'
               else format('%s by its entries, %s kept', e.moved, a.amount_minor)
             end as what
      from adjustment a
      left join (
        select client_id, adjustment_id, count(*) as entries,
               coalesce(sum(amount_minor) filter (where kind <> 'contra'), 0) as moved,
               coalesce(sum(amount_minor) filter (where kind = 'contra'), 0) as undone
        from entry
        group by client_id, adjustment_id
      ) e on e.client_id = a.client_id and e.adjustment_id = a.id
      left join dispute d on d.client_id = a.client_id and d.id = a.dispute_id
      where case
          when a.state in ('planned', 'awaitingApproval') then e.entries is not null
          when a.state = 'cancelled' then e.moved is distinct from e.undone
          when a.principal_rule is null and a.reverses_adjustment_id is null
            then coalesce(e.undone, 0) > 0
          else e.entries is null or e.undone > 0 or e.moved <> a.amount_minor
        end`,
  ),
  statementCheck(
    "adjustment-executed",
    "executed means that every entry's money has moved once, cancelled and tracked that none has",
    sql`
      with moved as (
        select a.client_id, a.id, count(e.id) as entries,
               count(e.id) filter (where n.net = 1) as moved,
               coalesce(bool_or(n.net not in (0, 1)), false) as odd,
               coalesce(max(w.net), 0) as whole
        from adjustment a
        left join (
          select client_id, adjustment_id, sum(sign) filter (where entry_id is null) as net
          from execution group by client_id, adjustment_id
        ) w on w.client_id = a.client_id and w.adjustment_id = a.id
        left join entry e on e.client_id = a.client_id and e.dispute_id = a.dispute_id
          and e.adjustment_id = a.id and e.kind <> 'contra'
        left join (
          select client_id, adjustment_id, entry_id, sum(sign) as net
          from execution where entry_id is not null
          group by client_id, adjustment_id, entry_id
        ) p on p.client_id = e.client_id and p.adjustment_id = e.adjustment_id
          and p.entry_id = e.id
        cross join lateral (select coalesce(w.net, 0) + coalesce(p.net, 0) as net) n
        where a.processing = 'execute'
        group by a.client_id, a.id
      )
      select a.client_id as client,
             format('dispute %s, adjustment %s (%s)', d.number, a.id, a.state) as at,
             case
               when m.odd then 'an entry has moved more than once, or come back unmoved'
               when m.entries = 0 then format('moved %s times', m.whole)
               else format('%s of %s entries have moved', m.moved, m.entries)
             end as what
      from moved m
      join adjustment a on a.client_id = m.client_id and a.id = m.id
      left join dispute d on d.client_id = a.client_id and d.id = a.dispute_id
      where m.odd
        or (a.state = 'executed'
          and (m.moved < m.entries or (m.entries = 0 and m.whole <> 1)))
        or (a.state in ('cancelled', 'planned', 'awaitingApproval')
          and (m.moved > 0 or (m.entries = 0 and m.whole <> 0)))`,
  ),
  statementCheck(
    "execution-belongs",
    "an execution is of an adjustment that is executed, not tracked, and of one of its entries",
    sql`
      select x.client_id as client, format('execution %s', x.id) as at,
             case
               when a.id is null then 'its adjustment does not exist'
               when a.processing = 'track' then 'its adjustment is only tracked'
               else 'its entry is not of its adjustment'
             end as what
      from execution x
      left join adjustment a on a.client_id = x.client_id and a.id = x.adjustment_id
      where a.id is null or a.processing = 'track'
        or (x.entry_id is not null and not exists (
          select 1 from entry e
          where e.client_id = x.client_id and e.dispute_id = a.dispute_id and e.id = x.entry_id
            and e.adjustment_id = x.adjustment_id and e.kind <> 'contra'))`,
  ),
  statementCheck(
    "one-live-reversal",
    "an adjustment has at most one reversal that is not cancelled, of its own dispute",
    sql`
      select r.client_id as client,
             format('dispute %s, adjustment %s', min(d.number), r.reverses_adjustment_id) as at,
             case
               when count(*) > 1 then format('%s live reversals', count(*))
               else 'reversed from another dispute'
             end as what
      from adjustment r
      left join adjustment o on o.client_id = r.client_id and o.id = r.reverses_adjustment_id
      left join dispute d on d.client_id = o.client_id and d.id = o.dispute_id
      where r.reverses_adjustment_id is not null and r.state <> 'cancelled'
      group by r.client_id, r.reverses_adjustment_id
      having count(*) > 1 or bool_or(o.dispute_id is distinct from r.dispute_id)`,
  ),
];
