/** The caller as the work room sees a person: a name and rights. */
import type { Caller } from "../access/caller.ts";
import { isAllowed } from "../access/caller.ts";
import type { Permission } from "../access/roles.ts";
import { PERMISSIONS } from "../access/roles.ts";
import type { Person } from "../work/actions.ts";

export function personOf(caller: Caller): Person {
  const all = Object.keys(PERMISSIONS) as Permission[];
  return {
    name: caller.actor,
    rights: new Set(all.filter((permission) => isAllowed(caller, permission))),
  };
}
