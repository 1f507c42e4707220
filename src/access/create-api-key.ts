/**
 * Gives out API keys for programs, and takes them back. The key itself is shown once, never kept.
 */
import type { Database } from "../database/database.ts";
import type { Clock } from "../kernel/clock.ts";
import { Failure } from "../kernel/failure.ts";
import type { Ids } from "../kernel/ids.ts";

import { recordAudit } from "./audit.ts";
import type { AskedBy } from "./caller.ts";
import { mustReach } from "./caller.ts";
import { mustBeName } from "./create-user.ts";
import type { Role } from "./roles.ts";
import { insertApiKey, revokeApiKeyRow } from "./store.ts";
import { newApiKey, tokenHash } from "./tokens.ts";

interface Access {
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: Ids;
}

export interface ApiKeyRequest {
  readonly name: string;
  readonly roles: readonly Role[];
  /** Null: every client. */
  readonly clients: readonly string[] | null;
  readonly expiresAt: string | null;
}

const SHOWN_CHARACTERS = 8;

/**
 * Answers the key, this once. Throws `already-exists` for a name that was given before, and
 * `forbidden` for clients that whoever gives it out cannot reach.
 */
export async function createApiKey(
  access: Access,
  request: ApiKeyRequest,
  by: AskedBy,
): Promise<{ id: string; key: string; prefix: string }> {
  mustBeName(request.name);
  mustReach(by, request.clients);
  const key = newApiKey();
  const id = access.ids.next();
  const prefix = key.slice(0, SHOWN_CHARACTERS);
  await access.database.transaction(async (tx) => {
    const added = await insertApiKey(tx, {
      id,
      name: request.name,
      keyHash: tokenHash(key),
      prefix,
      roles: request.roles,
      clients: request.clients,
      createdBy: by.actor,
      createdAt: access.clock.now().toString(),
      expiresAt: request.expiresAt,
    });
    if (!added) throw new Failure("already-exists", `a key ${request.name} exists already`);
    await recordAudit(tx, access, [
      { actor: by.actor, action: "createApiKey", subject: request.name, requestId: by.requestId },
    ]);
  });
  return { id, key, prefix };
}

/** Throws `not-found` for a key that does not exist or is revoked. */
export async function revokeApiKey(access: Access, id: string, by: AskedBy): Promise<void> {
  await access.database.transaction(async (tx) => {
    if (!(await revokeApiKeyRow(tx, id, by.clients ?? null, access.clock.now().toString()))) {
      throw new Failure("not-found", `no API key ${id} is in force`, { id });
    }
    await recordAudit(tx, access, [
      { actor: by.actor, action: "revokeApiKey", subject: id, requestId: by.requestId },
    ]);
  });
}
