/** What is read of work groups and assignment groups: whole for pages, by person for the work. */
import type { Queries } from "../database/database.ts";
import { sql } from "../database/sql.ts";

/** `work`: a team that owns work; `assignment`: queues that Get Next Work offers to its people. */
export type GroupKind = "work" | "assignment";

export interface GroupRow {
  readonly kind: GroupKind;
  readonly name: string;
  readonly description: string;
  readonly queues: readonly string[];
  readonly members: readonly string[];
  readonly version: number;
}

/** Institutions have tens of teams. */
const MOST_GROUPS = 1000;

export function listGroups(db: Queries, kind: GroupKind, name?: string): Promise<GroupRow[]> {
  return db.query(sql`
    select g.kind, g.name, g.description, g.queues, g.version,
           coalesce(array_agg(m.person order by m.person) filter (where m.person is not null),
                    '{}') as members
    from staff_group g
    left join staff_group_member m on m.kind = g.kind and m.name = g.name
    where g.kind = ${kind} and (${name ?? null}::text is null or g.name = ${name ?? null})
    group by g.kind, g.name
    order by g.name
    limit ${MOST_GROUPS}
  `);
}

export interface GroupsOfPerson {
  /** Work groups that have people, but not this one. */
  readonly closedGroups: readonly string[];
  /** The queues of their assignment groups; null where they belong to none: any queue. */
  readonly queues: readonly string[] | null;
}

/** For each of the people, also for those who belong to nothing. */
export async function groupsOfPeople(
  db: Queries,
  people: readonly string[],
): Promise<ReadonlyMap<string, GroupsOfPerson>> {
  const rows = await db.query<GroupsOfPerson & { person: string }>(sql`
    select wanted.person,
           (select coalesce(array_agg(distinct m.name order by m.name), '{}')
            from staff_group_member m
            where m.kind = 'work' and not exists (
              select from staff_group_member own
              where own.kind = 'work' and own.name = m.name and own.person = wanted.person)
           ) as "closedGroups",
           (select array_agg(distinct q.queue order by q.queue)
            from staff_group_member m
            join staff_group g on g.kind = m.kind and g.name = m.name
            cross join lateral unnest(g.queues) as q (queue)
            where m.kind = 'assignment' and m.person = wanted.person) as queues
    from unnest(${people}::text[]) as wanted (person)
  `);
  return new Map(rows.map(({ person, ...groups }) => [person, groups]));
}
