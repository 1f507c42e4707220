/** Fiscal years: a write-off is reversed in its own year and recovered in a later one. */

/** The calendar year in which the fiscal year of a date begins. */
export function fiscalYearOf(date: string, startsIn: number): number {
  const year = Number(date.slice(0, 4));
  return Number(date.slice(5, 7)) >= startsIn ? year : year - 1;
}
