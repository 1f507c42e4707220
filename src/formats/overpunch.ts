/**
 * Signed overpunch, as on a punched card: the last digit carries the sign, so that 123 is 12C and
 * -123 is 12L.
 */
const POSITIVE = "{ABCDEFGHI";
const NEGATIVE = "}JKLMNOPQR";

export function overpunched(digits: string, negative: boolean): string {
  const signs = negative ? NEGATIVE : POSITIVE;
  return `${digits.slice(0, -1)}${signs[Number(digits.at(-1))] ?? ""}`;
}

/** Null where the last character is no digit, overpunched or plain. */
export function unpunched(text: string): { digits: string; negative: boolean } | null {
  const last = text.at(-1) ?? "";
  for (const [signs, negative] of [
    [POSITIVE, false],
    [NEGATIVE, true],
  ] as const) {
    const digit = signs.indexOf(last);
    if (last !== "" && digit !== -1) return { digits: `${text.slice(0, -1)}${digit}`, negative };
  }
  return /^[0-9]$/.test(last) ? { digits: text, negative: false } : null;
}
