/**
 * Which person stands behind an actor: the owner of an API key, whoever sits at a terminal. "Nobody
 * approves their own work" is about persons; a second key or a terminal is not a second person.
 */
import type { Queries } from "../database/database.ts";
import { sql } from "../database/sql.ts";

import type { Role } from "./roles.ts";

/** How many keys may have been given out by keys before it ends at a person. */
const MOST_KEYS = 8;

/**
 * Actor → person. A key belongs to whoever gave it out (revoked ones too: history names them), a
 * terminal to the account signed in there; everybody else is who they say. Served by the unique
 * names of `api_key`.
 */
export async function personsBehind(
  db: Queries,
  actors: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const distinct = [...new Set(actors)];
  if (!distinct.some((actor) => actor.includes(":"))) {
    return new Map(distinct.map((actor) => [actor, actor]));
  }
  const rows = await db.query<{ actor: string; person: string }>(sql`
    with recursive behind (actor, person, depth) as (
      select actor, actor, 0 from unnest(${distinct}::text[]) as given (actor)
      union all
      select b.actor, k.created_by, b.depth + 1
      from behind b
      join api_key k on b.person = 'key:' || k.name
      where b.depth < ${MOST_KEYS}
    )
    select distinct on (actor) actor, regexp_replace(person, '^cli:', '') as person
    from behind
    order by actor, depth desc
  `);
  return new Map(rows.map((row) => [row.actor, row.person]));
}

export interface KnownPerson {
  readonly name: string;
  readonly roles: readonly Role[];
}

/** Active users with one of these roles who see the client, by name. */
export function peopleWith(
  db: Queries,
  clientId: string,
  roles: readonly Role[],
  limit: number,
): Promise<KnownPerson[]> {
  return db.query(sql`
    select name, roles
    from app_user
    where is_active and roles && ${roles}::text[]
      and (clients is null or ${clientId} = any (clients))
    order by name
    limit ${limit}
  `);
}
