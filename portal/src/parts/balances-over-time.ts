/** Balances of collections after each entry, for a chart: credits minus debits. */
import type { Entry } from "../api/types.ts";

export interface BalanceSeries {
  /** Seconds since the epoch. */
  readonly at: readonly number[];
  readonly collections: readonly { readonly name: string; readonly values: readonly number[] }[];
}

/**
 * Numbers for drawing only: whoever needs the figure reads the table. The first point is zero, just
 * before the first entry; at most the six collections that moved most.
 */
export function balancesOverTime(entries: readonly Entry[]): BalanceSeries {
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
  if (first !== undefined) mark(Date.parse(first.recordedAt) / 1000 - 1);
  for (const entry of sorted) {
    const amount = Number(entry.amount.amount);
    add(entry.debit.collection, -amount);
    add(entry.credit.collection, amount);
    mark(Date.parse(entry.recordedAt) / 1000);
  }
  return {
    at,
    collections: names.map((name) => ({ name, values: values.get(name) ?? [] })),
  };
}
