/**
 * How every change of who works what is made: rows locked in sorted order, open and as they were
 * seen, the claim not open with somebody else, and what was done written into the history.
 */
import type { Database, Transaction } from "../database/database.ts";
import type { Clock } from "../kernel/clock.ts";
import { Failure } from "../kernel/failure.ts";

import type { AssignmentEventKind } from "./assignment-history.ts";
import { changesSince } from "./assignment-history.ts";
import { refuseLocked } from "./claim-lock.ts";
import type { Standing } from "./standing.ts";
import { standingOf } from "./standing.ts";
import { writeStandings } from "./store.ts";
import type { AssignmentKey, AssignmentRow } from "./views.ts";
import { lockAssignments } from "./views.ts";

export interface SeenAssignment extends AssignmentKey {
  /** As the person saw it; null where they did not look. */
  readonly version: number | null;
}

export interface StandingDesk {
  readonly database: Database;
  readonly clock: Clock;
}

/** Null: nothing is to be done, it stands like that already. */
export type StandingDecision = {
  readonly kind: AssignmentEventKind;
  readonly reason: string | null;
  readonly to: Standing;
  /** Giving back what one has disturbs nobody who has the claim open. */
  readonly isPossibleWhileLocked?: boolean;
} | null;

/**
 * All of the assignments, or none; in the order given. `decide` throws a `Failure` for what it
 * refuses. Throws `not-found`, `assignment-closed`, `stale-version` with what changed,
 * `claim-locked`.
 */
export function changeStandings(
  by: StandingDesk,
  wanted: readonly SeenAssignment[],
  actor: string,
  decide: (row: AssignmentRow, now: string) => StandingDecision,
): Promise<AssignmentRow[]> {
  const now = by.clock.now().toString();
  return withChangesSince(by.database, () =>
    by.database.transaction((tx) => changeStandingsIn(tx, wanted, actor, { now, decide })),
  );
}

/** The same, in a transaction of the caller's. */
export async function changeStandingsIn(
  tx: Transaction,
  wanted: readonly SeenAssignment[],
  actor: string,
  {
    now,
    decide,
  }: {
    readonly now: string;
    readonly decide: (row: AssignmentRow, now: string) => StandingDecision;
  },
): Promise<AssignmentRow[]> {
  const rows = await lockSeen(tx, wanted);
  const decided = rows.map((row) => {
    const decision = decide(row, now);
    if (decision?.isPossibleWhileLocked !== true) refuseLocked(row, actor, now);
    return { row, decision };
  });
  await writeStandings(
    tx,
    decided.flatMap(({ row: { clientId, id }, decision }) =>
      decision === null ? [] : [{ clientId, id, actor, ...decision, to: standingOf(decision.to) }],
    ),
    now,
  );
  return decided.map(({ row, decision }) =>
    decision === null ? row : changed(row, standingOf(decision.to)),
  );
}

/** The assignments' rows, locked, open and as they were seen; in the order given. */
export async function lockSeen(
  tx: Transaction,
  wanted: readonly SeenAssignment[],
): Promise<AssignmentRow[]> {
  const found = new Map((await lockAssignments(tx, wanted)).map((row) => [row.id, row]));
  return wanted.map((one) => {
    const row = found.get(one.id);
    if (row?.clientId !== one.clientId) {
      throw new Failure("not-found", `assignment ${one.id} does not exist`, { id: one.id });
    }
    refuseUnseen(row, one.version);
    return row;
  });
}

/** Throws `assignment-closed` or `stale-version`, saying what changed. */
export function refuseUnseen(row: AssignmentRow, version: number | null): void {
  if (!row.isOpen) {
    throw new Failure("assignment-closed", `it ended ${row.outcome ?? ""}`.trim(), {
      id: row.id,
      outcome: row.outcome,
      closedAt: row.closedAt,
    });
  }
  if (version !== null && version !== row.version) {
    throw new Failure("stale-version", `version ${version} was read, it is ${row.version} now`, {
      id: row.id,
      client: row.clientId,
      read: version,
      version: row.version,
      assignee: row.assignee,
      state: row.adjustmentState,
    });
  }
}

/** Throws `assignment-taken` when somebody else has it. */
export function refuseOthers(row: AssignmentRow, person: string): void {
  if (row.assignee === null || row.assignee === person) return;
  throw new Failure("assignment-taken", `${row.assignee} has it`, {
    id: row.id,
    assignee: row.assignee,
  });
}

export function changed(row: AssignmentRow, to: Standing): AssignmentRow {
  return { ...row, ...to, version: row.version + 1 };
}

/**
 * Runs it; a refusal for a stale version of an assignment is thrown on with what changed since:
 * what, by whom, when, why.
 */
export async function withChangesSince<Result>(
  db: Database,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== "stale-version") throw error;
    const { client: clientId, id, read } = error.facts;
    if (typeof clientId !== "string" || typeof id !== "string" || typeof read !== "number") {
      throw error;
    }
    const changes = await changesSince(db, { clientId, id }, read);
    const [last] = changes;
    const detail =
      last === undefined ? error.message : `${error.message}: ${last.what} by ${last.by}`;
    throw new Failure(error.code, detail, { ...error.facts, changes }, error.faults);
  }
}
