/**
 * Exact decimals of rule books, and what they mean in a currency's minor units.
 *
 * A decimal is a bigint of millionths, so `500.00` and `500.005` are both exact. Against minor
 * units of any currency it is compared as a threshold: nothing is ever rounded to a wrong answer.
 */
const DECIMAL = /^(-?)([0-9]{1,15})(?:\.([0-9]{1,6}))?$/;
const DIGITS = 6;

/** Millionths of a plain decimal (`50`, `-0.5`, `500.005`), or null. No sign `+`, no exponent. */
export function parseDecimal(text: string): bigint | null {
  const match = DECIMAL.exec(text);
  if (match === null) return null;
  const [, sign, whole = "", fraction = ""] = match;
  const millionths = BigInt(`${whole}${fraction.padEnd(DIGITS, "0")}`);
  return sign === "-" ? -millionths : millionths;
}

export function formatDecimal(millionths: bigint): string {
  const digits = (millionths < 0n ? -millionths : millionths).toString().padStart(DIGITS + 1, "0");
  const whole = digits.slice(0, -DIGITS);
  const fraction = digits.slice(-DIGITS).replace(/0+$/, "");
  const shown = `${whole}.${fraction.padEnd(2, "0")}`;
  return millionths < 0n ? `-${shown}` : shown;
}

/** The largest minor amount that is not above the decimal, per exponent 0 to 6. */
export function floorPerExponent(millionths: bigint): readonly bigint[] {
  return perExponent((unit) => {
    const quotient = millionths / unit;
    return millionths % unit < 0n ? quotient - 1n : quotient;
  });
}

/** The smallest minor amount that is not below the decimal, per exponent. */
export function ceilingPerExponent(millionths: bigint): readonly bigint[] {
  return perExponent((unit) => {
    const quotient = millionths / unit;
    return millionths % unit > 0n ? quotient + 1n : quotient;
  });
}

/** The minor amount that is the decimal, per exponent; null where the currency cannot hold it. */
export function exactPerExponent(millionths: bigint): readonly (bigint | null)[] {
  return perExponent((unit) => (millionths % unit === 0n ? millionths / unit : null));
}

/** Whether every currency can hold it: a whole number of major units. */
export function isWhole(millionths: bigint): boolean {
  return millionths % 10n ** BigInt(DIGITS) === 0n;
}

function perExponent<T>(of: (unit: bigint) => T): readonly T[] {
  return Array.from({ length: DIGITS + 1 }, (_, exponent) => of(10n ** BigInt(DIGITS - exponent)));
}
