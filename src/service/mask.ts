/**
 * What may be kept of an answer: its text, shortened, without account numbers we know and without
 * anything that looks like a card number (Luhn, ISO/IEC 7812-1).
 */

const KEPT_CHARACTERS = 2000;
const LONG_NUMBER = /[0-9](?:[ -]?[0-9]){11,18}/g;

/** `numbers`: whole numbers by their masked form. */
export function maskedText(text: string, numbers: ReadonlyMap<string, string>): string {
  let kept = text;
  for (const [number, masked] of numbers) {
    if (number.length >= 5) kept = kept.replaceAll(number, masked);
  }
  kept = kept.replaceAll(LONG_NUMBER, (match) => {
    const digits = match.replaceAll(/[ -]/g, "");
    return passesLuhn(digits) ? `${digits.slice(0, 6)}••••${digits.slice(-4)}` : match;
  });
  return kept.length > KEPT_CHARACTERS ? `${kept.slice(0, KEPT_CHARACTERS)}…` : kept;
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
