/**
 * Money is bigint minor units and a currency; on the wire it is a decimal string.
 *
 * A JavaScript number never holds money. Exponents are ISO 4217's.
 */
import { CURRENCY_EXPONENTS } from "./currencies.ts";
import { Failure } from "./failure.ts";

export type Currency = string;

export interface Money {
  readonly minor: bigint;
  readonly currency: Currency;
}

/** What the wire carries: `{ "amount": "100.00", "currency": "USD" }`. */
export interface WireMoney {
  readonly amount: string;
  readonly currency: Currency;
}

const DECIMAL = /^(-?)([0-9]{1,18})(?:\.([0-9]{1,6}))?$/;

/** Sums of thousands of such amounts still fit the 64-bit columns that keep them. */
const MOST_MINOR = 10n ** 15n - 1n;
const LONGEST_ECHO = 40;

/** Decimal places of an ISO 4217 currency. Throws `unknown-currency`. */
export function exponentOf(currency: Currency): number {
  const exponent = CURRENCY_EXPONENTS[currency];
  if (exponent === undefined) {
    throw new Failure("unknown-currency", `${currency} is not an ISO 4217 currency`, { currency });
  }
  return exponent;
}

/**
 * A decimal string as minor units. Throws `amount-invalid` naming the field when it is no decimal
 * or has more decimal places than the currency.
 */
export function parseAmount(text: unknown, currency: Currency, field = "amount"): bigint {
  const exponent = exponentOf(currency);
  const match = typeof text === "string" ? DECIMAL.exec(text) : null;
  if (match === null) throw invalid(field, `${echo(text)} is not a decimal`);
  const [, sign, whole, fraction = ""] = match;
  if (fraction.length > exponent) {
    throw invalid(field, `${text as string} has more than ${exponent} decimal places`);
  }
  const minor = BigInt(`${whole as string}${fraction.padEnd(exponent, "0")}`);
  if (minor > MOST_MINOR) {
    throw invalid(field, `is more than ${formatAmount(MOST_MINOR, currency)} ${currency}`);
  }
  return sign === "-" ? -minor : minor;
}

/** As `parseAmount`, and refuses zero and less. */
export function parsePositiveAmount(text: unknown, currency: Currency, field = "amount"): bigint {
  const minor = parseAmount(text, currency, field);
  if (minor <= 0n) throw invalid(field, `${String(text)} is not more than zero`);
  return minor;
}

export function formatAmount(minor: bigint, currency: Currency): string {
  const exponent = exponentOf(currency);
  const digits = (minor < 0n ? -minor : minor).toString().padStart(exponent + 1, "0");
  const sign = minor < 0n ? "-" : "";
  if (exponent === 0) return `${sign}${digits}`;
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

export function wireMoney(minor: bigint, currency: Currency): WireMoney {
  return { amount: formatAmount(minor, currency), currency };
}

export function minimum(first: bigint, ...rest: bigint[]): bigint {
  return rest.reduce((low, value) => (value < low ? value : low), first);
}

export function maximum(first: bigint, ...rest: bigint[]): bigint {
  return rest.reduce((high, value) => (value > high ? value : high), first);
}

/** What came instead, short: an answer repeats no more than a person needs to find it. */
function echo(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length <= LONGEST_ECHO ? text : `${text.slice(0, LONGEST_ECHO)}…`;
}

function invalid(field: string, detail: string): Failure {
  return new Failure("amount-invalid", `${field}: ${detail}`, { field }, [
    { pointer: `/${field.replaceAll(".", "/")}`, detail },
  ]);
}
