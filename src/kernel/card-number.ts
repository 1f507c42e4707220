/**
 * Finds what looks like a card number in free text, so that none is ever stored there: 13 to 19
 * digits (spaces and hyphens between them allowed) of a card scheme, with a right check digit
 * (ISO/IEC 7812-1).
 */
import { Failure } from "./failure.ts";

const DIGIT_RUN = /(?<![0-9])[2-6](?:[ -]?[0-9]){12,18}(?![0-9])/g;

/** Ids of ours are hexadecimal: by chance some of their digits look like a card number. */
const OUR_ID = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g;

/**
 * What the schemes issue. One in ten references of a system of record has a right check digit by
 * chance: those that no scheme issues can be told apart.
 */
const ISSUED: readonly RegExp[] = [
  // Visa
  /^4(?:\d{12}|\d{15}|\d{18})$/,
  // Mastercard, Mir
  /^(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720|220[0-4])\d{12}$/,
  // American Express
  /^3[47]\d{13}$/,
  // Diners Club
  /^3(?:0[0-5]|[689])\d{11,16}$/,
  // JCB
  /^35(?:2[89]|[3-8]\d)\d{12,15}$/,
  // Maestro, Discover, UnionPay, RuPay
  /^(?:5[0678]|6\d)\d{11,17}$/,
];

export function holdsCardNumber(text: string): boolean {
  return [...text.replaceAll(OUR_ID, "-").matchAll(DIGIT_RUN)].some(([run]) => {
    const digits = run.replaceAll(/[ -]/g, "");
    return ISSUED.some((one) => one.test(digits)) && hasCheckDigit(digits);
  });
}

/** Throws `card-number-in-text` naming the field, never the number. */
export function refuseCardNumbers(text: string, field: string): void {
  if (!holdsCardNumber(text)) return;
  throw new Failure("card-number-in-text", `${field} holds what looks like a card number`, {}, [
    { pointer: `/${field}`, detail: "no card number may stand in free text" },
  ]);
}

/** The text with what looks like a card number reduced to BIN and last four. */
export function maskCardNumbers(text: string): string {
  return text.replaceAll(DIGIT_RUN, (run) => {
    const digits = run.replaceAll(/[ -]/g, "");
    return hasCheckDigit(digits) ? `${digits.slice(0, 6)}••••${digits.slice(-4)}` : run;
  });
}

/** The text as it is, unless it holds what a scheme issues: then with every such number masked. */
export function withoutCardNumbers(text: string): string {
  return holdsCardNumber(text) ? maskCardNumbers(text) : text;
}

function hasCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
