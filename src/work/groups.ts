/**
 * Sets up work groups and assignment groups, and says who belongs to them. A work group with
 * people is worked by them alone; an assignment group narrows what Get Next Work offers to its
 * people to its queues.
 */
import { recordAudit } from "../access/audit.ts";
import type { Database, Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import type { Clock } from "../kernel/clock.ts";
import type { FieldFault } from "../kernel/failure.ts";
import { Failure } from "../kernel/failure.ts";
import { refused } from "../kernel/field-faults.ts";
import type { Ids } from "../kernel/ids.ts";

import { ASSIGNMENT_TYPE_ROWS } from "./assignment-types.ts";
import type { WrittenGroup } from "./group-store.ts";
import { deleteGroup, insertGroup, updateGroup, writeMembers } from "./group-store.ts";
import type { GroupKind, GroupRow } from "./group-views.ts";
import { listGroups } from "./group-views.ts";

export interface GroupDesk {
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: Ids;
}

export interface GroupChange extends WrittenGroup {
  readonly members: readonly string[];
  /** The version that was read; null for a group that is new. */
  readonly version: number | null;
}

/**
 * Writes a group whole. Throws `already-exists` for a new one of a name that is taken,
 * `stale-version`, and `input-invalid` naming a queue or person that does not exist.
 */
export function writeGroup(desk: GroupDesk, group: GroupChange, actor: string): Promise<GroupRow> {
  return desk.database.transaction(async (tx) => {
    refuse([...queueFaults(group), ...(await memberFaults(tx, group.members))]);
    const { version, kind, name } = group;
    if (version === null && !(await insertGroup(tx, group))) {
      throw new Failure("already-exists", `there is a group ${name} already`, { name });
    }
    if (version !== null && !(await updateGroup(tx, { ...group, version }))) {
      await refuseMissing(tx, kind, name);
      throw new Failure("stale-version", `group ${name} changed since version ${version}`, {
        name,
      });
    }
    await writeMembers(tx, group, group.members);
    const reason = `members: ${group.members.join(", ") || "nobody"}`;
    const action = version === null ? "createGroup" : "changeGroup";
    await recordAudit(tx, desk, [{ actor, action, subject: `${kind}-group/${name}`, reason }]);
    return (await listGroups(tx, kind, name))[0] as GroupRow;
  });
}

/** Throws `not-found`. Work of a group that is gone is anybody's with the right. */
export function removeGroup(
  desk: GroupDesk,
  { kind, name }: { readonly kind: GroupKind; readonly name: string },
  actor: string,
): Promise<void> {
  return desk.database.transaction(async (tx) => {
    await refuseMissing(tx, kind, name);
    await deleteGroup(tx, { kind, name });
    const subject = `${kind}-group/${name}`;
    await recordAudit(tx, desk, [{ actor, action: "removeGroup", subject }]);
  });
}

async function refuseMissing(tx: Transaction, kind: GroupKind, name: string): Promise<void> {
  if ((await listGroups(tx, kind, name)).length > 0) return;
  throw new Failure("not-found", `there is no ${kind} group ${name}`, { name });
}

/** A queue is `Queue` or `Queue.ClaimType`, of a person's work; only assignment groups name any. */
function queueFaults({ kind, queues }: GroupChange): FieldFault[] {
  const known = new Set(
    ASSIGNMENT_TYPE_ROWS.filter((row) => row.kind === "user").map((row) => row.queue),
  );
  if (kind === "assignment" && queues.length === 0) {
    return [{ pointer: "/queues", detail: "names at least one queue" }];
  }
  return queues.flatMap((queue, index) =>
    known.has(queue.split(".")[0] ?? "")
      ? []
      : [{ pointer: `/queues/${index}`, detail: `${queue} is no queue of a person's work` }],
  );
}

async function memberFaults(tx: Transaction, members: readonly string[]): Promise<FieldFault[]> {
  const missing = await tx.query<{ index: number; person: string }>(sql`
    select (wanted.ordinal - 1)::int as index, wanted.person
    from unnest(${members}::text[]) with ordinality as wanted (person, ordinal)
    where not exists (select from app_user where name = wanted.person)
      and not exists (select from api_key where 'key:' || name = wanted.person)
    order by wanted.ordinal
    limit 100
  `);
  return missing.map(({ index, person }) => ({
    pointer: `/members/${index}`,
    detail: `${person} is nobody`,
  }));
}

function refuse(faults: readonly FieldFault[]): void {
  if (faults.length === 0) return;
  throw refused("input-invalid", faults);
}
