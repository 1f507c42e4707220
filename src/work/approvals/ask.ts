/**
 * Asks other people for approval: the request, what its levels take, and who had a hand in it, in
 * the transaction of what waits. Everything that needs a second person comes through here.
 */
import { personsBehind } from "../../access/persons.ts";
import type { Transaction } from "../../database/database.ts";
import { assert } from "../../kernel/assert.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Ids } from "../../kernel/ids.ts";

import type { ChainLink } from "./judge.ts";
import { insertRequests } from "./store.ts";
import { subjectKind } from "./subjects.ts";
import type { ApprovalNeed } from "./tiers.ts";
import { askersOfSame } from "./views.ts";

export interface ApprovalAsk {
  readonly clientId: string;
  /** A kind of `SUBJECT_KINDS`, and which one: one request of it waits at a time. */
  readonly subject: { readonly kind: string; readonly id: string };
  /** What will happen, in words. Never an account number. */
  readonly summary: string;
  readonly need: ApprovalNeed;
  /** The actor as records name it; the person behind it is found here. */
  readonly requestedBy: string;
  readonly reason?: string;
  readonly claimId?: string | null;
  readonly disputeId?: string | null;
  readonly amountMinor?: bigint | null;
  readonly currency?: string | null;
  /** Others who had a hand in it: made the operation, changed the amount, asked for the job. */
  readonly alsoBy?: readonly Hand[];
  /** What makes another request the same matter; the subject itself where left out. */
  readonly sameMatter?: string;
  /** What the effect needs, as JSON. */
  readonly payload?: Readonly<Record<string, unknown>>;
}

export interface AskDesk {
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Answers the requests' ids in order. Something that waits already is a mistake of the caller. */
export async function askApprovals(
  tx: Transaction,
  desk: AskDesk,
  asks: readonly ApprovalAsk[],
): Promise<string[]> {
  if (asks.length === 0) return [];
  const actors = asks.flatMap((ask) => [ask.requestedBy, ...also(ask).map((one) => one.actor)]);
  const persons = await personsBehind(tx, actors);
  const same = await askersOfSame(
    tx,
    asks.map((ask) => ({ clientId: ask.clientId, sameMatter: matterOf(ask) })),
  );
  const rows = asks.map((ask) => {
    assert(ask.need.rights.length > 0, "an approval takes a level");
    const before = same
      .filter((one) => one.clientId === ask.clientId && one.sameMatter === matterOf(ask))
      .map((one) => ({ actor: one.requester, why: "asked for the same before" }));
    return {
      clientId: ask.clientId,
      id: desk.ids.next(),
      subjectKind: ask.subject.kind,
      subjectId: ask.subject.id,
      claimId: ask.claimId ?? null,
      disputeId: ask.disputeId ?? null,
      summary: ask.summary,
      rule: ask.need.rule,
      ruleWords: ask.need.words,
      amountMinor: ask.amountMinor ?? null,
      currency: ask.currency ?? null,
      requestedBy: ask.requestedBy,
      requester: persons.get(ask.requestedBy) ?? ask.requestedBy,
      reason: ask.reason ?? "",
      payload: ask.payload ?? {},
      sameMatter: matterOf(ask),
      isAfter: subjectKind(ask.subject.kind).isAfter,
      rights: ask.need.rights,
      chain: chainOf(ask, persons, before),
    };
  });
  await insertRequests(tx, rows, desk.clock.now().toString());
  return rows.map((row) => row.id);
}

/** As `askApprovals` for one. */
export async function askApproval(
  tx: Transaction,
  desk: AskDesk,
  ask: ApprovalAsk,
): Promise<string> {
  const [id] = await askApprovals(tx, desk, [ask]);
  assert(id !== undefined, "one ask has one id");
  return id;
}

function also(ask: ApprovalAsk) {
  return ask.alsoBy ?? [];
}

function matterOf({ subject, sameMatter }: ApprovalAsk): string {
  return sameMatter ?? `${subject.kind} ${subject.id}`;
}

function chainOf(
  ask: ApprovalAsk,
  persons: ReadonlyMap<string, string>,
  before: readonly Hand[],
): ChainLink[] {
  return linksOf(
    [{ actor: ask.requestedBy, why: "asked for it" }, ...also(ask), ...before],
    persons,
  );
}

export interface Hand {
  readonly actor: string;
  readonly why: string;
}

/** Each actor and the person behind it, once, with the first reason. */
export function linksOf(hands: readonly Hand[], persons: ReadonlyMap<string, string>): ChainLink[] {
  const links = new Map<string, string>();
  for (const { actor, why } of hands) {
    const person = persons.get(actor) ?? actor;
    const how = person === actor ? why : `${why}, by ${actor}`;
    if (!links.has(person)) links.set(person, how);
    if (!links.has(actor)) links.set(actor, why);
  }
  return [...links].map(([person, why]) => ({ person, why }));
}
