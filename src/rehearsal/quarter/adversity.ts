/**
 * What goes wrong in a quarter, drawn from its seed and known to the judge alone: cores that are
 * down or slow, files that are lost, cut-offs slept through, people who are away.
 */
import { Temporal } from "temporal-polyfill";

import type { SeededRandom } from "../seeded-random.ts";

import type { PlayedClient } from "./institution.ts";

export type AdversityKind =
  "coreDown" | "coreSlow" | "filesLost" | "redressDown" | "staffAway" | "approversAway";

export interface Adversity {
  readonly kind: AdversityKind;
  readonly clientId: string;
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly until: number;
}

const WORDS: Readonly<Record<AdversityKind, string>> = {
  coreDown: "core down",
  coreSlow: "core slow, answers lost",
  filesLost: "files lost on the way",
  redressDown: "Redress itself down",
  staffAway: "staff away",
  approversAway: "approvers away",
};

interface Habit {
  readonly kind: AdversityKind;
  /** How often in a quarter. */
  readonly times: number;
  /** Hours, the shortest and the longest. */
  readonly hours: readonly [number, number];
}

/** By route; the last of each is long enough to break a date. */
const HABITS: Readonly<Record<PlayedClient["route"], readonly Habit[]>> = {
  service: [
    { kind: "coreDown", times: 8, hours: [1, 9] },
    { kind: "coreSlow", times: 8, hours: [2, 12] },
    { kind: "approversAway", times: 2, hours: [24, 96] },
    { kind: "redressDown", times: 2, hours: [3, 9] },
    { kind: "coreDown", times: 1, hours: [150, 200] },
  ],
  batch: [
    { kind: "filesLost", times: 3, hours: [2, 20] },
    { kind: "redressDown", times: 4, hours: [4, 14] },
    { kind: "filesLost", times: 1, hours: [130, 180] },
  ],
  manual: [
    { kind: "staffAway", times: 2, hours: [24, 48] },
    { kind: "approversAway", times: 1, hours: [48, 96] },
    { kind: "redressDown", times: 2, hours: [3, 9] },
    { kind: "staffAway", times: 1, hours: [170, 220] },
  ],
};

const HOUR = 3_600_000;

export function drawAdversities(
  clients: readonly PlayedClient[],
  random: SeededRandom,
  from: Temporal.Instant,
  days: number,
): readonly Adversity[] {
  return clients.flatMap(({ id: clientId, route }) =>
    HABITS[route].flatMap(({ kind, times, hours: [least, most] }) =>
      // Fewer of them in a shorter play, but never none of the long ones.
      Array.from({ length: Math.max(1, Math.round((times * days) / 92)) }, () => {
        const start = from.epochMilliseconds + random.below(Math.max(1, days) * 24) * HOUR;
        const until = start + (least + random.below(most - least + 1)) * HOUR;
        return { kind, clientId, from: start, until };
      }),
    ),
  );
}

export function strikes(
  adversities: readonly Adversity[],
  kind: AdversityKind,
  clientId: string,
  at: number,
): boolean {
  return adversities.some(
    (one) => one.kind === kind && isOf(one, clientId) && one.from <= at && at < one.until,
  );
}

/** When Redress is down, it is down for everybody. */
function isOf(one: Adversity, clientId: string): boolean {
  return one.clientId === clientId || one.kind === "redressDown";
}

/**
 * What hindered a client between two moments, in words; each with how long it lasted. What was over
 * so long before that the money should have moved since, `explains` leaves out.
 */
export function hindrances(
  adversities: readonly Adversity[],
  clientId: string,
  from: number,
  until: number,
  explains: (ended: number) => boolean,
): string[] {
  return adversities
    .filter((one) => isOf(one, clientId) && one.from < until && from < one.until)
    .filter((one) => explains(one.until))
    .toSorted((one, other) => one.from - other.from)
    .map((one) => {
      const hours = Math.round((one.until - one.from) / HOUR);
      const long = hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
      const since = Temporal.Instant.fromEpochMilliseconds(one.from).toString().slice(0, 16);
      return `${WORDS[one.kind]} ${long} from ${since}Z`;
    });
}
