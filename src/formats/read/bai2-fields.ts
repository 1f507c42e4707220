/**
 * The fields of a BAI2 account record and of a transaction detail. How many a funds type takes
 * varies: Z, 0, 1, 2 none, V a date and a time, S three amounts, D a count and that many pairs.
 */
import type { Bai2Record } from "./bai2-records.ts";
import { CONTINUED } from "./bai2-records.ts";

const AMOUNT = /^[+-]?[0-9]{0,18}$/;

export interface Bai2Account {
  readonly number: string;
  readonly currency: string;
  /** Of its status and summary codes, as they count for the control total. */
  readonly amounts: readonly bigint[];
  readonly problems: readonly string[];
}

export interface Bai2Detail {
  readonly typeCode: string;
  /** It takes back what was posted before. */
  readonly isReturn: boolean;
  readonly amount: bigint | null;
  readonly side: "debit" | "credit" | null;
  readonly bankReference: string | null;
  readonly customerReference: string | null;
  readonly text: string | null;
  readonly problems: readonly string[];
}

/**
 * Of the code list: debit reversal, check posted and returned, ACH return item, ACH reversal,
 * rejected credit, return item, check reversal; and their kin among the debits.
 */
const RETURNS = new Set(
  ["252", "255", "257", "258", "261", "266", "395"].concat([
    "423",
    "552",
    "555",
    "557",
    "558",
    "561",
    "566",
  ]),
);

export function accountOf({ fields }: Bai2Record, groupCurrency: string): Bai2Account {
  const [number = "", currency = "", ...rest] = fields.map((one) => one.trim());
  const amounts: bigint[] = [];
  const problems: string[] = number === "" ? ["names no account"] : [];
  let at = 0;
  while (at < rest.length) {
    const [code = "", amount = "", , fundsType = ""] = rest.slice(at, at + 4);
    // A record may end with empty fields; type code and amount left out are defaults.
    if (code !== "" && !/^[0-9]{3}$/.test(code)) problems.push(`${code} is no type code`);
    if (AMOUNT.test(amount)) amounts.push(bigintOf(amount));
    else problems.push(`the amount of ${code} is no number`);
    const taken = fundsFields(fundsType, rest[at + 4]);
    if (taken === null) {
      problems.push(`${fundsType} is no funds type`);
      break;
    }
    at += 4 + taken;
  }
  return { number, currency: currency === "" ? groupCurrency : currency, amounts, problems };
}

export function readFields({ fields }: Bai2Record): Bai2Detail {
  const plain = fields.map((one) => one.replaceAll(CONTINUED, "").trim());
  const [typeCode = "", amount = "", fundsType = ""] = plain;
  const problems: string[] = [];
  if (!/^[0-9]{3}$/.test(typeCode)) problems.push(`${typeCode} is no type code`);
  if (!AMOUNT.test(amount)) problems.push("its amount is no number");
  else if (amount.startsWith("-")) problems.push("its amount is negative: its code says its side");
  const taken = fundsFields(fundsType, plain[3]);
  if (taken === null) problems.push(`${fundsType} is no funds type`);
  const at = 3 + (taken ?? 0);
  return {
    typeCode,
    isReturn: RETURNS.has(typeCode),
    amount: AMOUNT.test(amount) && /[0-9]/.test(amount) ? bigintOf(amount) : null,
    side: sideOf(typeCode),
    bankReference: given(plain[at]),
    customerReference: given(plain[at + 1]),
    text: given(textOf(fields.slice(at + 2))),
    problems,
  };
}

/** All that is left, commas included; a continuation's comma was never part of the text. */
function textOf(fields: readonly string[]): string {
  return fields.join(",").replaceAll(`,${CONTINUED}`, " ").replaceAll(CONTINUED, "").trim();
}

export function given(text: string | undefined): string | null {
  const clear = text?.trim() ?? "";
  return clear === "" ? null : clear;
}

function bigintOf(text: string): bigint {
  return BigInt(text.replace("+", "").replace(/^-?$/, "0"));
}

/** How many fields belong to the funds type, by the first behind it; null where it is none. */
function fundsFields(fundsType: string, first: string | undefined): number | null {
  switch (fundsType.toUpperCase()) {
    case "":
    case "Z":
    case "0":
    case "1":
    case "2":
      return 0;
    case "V":
      return 2;
    case "S":
      return 3;
    case "D": {
      const pairs = first ?? "";
      return /^[0-9]{1,3}$/.test(pairs) ? 1 + 2 * Number(pairs) : null;
    }
    default:
      return null;
  }
}

/** By the ranges of the code list: 1xx to 3xx credits, 4xx to 6xx debits, loans, customised. */
function sideOf(typeCode: string): "debit" | "credit" | null {
  const code = Number(typeCode);
  const isIn = (from: number, to: number): boolean => code >= from && code <= to;
  if (isIn(100, 399) || isIn(720, 759) || isIn(920, 959)) return "credit";
  if (isIn(400, 699) || isIn(760, 799) || isIn(960, 999)) return "debit";
  return null;
}
