/** Shows a person a whole account number: with the right, for a reason, and never unrecorded. */
import type { Database } from "../database/database.ts";
import type { Clock } from "../kernel/clock.ts";
import { Failure } from "../kernel/failure.ts";
import type { Ids } from "../kernel/ids.ts";

import { recordAudit } from "./audit.ts";
import type { Caller } from "./caller.ts";
import { mustBeAllowed, mustSee } from "./caller.ts";
import type { AccountVault } from "./vault.ts";

export interface RevealRequest {
  readonly clientId: string;
  readonly accountId: string;
  readonly reason: string;
  readonly requestId: string | null;
}

/**
 * The record is committed before the number is answered. Throws `forbidden`, recorded too, and
 * `not-found` for an account that does not exist, is another's, or was purged.
 */
export async function revealAccount(
  access: { database: Database; clock: Clock; ids: Ids; vault: AccountVault },
  caller: Caller,
  request: RevealRequest,
): Promise<string> {
  const act = {
    actor: caller.actor,
    clientId: request.clientId,
    action: "revealAccount",
    subject: request.accountId,
    reason: request.reason,
    requestId: request.requestId,
  };
  try {
    mustSee(caller, request.clientId);
    mustBeAllowed(caller, "account:reveal");
    const numbers = await access.vault.numbers(access.database, [request]);
    const number = numbers.get(request.accountId);
    if (number === undefined) {
      throw new Failure("not-found", `account ${request.accountId} has no number to show`);
    }
    await recordAudit(access.database, access, [act]);
    return number;
  } catch (error) {
    if (error instanceof Failure) {
      await recordAudit(access.database, access, [{ ...act, failure: error }]);
    }
    throw error;
  }
}
