/**
 * A small quarter over a real database. That the judge can fail is shown by planting bugs into the
 * product's calendar: it counts one business day too few, or lives a day ahead. What else the judge
 * sees is shown by `judge-dates.test.ts` and `judge-money.test.ts`.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import { useDatabase } from "../../../test/support/use-database.ts";
import { partsOver } from "../../../tools/rehearse/parts.ts";
import type { Engine } from "../../accounting/engine.ts";
import type { BusinessCalendar } from "../../kernel/calendar.ts";
import type { PlayedQuarter, QuarterOptions } from "./play-quarter.ts";
import { playQuarter } from "./play-quarter.ts";
import { inWords, verdictOf } from "./summary.ts";

/** Some seconds; a machine with much else to do takes longer. */
const MOST_MILLISECONDS = 240_000;

const db = useDatabase();

interface Played extends Pick<QuarterOptions, "seed" | "disputes" | "days" | "tailDays"> {
  readonly calm?: boolean;
  readonly untilWrong?: boolean;
  /** A bug in the product's calendar; the judge has its own. */
  readonly bug?: (calendar: BusinessCalendar) => Partial<BusinessCalendar>;
}

async function play({ bug, calm = false, ...options }: Played): Promise<PlayedQuarter> {
  const directory = await mkdtemp(join(tmpdir(), "redress-quarter-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const planted = (engine: Engine): Engine => (bug === undefined ? engine : withBug(engine, bug));
  const parts = await partsOver(db, options.seed, planted);
  return playQuarter(parts, { ...options, calm, directory, progress: () => undefined });
}

function withBug(engine: Engine, bug: NonNullable<Played["bug"]>): Engine {
  return {
    ...engine,
    clients: async (tx, wanted) => {
      const clients = await engine.clients(tx, wanted);
      return new Map(
        [...clients].map(([id, client]) => {
          const calendar = { ...client.calendar, ...bug(client.calendar) };
          return [id, { ...client, calendar }];
        }),
      );
    },
  };
}

test(
  "a quarter in which much goes wrong breaks no date by the product's fault",
  async () => {
    const played = await play({ seed: 1, disputes: 40, days: 4, tailDays: 16 });

    expect(played.violations).toEqual([]);
    expect(played.breaches.length).toBeGreaterThan(0);
    const verdict = verdictOf(played, 1);
    expect(verdict.disputes).toBe(40);
    expect(inWords(verdict)).toContain("0 violations");
  },
  MOST_MILLISECONDS,
);

const BUGS: readonly (Required<Pick<Played, "bug">> & { readonly name: string })[] = [
  {
    name: "counts one business day too few",
    bug: ({ addBusinessDays }) => ({
      addBusinessDays: (date, count) => addBusinessDays(date, count > 1 ? count - 1 : count),
    }),
  },
  {
    name: "lives a day ahead",
    bug: ({ dateOf, addDays }) => ({ dateOf: (instant) => addDays(dateOf(instant), 1) }),
  },
];

test.each(BUGS)(
  "a product that $name debits before the day of the letter",
  async ({ bug }) => {
    const sample = { seed: 2, disputes: 60, days: 4, calm: true, untilWrong: true };

    const { violations } = await play({ ...sample, bug });

    expect(violations.map((one) => one.check)).toContain("debit date");
  },
  MOST_MILLISECONDS,
);
