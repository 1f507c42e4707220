/**
 * Who may decide on a request: pure, over what was read.
 *
 * The rule it protects: nobody approves their own work or a request that goes back to them. Not
 * who asked, made, keyed or changed it, not who decided an earlier level, not for or through one
 * who did; no role is exempt.
 */
import type { Permission } from "../../access/roles.ts";
import { PERMISSIONS, rolesWith } from "../../access/roles.ts";
import type { FailureCode } from "../../kernel/failure.ts";
import { formatAmount } from "../../kernel/money.ts";

export type RequestState = "waiting" | "approved" | "declined" | "withdrawn";

export interface ChainLink {
  readonly person: string;
  readonly why: string;
}

export interface PastDecision {
  readonly level: number;
  readonly approved: boolean;
  readonly person: string;
  readonly onBehalfOf: string | null;
}

export interface JudgedRequest {
  readonly clientId: string;
  readonly kind: string;
  readonly state: RequestState;
  readonly settledBy: string | null;
  readonly amountMinor: bigint | null;
  readonly currency: string | null;
  readonly requester: string;
  /** One a level, in order. */
  readonly rights: readonly Permission[];
  readonly chain: readonly ChainLink[];
  readonly decisions: readonly PastDecision[];
}

/** A right to approve that somebody has lent, in force now. */
export interface LentRight {
  readonly delegationId: string;
  readonly from: string;
  /** What was lent and the lender still has. */
  readonly rights: ReadonlySet<Permission>;
  readonly clients: readonly string[] | null;
  readonly kinds: readonly string[] | null;
  readonly maximumMinor: bigint | null;
  readonly currency: string | null;
}

export interface Judge {
  readonly person: string;
  readonly rights: ReadonlySet<Permission>;
  readonly lent: readonly LentRight[];
  /** With whom a delegation was in force, either way, since the request was made. */
  readonly tied: readonly string[];
}

export type Verdict =
  | {
      readonly allowed: true;
      readonly level: number;
      readonly onBehalfOf: string | null;
      readonly delegationId: string | null;
    }
  | { readonly allowed: false; readonly code: FailureCode; readonly why: string };

export function judge(request: JudgedRequest, by: Judge, approved: boolean): Verdict {
  if (request.state !== "waiting") {
    const who = request.settledBy === null ? "" : ` by ${request.settledBy}`;
    return refused("transition-refused", `it is ${request.state} already${who}`);
  }
  // Whoever asked may take it back: that approves nothing.
  const mayTakeBack = !approved && by.person === request.requester;
  const own = approved ? handIn(request, by) : null;
  if (own !== null) return refused("self-approval", own);
  const level = nextLevel(request);
  if (!approved && request.decisions.some((one) => one.person === by.person)) {
    return refused("self-approval", "you decided an earlier level");
  }
  const right = request.rights[level - 1] as Permission;
  const free = { allowed: true, level, onBehalfOf: null, delegationId: null } as const;
  if (by.rights.has(right) || mayTakeBack) return free;
  const tried = by.lent.map((lent) => ({ lent, why: notCovered(request, lent, right) }));
  const lender = tried.find((one) => one.why === null)?.lent;
  if (lender !== undefined) {
    return { ...free, onBehalfOf: lender.from, delegationId: lender.delegationId };
  }
  const [first] = tried;
  if (first?.why?.code !== undefined) return refused(first.why.code, first.why.detail);
  return refused("forbidden", `your roles do not carry the right to ${PERMISSIONS[right]}`);
}

/** The next level that somebody has to decide, from 1. */
export function nextLevel({ decisions }: Pick<JudgedRequest, "decisions">): number {
  return decisions.filter((one) => one.approved).length + 1;
}

/** How the person had a hand in it, or null. */
function handIn(request: JudgedRequest, { person, tied }: Judge): string | null {
  const link = request.chain.find((one) => one.person === person);
  if (link !== undefined) return `you had a hand in it: you ${link.why}`;
  const earlier = decidedBy(request, person);
  if (earlier !== undefined) return `you took part in level ${earlier.level}`;
  const other = request.chain.find((one) => tied.includes(one.person));
  if (other !== undefined) {
    return `${other.person} ${other.why}, and one of you lent the other the right to approve`;
  }
  return null;
}

function decidedBy(request: JudgedRequest, person: string): PastDecision | undefined {
  return request.decisions.find((one) => one.person === person || one.onBehalfOf === person);
}

function notCovered(
  request: JudgedRequest,
  lent: LentRight,
  right: Permission,
): { readonly code: FailureCode; readonly detail: string } | null {
  const { from } = lent;
  const link = request.chain.find((one) => one.person === from);
  const self = (detail: string) => ({ code: "self-approval" as const, detail });
  if (link !== undefined) return self(`${from}, whose right you have, ${link.why}`);
  const earlier = decidedBy(request, from);
  if (earlier !== undefined) return self(`${from} took part in level ${earlier.level}`);
  const no = (detail: string) => ({ code: "forbidden" as const, detail });
  if (!lent.rights.has(right))
    return no(`${from} did not lend you the right to ${PERMISSIONS[right]}`);
  if (lent.clients !== null && !lent.clients.includes(request.clientId)) {
    return no(`${from} did not lend you the right for ${request.clientId}`);
  }
  if (lent.kinds !== null && !lent.kinds.includes(request.kind)) {
    return no(`${from} did not lend you the right for ${request.kind}`);
  }
  const { maximumMinor, currency } = lent;
  if (maximumMinor === null || currency === null) return null;
  const { amountMinor } = request;
  const fits = amountMinor !== null && request.currency === currency && amountMinor <= maximumMinor;
  return fits
    ? null
    : no(`${from} lent you the right up to ${formatAmount(maximumMinor, currency)} ${currency}`);
}

function refused(code: FailureCode, why: string): Verdict {
  return { allowed: false, code, why };
}

/** What the next level takes, and who may not, in words: part of every refusal. */
export function stillNeeded(request: JudgedRequest, people: readonly string[]): string {
  const level = nextLevel(request);
  const right = request.rights[level - 1];
  if (request.state !== "waiting" || right === undefined) return "nobody is needed any more";
  const excluded = excludedFrom(request);
  const free = people.filter((one) => !excluded.has(one));
  const names = free.length === 0 ? "" : `; such as ${free.slice(0, 5).join(", ")}`;
  const what = request.rights.length === 1 ? "it" : `level ${level} of ${request.rights.length}`;
  return (
    `${what} needs somebody else with the right to ${PERMISSIONS[right]} ` +
    `(roles: ${rolesWith(right).join(", ")}${names}), not ${[...excluded].join(", ")}`
  );
}

/** Everybody who had a hand in it or decided. */
export function excludedFrom({ chain, decisions }: JudgedRequest): Set<string> {
  return new Set([
    ...chain.map((one) => one.person),
    ...decisions.flatMap((one) => [
      one.person,
      ...(one.onBehalfOf === null ? [] : [one.onBehalfOf]),
    ]),
  ]);
}
