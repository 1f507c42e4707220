/**
 * Lends the right to approve to another person, for a time and up to a limit. Only what is one's
 * own is lent, so it never goes on to a third; it is on record, seen by both, and ends at once when
 * either of them says so.
 */
import { Temporal } from "temporal-polyfill";

import { recordAudit } from "../../access/audit.ts";
import type { Caller } from "../../access/caller.ts";
import { isAllowed } from "../../access/caller.ts";
import type { Permission } from "../../access/roles.ts";
import { activeUser } from "../../access/views.ts";
import { refuseCardNumbers } from "../../kernel/card-number.ts";
import type { FieldFault } from "../../kernel/failure.ts";
import { Failure } from "../../kernel/failure.ts";
import { refused } from "../../kernel/field-faults.ts";
import { parsePositiveAmount } from "../../kernel/money.ts";

import type { ApprovalDesk } from "./decide.ts";
import { insertDelegation, revokeDelegationRow } from "./store.ts";
import { SUBJECT_KINDS } from "./subjects.ts";
import { APPROVAL_RIGHTS } from "./tiers.ts";
import type { DelegationRow } from "./views.ts";
import { findDelegation } from "./views.ts";

export const MOST_DAYS = 92;

export interface DelegationRequest {
  readonly delegate: string;
  /** ISO instants; from now where left out. */
  readonly validFrom?: string | undefined;
  readonly validUntil: string;
  readonly reason: string;
  /** All of the own ones where left out. */
  readonly permissions?: readonly Permission[] | undefined;
  readonly clients?: readonly string[] | undefined;
  readonly kinds?: readonly string[] | undefined;
  readonly maximum?: { readonly amount: string; readonly currency: string } | undefined;
}

type Desk = Pick<ApprovalDesk, "database" | "clock" | "ids">;

/**
 * Throws `forbidden` for a program, or for who has no right to lend, and `input-invalid` naming
 * each field that does not fit.
 */
export async function delegateApproval(
  desk: Desk,
  request: DelegationRequest,
  by: Caller,
): Promise<DelegationRow> {
  if (by.kind !== "user") {
    throw new Failure("forbidden", "a person lends their right to approve, not a program");
  }
  const own = APPROVAL_RIGHTS.filter((right) => isAllowed(by, right));
  const permissions = request.permissions ?? own;
  if (own.length === 0 || permissions.some((one) => !isAllowed(by, one))) {
    throw new Failure("forbidden", "you lend only the right to approve that is your own");
  }
  refuseCardNumbers(request.reason, "reason");
  const now = desk.clock.now();
  const from = request.validFrom ?? now.toString();
  const faults = faultsOf(request, by, { from, now: now.toString() });
  const delegate = await activeUser(desk.database, request.delegate);
  if (delegate === undefined) {
    faults.push({ pointer: "/delegate", detail: "is nobody who may sign in" });
  }
  if (faults.length > 0) throw refused("input-invalid", faults);
  const { maximum } = request;
  const id = desk.ids.next();
  await desk.database.transaction(async (tx) => {
    const row = {
      id,
      delegator: by.actor,
      delegate: request.delegate,
      permissions,
      clients: request.clients ?? null,
      kinds: request.kinds ?? null,
      maximumMinor:
        maximum === undefined
          ? null
          : parsePositiveAmount(maximum.amount, maximum.currency, "maximum/amount"),
      currency: maximum?.currency ?? null,
      validFrom: from,
      validUntil: request.validUntil,
      reason: request.reason,
      givenBy: by.actor,
    };
    await insertDelegation(tx, row, now.toString());
    const act = { actor: by.actor, action: "delegateApproval", reason: request.reason };
    await recordAudit(tx, desk, [{ ...act, subject: `delegation/${id} to ${request.delegate}` }]);
  });
  return (await findDelegation(desk.database, id)) as DelegationRow;
}

function faultsOf(
  request: DelegationRequest,
  by: Caller,
  { from, now }: { readonly from: string; readonly now: string },
): FieldFault[] {
  const faults: FieldFault[] = [];
  const { delegate, validUntil, clients, kinds } = request;
  if (delegate === by.actor) {
    faults.push({ pointer: "/delegate", detail: "is you: lend it to another person" });
  }
  const before = (one: string, other: string): boolean => Temporal.Instant.compare(one, other) < 0;
  if (!before(from, validUntil)) {
    faults.push({ pointer: "/validUntil", detail: "has to be after its beginning" });
  } else if (!before(now, validUntil)) {
    faults.push({ pointer: "/validUntil", detail: "is over already" });
  } else {
    const hours = Temporal.Instant.from(from).until(validUntil).total("hours");
    if (hours > MOST_DAYS * 24) {
      faults.push({ pointer: "/validUntil", detail: `has to be within ${MOST_DAYS} days` });
    }
  }
  const unseen = (clients ?? []).find((one) => by.clients?.includes(one) === false);
  if (unseen !== undefined) {
    faults.push({ pointer: "/clients", detail: `${unseen} is none of your clients` });
  }
  const strange = (kinds ?? []).find((one) => !SUBJECT_KINDS.some(({ kind }) => kind === one));
  if (strange !== undefined) {
    faults.push({ pointer: "/kinds", detail: `${strange} is nothing that is approved` });
  }
  return faults;
}

/** By either of the two, or who manages access. Throws `not-found`, `forbidden`. */
export async function revokeDelegation(desk: Desk, id: string, by: Caller): Promise<DelegationRow> {
  const row = await findDelegation(desk.database, id);
  const isOwn = row !== undefined && [row.delegator, row.delegate].includes(by.actor);
  if (row === undefined || (!isOwn && !isAllowed(by, "access:manage"))) {
    throw new Failure("not-found", `delegation ${id} does not exist`, { id });
  }
  await desk.database.transaction(async (tx) => {
    const now = desk.clock.now().toString();
    const revoked = await revokeDelegationRow(tx, id, { actor: by.actor, now });
    if (!revoked) {
      throw new Failure("transition-refused", "it is revoked already", { id });
    }
    const act = { actor: by.actor, action: "revokeDelegation" };
    await recordAudit(tx, desk, [{ ...act, subject: `delegation/${id}` }]);
  });
  return (await findDelegation(desk.database, id)) as DelegationRow;
}
