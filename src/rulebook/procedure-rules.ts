/**
 * The rules that the code of a procedure fires by name. A book that uses the procedure has to
 * have them: whoever takes one out hears of it at load, not when a dispute needs it.
 */
const DENIALS = [
  "AtmOverShortRestored",
  "CustomerOffsetOpen",
  "CustomerOffsetDebit",
  "ReverseRefundedFees",
  "ReverseInterestCredit",
  "ReverseFinanceChargeRefund",
];

/** By the procedure's name. */
export const PROCEDURE_RULES: Readonly<Record<string, readonly string[]>> = {
  writeOff: ["WriteOff", "LossAdjustment"],
  reverseWriteOff: ["LossAdjustmentReversal", "LossRecovery"],
  denyDispute: ["DenyDispute", "DenyDispute2ndOperation", ...DENIALS],
  withdrawDispute: ["WithdrawDispute", ...DENIALS],
  takeBackDuplicateCredit: ["DuplicateCredit"],
  bookCustomerReceivable: ["CustomerReceivable", "CustomerOffsetOpen"],
  recordCoreSuspensePosting: ["CoreSuspensePosting"],
};

/** Of an operation whose settled amount may differ from the amount. */
export const SETTLEMENT_RULES: readonly string[] = ["ExchangeLoss", "ExchangeGain"];

/** The rules that the operation's code fires and the book does not have. */
export function missingRules(
  { procedure, settles }: { readonly procedure: string | null; readonly settles: string | null },
  rules: ReadonlySet<string>,
): readonly string[] {
  const ofProcedure = procedure === null ? [] : (PROCEDURE_RULES[procedure] ?? []);
  const wanted = settles === null ? ofProcedure : [...ofProcedure, ...SETTLEMENT_RULES];
  return wanted.filter((rule) => !rules.has(rule));
}
