/**
 * Who asks: a signed-in person or a program with an API key. Every read and every command is
 * scoped to the caller's clients; a client outside the scope does not exist for the caller.
 */
import type { Queries } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import { Failure } from "../kernel/failure.ts";

import type { Permission, Role } from "./roles.ts";
import { PERMISSIONS, demand, rolesAllow } from "./roles.ts";

export interface Caller {
  readonly kind: "user" | "apiKey";
  readonly id: string;
  /** Stands in every record as the actor; unique and never given out again. */
  readonly actor: string;
  readonly displayName: string;
  readonly roles: readonly Role[];
  /** Null: every client there is. */
  readonly clients: readonly string[] | null;
}

/** The ids of the caller's clients, sorted. */
export async function clientsOf(db: Queries, caller: Caller): Promise<readonly string[]> {
  if (caller.clients !== null) return caller.clients;
  const rows = await db.query<{ id: string }>(sql`select id from client order by id limit 10000`);
  return rows.map((row) => row.id);
}

/** Throws `forbidden` unless one of the caller's roles carries the right. */
export function mustBeAllowed(caller: Caller, permission: Permission): void {
  demand(caller.roles, permission);
}

export function isAllowed(caller: Caller, permission: Permission): boolean {
  return rolesAllow(caller.roles, permission);
}

/** Every right that the caller's roles carry. */
export function rightsOf(caller: Caller): ReadonlySet<Permission> {
  const all = Object.keys(PERMISSIONS) as Permission[];
  return new Set(all.filter((permission) => isAllowed(caller, permission)));
}

/** Throws `not-found` for a client outside the caller's scope: it does not exist for them. */
export function mustSee(caller: Caller, clientId: string): void {
  if (caller.clients === null || caller.clients.includes(clientId)) return;
  throw new Failure("not-found", `client ${clientId} does not exist`, { client: clientId });
}

/** Who gives out rights. Without `clients`: the installation, or somebody for every client. */
export interface AskedBy {
  readonly actor: string;
  readonly requestId: string | null;
  readonly clients?: readonly string[] | null;
}

/** Nobody gives out what they do not have. Throws `forbidden` for clients outside the scope. */
export function mustReach(by: AskedBy, clients: readonly string[] | null): void {
  const own = by.clients ?? null;
  if (own === null || (clients !== null && clients.every((one) => own.includes(one)))) return;
  throw new Failure("forbidden", `you can give access to your own clients only: ${own.join(", ")}`);
}
