/** The caller as the work room sees a person: a name and rights. */
import type { Caller } from "../access/caller.ts";
import { rightsOf } from "../access/caller.ts";
import type { Person } from "../work/actions.ts";

export function personOf(caller: Caller): Person {
  return { name: caller.actor, rights: rightsOf(caller) };
}
