/**
 * Every statement that writes what is kept of regulatory clocks. A dispute's row of clock_watch is
 * locked first by whoever reads and writes its clocks, so that an older reading never wins.
 */
import type { DisputeKey } from "../../accounting/load-books.ts";
import type { Transaction } from "../../database/database.ts";
import type { Statement } from "../../database/sql.ts";
import { sql } from "../../database/sql.ts";

import type { ClockState } from "./read-clocks.ts";
import type { WhyMissed } from "./why-missed.ts";

/** Takes marks away that nobody else is taking, the oldest first; answers their disputes. */
export function takeMarks(
  tx: Transaction,
  clientIds: readonly string[],
  limit: number,
): Promise<DisputeKey[]> {
  return tx.query(sql`
    with taken as (
      delete from clock_mark
      where id in (
        select id from clock_mark
        where client_id = any (${clientIds}::text[])
        order by id
        limit ${limit}
        for update skip locked)
      returning client_id, dispute_id
    )
    select distinct client_id as "clientId", dispute_id as "disputeId" from taken
  `);
}

/** Takes away the marks of one dispute that cannot be read. Served by `clock_mark_of_dispute`. */
export async function dropMarks(tx: Transaction, key: DisputeKey): Promise<void> {
  await tx.execute(sql`
    delete from clock_mark
    where client_id = ${key.clientId} and dispute_id = ${key.disputeId}
  `);
}

/** Makes sure that the rows are there and locks them, in sorted order. */
export async function lockWatches(
  tx: Transaction,
  keys: readonly DisputeKey[],
  now: string,
): Promise<void> {
  const clients = keys.map((key) => key.clientId);
  const disputes = keys.map((key) => key.disputeId);
  await tx.execute(sql`
    insert into clock_watch (client_id, dispute_id, looked_at)
    select client_id, dispute_id, ${now}
    from unnest(${clients}::text[], ${disputes}::uuid[]) as wanted (client_id, dispute_id)
    order by client_id, dispute_id
    on conflict (client_id, dispute_id) do nothing
  `);
  await tx.query(sql`
    select 1 as locked
    from clock_watch w
    join unnest(${clients}::text[], ${disputes}::uuid[]) as wanted (client_id, dispute_id)
      on w.client_id = wanted.client_id and w.dispute_id = wanted.dispute_id
    order by w.client_id, w.dispute_id
    for update of w
  `);
}

export interface WatchRow extends DisputeKey {
  /** Null: only when something changes. */
  readonly lookAt: string | null;
}

export async function updateWatches(
  tx: Transaction,
  rows: readonly WatchRow[],
  now: string,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    update clock_watch
    set look_at = next.look_at, looked_at = ${now}
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.disputeId)}::uuid[],
      ${rows.map((row) => row.lookAt)}::timestamptz[]) as next (client_id, dispute_id, look_at)
    where clock_watch.client_id = next.client_id and clock_watch.dispute_id = next.dispute_id
  `);
}

/** Of disputes that have no clock at all; what was kept of them goes with the row. */
export async function deleteWatches(tx: Transaction, keys: readonly DisputeKey[]): Promise<void> {
  if (keys.length === 0) return;
  await tx.execute(sql`
    delete from clock_watch
    using unnest(
      ${keys.map((key) => key.clientId)}::text[],
      ${keys.map((key) => key.disputeId)}::uuid[]) as gone (client_id, dispute_id)
    where clock_watch.client_id = gone.client_id and clock_watch.dispute_id = gone.dispute_id
  `);
}

interface ClockKey extends DisputeKey {
  readonly round: number;
  readonly clock: string;
}

/** Which clock each row is of, as the first four columns of an unnest. */
function ofClocks(rows: readonly ClockKey[]): Statement {
  return sql`
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.disputeId)}::uuid[],
      ${rows.map((row) => row.round)}::smallint[],
      ${rows.map((row) => row.clock)}::text[]`;
}

export interface ClockRow extends ClockKey {
  readonly state: ClockState;
  readonly startsOn: string;
  readonly warnOn: string;
  readonly dueOn: string;
  readonly endedOn: string | null;
}

/** Keeps these and nothing else of the disputes given, whose watches are locked. */
export async function replaceClocks(
  tx: Transaction,
  keys: readonly DisputeKey[],
  rows: readonly ClockRow[],
  now: string,
): Promise<void> {
  await tx.execute(sql`
    delete from regulatory_clock
    using unnest(
      ${keys.map((key) => key.clientId)}::text[],
      ${keys.map((key) => key.disputeId)}::uuid[]) as read (client_id, dispute_id)
    where regulatory_clock.client_id = read.client_id
      and regulatory_clock.dispute_id = read.dispute_id
      and not exists (
        select 1
        from unnest(
          ${rows.map((row) => row.disputeId)}::uuid[],
          ${rows.map((row) => row.round)}::smallint[],
          ${rows.map((row) => row.clock)}::text[]) as kept (dispute_id, round, clock)
        where kept.dispute_id = regulatory_clock.dispute_id
          and kept.round = regulatory_clock.round and kept.clock = regulatory_clock.clock)
  `);
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into regulatory_clock as c (
      client_id, dispute_id, round, clock, state, starts_on, warn_on, due_on, ended_on, read_at)
    select read.*, ${now}::timestamptz
    from unnest(
      ${ofClocks(rows)},
      ${rows.map((row) => row.state)}::text[],
      ${rows.map((row) => row.startsOn)}::date[],
      ${rows.map((row) => row.warnOn)}::date[],
      ${rows.map((row) => row.dueOn)}::date[],
      ${rows.map((row) => row.endedOn)}::date[]) as read
    on conflict (client_id, dispute_id, round, clock)
    do update set state = excluded.state, starts_on = excluded.starts_on,
      warn_on = excluded.warn_on, due_on = excluded.due_on, ended_on = excluded.ended_on,
      read_at = excluded.read_at
  `);
}

export interface WarningRow extends ClockKey {
  readonly dueOn: string;
  readonly stage: "warned" | "missed";
}

/** Records warnings; answers those that were not recorded before. */
export function insertWarnings(
  tx: Transaction,
  rows: readonly WarningRow[],
  now: string,
): Promise<WarningRow[]> {
  if (rows.length === 0) return Promise.resolve([]);
  return tx.query(sql`
    insert into clock_warning (
      client_id, dispute_id, round, clock, due_on, stage, recorded_at)
    select added.*, ${now}::timestamptz
    from unnest(
      ${ofClocks(rows)},
      ${rows.map((row) => row.dueOn)}::date[],
      ${rows.map((row) => row.stage)}::text[]) as added
    on conflict do nothing
    returning client_id as "clientId", dispute_id as "disputeId", round, clock,
              due_on as "dueOn", stage
  `);
}

export interface ReasonRow extends ClockKey, WhyMissed {
  readonly dueOn: string;
}

/** Why clocks were missed; what is on record stays. */
export async function insertReasons(
  tx: Transaction,
  rows: readonly ReasonRow[],
  now: string,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into clock_reason (
      client_id, dispute_id, round, clock, due_on, stage, words, waiting, recorded_at)
    select added.*, ${now}::timestamptz
    from unnest(
      ${ofClocks(rows)},
      ${rows.map((row) => row.dueOn)}::date[],
      ${rows.map((row) => row.stage)}::text[],
      ${rows.map((row) => row.words)}::text[],
      ${rows.map((row) => JSON.stringify(row.waiting))}::jsonb[]) as added
    on conflict do nothing
  `);
}

/**
 * Marks every dispute of a client that is not decided, or has clocks: its calendar, settings of
 * clocks or rule book changed, and a clock may be new.
 */
export async function markClient(
  tx: Transaction,
  clientId: string,
  readWith: string,
): Promise<void> {
  const changed = await tx.execute(sql`
    insert into clock_client as c (client_id, read_with)
    values (${clientId}, ${readWith})
    on conflict (client_id) do update set read_with = excluded.read_with
    where c.read_with <> excluded.read_with
  `);
  if (changed === 0) return;
  await tx.execute(sql`
    insert into clock_mark (client_id, dispute_id)
    select client_id, dispute_id from clock_watch where client_id = ${clientId}
    union
    select client_id, dispute_id from dispute_book
    where client_id = ${clientId} and state in ('open', 'provisionallyCredited')
  `);
}

export interface AutomaticCreditRow extends DisputeKey {
  readonly id: string;
  readonly round: number;
  readonly clock: string;
  readonly operation: string;
  readonly state: "written" | "impossible";
  readonly reason: string | null;
  readonly attempt: number;
  readonly operationId: string | null;
  readonly amountMinor: bigint | null;
  readonly currency: string;
  readonly route: string | null;
  readonly destination: string | null;
  readonly predictedPostingOn: string | null;
  readonly dueOn: string;
}

/** One row a clock: what could not be is written over by what could. */
export async function keepAutomaticCredits(
  tx: Transaction,
  rows: readonly AutomaticCreditRow[],
  now: string,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into automatic_credit as a (
      client_id, id, dispute_id, round, clock, operation, state, reason, attempt, operation_id,
      amount_minor, currency, route, destination, predicted_posting_on, due_on, written_at)
    select kept.*, ${now}::timestamptz
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.id)}::uuid[],
      ${rows.map((row) => row.disputeId)}::uuid[],
      ${rows.map((row) => row.round)}::smallint[],
      ${rows.map((row) => row.clock)}::text[],
      ${rows.map((row) => row.operation)}::text[],
      ${rows.map((row) => row.state)}::text[],
      ${rows.map((row) => row.reason)}::text[],
      ${rows.map((row) => row.attempt)}::smallint[],
      ${rows.map((row) => row.operationId)}::uuid[],
      ${rows.map((row) => row.amountMinor)}::bigint[],
      ${rows.map((row) => row.currency)}::text[],
      ${rows.map((row) => row.route)}::text[],
      ${rows.map((row) => row.destination)}::text[],
      ${rows.map((row) => row.predictedPostingOn)}::date[],
      ${rows.map((row) => row.dueOn)}::date[]) as kept
    on conflict (client_id, dispute_id, round, clock)
    do update set state = excluded.state, reason = excluded.reason, attempt = excluded.attempt,
      operation_id = excluded.operation_id, amount_minor = excluded.amount_minor,
      route = excluded.route, destination = excluded.destination,
      predicted_posting_on = excluded.predicted_posting_on, due_on = excluded.due_on,
      written_at = excluded.written_at, version = a.version + 1
    where a.approved is null
  `);
}

/** Records a person's word on a credit that waits for it; answers how many there were. */
export function approveCredit(
  tx: Transaction,
  key: { readonly clientId: string; readonly id: string; readonly version: number },
  word: { readonly approved: boolean; readonly by: string; readonly reason: string | null },
  now: string,
): Promise<number> {
  return tx.execute(sql`
    update automatic_credit
    set approved = ${word.approved}, approved_by = ${word.by}, approved_at = ${now},
        approval_reason = ${word.reason}, version = version + 1
    where client_id = ${key.clientId} and id = ${key.id} and version = ${key.version}
      and state = 'written' and approved is null
  `);
}

export interface NewAutomation {
  readonly clientId: string;
  readonly id: string;
  readonly setting: string;
  readonly isOn: boolean;
}

/** Who let the machine credit by itself, or stopped it. */
export async function insertAutomations(
  tx: Transaction,
  rows: readonly NewAutomation[],
  by: { readonly actor: string; readonly now: string },
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into clock_automation (client_id, id, setting, is_on, actor, recorded_at)
    select added.*, ${by.actor}, ${by.now}::timestamptz
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.id)}::uuid[],
      ${rows.map((row) => row.setting)}::text[],
      ${rows.map((row) => row.isOn)}::boolean[]) as added
  `);
}
