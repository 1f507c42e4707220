/**
 * What follows from what: the six outcomes of a call and their consequences (domain §5.1), what a
 * look-up's answer leads to, and what the machine does next while an outcome is unknown. Pure.
 *
 * The rule it protects: unknown is never read as failure or as success. What may have been
 * processed is never sent under another key, never rerouted, and never sent again once the core
 * may have forgotten the key.
 */
import { exponentOf, formatAmount } from "../kernel/money.ts";

import type { Echo, Reading } from "./read-answer.ts";
import type {
  AnswerMapping,
  LookUpOutcome,
  PostingOutcome,
  Service,
} from "./service-configuration.ts";

/** What was asked for, to compare with what the core says it did. */
export interface AskedPosting {
  readonly amountMinor: bigint;
  readonly currency: string;
  /** Every name that the debited, the credited accounts go by: ids and numbers. */
  readonly debitAccounts: ReadonlySet<string>;
  readonly creditAccounts: ReadonlySet<string>;
}

export type Consequence =
  | { readonly kind: "executed"; readonly reference: string | null; readonly on: string | null }
  | {
      readonly kind: "failed";
      readonly event: "refused" | "retriesUsedUp" | "foundNotPosted";
      readonly reason: string;
      readonly isOverridable: boolean;
    }
  /** Certain that nothing happened: later again, with the same key. */
  | { readonly kind: "again"; readonly reason: string; readonly waitSeconds: number }
  | {
      readonly kind: "unknown";
      readonly machineMayAct: boolean;
      readonly reason: string;
      readonly waitSeconds: number;
    };

export type CallLimits = Pick<
  Service,
  | "maxAccountingServiceCallRetries"
  | "retrySpacingSeconds"
  | "retryJitter"
  | "key"
  | "lookUp"
  | "timeouts"
  | "answer"
>;

export interface PostingContext {
  readonly limits: CallLimits;
  readonly asked: AskedPosting;
  /** It was made while the outcome of an earlier call with this key was unknown. */
  readonly wasUnknown: boolean;
  /** A look-up has shown that none of the earlier calls was processed. */
  readonly isProvenAbsent: boolean;
  /** Postings tried since the assignment opened, this one included, none that was cut short. */
  readonly calls: number;
  /** 0 … 1. */
  readonly random: number;
  readonly waitsDividedBy: number;
  /** The core asked for at least so much. */
  readonly retryAfterSeconds?: number;
}

export function afterPosting(
  reading: Reading<PostingOutcome>,
  context: PostingContext,
): Consequence {
  const { limits, calls } = context;
  const waitSeconds = Math.max(
    waitAfter(calls, limits, context),
    (context.retryAfterSeconds ?? 0) / context.waitsDividedBy,
  );
  const { reason } = reading;
  switch (reading.outcome) {
    case "posted":
    case "alreadyPosted":
      return afterPosted(reading, context, waitSeconds);
    case "refused":
    case "refusedOverridable":
      if (mayHavePosted(context) && !limits.key.duplicatesAnsweredFirst) {
        return {
          kind: "unknown",
          machineMayAct: limits.lookUp !== null,
          reason: `refused (${reason}) after a call of unknown outcome`,
          waitSeconds,
        };
      }
      return {
        kind: "failed",
        event: "refused",
        reason,
        isOverridable: reading.outcome === "refusedOverridable",
      };
    case "notProcessed":
      if (context.wasUnknown) return stillUnknown(limits, reason, waitSeconds);
      if (calls > limits.maxAccountingServiceCallRetries) {
        return {
          kind: "failed",
          event: "retriesUsedUp",
          reason: `${reason}; tried ${timesOf(calls)}`,
          isOverridable: false,
        };
      }
      return { kind: "again", reason, waitSeconds };
    case "unknown":
      return stillUnknown(limits, reason, waitSeconds);
  }
}

function mayHavePosted({ wasUnknown, isProvenAbsent }: PostingContext): boolean {
  return wasUnknown && !isProvenAbsent;
}

function stillUnknown(limits: CallLimits, reason: string, waitSeconds: number): Consequence {
  const machineMayAct = limits.lookUp !== null || limits.key.lifeSeconds > 0;
  return { kind: "unknown", machineMayAct, reason, waitSeconds };
}

/** A duplicate answer that does not say what was posted proves nothing about the amount. */
function afterPosted(
  reading: Reading<PostingOutcome>,
  { asked, limits }: PostingContext,
  waitSeconds: number,
): Consequence {
  const differs = differenceOf(reading.echo, asked, limits.answer.amountIn);
  if (differs !== null) return differing(differs);
  if (reading.outcome === "alreadyPosted" && reading.echo.amount === null) {
    const reason = "a duplicate answer that does not say what was posted";
    return { kind: "unknown", machineMayAct: limits.lookUp !== null, reason, waitSeconds };
  }
  return { kind: "executed", reference: reading.reference, on: reading.postingDate };
}

/** Null: nothing follows yet; the history of look-ups decides when it is due again. */
export function afterLookUp(
  reading: Reading<LookUpOutcome>,
  context: Pick<PostingContext, "asked" | "limits">,
): Consequence | null {
  const amountIn = context.limits.lookUp?.answer?.amountIn ?? context.limits.answer.amountIn;
  switch (reading.outcome) {
    case "posted": {
      const differs = differenceOf(reading.echo, context.asked, amountIn);
      if (differs !== null) return differing(differs);
      return { kind: "executed", reference: reading.reference, on: reading.postingDate };
    }
    case "refused":
      return { kind: "failed", event: "refused", reason: reading.reason, isOverridable: false };
    case "notFound":
    case "unknown":
      return null;
  }
}

function differing(difference: string): Consequence {
  return {
    kind: "unknown",
    machineMayAct: false,
    reason: `under our key the system of record has another posting: ${difference}`,
    waitSeconds: 0,
  };
}

/** What the core's words differ in; null where they agree as far as they go. */
export function differenceOf(
  echo: Echo,
  asked: AskedPosting,
  amountIn: AnswerMapping["amountIn"],
): string | null {
  if (echo.amount !== null) {
    const minor = minorOf(echo.amount, asked, amountIn);
    if (minor !== asked.amountMinor) {
      const wanted = formatAmount(asked.amountMinor, asked.currency);
      return `amount ${echo.amount} instead of ${wanted}`;
    }
  }
  if (echo.currency !== null && echo.currency !== asked.currency) {
    return `currency ${echo.currency} instead of ${asked.currency}`;
  }
  if (echo.debitAccount !== null && !asked.debitAccounts.has(echo.debitAccount)) {
    return "another debited account";
  }
  if (echo.creditAccount !== null && !asked.creditAccounts.has(echo.creditAccount)) {
    return "another credited account";
  }
  return null;
}

/** Exact, also with a power of ten; decimal places that the currency lacks are fine as zeros. */
function minorOf(
  written: string,
  { currency }: AskedPosting,
  amountIn: AnswerMapping["amountIn"],
): bigint | null {
  const text =
    amountIn === "decimalComma" ? written.replaceAll(".", "").replace(",", ".") : written;
  const match = /^(-?)([0-9]{1,18})(?:\.([0-9]{1,18}))?(?:[eE]\+?([0-9]{1,2}))?$/.exec(text);
  if (match === null) return null;
  const [, sign = "", ...digits] = match;
  const [whole, fraction] = withoutPower(digits[0] ?? "", digits[1] ?? "", Number(digits[2] ?? 0));
  const exponent = amountIn === "minor" ? 0 : exponentOf(currency);
  if (/[1-9]/.test(fraction.slice(exponent))) return null;
  return BigInt(`${sign}${whole}${fraction.slice(0, exponent).padEnd(exponent, "0")}`);
}

/** Cores that count in floating numbers write ten million as 1.0E7. */
function withoutPower(whole: string, fraction: string, power: number): [string, string] {
  return [`${whole}${fraction.slice(0, power).padEnd(power, "0")}`, fraction.slice(power)];
}

/** One earlier call or look-up with the key at hand, oldest first. */
export interface EarlierAttempt {
  readonly purpose: "post" | "lookUp";
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** From then on nothing more of it leaves, and nobody waits for its answer. As `startedAt`. */
  readonly overAt: number;
  /** Null: its answer never came, or too late. */
  readonly outcome: string | null;
  /** Nothing of it is on record: our own worker was gone before it could write what came. */
  readonly isCutShort: boolean;
  /** Since the open assignment opened. */
  readonly isOfAssignment: boolean;
}

/**
 * A worker that is killed tells nothing about the core, so that what it leaves uses up neither the
 * tries nor the look-ups of a service. What kills worker after worker still comes to an end.
 */
const MOST_CUT_SHORT = 50;

/** As many are read of one adjustment; where there may be more, nothing is concluded from them. */
export const MOST_ATTEMPTS = 1000;

export type NextStep =
  | { readonly kind: "lookUp" }
  | { readonly kind: "resend"; readonly isProvenAbsent: boolean }
  | { readonly kind: "wait"; readonly waitSeconds: number }
  | { readonly kind: "person"; readonly reason: string }
  | {
      readonly kind: "failed";
      readonly event: "refused" | "foundNotPosted";
      readonly reason: string;
    };

/** While the outcome is unknown: look up first, resend inside the key's life, else a person. */
export function nextWhileUnknown(
  history: readonly EarlierAttempt[],
  limits: CallLimits,
  now: number,
): NextStep {
  const posts = history.filter((one) => one.purpose === "post");
  const last = posts.at(-1);
  const first = posts[0];
  if (last === undefined || first === undefined) {
    return { kind: "person", reason: "no call is recorded" };
  }
  if (history.length >= MOST_ATTEMPTS) {
    return { kind: "person", reason: `called and looked up ${MOST_ATTEMPTS} times` };
  }
  const usedUp = whatIsUsedUp(history, limits);
  const lookUps = history.filter(
    (one) => one.purpose === "lookUp" && one.startedAt >= last.startedAt,
  );
  const { lookUp } = limits;
  if (lookUp !== null) {
    const proofFrom = proofAt(posts, lookUp.absenceIsProofAfterSeconds);
    const absent = lookUps.filter((one) => one.outcome === "notFound");
    if (absent.some((one) => one.startedAt >= proofFrom)) {
      return provenAbsent(last, usedUp);
    }
    const asked = lookUps.filter((one) => !one.isCutShort).length;
    const isLookedUp = asked >= lookUp.maximum || lookUps.length - asked >= MOST_CUT_SHORT;
    if (!isLookedUp && (absent.length === 0 || proofFrom !== Infinity)) {
      if (absent.length > 0 && now < proofFrom) {
        return { kind: "wait", waitSeconds: (proofFrom - now) / 1000 };
      }
      return { kind: "lookUp" };
    }
  }
  if (usedUp !== null) return { kind: "person", reason: `${usedUp}; the outcome is unknown` };
  if (isForgotten(first, limits, now)) {
    const reason =
      limits.key.lifeSeconds === 0
        ? "the system of record knows no keys, so nothing can be sent again"
        : "the system of record may have forgotten the key";
    return { kind: "person", reason };
  }
  return { kind: "resend", isProvenAbsent: false };
}

/** How often the core was tried since the assignment opened; what was cut short is no try of it. */
export function triesOf(history: readonly EarlierAttempt[]): number {
  return history.filter((one) => isOwnPost(one) && !one.isCutShort).length;
}

function isOwnPost({ purpose, isOfAssignment }: EarlierAttempt): boolean {
  return purpose === "post" && isOfAssignment;
}

/** In words; null while it may be sent again. */
function whatIsUsedUp(history: readonly EarlierAttempt[], limits: CallLimits): string | null {
  const tries = triesOf(history);
  if (tries > limits.maxAccountingServiceCallRetries) return `tried ${timesOf(tries)}`;
  const cutShort = history.filter(isOwnPost).length - tries;
  return cutShort < MOST_CUT_SHORT ? null : `cut short ${cutShort} times by the end of a worker`;
}

function timesOf(calls: number): string {
  return calls === 1 ? "once" : `${calls} times`;
}

function provenAbsent(last: EarlierAttempt, usedUp: string | null): NextStep {
  if (last.outcome === "refused" || last.outcome === "refusedOverridable") {
    return { kind: "failed", event: "refused", reason: "refused, and not found by the look-up" };
  }
  if (usedUp === null) return { kind: "resend", isProvenAbsent: true };
  const reason = `${usedUp}; the look-up shows that it is not posted`;
  return { kind: "failed", event: "foundNotPosted", reason };
}

/**
 * An attempt is on record before its bytes leave: the core has its time from their last moment. A
 * clock that was set back meanwhile does not make that earlier than the start.
 */
function proofAt(posts: readonly EarlierAttempt[], afterSeconds: number | null): number {
  if (afterSeconds === null) return Infinity;
  return Math.max(...posts.flatMap((one) => [one.startedAt, one.overAt])) + afterSeconds * 1000;
}

/** True when the key may be forgotten by the time that a call sent now is judged. */
function isForgotten(first: EarlierAttempt, { key, timeouts }: CallLimits, now: number): boolean {
  const ageSeconds = (now - first.startedAt) / 1000;
  return ageSeconds + timeouts.callSeconds > key.lifeSeconds;
}

/** The wait after so many tries: the spacing, a random share more, divided for tests. */
export function waitAfter(
  tries: number,
  limits: Pick<CallLimits, "retrySpacingSeconds" | "retryJitter">,
  { random, waitsDividedBy }: Pick<PostingContext, "random" | "waitsDividedBy">,
): number {
  const { retrySpacingSeconds: spacing } = limits;
  const base = spacing[Math.min(Math.max(tries, 1), spacing.length) - 1] ?? 0;
  return (base * (1 + limits.retryJitter * random)) / waitsDividedBy;
}
