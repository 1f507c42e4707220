/**
 * Decimal strings as people read them. Nothing here turns money into a JavaScript number: adding
 * is done in whole minor units.
 */

/** `-1234.50` as `−1,234.50`. */
export function showAmount(amount: string): string {
  const match = /^([-−]?)(\d+)(\.\d+)?$/.exec(amount.trim());
  if (match === null) return amount;
  const [, sign = "", whole = "", fraction = ""] = match;
  return `${sign === "" ? "" : "−"}${whole.replaceAll(/\B(?=(\d{3})+$)/g, ",")}${fraction}`;
}

/** Adds decimal strings of one currency exactly; the longest fraction is kept. */
export function addAmounts(amounts: readonly string[]): string {
  const places = Math.max(0, ...amounts.map((one) => one.split(".")[1]?.length ?? 0));
  const total = amounts.reduce((sum, one) => sum + minorUnits(one, places), 0n);
  const digits = (total < 0n ? -total : total).toString().padStart(places + 1, "0");
  const sign = total < 0n ? "-" : "";
  if (places === 0) return `${sign}${digits}`;
  return `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

export function isZero(amount: string): boolean {
  return /^-?0+(\.0+)?$/.test(amount.trim());
}

function minorUnits(amount: string, places: number): bigint {
  const [whole = "0", fraction = ""] = amount.trim().split(".");
  return BigInt(`${whole}${fraction.padEnd(places, "0")}`);
}
