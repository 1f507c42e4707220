/**
 * Opens a claim for work, keeps it open, gives it back, and, for a supervisor, breaks what somebody
 * forgot. What happened is kept.
 *
 * The rule it protects: at any moment at most one person has a claim open, and everybody can see
 * who.
 */
import type { Database } from "../database/database.ts";
import { refuseCardNumbers } from "../kernel/card-number.ts";
import type { Clock } from "../kernel/clock.ts";
import { Failure } from "../kernel/failure.ts";

import { isAhead, LOCK_SECONDS } from "./claim-lock.ts";
import type { ClaimKey, ClaimLockRow } from "./lock-store.ts";
import {
  deleteLapsedLocks,
  deleteLock,
  insertLock,
  lockOfClaim,
  recordLocks,
  renewLock,
} from "./lock-store.ts";

export interface LockDesk {
  readonly database: Database;
  readonly clock: Clock;
}

/**
 * Takes the lock, or renews the person's own: the heartbeat is the same call. Throws
 * `claim-locked` with who has it and until when.
 */
export function lockClaim(by: LockDesk, claim: ClaimKey, person: string): Promise<ClaimLockRow> {
  const now = by.clock.now().toString();
  const leasedUntil = by.clock.now().add({ seconds: LOCK_SECONDS }).toString();
  return by.database.transaction(async (tx) => {
    const lease = { ...claim, holder: person, now, leasedUntil };
    const fresh = await insertLock(tx, lease);
    if (fresh !== undefined) {
      await recordLocks(tx, [{ ...claim, kind: "taken", actor: person, holder: person }], now);
      return fresh;
    }
    const held = await lockOfClaim(tx, claim, "for update");
    if (held === undefined) throw new Failure("still-running", "it was just given back");
    if (held.holder !== person && isAhead(held.leasedUntil, now)) {
      const { holder, leasedUntil: until, takenAt: since } = held;
      throw new Failure("claim-locked", `${holder} has the claim open`, { holder, until, since });
    }
    if (held.holder !== person) {
      await recordLocks(
        tx,
        [
          { ...claim, kind: "lapsed", actor: "redress", holder: held.holder },
          { ...claim, kind: "taken", actor: person, holder: person },
        ],
        now,
      );
    }
    return renewLock(tx, { ...lease, isNew: held.holder !== person });
  });
}

/**
 * Gives it back; somebody else's only for a supervisor, with a reason. Answers what there was.
 * Throws `claim-locked` where somebody else has it and it may not be broken.
 */
export function unlockClaim(
  by: LockDesk,
  claim: ClaimKey,
  person: string,
  breaking: { readonly isAllowed: boolean; readonly reason: string | null },
): Promise<ClaimLockRow | undefined> {
  const now = by.clock.now().toString();
  refuseCardNumbers(breaking.reason ?? "", "reason");
  return by.database.transaction(async (tx) => {
    const held = await lockOfClaim(tx, claim, "for update");
    if (held === undefined) return undefined;
    const { holder } = held;
    const isOthers = holder !== person && isAhead(held.leasedUntil, now);
    if (isOthers && !breaking.isAllowed) {
      throw new Failure("claim-locked", `${holder} has the claim open`, {
        holder,
        until: held.leasedUntil,
      });
    }
    if (isOthers && breaking.reason === null) {
      const detail = "breaking somebody's lock needs a reason";
      throw new Failure("input-invalid", detail, {}, [{ pointer: "/reason", detail }]);
    }
    await deleteLock(tx, claim);
    const kind = isOthers ? "broken" : holder === person ? "released" : "lapsed";
    const { reason } = breaking;
    await recordLocks(tx, [{ ...claim, kind, actor: person, holder, reason }], now);
    return held;
  });
}

/** Removes what nobody renewed; answers how many. */
export function forgetLapsedLocks(by: LockDesk, limit = 1000): Promise<number> {
  const now = by.clock.now().toString();
  return by.database.transaction(async (tx) => {
    const lapsed = await deleteLapsedLocks(tx, now, limit);
    const words = { kind: "lapsed" as const, actor: "redress" };
    await recordLocks(
      tx,
      lapsed.map((one) => ({ ...one, ...words })),
      now,
    );
    return lapsed.length;
  });
}
