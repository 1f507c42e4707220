/** People who may sign in, each with an API key of their own. */
import { createApiKey } from "../../src/access/create-api-key.ts";
import type { Role } from "../../src/access/roles.ts";
import { insertUser } from "../../src/access/store.ts";
import type { TestEngine } from "./engine.ts";

let keyOrdinal = 0;

/** A user of this name with these roles; answers the key that they gave out for themselves. */
export async function aUser(
  engine: TestEngine,
  name: string,
  roles: readonly Role[],
): Promise<string> {
  const { database, clock, ids } = engine;
  await insertUser(database, {
    id: ids.next(),
    name,
    displayName: name,
    passwordHash: "nobody signs in with this",
    roles,
    clients: null,
    createdAt: clock.now().toString(),
  });
  return aKeyOf(engine, name, roles, `${name}-key`);
}

/** Another key that the person gave out. */
export async function aKeyOf(
  engine: TestEngine,
  person: string,
  roles: readonly Role[],
  name = `${person}-key-${(keyOrdinal += 1)}`,
): Promise<string> {
  const request = { name, roles, clients: null, expiresAt: null };
  const { key } = await createApiKey(engine, request, { actor: person, requestId: null });
  return key;
}
