/**
 * The numbered errors of a core of the Jack Henry shape, and which of them a request meets. How an
 * account stands is told by the end of its number, so that every error can be tried by hand.
 */

export interface NumberedError {
  readonly code: string;
  readonly text: string;
  /** May be overridden by sending the code back. */
  readonly overridable: boolean;
}

const error = (code: string, text: string): NumberedError => ({ code, text, overridable: false });
const warning = (code: string, text: string): NumberedError => ({ code, text, overridable: true });

export const ERRORS = {
  notFound: error("1003", "Account not found"),
  closed: error("1004", "Account is closed"),
  dormant: warning("1005", "Account is dormant"),
  chargedOff: error("1008", "Account is charged off"),
  noDebits: warning("1014", "Account is post no debits"),
  noCredits: warning("1016", "Account is post no credits"),
  funds: warning("1017", "Insufficient funds"),
  memoOnLedger: error("1034", "Memo post is not allowed on GL accounts"),
  accountType: error("1043", "Invalid account type"),
  tranCode: error("1052", "Invalid transaction code"),
  missing: error("1055", "Required field not specified"),
} as const satisfies Record<string, NumberedError>;

/** A sum that no account of these is good for. */
const MOST_OF_THE_POOR_MINOR = 1_000n;

/** By the end of an account's number. */
const ENDINGS: Readonly<Record<string, NumberedError>> = {
  "77": ERRORS.dormant,
  "66": ERRORS.chargedOff,
};

export interface AskedTransaction {
  readonly account: string;
  /** D deposit, G general ledger, L loan. */
  readonly accountType: string;
  readonly offset: string;
  readonly isCredit: boolean;
  /** Null where there is none that can be read. */
  readonly minor: bigint | null;
  readonly tranCode: string;
  readonly isMemo: boolean;
  readonly reference: string;
  readonly effectiveDate: string;
  readonly text: string;
}

/** Every error at once, as the array in the answer holds them. */
export function errorsOf(asked: AskedTransaction, closed: ReadonlySet<string>): NumberedError[] {
  const { account, accountType, offset, isCredit, minor, tranCode, isMemo } = asked;
  const found: NumberedError[] = [];
  if (account === "" || offset === "" || minor === null || minor <= 0n) found.push(ERRORS.missing);
  if (!["D", "G", "L"].includes(accountType)) found.push(ERRORS.accountType);
  if (account.startsWith("000000") || offset.startsWith("000000")) found.push(ERRORS.notFound);
  if (closed.has(account) || closed.has(offset)) found.push(ERRORS.closed);
  if (!/^[0-9]{2,4}$/.test(tranCode)) found.push(ERRORS.tranCode);
  if (accountType === "G") return isMemo ? [...found, ERRORS.memoOnLedger] : found;
  const ending = account.slice(-2);
  const standing = ENDINGS[ending];
  if (standing !== undefined) found.push(standing);
  if (ending === "55" && !isCredit) found.push(ERRORS.noDebits);
  if (ending === "44" && isCredit) found.push(ERRORS.noCredits);
  const isPoor = ending === "33" && !isCredit && (minor ?? 0n) > MOST_OF_THE_POOR_MINOR;
  return isPoor ? [...found, ERRORS.funds] : found;
}
