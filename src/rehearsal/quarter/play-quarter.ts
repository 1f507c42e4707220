/**
 * Plays a quarter hour by hour over a real database: claims come in, people act, the product's own
 * workers take their turns, the world answers; after each day the judge looks at everything.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { Temporal } from "temporal-polyfill";

import type { VaultKeys } from "../../access/vault-key.ts";
import type { AccountVault } from "../../access/vault.ts";
import type { Engine } from "../../accounting/engine.ts";
import { insertClient } from "../../cases/store.ts";
import type { ManualClock } from "../../kernel/clock.ts";
import { noFailpoints } from "../../kernel/failpoints.ts";
import type { AssignmentActions } from "../../work/perform-action.ts";
import { seededRandom } from "../seeded-random.ts";

import { drawAdversities } from "./adversity.ts";
import type { Case } from "./cases.ts";
import { drawArrivals } from "./cases.ts";
import { institution, QUARTERS } from "./institution.ts";
import type { Judgement } from "./judge.ts";
import { openJudge } from "./judge.ts";
import { openOutsideBook } from "./outside.ts";
import { takePeople } from "./people.ts";
import { daysAfter } from "./plain-calendar.ts";
import type { Quarter } from "./quarter.ts";
import { calendarsOf } from "./quarter.ts";
import { startMachines } from "./machines.ts";

export interface QuarterOptions {
  readonly seed: number;
  readonly disputes: number;
  /** Days on which claims come in. */
  readonly days: number;
  /** Days after the last claim, at most; the play ends sooner where every story has ended. */
  readonly tailDays?: number;
  /** Ends with the first day after which something was wrong. */
  readonly untilWrong?: boolean;
  /** Nothing goes wrong: then no date may be missed at all. */
  readonly calm: boolean;
  /** An empty directory for the files of the batch route. */
  readonly directory: string;
  /** Told after each day. */
  readonly progress: (line: string) => void;
}

/** What a quarter is played with, from outside: a scratch database, a clock that stands still. */
export interface QuarterParts {
  readonly engine: Engine;
  readonly clock: ManualClock;
  readonly vault: AccountVault;
  readonly keys: VaultKeys;
  /** The verbs behind assignments, as the portal calls them. */
  readonly actions: AssignmentActions;
  /** What the product's `verify` finds wrong, in words. */
  readonly verify: () => Promise<readonly string[]>;
}

export interface PlayedQuarter extends Judgement {
  readonly seed: number;
  readonly first: string;
  readonly last: string;
  /** Simulated hours. */
  readonly steps: number;
  readonly days: number;
  readonly quarter: Quarter;
}

/** By then the longest story has ended. */
const TAIL_DAYS = 75;

/** The day on which a seed's quarter begins. */
export function firstDayOf(seed: number): string {
  return QUARTERS[(seed - 1) % QUARTERS.length] as string;
}

export async function playQuarter(
  parts: QuarterParts,
  options: QuarterOptions,
): Promise<PlayedQuarter> {
  const { clock } = parts;
  const first = firstDayOf(options.seed);
  clock.set(Temporal.Instant.from(`${first}T00:00:00Z`));
  const quarter = await setUp(parts, options, first);
  const arrivals = arrivalsByHour(quarter, first, options);
  const people = takePeople(quarter, arrivals);
  const machines = startMachines(quarter, placesIn(options.directory));
  const judge = openJudge(quarter);
  const totalDays = options.days + (options.tailDays ?? TAIL_DAYS);
  let steps = 0;
  let isOver = false;
  try {
    for (let day = 0; day < totalDays && !isOver; day += 1) {
      for (let hour = 0; hour < 24; hour += 1) {
        clock.advance({ hours: 1 });
        steps += 1;
        await people.hour(machines);
        await machines.hour();
      }
      const wrong = await judge.afterDay();
      isOver =
        (day > options.days && people.isDone()) || (options.untilWrong === true && wrong > 0);
      const date = daysAfter(first, day);
      options.progress(`${date}: ${quarter.cases.size} disputes, ${machines.said()}`);
    }
    await machines.settle();
  } finally {
    await machines.stop();
  }
  const judgement = await judge.atEnd(await parts.verify());
  const days = Math.ceil(steps / 24);
  const last = daysAfter(first, days - 1);
  return { ...judgement, seed: options.seed, first, last, steps, days, quarter };
}

/** Where the product hands files over, and where the receiver leaves its answers. */
function placesIn(directory: string): { outgoing: string; answers: string } {
  return { outgoing: join(directory, "outgoing"), answers: join(directory, "answers") };
}

async function setUp(
  parts: QuarterParts,
  { seed, days, calm, directory }: QuarterOptions,
  first: string,
): Promise<Quarter> {
  const { engine, clock, vault, keys, actions } = parts;
  const random = seededRandom(seed);
  const basis = random.once(2) ? ("assumed" as const) : ("onAcknowledgement" as const);
  const places = placesIn(directory);
  for (const place of Object.values(places)) await mkdir(place, { recursive: true });
  const clients = institution({ ...places, basis });
  const createdAt = clock.now().toString();
  await engine.database.transaction(async (tx) => {
    for (const { id, name, settings } of clients) {
      await insertClient(tx, { id, name, settings, createdAt });
    }
  });
  const problems: string[] = [];
  const common = { engine, vault, secrets: () => "", failpoints: noFailpoints };
  const start = Temporal.Instant.from(`${first}T00:00:00Z`);
  return {
    engine,
    clock,
    vault,
    actions,
    random,
    clients,
    calendars: calendarsOf(clients),
    adversities: calm ? [] : drawAdversities(clients, random, start, days),
    isCalm: calm,
    outside: openOutsideBook(),
    cases: new Map(),
    refusals: new Map(),
    problems,
    batchDesk: { ...common, keys },
    serviceDesk: {
      ...common,
      random: () => random.below(1_000_000) / 1_000_000,
      leaseSeconds: 3600,
      retryDivisor: 1,
      report: (problem, error) => {
        problems.push(`${problem}: ${error instanceof Error ? error.message : String(error)}`);
      },
    },
  };
}

/** What comes in, by client, local date and hour. */
export type Arrivals = ReadonlyMap<string, Case[]>;

function arrivalsByHour(
  quarter: Quarter,
  first: string,
  { days, disputes }: QuarterOptions,
): Arrivals {
  const { clients, calendars, random } = quarter;
  const plan = { first, days, disputes, automatic: true };
  const byHour = new Map<string, Case[]>();
  for (const { clientId, date, hour, drawn } of drawArrivals(clients, calendars, random, plan)) {
    const key = `${clientId} ${date} ${hour}`;
    byHour.set(key, [...(byHour.get(key) ?? []), drawn]);
  }
  return byHour;
}
