/**
 * Work on a large set that leaves room for others: after each part of it whatever else this process
 * has to do gets its turn, such as answers that have come.
 */
import { setImmediate as nextTurn } from "node:timers/promises";

/** So many take about a millisecond of what is done here for each. */
export const PART = 32;

export async function eachInParts<Item>(
  items: readonly Item[],
  work: (item: Item) => void,
): Promise<void> {
  for (const [index, item] of items.entries()) {
    if (index > 0 && index % PART === 0) await nextTurn();
    work(item);
  }
}

export async function mapInParts<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Result,
): Promise<Result[]> {
  const results: Result[] = [];
  await eachInParts(items, (item) => results.push(work(item)));
  return results;
}
