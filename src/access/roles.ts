/**
 * What each role may do, as data. Rights are checked by name, never by role; a person may have
 * several roles. No role is exempt from "nobody approves their own work".
 */
import { Failure } from "../kernel/failure.ts";

export const ROLES = [
  "viewer",
  "analyst",
  "approver",
  "seniorApprover",
  "supervisor",
  "operator",
  "administrator",
] as const;

export type Role = (typeof ROLES)[number];

/** Every right, with what it allows in words: shown in refusals and in the documentation. */
export const PERMISSIONS = {
  "case:read": "see cases, books, adjustments and assignments",
  "operation:run": "open claims and run operations on disputes",
  "adjustment:reverse": "reverse an executed adjustment",
  "adjustment:cancel": "cancel what has not reached the system of record",
  "assignment:work": "take, release and complete assignments",
  "assignment:approve": "approve what others asked for",
  "assignment:approveHigh": "approve at the higher levels of amount tiers",
  "gate:override": "resolve a dispute whose books are out of balance, with a second person",
  "evidence:read": "read what was shown for postings made by hand",
  "assignment:assign": "give work to others, free what others have, restore, break claim locks",
  "group:manage": "manage work groups, assignment groups and who belongs to them",
  "reconcile:run": "compare a feed of the system of record with our movements",
  "service:retry": "retry, run now, reroute, and say what became of a posting",
  "service:test": "test the connection of an accounting service and try a request",
  "service:configure": "change the settings of an accounting service",
  "service:account": "ask for another account for a posting that was refused",
  "service:override": "send a posting again although the system of record warned",
  "batch:read": "see batches and their totals",
  "batch:content": "read the bytes of a batch file",
  "batch:generate": "generate accounting files",
  "batch:configure": "change the layout of a batch profile",
  "batch:regenerate": "resend and regenerate accounting batches",
  "batch:answer": "take in return files, match and set aside their lines, close alarms",
  "import:run": "import claims and operations in bulk",
  "account:reveal": "see a whole account number, with a reason that is logged",
  "access:manage": "manage users and API keys",
  "audit:read": "read the audit",
} as const;

export type Permission = keyof typeof PERMISSIONS;

const READ: readonly Permission[] = ["case:read", "batch:read"];

export const ROLE_PERMISSIONS: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  viewer: new Set(READ),
  analyst: new Set([
    ...READ,
    "operation:run",
    "adjustment:reverse",
    "adjustment:cancel",
    "evidence:read",
    "assignment:work",
    "service:account",
    "account:reveal",
  ]),
  approver: new Set([
    ...READ,
    "evidence:read",
    "assignment:work",
    "gate:override",
    "assignment:approve",
    "service:override",
    "account:reveal",
  ]),
  seniorApprover: new Set([
    ...READ,
    "assignment:work",
    "assignment:approve",
    "assignment:approveHigh",
    "service:override",
    "account:reveal",
  ]),
  supervisor: new Set([
    ...READ,
    "assignment:work",
    "assignment:assign",
    "group:manage",
    "account:reveal",
  ]),
  operator: new Set([
    ...READ,
    "reconcile:run",
    "service:retry",
    "service:test",
    "batch:content",
    "batch:generate",
    "batch:regenerate",
    "batch:answer",
    "import:run",
  ]),
  administrator: new Set([
    ...READ,
    "service:test",
    "service:configure",
    "batch:configure",
    "access:manage",
    "group:manage",
    "audit:read",
  ]),
};

/** True when one of the roles carries the right. */
export function rolesAllow(roles: readonly Role[], permission: Permission): boolean {
  return roles.some((role) => ROLE_PERMISSIONS[role].has(permission));
}

/** As `demand` for somebody whose rights are known already. */
export function demandOf(rights: ReadonlySet<Permission>, permission: Permission): void {
  if (!rights.has(permission)) throw forbidden(permission);
}

/** The roles that carry a right, for a refusal that says whom to ask. */
export function rolesWith(permission: Permission): Role[] {
  return ROLES.filter((role) => ROLE_PERMISSIONS[role].has(permission));
}

/** Throws `forbidden` naming the right and the roles that carry it. */
export function demand(roles: readonly Role[], permission: Permission): void {
  if (!rolesAllow(roles, permission)) throw forbidden(permission);
}

function forbidden(permission: Permission): Failure {
  return new Failure(
    "forbidden",
    `this needs the right to ${PERMISSIONS[permission]}; roles that have it: ` +
      rolesWith(permission).join(", "),
    { permission },
  );
}
