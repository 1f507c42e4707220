/** Balances of collections after each entry, for a chart: credits minus debits. */
import type { Entry } from "../api/types.ts";

const HOUR_SECONDS = 3600;

export interface BalanceSeries {
  /** Seconds since the epoch. */
  readonly at: readonly number[];
  readonly collections: readonly { readonly name: string; readonly values: readonly number[] }[];
}

/**
 * Numbers for drawing only: whoever needs the figure reads the table. It starts at zero some time
 * before the first entry and goes on until now; at most six collections.
 */
export function balancesOverTime(entries: readonly Entry[], now: number): BalanceSeries {
  const sorted = entries.toSorted((one, other) => one.recordedAt.localeCompare(other.recordedAt));
  const names = [
    ...new Set(sorted.flatMap((entry) => [entry.debit.collection, entry.credit.collection])),
  ].slice(0, 6);
  const at: number[] = [];
  const values = new Map<string, number[]>(names.map((name) => [name, []]));
  const present = new Map<string, number>();
  const mark = (time: number): void => {
    at.push(time);
    for (const [name, own] of values) own.push(present.get(name) ?? 0);
  };
  const add = (name: string, amount: number): void => {
    present.set(name, (present.get(name) ?? 0) + amount);
  };
  const first = sorted[0];
  const start = first === undefined ? now : Date.parse(first.recordedAt) / 1000;
  mark(start - Math.max(HOUR_SECONDS, (now - start) / 12));
  for (const entry of sorted) {
    const amount = Number(entry.amount.amount);
    add(entry.debit.collection, -amount);
    add(entry.credit.collection, amount);
    mark(Date.parse(entry.recordedAt) / 1000);
  }
  if (now > (at.at(-1) ?? now)) mark(now);
  return {
    at,
    collections: names.map((name) => ({ name, values: values.get(name) ?? [] })),
  };
}
