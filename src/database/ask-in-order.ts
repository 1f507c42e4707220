/**
 * Statements of one transaction that are sent without waiting for each other, in the order given.
 * Between two of a large set whatever else this process has to do gets its turn: writing out
 * hundreds of rows takes a millisecond.
 */
import { setImmediate as nextTurn } from "node:timers/promises";

import { PART } from "../kernel/in-parts.ts";

export async function askInOrder<const Asks extends readonly (() => Promise<unknown>)[]>(
  asks: Asks,
  rows: number,
): Promise<{ [At in keyof Asks]: Awaited<ReturnType<Asks[At]>> }> {
  const asked: Promise<unknown>[] = [];
  for (const ask of asks) {
    if (asked.length > 0 && rows > PART) await nextTurn();
    const one = ask();
    // It may fail before all are asked for; the end says so.
    one.catch(() => undefined);
    asked.push(one);
  }
  return (await Promise.all(asked)) as { [At in keyof Asks]: Awaited<ReturnType<Asks[At]>> };
}
