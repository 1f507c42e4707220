/** The caller as the work room sees a person: a name and rights. */
import type { Caller } from "../access/caller.ts";
import { rightsOf } from "../access/caller.ts";
import type { Person } from "../work/actions.ts";

/** A filter of work as asked for, with `me` read as whoever asks. */
export function readAs<Filter extends { readonly assignee?: string | undefined }>(
  caller: Caller,
  filter: Filter,
): Filter {
  return filter.assignee === "me" ? { ...filter, assignee: caller.actor } : filter;
}

export function personOf(caller: Caller): Person {
  return { name: caller.actor, rights: rightsOf(caller) };
}
