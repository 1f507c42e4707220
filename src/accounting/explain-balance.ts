/**
 * Which entries explain a balance that should not stand: the smallest set that sums to it, the
 * latest first. What was undone explains nothing and is left out. Pure.
 */
import type { DisputeBook, Entry } from "./dispute-book.ts";

export interface Explaining {
  readonly entry: Entry;
  readonly adjustmentId: string;
  readonly operationId: string;
  /** What the entry adds to the balance explained: credits less debits. */
  readonly effectMinor: bigint;
}

/** Where the balance stands; an account of null takes the collection as one. */
export interface Standing {
  readonly collection: string;
  readonly account: string | null;
  readonly valueMinor: bigint;
}

/** Beyond this many different sums the search gives up: all entries that stand are the answer. */
const MOST_SUMS = 20_000;

/** Oldest first. Empty where the balance is zero. */
export function explainBalance(book: DisputeBook, standing: Standing): Explaining[] {
  const candidates = effectsOn(book, standing);
  if (standing.valueMinor === 0n) return [];
  const chosen = smallestSum(
    candidates.toReversed().map((one) => one.effectMinor),
    standing.valueMinor,
  );
  if (chosen === null) return candidates;
  const picked = new Set(chosen.map((index) => candidates[candidates.length - 1 - index]));
  return candidates.filter((one) => picked.has(one));
}

/** Entries in force that touch the balance, without those whose sides cancel out there. */
function effectsOn(book: DisputeBook, { collection, account }: Standing): Explaining[] {
  const undone = new Set<string>();
  for (const { entries } of book.adjustments) {
    for (const { undoes, id } of entries) if (undoes !== null) undone.add(undoes).add(id);
  }
  return book.adjustments.flatMap(({ id, operationId, entries }) =>
    entries
      .filter((entry) => !undone.has(entry.id))
      .map((entry) => {
        const at = (side: Entry["debit"]): boolean =>
          side.collection === collection && (account === null || side.account === account);
        const credited = at(entry.credit) ? entry.amountMinor : 0n;
        const debited = at(entry.debit) ? entry.amountMinor : 0n;
        return { entry, adjustmentId: id, operationId, effectMinor: credited - debited };
      })
      .filter((one) => one.effectMinor !== 0n),
  );
}

/** The indexes of the fewest amounts that sum to the target; null where none or too many do. */
function smallestSum(amounts: readonly bigint[], target: bigint): number[] | null {
  let best = new Map<bigint, readonly number[]>([[0n, []]]);
  for (const [index, amount] of amounts.entries()) {
    const next = new Map(best);
    for (const [sum, indexes] of best) {
      const reached = sum + amount;
      const known = next.get(reached);
      if (known === undefined || known.length > indexes.length + 1) {
        next.set(reached, [...indexes, index]);
      }
    }
    if (next.size > MOST_SUMS) return null;
    best = next;
  }
  return [...(best.get(target) ?? [])];
}
