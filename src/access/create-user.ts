/** Adds a person who may sign in. Names are never given out again: history speaks of them. */
import type { Database } from "../database/database.ts";
import type { Clock } from "../kernel/clock.ts";
import { Failure } from "../kernel/failure.ts";
import type { Ids } from "../kernel/ids.ts";

import { recordAudit } from "./audit.ts";
import type { AskedBy } from "./caller.ts";
import { mustReach } from "./caller.ts";
import { hashPassword } from "./password.ts";
import type { Role } from "./roles.ts";
import { insertUser } from "./store.ts";
import type { UserRow } from "./views.ts";

export interface UserRequest {
  readonly name: string;
  readonly displayName: string;
  readonly password: string;
  readonly roles: readonly Role[];
  /** Null: every client. */
  readonly clients: readonly string[] | null;
}

export const ACCESS_NAME = /^[a-z0-9][a-z0-9._@-]{0,62}$/;

/**
 * Throws `input-invalid` for a weak password or an odd name, `already-exists` for a taken name,
 * `forbidden` for clients that whoever adds the user cannot reach.
 */
export async function createUser(
  access: { database: Database; clock: Clock; ids: Ids },
  request: UserRequest,
  by: AskedBy,
): Promise<UserRow> {
  mustBeName(request.name);
  mustReach(by, request.clients);
  const passwordHash = await hashPassword(request.password);
  const { name, displayName, roles, clients } = request;
  const id = access.ids.next();
  const createdAt = access.clock.now().toString();
  await access.database.transaction(async (tx) => {
    const user = { id, name, displayName, passwordHash, roles, clients, createdAt };
    if (!(await insertUser(tx, user))) {
      throw new Failure("already-exists", `a user ${name} exists already`, { name });
    }
    await recordAudit(tx, access, [
      { actor: by.actor, action: "createUser", subject: name, requestId: by.requestId },
    ]);
  });
  return { id, name, displayName, roles, clients, isActive: true };
}

/** Throws `input-invalid` for what cannot stand in a record as an actor. */
export function mustBeName(name: string): void {
  if (ACCESS_NAME.test(name)) return;
  const detail = "a name is lower-case letters, digits, dots, underscores, at signs and dashes";
  throw new Failure("input-invalid", detail, {}, [{ pointer: "/name", detail }]);
}
