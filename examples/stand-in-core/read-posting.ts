/** Reads the body of a posting; what does not fit is refused with a code, nothing is posted. */
import { createHash } from "node:crypto";

import type { PostingLine } from "./book.ts";

export interface AskedPosting {
  readonly currency: string;
  readonly amount: string;
  readonly lines: readonly PostingLine[];
  readonly postedOn: string;
  readonly text: string;
  readonly fingerprint: string;
}

export class Refusal extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 422) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** Decimal places of the currencies that this core keeps. */
const EXPONENTS: Readonly<Record<string, number>> = { USD: 2, EUR: 2, CAD: 2, GBP: 2, JPY: 0 };

export function readPosting(text: string): AskedPosting {
  const body = parsed(text);
  const currency = textOf(body, "currency");
  const exponent = EXPONENTS[currency];
  if (exponent === undefined) throw new Refusal("CURRENCY_UNKNOWN", `no accounts in ${currency}`);
  const amount = textOf(body, "amount");
  const lines = Array.isArray(body["lines"]) ? (body["lines"] as unknown[]) : [];
  const read = lines.map((line) => lineOf(line, exponent));
  const total = read.reduce((sum, line) => sum + line.minor, 0n);
  if (read.length > 0 && total !== minorOf(amount, exponent)) {
    throw new Refusal("OUT_OF_BALANCE", "the lines do not add up to the amount");
  }
  const postedOn = textOf(body, "postingDate");
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(postedOn)) {
    throw new Refusal("DATE_INVALID", "postingDate is YYYY-MM-DD");
  }
  const described = read.map((line) => [line.debitAccount, line.creditAccount, String(line.minor)]);
  return {
    currency,
    amount,
    lines: read,
    postedOn,
    text: typeof body["text"] === "string" ? body["text"] : "",
    fingerprint: createHash("sha256")
      .update(JSON.stringify([currency, amount, described]))
      .digest("hex"),
  };
}

function lineOf(line: unknown, exponent: number): PostingLine {
  const fields = (typeof line === "object" && line !== null ? line : {}) as Record<string, unknown>;
  const minor = minorOf(textOf(fields, "amount"), exponent);
  const debitAccount = textOf(fields, "debitAccount");
  const creditAccount = textOf(fields, "creditAccount");
  if (minor <= 0n) throw new Refusal("AMOUNT_INVALID", "an amount is more than zero");
  if (debitAccount === creditAccount) throw new Refusal("SAME_ACCOUNT", "both sides are one");
  return { debitAccount, creditAccount, minor };
}

function minorOf(text: string, exponent: number): bigint {
  const [, whole = "", fraction = ""] = /^([0-9]{1,15})(?:\.([0-9]+))?$/.exec(text) ?? [];
  if (whole === "" || fraction.length > exponent) {
    throw new Refusal("AMOUNT_INVALID", "an amount is a decimal of the currency");
  }
  return BigInt(`${whole}${fraction.padEnd(exponent, "0")}`);
}

function parsed(text: string): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === "object" && body !== null) return body as Record<string, unknown>;
  } catch {
    // Falls through to the refusal.
  }
  throw new Refusal("NOT_JSON", "the body is a JSON object", 400);
}

function textOf(fields: Record<string, unknown>, name: string): string {
  const value = fields[name];
  if (typeof value === "string" && value !== "") return value;
  throw new Refusal("FIELD_MISSING", `${name} is missing`, 400);
}
