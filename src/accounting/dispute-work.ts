/**
 * Work that a dispute itself shows, beside that of its adjustments (domain §7): the Accounting
 * Exception of its gate, and the Merchant Funds Disbursement. At most one open of each. Pure: what
 * has to be open now, from the book.
 */
import { minimum } from "../kernel/money.ts";
import type { RuleBook } from "../rulebook/load.ts";

import type { DisputeBook, ResolutionDecision } from "./dispute-book.ts";
import type { GateResult } from "./gate.ts";
import { gateAgain, UNDER_WAY } from "./gate.ts";
import type { Positions } from "./positions.ts";
import { amountValues, positionsOf } from "./positions.ts";

export const DISPUTE_WORK = {
  gate: "Accounting Exception",
  disbursement: "Merchant Funds Disbursement",
} as const;

/** What a dispute's assignment is about; the database keeps one open of each. */
export type WorkCause = keyof typeof DISPUTE_WORK;

export interface WantedWork {
  readonly cause: WorkCause;
  readonly amountMinor: bigint;
  readonly reason: string;
}

/** Money of others that a denied or withdrawn dispute holds: the operation that gives it back. */
export interface Disbursable {
  readonly operation: "disburseMerchantFunds" | "disburseOtherInstitutionFunds";
  readonly amountMinor: bigint;
}

/**
 * What is left to give back. Null while the holder was never paid: then the network takes its
 * money back itself, and while nothing of it stands in suspense.
 */
export function disbursable(book: DisputeBook, rulebook: RuleBook): Disbursable | null {
  if (book.state !== "denied" && book.state !== "withdrawn") return null;
  if (!wasPaid(book, rulebook)) return null;
  const values = amountValues(positionsOf(book));
  const suspense = values["bookedSuspense"] ?? 0n;
  for (const [operation, collection] of GIVES_BACK) {
    const amountMinor = minimum(suspense, -(values[collection] ?? 0n));
    if (amountMinor > 0n) return { operation, amountMinor };
  }
  return null;
}

const GIVES_BACK = [
  ["disburseMerchantFunds", "merchant"],
  ["disburseOtherInstitutionFunds", "otherInstitution"],
] as const;

/** A final credit was given, however the dispute went on. */
function wasPaid({ operations }: DisputeBook, rulebook: RuleBook): boolean {
  return operations.some(({ operation, input }) =>
    operation === "importHistory"
      ? input["state"] === "finalCredit"
      : rulebook.operations.get(operation)?.movesTo === "finalCredit" || operation === "writeOff",
  );
}

/** True where the dispute may have work of its own, or may just have lost it. */
export function mayHaveWork({ state, changes }: DisputeBook): boolean {
  if (state === "denied" || state === "withdrawn" || state === "resolved") return true;
  return changes.some(({ type }) => type === "stateChanged" || type === "resolutionUndone");
}

/** What the books ask for now; an exception's gate is that of the decision in force. */
export function wantedWork(book: DisputeBook, rulebook: RuleBook): WantedWork[] {
  const wanted: WantedWork[] = [];
  const due = disbursable(book, rulebook);
  if (due !== null) {
    const whose = due.operation === "disburseMerchantFunds" ? "The merchant" : "The institution";
    wanted.push({
      cause: "disbursement",
      amountMinor: due.amountMinor,
      reason: `${whose}'s money is still here: return it and attest`,
    });
  }
  const gate = book.state === "resolved" ? gateAgain(book, rulebook) : null;
  if (gate?.allowed === false) wanted.push(exceptionOf(book, gate));
  return wanted;
}

/** The Accounting Exception of a gate that refused. */
export function exceptionOf(book: DisputeBook, gate: GateResult): WantedWork {
  return {
    cause: "gate",
    amountMinor: outOfPlace(positionsOf(book)),
    reason: `${gate.decision}: ${gate.because.join("; ")}`,
  };
}

/** Out of balance, beside what is only under way: somebody has to look at it. */
export function isException(gate: GateResult): boolean {
  return gate.because.some((words) => !words.startsWith(UNDER_WAY));
}

/** What stands where the decision cannot leave it: suspense first, because all passes through. */
function outOfPlace({ booked }: Positions): bigint {
  const standing = ["suspense", "merchant", "otherInstitution", "accountHolder"]
    .map((collection) => booked(collection))
    .find((one) => one !== 0n);
  return standing === undefined ? 0n : standing < 0n ? -standing : standing;
}

/** The decision whose gate an exception asks for: the one in force, or the one refused last. */
export function decisionAsked(book: DisputeBook): ResolutionDecision {
  const inForce = book.resolutions.findLast((one) => !one.undone);
  if (inForce !== undefined) return inForce.decision;
  if (book.state === "denied" || book.state === "withdrawn") return "deny";
  const { denied, writtenOff } = positionsOf(book);
  if (denied !== 0n) return "partialDeny";
  return writtenOff > 0n ? "writeOff" : "pay";
}
