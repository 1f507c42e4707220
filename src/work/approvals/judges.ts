/** Who decides, as the rule needs it: the person, their rights, what was lent, and to whom. */
import { callerNamed } from "../../access/authenticate.ts";
import type { Caller } from "../../access/caller.ts";
import { isAllowed } from "../../access/caller.ts";
import { peopleWith, personsBehind } from "../../access/persons.ts";
import { rolesWith } from "../../access/roles.ts";
import type { Queries } from "../../database/database.ts";

import type { Person } from "../actions.ts";

import type { Judge, JudgedRequest, LentRight } from "./judge.ts";
import { nextLevel, stillNeeded } from "./judge.ts";
import type { DelegationRow } from "./views.ts";
import { delegationsTo, tiesOf } from "./views.ts";

/** `since`: the earliest of the requests that are judged. */
export async function judgeNamed(
  db: Queries,
  by: Person,
  at: { readonly since: string; readonly now: string },
): Promise<Judge> {
  const { now, since } = at;
  const person = (await personsBehind(db, [by.name])).get(by.name) ?? by.name;
  const lent: LentRight[] = [];
  for (const row of await delegationsTo(db, person, now)) {
    const lender = await callerNamed(db, row.delegator, now);
    lent.push(lentBy(row, lender));
  }
  return { person, rights: by.rights, lent, tied: await tiesOf(db, person, since, now) };
}

/** What was lent and is the lender's own now: what is lent to them is not theirs to lend. */
function lentBy(row: DelegationRow, lender: Caller | undefined): LentRight {
  const held = row.permissions.filter((one) => lender !== undefined && isAllowed(lender, one));
  const own = lender?.clients ?? null;
  const clients =
    row.clients === null || own === null
      ? (row.clients ?? own)
      : row.clients.filter((one) => own.includes(one));
  return {
    delegationId: row.id,
    from: row.delegator,
    rights: new Set(held),
    clients,
    kinds: row.kinds,
    maximumMinor: row.maximumMinor,
    currency: row.currency,
  };
}

const NAMES_LOOKED_AT = 50;

/** Who is still needed, in words, with names of those who could. */
export async function whoMay(db: Queries, request: JudgedRequest): Promise<string> {
  const right = request.rights[nextLevel(request) - 1];
  if (right === undefined) return stillNeeded(request, []);
  const people = await peopleWith(db, request.clientId, rolesWith(right), NAMES_LOOKED_AT);
  return stillNeeded(
    request,
    people.map((one) => one.name),
  );
}
