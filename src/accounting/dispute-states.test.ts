/** Every state of a dispute with every operation: domain §3, "State of a dispute", said again. */
import { describe, expect, it } from "vitest";

import type { MemoryBook } from "../../test/support/memory-book.ts";
import { memoryBook, STANDARD } from "../../test/support/memory-book.ts";

import type { DisputeState } from "./dispute-book.ts";
import { DISPUTE_STATES } from "./dispute-book.ts";

const CREDITS = [
  "issueProvisionalCredit",
  "raiseProvisionalCredit",
  "payDispute",
  "payFromLoss",
  "payFromMerchant",
  "payByCheck",
  "creditFromAtmOverShort",
];
const TAKINGS = [
  "takeBackDuplicateCredit",
  "recoverMerchantCredit",
  "reverseFinalCredit",
  "refundFee",
  "billFinanceCharge",
  "correctMerchantChargeCredited",
  "bookCustomerReceivable",
];
const DENIALS = ["denyDispute", "withdrawDispute"];
const SETTLING = [
  "writeOff",
  "reverseWriteOff",
  "recordLateRecovery",
  "disburseMerchantFunds",
  "disburseOtherInstitutionFunds",
  "voidCheck",
  "releaseCoreSuspense",
  "writeOffReceivable",
  "recoverUndueEnrichment",
];
const RECORD = [
  "submitChargeback",
  "recordChargeback",
  "recordChargebackReversal",
  "recallChargeback",
  "recordRepresentment",
  "recordPreArbitrationWon",
  "acceptPreArbitration",
  "recordArbitrationFiled",
  "recordArbitrationWon",
  "recordArbitrationLost",
  "recordAtmAdjustment",
  "recordItemRecovery",
  "recordReturn",
  "recordReturnDishonored",
  "recordMerchantCredit",
  "recordCoreFee",
  "recordCoreSuspensePosting",
  "recordReceivableCollected",
  "recordCheckCleared",
  "recordNetworkFee",
  "recordNetworkFeeRefund",
];
const PLANNED = ["recordNoticeSent", "cancelDenial", "performDebit"];
const ALWAYS = ["setAmountInDispute", "clearAmountInDispute", "recordRegulatoryFact"];
const BY_HAND = ["adjustManually", "reverseAdjustment"];

const running = [...CREDITS, ...TAKINGS, ...DENIALS, ...SETTLING, ...RECORD, ...BY_HAND, "resolve"];
const decided = [...TAKINGS, ...SETTLING, ...RECORD, ...BY_HAND, "resolve", "reopen"];

const ALLOWED: Readonly<Record<DisputeState, readonly string[]>> = {
  open: [...running, "importHistory"],
  provisionallyCredited: running,
  denialPlanned: [...RECORD, ...PLANNED],
  // writeOff and denyDispute under the conditions that the scenarios test.
  finalCredit: [...decided, ...DENIALS],
  denied: decided,
  withdrawn: decided,
  resolved: [...SETTLING, ...RECORD, ...BY_HAND, "reopen"],
};

/** The shortest way into each state. */
const WAYS: Readonly<Record<DisputeState, (dispute: MemoryBook) => void>> = {
  open: () => undefined,
  provisionallyCredited: (dispute) => {
    dispute.run("issueProvisionalCredit", { amount: "60.00" });
  },
  denialPlanned: (dispute) => {
    dispute.run("issueProvisionalCredit");
    dispute.run("denyDispute", { debitOn: "noticeDate" });
    dispute.run("recordNoticeSent");
  },
  finalCredit: (dispute) => {
    dispute.run("payDispute", { amount: "60.00" });
  },
  denied: (dispute) => {
    dispute.run("denyDispute");
  },
  withdrawn: (dispute) => {
    dispute.run("withdrawDispute");
  },
  resolved: (dispute) => {
    dispute.run("denyDispute");
    dispute.run("resolve", { decision: "deny" });
  },
};

/** Enough of an input to be read; whether amounts fit is another matter. */
function inputOf(operation: string): Record<string, unknown> {
  const inputs = STANDARD.operations.get(operation)?.inputs ?? new Map();
  const input: Record<string, unknown> = {};
  const give = (name: string, value: unknown): void => {
    if (inputs.has(name)) input[name] = value;
  };
  give("kind", "ach");
  give("rule", "Paid");
  give("adjustment", "none");
  give("decision", "pay");
  give("movements", []);
  if (operation === "denyDispute") give("reason", "because");
  return input;
}

const pairs = DISPUTE_STATES.flatMap((state) =>
  [...STANDARD.operations.keys()].map((operation) => ({
    state,
    operation,
    allowed: [...ALLOWED[state], ...ALWAYS].includes(operation),
  })),
);

describe("the table of dispute states", () => {
  it("knows every operation of the book", () => {
    const said = [...running, ...PLANNED, ...ALWAYS, "reopen", "importHistory"];

    expect(new Set(STANDARD.operations.keys())).toEqual(new Set(said));
  });

  it.each(pairs)("$operation while $state: allowed $allowed", ({ state, operation, allowed }) => {
    const dispute = memoryBook({ executesAtOnce: true });
    WAYS[state](dispute);
    expect(dispute.book.state).toBe(state);
    const before = structuredClone(dispute.book);

    const code = dispute.refusal(operation, inputOf(operation));

    expect(code === "operation-not-allowed").toBe(!allowed);
    if (code !== null) expect(dispute.book).toEqual(before);
  });
});
