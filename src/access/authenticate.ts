/**
 * Finds out who asks: by session token or by API key. Keys in force are remembered for a few
 * seconds, so that a busy program does not cost a query a request; a revoked key works that long.
 */
import type { Database } from "../database/database.ts";
import type { Clock } from "../kernel/clock.ts";

import type { Caller } from "./caller.ts";
import { isApiKey, tokenHash } from "./tokens.ts";
import type { UserRow } from "./views.ts";
import { apiKeyInForce, userOfSession } from "./views.ts";

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
      const caller: Caller = {
        kind: "apiKey",
        id: row.id,
        actor: `key:${row.name}`,
        displayName: row.name,
        roles: row.roles,
        clients: row.clients,
      };
      if (remembered.size >= REMEMBERED_KEYS) remembered.clear();
      remembered.set(name, {
        caller,
        untilMilliseconds: now.epochMilliseconds + REMEMBERED_SECONDS * 1000,
      });
      return caller;
    },
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
