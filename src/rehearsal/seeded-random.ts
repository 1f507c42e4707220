/** Randomness that a seed repeats exactly: mulberry32, whole numbers only. */
export interface SeededRandom {
  /** A whole number from 0 up to and without `below`. */
  below(limit: number): number;
  pick<Item>(items: readonly Item[]): Item;
  /** True in one case of `in`. */
  once(inCases: number): boolean;
}

export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const below = (limit: number): number => next() % limit;
  return {
    below,
    pick: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new Error("nothing to pick from");
      return item;
    },
    once: (inCases) => below(inCases) === 0,
  };
}
