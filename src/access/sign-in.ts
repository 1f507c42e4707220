/**
 * Signing in with name and password. A wrong name and a wrong password look alike and take alike;
 * after several wrong passwords the account waits a while, so that guessing leads nowhere.
 */
import { Temporal } from "temporal-polyfill";

import type { Database } from "../database/database.ts";
import type { Clock } from "../kernel/clock.ts";
import { Failure } from "../kernel/failure.ts";
import type { Ids } from "../kernel/ids.ts";

import { recordAudit } from "./audit.ts";
import { verifyPassword } from "./password.ts";
import { countFailedSignIn, deleteSession, forgetFailedSignIns, insertSession } from "./store.ts";
import { newToken, tokenHash } from "./tokens.ts";
import type { CredentialRow } from "./views.ts";
import { credentialsByName } from "./views.ts";

export const SESSION_HOURS = 12;
const WRONG_PASSWORDS_ALLOWED = 5;
const LOCK_MINUTES = 15;
/**
 * What is recorded of a name that nobody has: it might be a password typed into the wrong field.
 */
const UNKNOWN = "unknown";

interface Access {
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Answers the token of a new session. Throws `unauthenticated`. */
export async function signIn(
  access: Access,
  credentials: { name: string; password: string; requestId: string },
): Promise<string> {
  const { database, clock } = access;
  const user = await credentialsByName(database, credentials.name.toLowerCase());
  const now = clock.now();
  const lockedUntil = user?.lockedUntil ?? null;
  const isLocked = lockedUntil !== null && Temporal.Instant.compare(lockedUntil, now) > 0;
  const usable = user?.isActive === true && !isLocked;
  const isRight = await verifyPassword(credentials.password, user?.passwordHash ?? null);
  if (!isRight || !usable) {
    const failure = new Failure("unauthenticated", "name or password is wrong");
    await refused(access, user, usable, failure, credentials.requestId);
    throw failure;
  }
  const token = newToken();
  await database.transaction(async (tx) => {
    await forgetFailedSignIns(tx, user.id);
    await insertSession(tx, {
      tokenHash: tokenHash(token),
      userId: user.id,
      createdAt: now.toString(),
      expiresAt: now.add({ hours: SESSION_HOURS }).toString(),
    });
    await recordAudit(tx, access, [
      { actor: user.name, action: "signIn", subject: user.name, requestId: credentials.requestId },
    ]);
  });
  return token;
}

/** Ends the session; one that is over already stays over. */
export async function signOut(
  access: Access,
  session: { token: string; actor: string; requestId: string },
): Promise<void> {
  await access.database.transaction(async (tx) => {
    await deleteSession(tx, tokenHash(session.token));
    const { actor, requestId } = session;
    await recordAudit(tx, access, [{ actor, action: "signOut", subject: actor, requestId }]);
  });
}

async function refused(
  access: Access,
  user: CredentialRow | undefined,
  usable: boolean,
  failure: Failure,
  requestId: string,
): Promise<void> {
  const actor = user?.name ?? UNKNOWN;
  await access.database.transaction(async (tx) => {
    if (user !== undefined && usable) {
      const until = access.clock.now().add({ minutes: LOCK_MINUTES }).toString();
      await countFailedSignIn(tx, user.id, WRONG_PASSWORDS_ALLOWED, until);
    }
    await recordAudit(tx, access, [
      { actor, action: "signIn", subject: actor, requestId, failure },
    ]);
  });
}
