/** Assign: a supervisor gives work to a person or to a work group, whoever had it before. */
import type { Queries } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import { Failure } from "../kernel/failure.ts";

import type { SeenAssignment, StandingDecision, StandingDesk } from "./change-standing.ts";
import { changeStandings } from "./change-standing.ts";
import { SHIPPED_WORK_GROUPS } from "./assignment-types.ts";
import { listGroups } from "./group-views.ts";
import { assigned } from "./standing.ts";
import type { AssignmentRow } from "./views.ts";

export interface AssignTo {
  /** A person's name in the records: a user's, or `key:` and an API key's. */
  readonly person?: string | undefined;
  readonly workGroup?: string | undefined;
  readonly reason?: string | null | undefined;
}

/**
 * Gives all of the assignments, or none. Throws `input-invalid` for a person or work group that
 * does not exist, and what every change throws.
 */
export async function assignAssignmentsTo(
  by: StandingDesk,
  actor: string,
  given: readonly SeenAssignment[],
  to: AssignTo,
): Promise<AssignmentRow[]> {
  await refuseNobody(by.database, to);
  return changeStandings(by, given, actor, (row) => assignedTo(row, to));
}

export function assignedTo(row: AssignmentRow, to: AssignTo): StandingDecision {
  return { kind: "assigned", reason: to.reason ?? null, to: assigned(row, to) };
}

/** Throws `input-invalid` naming who does not exist, or that nobody is named. */
export async function refuseNobody(db: Queries, to: AssignTo): Promise<void> {
  const { person, workGroup } = to;
  if (person === undefined && workGroup === undefined) {
    return refuse("/person", "name a person, a work group, or both");
  }
  if (person !== undefined && !(await isPerson(db, person))) {
    refuse("/person", `${person} is nobody who may come in`);
  }
  if (workGroup !== undefined && !(await isWorkGroup(db, workGroup))) {
    refuse("/workGroup", `there is no work group ${workGroup}`);
  }
}

function refuse(pointer: string, detail: string): never {
  throw new Failure("input-invalid", detail, {}, [{ pointer, detail }]);
}

async function isPerson(db: Queries, person: string): Promise<boolean> {
  const { found } = await db.one<{ found: boolean }>(sql`
    select exists (select from app_user where name = ${person} and is_active)
        or exists (select from api_key
                   where 'key:' || name = ${person} and revoked_at is null) as found
  `);
  return found;
}

/** One that was set up, or that work of some type belongs to. */
async function isWorkGroup(db: Queries, name: string): Promise<boolean> {
  if (SHIPPED_WORK_GROUPS.has(name)) return true;
  return (await listGroups(db, "work", name)).length > 0;
}
