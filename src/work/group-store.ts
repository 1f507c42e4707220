/** Every statement that writes work groups, assignment groups and who belongs to them. */
import type { Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

import type { GroupKind } from "./group-views.ts";

export interface WrittenGroup {
  readonly kind: GroupKind;
  readonly name: string;
  readonly description: string;
  readonly queues: readonly string[];
}

/** Adds it as version 1; answers false when there is one of that name. */
export async function insertGroup(tx: Transaction, group: WrittenGroup): Promise<boolean> {
  const added = await tx.execute(sql`
    insert into staff_group (kind, name, description, queues)
    values (${group.kind}, ${group.name}, ${group.description}, ${group.queues}::text[])
    on conflict (kind, name) do nothing
  `);
  return added === 1;
}

/** Answers false when the version is not the one that was read. */
export async function updateGroup(
  tx: Transaction,
  group: WrittenGroup & { readonly version: number },
): Promise<boolean> {
  const changed = await tx.execute(sql`
    update staff_group
    set description = ${group.description}, queues = ${group.queues}::text[],
        version = version + 1
    where kind = ${group.kind} and name = ${group.name} and version = ${group.version}
  `);
  return changed === 1;
}

/** Whole: who is not named belongs to it no more. Its row is locked. */
export async function writeMembers(
  tx: Transaction,
  group: { readonly kind: GroupKind; readonly name: string },
  people: readonly string[],
): Promise<void> {
  await tx.execute(sql`
    delete from staff_group_member
    where kind = ${group.kind} and name = ${group.name} and person <> all (${people}::text[])
  `);
  await tx.execute(sql`
    insert into staff_group_member (kind, name, person)
    select ${group.kind}, ${group.name}, added.person
    from unnest(${people}::text[]) as added (person)
    on conflict (kind, name, person) do nothing
  `);
}

export async function deleteGroup(
  tx: Transaction,
  group: { readonly kind: GroupKind; readonly name: string },
): Promise<void> {
  await writeMembers(tx, group, []);
  await tx.execute(sql`
    delete from staff_group
    where kind = ${group.kind} and name = ${group.name}
  `);
}
