/**
 * Finds out who asks: by session token or by API key. Keys in force are remembered for a few
 * seconds, so that a busy program does not cost a query a request; a revoked key works that long.
 */
import type { Database, Queries } from "../database/database.ts";
import type { Clock } from "../kernel/clock.ts";

import type { Caller } from "./caller.ts";
import { isApiKey, tokenHash } from "./tokens.ts";
import type { ApiKeyRow, UserRow } from "./views.ts";
import { activeUser, apiKeyInForce, apiKeyNamed, userOfSession } from "./views.ts";

export interface Authenticator {
  /** The caller, or undefined for a token that is unknown, expired or of an inactive user. */
  bySession(token: string): Promise<Caller | undefined>;
  byApiKey(key: string): Promise<Caller | undefined>;
}

const REMEMBERED_SECONDS = 5;
const REMEMBERED_KEYS = 1000;

export function authenticator(access: { database: Database; clock: Clock }): Authenticator {
  const { database, clock } = access;
  const remembered = new Map<string, { caller: Caller; untilMilliseconds: number }>();

  return {
    bySession: async (token) => {
      const now = clock.now().toString();
      const user = await userOfSession(database, tokenHash(token), now);
      return user === undefined ? undefined : callerOf(user);
    },
    byApiKey: async (key) => {
      if (!isApiKey(key)) return undefined;
      const hash = tokenHash(key);
      const name = hash.toString("base64");
      const now = clock.now();
      const known = remembered.get(name);
      if (known !== undefined && known.untilMilliseconds > now.epochMilliseconds) {
        return known.caller;
      }
      remembered.delete(name);
      const row = await apiKeyInForce(database, hash, now.toString());
      if (row === undefined) return undefined;
      const caller = callerOfKey(row);
      if (remembered.size >= REMEMBERED_KEYS) remembered.clear();
      remembered.set(name, {
        caller,
        untilMilliseconds: now.epochMilliseconds + REMEMBERED_SECONDS * 1000,
      });
      return caller;
    },
  };
}

const KEY_ACTOR = "key:";

/**
 * Whoever stands in a record as this actor, with the rights they have now: for work that goes on
 * after they have left. Undefined when they may not come in any more.
 */
export async function callerNamed(
  db: Queries,
  actor: string,
  now: string,
): Promise<Caller | undefined> {
  if (actor.startsWith(KEY_ACTOR)) {
    const key = await apiKeyNamed(db, actor.slice(KEY_ACTOR.length), now);
    return key === undefined ? undefined : callerOfKey(key);
  }
  const user = await activeUser(db, actor);
  return user === undefined ? undefined : callerOf(user);
}

function callerOfKey(key: ApiKeyRow): Caller {
  return {
    kind: "apiKey",
    id: key.id,
    actor: `${KEY_ACTOR}${key.name}`,
    displayName: key.name,
    roles: key.roles,
    clients: key.clients,
  };
}

function callerOf(user: UserRow): Caller {
  return {
    kind: "user",
    id: user.id,
    actor: user.name,
    displayName: user.displayName,
    roles: user.roles,
    clients: user.clients,
  };
}
