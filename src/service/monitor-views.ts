/**
 * The figures of the service monitor, for a set of services at once: calls over a span of time
 * (`service_attempt_outcome_of_service`, an index-only read of the months it touches), work as it
 * stands, what ended in time. Counts of work stop at 10,001, which means "and more".
 */
import type { Queries } from "../database/database.ts";
import type { Statement } from "../database/sql.ts";
import { sql } from "../database/sql.ts";

import type { ServiceKey } from "./store.ts";

export interface Span {
  /** ISO instants; the first one included, the second one not. */
  readonly from: string;
  readonly until: string;
}

export const COUNTED_AT_MOST = 10_000;

function wanted(keys: readonly ServiceKey[]): Statement {
  return sql`
    unnest(
      ${keys.map((key) => key.clientId)}::text[],
      ${keys.map((key) => key.service)}::text[]) as wanted (client_id, service)`;
}

const within = ({ from, until }: Span): Statement => sql`
  o.client_id = wanted.client_id and o.service = wanted.service
  and o.started_at >= ${from} and o.started_at < ${until}`;

export interface MinuteRow extends ServiceKey {
  readonly minute: string;
  readonly outcome: string;
  readonly calls: number;
}

/** Calls of each minute by outcome; minutes without calls have no row. */
export function callsByMinute(
  db: Queries,
  keys: readonly ServiceKey[],
  span: Span,
): Promise<MinuteRow[]> {
  return db.query(sql`
    select wanted.client_id as "clientId", wanted.service, o.minute, o.outcome, o.calls
    from ${wanted(keys)}
    cross join lateral (
      select date_trunc('minute', o.started_at) as minute, o.outcome, count(*)::int as calls
      from service_attempt_outcome o
      where ${within(span)}
      group by 1, 2
    ) o
    order by wanted.client_id, wanted.service, o.minute, o.outcome
  `);
}

export interface LatencyRow {
  /** Null: of the whole span. */
  readonly minute: string | null;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly calls: number;
}

/** Percentiles of the postings' latency in milliseconds, by minute and over all. */
export function latencyByMinute(db: Queries, key: ServiceKey, span: Span): Promise<LatencyRow[]> {
  return db.query(sql`
    select minute, latency[1] as p50, latency[2] as p95, latency[3] as p99, calls
    from (
      select date_trunc('minute', o.started_at) as minute, count(*)::int as calls,
             percentile_disc(array[0.5, 0.95, 0.99])
               within group (order by o.latency_ms) as latency
      from service_attempt_outcome o
      join ${wanted([key])} on ${within(span)}
      where o.purpose = 'post'
      group by grouping sets ((date_trunc('minute', o.started_at)), ())
    ) found
    where calls > 0
    order by minute nulls first
  `);
}

export interface OutcomeRow {
  readonly purpose: string;
  readonly outcome: string;
  readonly calls: number;
  readonly lastAt: string;
}

export function callsByOutcome(db: Queries, key: ServiceKey, span: Span): Promise<OutcomeRow[]> {
  return db.query(sql`
    select o.purpose, o.outcome, count(*)::int as calls, max(o.started_at) as "lastAt"
    from service_attempt_outcome o
    join ${wanted([key])} on ${within(span)}
    group by o.purpose, o.outcome
    order by calls desc, o.purpose, o.outcome
  `);
}

export interface CodeRow {
  readonly outcome: string;
  readonly status: number | null;
  readonly code: string | null;
  readonly reason: string | null;
  readonly calls: number;
}

/** What went well carries no code worth counting: the rest, most frequent first. */
export function callsByCode(db: Queries, key: ServiceKey, span: Span): Promise<CodeRow[]> {
  return db.query(sql`
    select o.outcome, o.status, o.code, min(o.reason) as reason, count(*)::int as calls
    from service_attempt_outcome o
    join ${wanted([key])} on ${within(span)}
    where o.outcome not in ('posted', 'notFound')
    group by o.outcome, o.status, o.code
    order by calls desc, o.outcome, o.status, o.code
    limit 50
  `);
}

export interface LastErrorRow {
  readonly adjustmentId: string;
  readonly outcome: string;
  readonly status: number | null;
  readonly code: string | null;
  readonly reason: string | null;
  readonly at: string;
}

/** The latest call that did not go well. */
export function lastError(
  db: Queries,
  key: ServiceKey,
  span: Span,
): Promise<LastErrorRow | undefined> {
  return db.maybe(sql`
    select o.adjustment_id as "adjustmentId", o.outcome, o.status, o.code, o.reason,
           o.started_at as at
    from service_attempt_outcome o
    join ${wanted([key])} on ${within(span)}
    where o.outcome not in ('posted', 'alreadyPosted', 'notFound')
    order by o.started_at desc
    limit 1
  `);
}

export interface StandingRow extends ServiceKey {
  /** Called now. */
  readonly inFlight: number;
  /** Its time has come, and nobody has taken it yet. */
  readonly due: number;
  /** Its next call is a matter of time: between retries. */
  readonly waiting: number;
  /** Nobody knows yet whether it was posted; a machine or a person finds out. */
  readonly unknown: number;
  /** Waits for a person, those unknown that a machine cannot settle among them. */
  readonly failed: number;
  /** Open past their deadline. */
  readonly late: number;
}

/** Work as it stands now; each figure counted up to 10,001. */
export function workOf(
  db: Queries,
  keys: readonly ServiceKey[],
  now: string,
): Promise<StandingRow[]> {
  const most = COUNTED_AT_MOST + 1;
  return db.query(sql`
    select wanted.client_id as "clientId", wanted.service, pending."inFlight", pending.due,
           pending.waiting, pending.unknown + failed.unknown as unknown, failed.failed,
           pending.late
    from ${wanted(keys)}
    cross join lateral (
      select (count(*) filter (where a.state = 'sending'))::int as "inFlight",
             (count(*) filter (where a.state <> 'sending' and d.due_at <= ${now}))::int as due,
             (count(*) filter (where a.state <> 'sending' and d.due_at > ${now}))::int as waiting,
             (count(*) filter (where a.state = 'unknown'))::int as unknown,
             (count(*) filter (where s.deadline_at < ${now}))::int as late
      from (
        select client_id, assignment_id, adjustment_id, due_at
        from due_call
        where client_id = wanted.client_id and service = wanted.service and due_at is not null
        order by due_at
        limit ${most}) d
      join adjustment a on a.client_id = d.client_id and a.id = d.adjustment_id
      join assignment s on s.client_id = d.client_id and s.id = d.assignment_id
    ) pending
    cross join lateral (
      select count(*)::int as failed, (count(*) filter (where a.state = 'unknown'))::int as unknown
      from (
        select client_id, adjustment_id
        from assignment
        where client_id = wanted.client_id and destination = wanted.service
          and is_open and type = 'Execute Accounting Service Failed'
        limit ${most}) s
      join adjustment a on a.client_id = s.client_id and a.id = s.adjustment_id
    ) failed
  `);
}

export interface SlaRow extends ServiceKey {
  /** Executed before the deadline. */
  readonly met: number;
  /** Executed after it. */
  readonly breached: number;
  /** Handed to a person or cancelled: neither. */
  readonly handedOver: number;
}

/** What ended in the span. Served by `assignment_closed_service`. */
export function slaOf(db: Queries, keys: readonly ServiceKey[], span: Span): Promise<SlaRow[]> {
  return db.query(sql`
    select wanted.client_id as "clientId", wanted.service, ended.*
    from ${wanted(keys)}
    cross join lateral (
      select (count(*) filter (where outcome = 'executed' and closed_at <= deadline_at))::int
               as met,
             (count(*) filter (where outcome = 'executed' and closed_at > deadline_at))::int
               as breached,
             (count(*) filter (where outcome <> 'executed'))::int as "handedOver"
      from assignment
      where client_id = wanted.client_id and destination = wanted.service
        and closed_at >= ${span.from} and closed_at < ${span.until}
        and type = 'Pending Accounting Service' and not is_open
    ) ended
  `);
}

export interface OldestUnknownRow extends ServiceKey {
  readonly adjustmentId: string;
  readonly assignmentId: string;
  readonly claim: string;
  readonly dispute: string;
  /** When the call that nobody knows the outcome of was given up. */
  readonly since: string;
  readonly machineMayAct: boolean;
}

/** Served by `adjustment_by_state`. */
export function oldestUnknown(
  db: Queries,
  keys: readonly ServiceKey[],
): Promise<OldestUnknownRow[]> {
  return db.query(sql`
    select wanted.client_id as "clientId", wanted.service, found.id as "adjustmentId",
           found.open_assignment_id as "assignmentId", c.number as claim, d.number as dispute,
           found.updated_at as since, found.machine_may_act as "machineMayAct"
    from ${wanted(keys)}
    cross join lateral (
      select a.id, a.client_id, a.dispute_id, a.open_assignment_id, a.updated_at, a.machine_may_act
      from adjustment a
      where a.client_id = wanted.client_id and a.state = 'unknown'
        and a.destination = wanted.service
      order by a.updated_at, a.id
      limit 1) found
    join dispute d on d.client_id = found.client_id and d.id = found.dispute_id
    join claim c on c.client_id = d.client_id and c.id = d.claim_id
  `);
}

export interface CircuitStandingRow extends ServiceKey {
  readonly state: "closed" | "open" | "halfOpen";
  readonly failures: number;
  readonly openings: number;
  readonly since: string | null;
  readonly probeAt: string | null;
}

/** Services that never had a failure have no row: closed. */
export function circuitStandings(
  db: Queries,
  keys: readonly ServiceKey[],
): Promise<CircuitStandingRow[]> {
  return db.query(sql`
    select c.client_id as "clientId", c.service, c.state, c.failures, c.openings,
           c.opened_at as since, c.probe_at as "probeAt"
    from ${wanted(keys)}
    join service_circuit c on c.client_id = wanted.client_id and c.service = wanted.service
  `);
}
