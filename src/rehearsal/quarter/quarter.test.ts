/**
 * A small quarter over a real database. That the judge can fail is shown by planting bugs into the
 * product: a calendar that counts one business day too few, and one that lives a day ahead.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Temporal } from "temporal-polyfill";
import { expect, onTestFinished, test } from "vitest";

import { TEST_KEYS } from "../../../test/support/engine.ts";
import { useDatabase } from "../../../test/support/use-database.ts";
import { accountVault } from "../../access/vault.ts";
import { createEngine } from "../../accounting/client-runtime.ts";
import type { Engine } from "../../accounting/engine.ts";
import { departureOf } from "../../batch/pend-for-batch-accounting.ts";
import type { BusinessCalendar } from "../../kernel/calendar.ts";
import { manualClock } from "../../kernel/clock.ts";
import { noFailpoints } from "../../kernel/failpoints.ts";
import { uuids } from "../../kernel/ids.ts";
import { verify } from "../../proof/verify/verify.ts";
import { requireRuleBook } from "../../rulebook/load.ts";
import { loadRuleBook, STANDARD_BOOK } from "../../rulebook/read.ts";
import type { PlayedQuarter } from "./play-quarter.ts";
import { playQuarter } from "./play-quarter.ts";
import { inWords, verdictOf } from "./summary.ts";

const db = useDatabase();
const standard = requireRuleBook(await loadRuleBook(STANDARD_BOOK));

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
  const clock = manualClock(Temporal.Instant.from("2026-01-01T00:00:00Z"));
  const ids = uuids(clock);
  const sound = createEngine({
    database: db,
    clock,
    ids,
    rulebooks: (id) => (id === "standard" ? standard : undefined),
    departureOf,
  });
  const engine = bug === undefined ? sound : withBug(sound, bug);
  const vault = accountVault(TEST_KEYS, { clock, ids });
  const desk = { engine, vault, keys: TEST_KEYS, secrets: () => "", failpoints: noFailpoints };
  const findings = async (): Promise<string[]> => {
    const found: string[] = [];
    await verify(desk, { onViolation: (one) => found.push(JSON.stringify(one)) });
    return found;
  };
  const parts = { engine, clock, vault, keys: TEST_KEYS, verify: findings };
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
