/**
 * What must never happen to a book, said once more and independently of the code that decides:
 * from entries alone, with the plainest arithmetic.
 */
import { GATE_BLOCKING_STATES } from "../accounting/adjustment-machine.ts";
import type { DisputeBook, ResolutionDecision } from "../accounting/dispute-book.ts";
import { evaluateGate } from "../accounting/gate.ts";
import { positionsOf } from "../accounting/positions.ts";
import type { Positions } from "../accounting/positions.ts";
import { maximum } from "../kernel/money.ts";
import type { RuleBook } from "../rulebook/load.ts";

/** A person with approval, and the recording of what others did, may go beyond what is owed. */
function mayExceed(operation: string | null): boolean {
  if (operation === null) return false;
  return ["adjustManually", "importHistory"].includes(operation) || operation.startsWith("record");
}

export function stepFaults(
  book: DisputeBook,
  before: Positions,
  after: Positions,
  operation: string | null,
): string[] {
  const faults: string[] = [];
  let total = 0n;
  for (const balance of balancesByAccount(book).values()) total += balance;
  if (total !== 0n) faults.push(`balances add up to ${total}`);
  for (const { amountMinor, debit, credit } of book.adjustments.flatMap((one) => one.entries)) {
    if (amountMinor <= 0n) faults.push("an entry is not positive");
    const same = debit.collection === credit.collection && debit.account === credit.account;
    if (same) faults.push(`an entry has ${debit.collection} ${debit.account} on both sides`);
  }
  if (mayExceed(operation)) return faults;
  const credited = (one: Positions): bigint => one.holderCredit + one.merchantCredit;
  const owed = (one: Positions): bigint => one.disputed - one.denied;
  const beyond = (one: Positions): bigint => maximum(0n, credited(one) - owed(one));
  // A merchant's credit that was recovered by mistake is given back, whatever is owed.
  const isRaised =
    operation === "reverseAdjustment"
      ? after.holderCredit > before.holderCredit
      : credited(after) > credited(before);
  if (operation !== null && isRaised && beyond(after) > beyond(before)) {
    faults.push(`${operation} raises the credit to ${credited(after)} of ${owed(after)} owed`);
  }
  // Cancelling a credit leaves a debit that waits for it with nothing to take: it is stopped when
  // it is due, so of an outcome only what is booked counts.
  const of = (one: Positions): bigint =>
    operation === null ? one.booked("accountHolder") : one.committed("accountHolder");
  const holder = of(after);
  if (holder < 0n && holder < of(before)) {
    faults.push(`${operation ?? "an outcome"} brings the holder's account to ${holder}`);
  }
  return faults;
}

const DECISIONS: readonly ResolutionDecision[] = ["pay", "deny", "partialDeny", "writeOff"];

/** Gates that pass although the specification forbids it (domain §7). */
export function gateFaults(book: DisputeBook, rulebook: RuleBook): string[] {
  const forbidden = forbiddenBy(book);
  return DECISIONS.flatMap((decision) => {
    if (!evaluateGate(book, rulebook, decision).allowed) return [];
    return forbidden(decision).map((why) => `${decision} passes although ${why}`);
  });
}

function forbiddenBy(book: DisputeBook): (decision: ResolutionDecision) => string[] {
  const accounts = balancesByAccount(book);
  const of = (collection: string): bigint[] =>
    [...accounts].filter(([key]) => key.startsWith(`${collection} `)).map(([, value]) => value);
  const sum = (collection: string): bigint => of(collection).reduce((a, b) => a + b, 0n);
  const open = book.adjustments.some((one) => GATE_BLOCKING_STATES.has(one.state));
  const { denied, disputed, uncredited, surplus, checksCleared, receivables } = positionsOf(book);
  return (decision) => {
    const found: string[] = [];
    const forbid = (wrong: boolean, why: string): void => {
      if (wrong) found.push(why);
    };
    forbid(open, "an adjustment is open");
    for (const collection of ["suspense", "customerOffset", "coreSuspense"]) {
      forbid(
        of(collection).some((value) => value !== 0n),
        `${collection} is not 0 on every account`,
      );
    }
    if (decision === "deny") {
      forbid(sum("accountHolder") + checksCleared - receivables !== 0n, "the holder has credit");
      forbid(sum("loss") + sum("recovery") !== 0n, "something is written off");
      for (const collection of ["checksPayable", "merchant", "otherInstitution", "atmOverShort"]) {
        forbid(sum(collection) !== 0n, `${collection} is not 0`);
      }
      forbid(denied !== disputed, "not all is denied");
      return found;
    }
    forbid(sum("merchant") > 0n || sum("otherInstitution") > 0n, "more went back than came in");
    forbid(uncredited !== 0n, "the holder is short");
    forbid(surplus !== 0n, "the holder has too much");
    if (decision === "partialDeny") forbid(denied <= 0n || denied >= disputed, "denied is no part");
    else forbid(denied !== 0n, "something is denied");
    if (decision === "writeOff") forbid(sum("loss") >= 0n, "nothing is written off");
    return found;
  };
}

function balancesByAccount(book: DisputeBook): Map<string, bigint> {
  const balances = new Map<string, bigint>();
  const add = (collection: string, account: string, amount: bigint): void => {
    const key = `${collection} ${account}`;
    balances.set(key, (balances.get(key) ?? 0n) + amount);
  };
  for (const { debit, credit, amountMinor } of book.adjustments.flatMap((one) => one.entries)) {
    add(debit.collection, debit.account, -amountMinor);
    add(credit.collection, credit.account, amountMinor);
  }
  return balances;
}
