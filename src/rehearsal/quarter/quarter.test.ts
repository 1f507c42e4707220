/**
 * A small quarter over a real database. That the judge can fail is shown by planting bugs into the
 * product: a calendar that counts one business day too few, and one that lives a day ahead.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import { useDatabase } from "../../../test/support/use-database.ts";
import { partsOver } from "../../../tools/rehearse/parts.ts";
import type { Engine } from "../../accounting/engine.ts";
import type { BusinessCalendar } from "../../kernel/calendar.ts";
import type { PlayedQuarter } from "./play-quarter.ts";
import { playQuarter } from "./play-quarter.ts";
import { inWords, verdictOf } from "./summary.ts";

const db = useDatabase();

interface Played {
  readonly seed: number;
  readonly disputes: number;
  readonly days: number;
  readonly calm?: boolean;
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

test("a quarter in which much goes wrong breaks no date by the product's fault", async () => {
  const played = await play({ seed: 3, disputes: 40, days: 6 });

  expect(played.violations).toEqual([]);
  const verdict = verdictOf(played, 1);
  expect(verdict.disputes).toBe(40);
  expect(verdict.stuck).toEqual([]);
  expect(inWords(verdict)).toContain("0 violations");
});

test("where nothing goes wrong no date is missed at all", async () => {
  const played = await play({ seed: 1, disputes: 30, days: 5, calm: true });

  expect(played.violations).toEqual([]);
});

test("a product that counts one business day too few debits before the day of the letter", async () => {
  const played = await play({
    seed: 2,
    disputes: 30,
    days: 4,
    calm: true,
    bug: (calendar) => ({
      addBusinessDays: (date, count) =>
        calendar.addBusinessDays(date, count > 1 ? count - 1 : count),
    }),
  });

  expect(played.violations.map((one) => one.check)).toContain("debit date");
});
