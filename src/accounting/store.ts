/**
 * Every statement that writes dispute books, adjustments and transitions. One
 * statement a table and set; `store-decisions.ts` beside it writes the rest.
 */
import type { Transaction } from "../database/database.ts";
import { json, sql } from "../database/sql.ts";
import type { Statement } from "../database/sql.ts";
import { eventsAlike } from "../events/store.ts";

import type { AdjustmentState } from "./adjustment-machine.ts";
import type { Adjustment, DisputeState, Hold } from "./dispute-book.ts";
import { askAt } from "./holds/hold-states.ts";

/** Opens the books of new disputes. The row is what everything that changes them locks first. */
export async function openBooks(
  tx: Transaction,
  rows: readonly { clientId: string; disputeId: string }[],
  now: string,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into dispute_book (client_id, dispute_id, state, updated_at)
    select client_id, dispute_id, 'open', ${now}
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.disputeId)}::uuid[]) as opened (client_id, dispute_id)
  `);
}

export async function updateBooks(
  tx: Transaction,
  rows: readonly { clientId: string; disputeId: string; state: DisputeState }[],
  now: string,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    update dispute_book
    set state = changed.state, version = version + 1, updated_at = ${now}
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.disputeId)}::uuid[],
      ${rows.map((row) => row.state)}::text[]) as changed (client_id, dispute_id, state)
    where dispute_book.client_id = changed.client_id
      and dispute_book.dispute_id = changed.dispute_id
  `);
}

export interface AdjustmentRow {
  readonly clientId: string;
  readonly disputeId: string;
  readonly currency: string;
  readonly eventDate: string;
  readonly rulebookVersion: string;
  readonly routeChosenBy: string | null;
  readonly openAssignmentId: string | null;
  readonly adjustment: Adjustment;
}

export async function insertAdjustments(
  tx: Transaction,
  rows: readonly AdjustmentRow[],
  now: string,
): Promise<void> {
  if (rows.length === 0) return;
  const of = <Value>(pick: (adjustment: Adjustment) => Value): Value[] =>
    rows.map((row) => pick(row.adjustment));
  await tx.execute(sql`
    insert into adjustment (
      client_id, id, dispute_id, operation_id, operation, ordinal, state, processing,
      principal_rule, amount_minor, currency, route, destination, route_chosen_by,
      reverses_adjustment_id, replaces_adjustment_id, holder_account, follows_adjustment_id,
      denial_id, raises_disputed_minor, hold, release_on, hold_ask_at, event_date,
      planned_posting_date, rulebook_version, open_assignment_id, created_at, updated_at)
    select added.*, ${now}::timestamptz, ${now}::timestamptz
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${of((one) => one.id)}::uuid[],
      ${rows.map((row) => row.disputeId)}::uuid[],
      ${of((one) => one.operationId)}::uuid[],
      ${of((one) => one.operation)}::text[],
      ${of((one) => one.ordinal)}::int[],
      ${of((one) => one.state)}::text[],
      ${of((one) => one.processing)}::text[],
      ${of((one) => one.principalRule)}::text[],
      ${of((one) => one.amountMinor)}::bigint[],
      ${rows.map((row) => row.currency)}::text[],
      ${of((one) => one.route)}::text[],
      ${of((one) => one.destination)}::text[],
      ${rows.map((row) => row.routeChosenBy)}::text[],
      ${of((one) => one.reversesAdjustmentId)}::uuid[],
      ${of((one) => one.replacesAdjustmentId)}::uuid[],
      ${of((one) => one.holderAccount)}::uuid[],
      ${of((one) => one.followsAdjustmentId)}::uuid[],
      ${of((one) => one.denialId)}::uuid[],
      ${of((one) => one.raisesDisputedMinor)}::bigint[],
      ${of((one) => heldAs(one.hold))}::jsonb[],
      ${of((one) => one.hold?.releaseOn ?? null)}::date[],
      ${of((one) => askAt(one, now))}::timestamptz[],
      ${rows.map((row) => row.eventDate)}::date[],
      ${of((one) => one.plannedPostingDate)}::date[],
      ${rows.map((row) => row.rulebookVersion)}::text[],
      ${rows.map((row) => row.openAssignmentId)}::uuid[]) as added
  `);
}

export interface AdjustmentLock {
  readonly clientId: string;
  readonly id: string;
  readonly disputeId: string;
  readonly claimId: string;
  readonly claimType: string;
  readonly operationId: string;
  readonly state: AdjustmentState;
  readonly version: number;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly destination: string | null;
  readonly hold: Hold | null;
  readonly plannedPostingDate: string;
  readonly isDenialDebit: boolean;
  readonly isPartlyProcessed: boolean;
  readonly machineMayAct: boolean;
  readonly failedRoute: "service" | "batch" | null;
  readonly openAssignmentId: string | null;
  readonly assignmentType: string | null;
}

/** Locks adjustments in sorted order and says how they and their open assignments stand. */
export function lockAdjustments(
  tx: Transaction,
  keys: readonly { clientId: string; id: string }[],
): Promise<AdjustmentLock[]> {
  return tx.query<AdjustmentLock>(sql`
    select a.client_id as "clientId", a.id, a.dispute_id as "disputeId", d.claim_id as "claimId",
           c.claim_type as "claimType", a.operation_id as "operationId", a.state, a.version,
           a.amount_minor as "amountMinor", a.currency, a.destination, a.hold,
           a.planned_posting_date as "plannedPostingDate",
           a.denial_id is not null as "isDenialDebit",
           a.partly_processed as "isPartlyProcessed",
           a.machine_may_act as "machineMayAct", a.failed_route as "failedRoute",
           a.open_assignment_id as "openAssignmentId", s.type as "assignmentType"
    from unnest(
      ${keys.map((key) => key.clientId)}::text[],
      ${keys.map((key) => key.id)}::uuid[]) as wanted (client_id, id)
    join adjustment a on a.client_id = wanted.client_id and a.id = wanted.id
    join dispute d on d.client_id = a.client_id and d.id = a.dispute_id
    join claim c on c.client_id = d.client_id and c.id = d.claim_id
    left join assignment s on s.client_id = a.client_id and s.id = a.open_assignment_id
    order by a.client_id, a.id
    for update of a
  `);
}

export interface AdjustmentUpdate {
  readonly clientId: string;
  readonly id: string;
  readonly state: AdjustmentState;
  readonly route: string | null;
  readonly destination: string | null;
  readonly routeChosenBy: string | null;
  readonly followsAdjustmentId: string | null;
  readonly holderAccount: string | null;
  readonly hold: Hold | null;
  readonly plannedPostingDate: string;
  readonly openAssignmentId: string | null;
}

/** Writes what a decision changed; the rows are locked already. */
export async function updateAdjustments(
  tx: Transaction,
  rows: readonly AdjustmentUpdate[],
  now: string,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    update adjustment a
    set state = n.state, route = n.route, destination = n.destination,
        route_chosen_by = coalesce(n.route_chosen_by, a.route_chosen_by), hold = n.hold,
        release_on = n.release_on, hold_ask_at = n.hold_ask_at,
        planned_posting_date = n.planned_posting_date, holder_account = n.holder_account,
        follows_adjustment_id = n.follows,
        account_changeable = a.account_changeable and n.state = a.state,
        overridable = a.overridable and n.state = a.state,
        closed_account = case when n.state = a.state then a.closed_account end,
        open_assignment_id = n.open_assignment_id, version = a.version + 1, updated_at = ${now}
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.id)}::uuid[],
      ${rows.map((row) => row.state)}::text[],
      ${rows.map((row) => row.route)}::text[],
      ${rows.map((row) => row.destination)}::text[],
      ${rows.map((row) => row.routeChosenBy)}::text[],
      ${rows.map((row) => heldAs(row.hold))}::jsonb[],
      ${rows.map((row) => row.hold?.releaseOn ?? null)}::date[],
      ${rows.map((row) => askAt(row, now))}::timestamptz[],
      ${rows.map((row) => row.plannedPostingDate)}::date[],
      ${rows.map((row) => row.holderAccount)}::uuid[],
      ${rows.map((row) => row.followsAdjustmentId)}::uuid[],
      ${rows.map((row) => row.openAssignmentId)}::uuid[]) as n (
        client_id, id, state, route, destination, route_chosen_by, hold, release_on, hold_ask_at,
        planned_posting_date, holder_account, follows, open_assignment_id)
    where a.client_id = n.client_id and a.id = n.id
  `);
}

/** What has to follow from a refusal because the account is closed; null: nothing. */
export type ClosedAccountStep = "check" | "ourSuspense" | "parking" | null;

export interface AdjustmentMoveRow {
  readonly clientId: string;
  readonly id: string;
  readonly from: AdjustmentState;
  readonly state: AdjustmentState;
  readonly transitionId: string;
  readonly event: string;
  readonly actor: string;
  readonly reason: string | null;
  readonly outside: Readonly<Record<string, unknown>> | null;
  readonly route: string | null;
  readonly destination: string | null;
  readonly machineMayAct: boolean;
  readonly failedRoute: "service" | "batch" | null;
  readonly raiseKeyRevision: boolean;
  /** True: something of it was posted while the rest was not. */
  readonly isPartlyProcessed: boolean;
  /** It was refused with codes that a person may override. */
  readonly isOverridable: boolean;
  /** It was refused for certain by a service that allows another account. */
  readonly isAccountChangeable: boolean;
  /** What follows because the account is closed; undefined: as it was while it is under way. */
  readonly closedAccount: ClosedAccountStep | undefined;
  readonly openAssignmentId: string | null;
}

/**
 * Writes what the outside world did to adjustments, with its history; the rows are locked in the
 * state that each moves from. Answers how many moved.
 */
export async function moveAdjustmentRows(
  tx: Transaction,
  rows: readonly AdjustmentMoveRow[],
  now: string,
): Promise<number> {
  if (rows.length === 0) return 0;
  const row = await tx.one<{ moved: bigint }>(sql`
    select move_adjustments(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.id)}::uuid[],
      ${rows.map((row) => row.from)}::text[],
      ${rows.map((row) => row.state)}::text[],
      ${rows.map((row) => row.route)}::text[],
      ${rows.map((row) => row.destination)}::text[],
      ${rows.map((row) => row.machineMayAct)}::boolean[],
      ${rows.map((row) => row.failedRoute)}::text[],
      ${rows.map((row) => (row.raiseKeyRevision ? 1 : 0))}::smallint[],
      ${rows.map((row) => row.openAssignmentId)}::uuid[],
      ${rows.map((row) => row.isPartlyProcessed)}::boolean[],
      ${rows.map((row) => row.isOverridable)}::boolean[],
      ${rows.map((row) => row.isAccountChangeable)}::boolean[],
      ${rows.map((row) => row.closedAccount !== undefined)}::boolean[],
      ${rows.map((row) => row.closedAccount ?? null)}::text[],
      ${rows.map((row) => row.transitionId)}::uuid[],
      ${rows.map((row) => row.event)}::text[],
      ${rows.map((row) => row.actor)}::text[],
      ${rows.map((row) => row.reason)}::text[],
      ${rows.map((row) => (row.outside === null ? null : json(row.outside)))}::jsonb[],
      ${now}::timestamptz) as moved
  `);
  return Number(row.moved);
}

export interface AlikeLock {
  readonly adjustmentId: string;
  readonly openAssignmentId: string | null;
}

/**
 * Locks those that are in the state, in the order of their ids. Served by `adjustment_pkey`: the
 * state is kept out of the look-up, for the planner does not know yet how many are in it, and would
 * hold all of them against each id.
 */
export function lockInState(
  tx: Transaction,
  clientId: string,
  state: AdjustmentState,
  ids: readonly string[],
): Promise<AlikeLock[]> {
  return tx.query<AlikeLock>(sql`
    select a.id as "adjustmentId", a.open_assignment_id as "openAssignmentId"
    from adjustment a
    where a.client_id = ${clientId} and a.id = any (${ids}::uuid[]) and a.state || '' = ${state}
    order by a.id
    for update
  `);
}

export interface MoveAlike {
  readonly clientId: string;
  readonly from: AdjustmentState;
  readonly to: "inFile" | "executed";
  readonly event: string;
  readonly actor: string;
  readonly outside: Readonly<Record<string, unknown>>;
  /** Then they show no assignment any more. */
  readonly closes: boolean;
}

/** One element for each of the adjustments. */
export interface RowsAlike {
  readonly ids: readonly string[];
  readonly lines: readonly (number | null)[];
  readonly transitionIds: readonly string[];
  readonly eventIds: readonly string[];
}

/** An expression that moves the rows, with their transitions, and answers how many moved. */
export type Moving = (move: MoveAlike, rows: RowsAlike, now: string) => Statement;

const moving: Moving = (move, rows, now) => sql`
  move_adjustments_alike(
    ${move.clientId}, ${move.from}, ${move.to}, ${move.event}, ${move.actor},
    ${json(move.outside)}::jsonb, ${move.closes}, ${now}::timestamptz, ${rows.ids}::uuid[],
    ${rows.lines}::int[], ${rows.transitionIds}::uuid[])`;

/**
 * Moves locked rows alike, with history and event, in one statement that carries only what differs:
 * a part of a large file is sent once. Answers how many moved; where not all did, the transaction
 * must not be committed, since events are told of all.
 */
export async function moveRowsAlike(
  tx: Transaction,
  move: MoveAlike,
  rows: RowsAlike,
  now: string,
  by: Moving = moving,
): Promise<number> {
  const { clientId, to, event } = move;
  const told = { clientId, type: `accounting.adjustment.${to}.v1`, data: { state: to, event } };
  const subjects = sql`
    select n.event_id, 'adjustment/' || n.id
    from unnest(${rows.eventIds}::uuid[], ${rows.ids}::uuid[]) as n (event_id, id)`;
  const row = await tx.one<{ count: bigint }>(sql`
    with told as (
      ${eventsAlike(subjects, told, now)}
    )
    select ${by(move, rows, now)} as count
  `);
  return Number(row.count);
}

export interface TransitionRow {
  readonly clientId: string;
  readonly id: string;
  readonly adjustmentId: string;
  readonly from: string | null;
  readonly to: string;
  readonly event: string;
  readonly actor: string;
  readonly reason: string | null;
  readonly outside: unknown;
  readonly operationId: string | null;
}

export async function insertTransitions(
  tx: Transaction,
  rows: readonly TransitionRow[],
  recordedAt: string,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into transition (
      client_id, id, adjustment_id, from_state, to_state, event, actor, reason, outside,
      operation_id, recorded_at)
    select added.*, ${recordedAt}::timestamptz
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.id)}::uuid[],
      ${rows.map((row) => row.adjustmentId)}::uuid[],
      ${rows.map((row) => row.from)}::text[],
      ${rows.map((row) => row.to)}::text[],
      ${rows.map((row) => row.event)}::text[],
      ${rows.map((row) => row.actor)}::text[],
      ${rows.map((row) => row.reason)}::text[],
      ${rows.map((row) => (row.outside === null ? null : json(row.outside)))}::jsonb[],
      ${rows.map((row) => row.operationId)}::uuid[]) as added
  `);
}

function heldAs(hold: Hold | null): string | null {
  return hold === null ? null : json(hold);
}
