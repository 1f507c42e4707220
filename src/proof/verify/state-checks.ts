/**
 * States against assignments and history: an open adjustment has exactly one open assignment of
 * the right type, a closed one none, and its transitions lead through the machine to where it is.
 */
import type { AdjustmentEvent, AdjustmentState } from "../../accounting/adjustment-machine.ts";
import { assignmentTypeOf, nextState } from "../../accounting/adjustment-machine.ts";
import type { Queries } from "../../database/database.ts";
import { sql } from "../../database/sql.ts";
import { Failure } from "../../kernel/failure.ts";

import type { Check, Violation } from "./violation.ts";
import { statementCheck } from "./violation.ts";

interface Shown {
  readonly state: AdjustmentState;
  readonly hold: string | null;
  readonly asksPerson: boolean;
  readonly machineMayAct: boolean;
  readonly failedRoute: "service" | "batch" | null;
  /** Of the assignment it points at, if that is open and its own. */
  readonly type: string | null;
}

const SHOWN = sql`
  select a.client_id, a.id, a.dispute_id, a.state, a.hold ->> 'reason' as hold,
         coalesce((a.hold ->> 'asksPerson')::boolean, false) as asks_person, a.machine_may_act,
         a.failed_route, case when s.is_open and s.adjustment_id = a.id then s.type end as type
  from adjustment a
  left join assignment s on s.client_id = a.client_id and s.id = a.open_assignment_id`;

/** The few combinations there are decide; rows are read only of those that are wrong. */
const assignmentShown: Check = {
  name: "assignment-shown",
  holds: "an open adjustment shows the assignment of its state, a closed one none",
  find: async function* (db) {
    const combinations = await db.query<Shown>(sql`
      select distinct state, hold, asks_person as "asksPerson",
             machine_may_act as "machineMayAct", failed_route as "failedRoute", type
      from (${SHOWN}) shown
    `);
    for (const one of combinations) {
      const expected = assignmentTypeOf(one.state, one);
      if (expected !== one.type) yield* wronglyShown(db, one, expected);
    }
  },
};

async function* wronglyShown(
  db: Queries,
  shown: Shown,
  expected: string | null,
): AsyncGenerator<Violation> {
  const rows = db.stream<{ client: string; at: string }>(sql`
    select s.client_id as client,
           format('dispute %s, adjustment %s (%s)', d.number, s.id, s.state) as at
    from (${SHOWN}) s
    left join dispute d on d.client_id = s.client_id and d.id = s.dispute_id
    where s.state = ${shown.state} and s.hold is not distinct from ${shown.hold}
      and s.asks_person = ${shown.asksPerson} and s.machine_may_act = ${shown.machineMayAct}
      and s.failed_route is not distinct from ${shown.failedRoute}
      and s.type is not distinct from ${shown.type}
  `);
  const what = `shows ${shown.type ?? "no open assignment"}, not ${expected ?? "none"}`;
  for await (const row of rows) yield { check: "assignment-shown", ...row, what };
}

const transitionAllowed: Check = {
  name: "transition-allowed",
  holds: "every transition is one that the machine allows",
  find: async function* (db) {
    const kinds = await db.query<{
      from: AdjustmentState | null;
      event: AdjustmentEvent;
      to: AdjustmentState;
    }>(sql`
      select distinct from_state as "from", event, to_state as "to" from transition
    `);
    for (const { from, event, to } of kinds) {
      if (leadsTo(from, event) === to) continue;
      const rows = db.stream<{ client: string; at: string }>(sql`
        select client_id as client, format('adjustment %s', adjustment_id) as at
        from transition
        where from_state is not distinct from ${from} and event = ${event} and to_state = ${to}
      `);
      const what = `${event} led from ${from ?? "new"} to ${to}`;
      for await (const row of rows) yield { check: "transition-allowed", ...row, what };
    }
  },
};

function leadsTo(from: AdjustmentState | null, event: AdjustmentEvent): AdjustmentState | null {
  try {
    return nextState(from, event);
  } catch (error) {
    if (error instanceof Failure) return null;
    throw error;
  }
}

export const STATE_CHECKS: readonly Check[] = [
  assignmentShown,
  statementCheck(
    "assignment-open",
    "an open assignment of an adjustment is the one that the adjustment shows",
    sql`
      select s.client_id as client, format('assignment %s (%s)', s.id, s.type) as at,
             coalesce(
               format('open, but adjustment %s is %s and shows another or none', a.id, a.state),
               'its adjustment does not exist') as what
      from assignment s
      left join adjustment a on a.client_id = s.client_id and a.id = s.adjustment_id
      where s.is_open and s.adjustment_id is not null
        and a.open_assignment_id is distinct from s.id`,
  ),
  statementCheck(
    // Without its row nothing would ever call for it: money that never moves.
    "due-call",
    "what waits for a service has its time, and nothing else has",
    sql`
      select coalesce(s.client_id, d.client_id) as client,
             format('assignment %s', coalesce(s.id, d.assignment_id)) as at,
             case
               when d.assignment_id is null then 'waits for a service and is never due'
               when s.id is null then 'is due, but waits for no service'
               when d.due_at is null then 'waits for a service without a time'
               else format('is due for adjustment %s at service %s, not for %s at %s',
                           d.adjustment_id, d.service, s.adjustment_id, s.destination)
             end as what
      from (
        select client_id, id, adjustment_id, coalesce(destination, '') as destination
        from assignment
        where is_open and type = 'Pending Accounting Service') s
      full join due_call d on d.client_id = s.client_id and d.assignment_id = s.id
      where d.due_at is null or s.id is null or d.adjustment_id <> s.adjustment_id
        or d.service <> s.destination`,
  ),
  transitionAllowed,
  statementCheck(
    // By what goes in and out of each state: clocks of several processes give no order.
    "transition-chain",
    "an adjustment's transitions follow each other and end at its state",
    sql`
      with flow as (
        select t.client_id, t.adjustment_id, s.state, sum(s.step) as net
        from transition t
        cross join lateral (
          values (coalesce(t.from_state, 'new'), -1), (t.to_state, 1)) as s (state, step)
        group by t.client_id, t.adjustment_id, s.state
      )
      select a.client_id as client,
             format('dispute %s, adjustment %s', d.number, a.id) as at,
             case
               when f.adjustment_id is null then format('is %s without any history', a.state)
               when f.net < 0 then format('goes on from %s, but never came there', f.state)
               when f.state = a.state then format('comes to %s, but goes on from nowhere', f.state)
               else format('its history ends at %s, it is %s', f.state, a.state)
             end as what
      from adjustment a
      left join flow f on f.client_id = a.client_id and f.adjustment_id = a.id
      left join dispute d on d.client_id = a.client_id and d.id = a.dispute_id
      where f.adjustment_id is null
        or f.net <> case f.state when 'new' then -1 when a.state then 1 else 0 end`,
  ),
];
