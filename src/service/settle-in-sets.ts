/**
 * Settles what landed in sets, two at a time: a set costs the database little more than a single
 * answer, and while one waits for the disk the other is written. Two answers to one adjustment
 * meet at its lock. What no try settles stays committed as being sent, and is taken over.
 */
import { setTimeout as delay } from "node:timers/promises";

import { carryOutClosedAccounts, clientsWithPolicy } from "./carry-out-closed-accounts.ts";
import type { ServiceDesk } from "./desk.ts";
import type { Landed } from "./flight.ts";
import { settleAnswers } from "./settle-answers.ts";

type Settled = Awaited<ReturnType<typeof settleAnswers>>;

export interface Landings {
  add(one: Landed): void;
  /** Null while nothing is being settled. */
  settling(): Promise<void> | null;
}

const SETTLE_TRIES = 5;
const SIDE_BY_SIDE = 2;
const MOST_AT_ONCE = 500;
const GATHERED = 256;
const GATHER_MILLISECONDS = 15;

export function settleInSets(
  desk: ServiceDesk,
  on: {
    readonly isMoreComing: (landed: number) => boolean;
    readonly settled: (set: readonly Landed[], settled: Settled) => void;
  },
): Landings {
  const landed: Landed[] = [];
  let inHand = 0;
  let running = 0;
  const settling = new Set<Promise<void>>();

  const settleAll = async (): Promise<void> => {
    while (landed.length > 0) {
      if (landed.length < GATHERED && on.isMoreComing(landed.length + inHand)) {
        await delay(GATHER_MILLISECONDS);
      }
      const set = landed.splice(0, MOST_AT_ONCE);
      if (set.length === 0) break;
      inHand += set.length;
      const settled = await settleOrReport(desk, set);
      await carriedOutOrReported(desk, set);
      inHand -= set.length;
      on.settled(set, settled);
    }
    // At once: an answer that comes now must find that nobody will take it.
    running -= 1;
  };

  const start = (): void => {
    running += 1;
    const one = settleAll().finally(() => settling.delete(one));
    settling.add(one);
  };

  return {
    add: (one) => {
      landed.push(one);
      // A second one for what comes while the first writes; together they gather larger sets.
      const isWorthOne = running === 0 || landed.length >= GATHERED;
      if (isWorthOne && running < SIDE_BY_SIDE) start();
    },
    settling: () => (settling.size === 0 ? null : Promise.race(settling)),
  };
}

/** It stands with the adjustments and is taken over: no failure of it may end the settling. */
async function carriedOutOrReported(desk: ServiceDesk, set: readonly Landed[]): Promise<void> {
  try {
    await carryOutClosedAccounts(desk, clientsWithPolicy(set.map((one) => one.flight)));
  } catch (error) {
    desk.report("what follows for closed accounts could not be carried out", error);
  }
}

/** A set that cannot be written is tried again, then one by one; what is left is taken over. */
async function settleOrReport(desk: ServiceDesk, set: readonly Landed[]) {
  for (let attempt = 1; attempt <= SETTLE_TRIES; attempt += 1) {
    try {
      return await settleAnswers(desk, set);
    } catch (error) {
      desk.report(`${set.length} answers could not be written`, error);
      if (set.length > 1) {
        const settled: Awaited<ReturnType<typeof settleAnswers>> = [];
        for (const one of set) settled.push(...(await settleOrReport(desk, [one])));
        return settled;
      }
      await delay(50 * 2 ** attempt);
    }
  }
  return [];
}
