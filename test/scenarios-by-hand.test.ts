/**
 * Every worked case again, but through the database and a person's hands: each operation is
 * executed, what it opened is attested, what waited for it is released. The books have to be those
 * of the scenario played in memory, and `verify` has to find nothing wrong with them.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { Temporal } from "temporal-polyfill";
import { expect, test } from "vitest";

import { approved } from "./support/approved.ts";
import { batchDesk } from "./support/batch-desk.ts";
import { aClient, operate, testEngine } from "./support/engine.ts";
import { useDatabase } from "./support/use-database.ts";
import { completion } from "./support/work-by-hand.ts";
import { openClaims } from "../src/accounting/open-claims.ts";
import { releaseDue } from "../src/accounting/release-due.ts";
import { sql } from "../src/database/sql.ts";
import { businessCalendar } from "../src/kernel/calendar.ts";
import { Failure } from "../src/kernel/failure.ts";
import { formatAmount, parseAmount } from "../src/kernel/money.ts";
import { completeByHand } from "../src/manual/complete.ts";
import { verify } from "../src/proof/verify/verify.ts";
import type { Violation } from "../src/proof/verify/violation.ts";
import type { Scenario, Step } from "../src/rehearsal/scenario-file.ts";
import { readScenario } from "../src/rehearsal/scenario-file.ts";
import { listAssignments } from "../src/work/views.ts";

const DIRECTORY = join(import.meta.dirname, "scenarios");
const SCENARIOS = readdirSync(DIRECTORY)
  .filter((name) => name.endsWith(".json"))
  .map((name) => readScenario(readFileSync(join(DIRECTORY, name), "utf8")));

const database = useDatabase();
const engine = testEngine(database);

test.each(SCENARIOS)("$id $title", async (scenario) => {
  const place = await begin(scenario);

  for (const [index, step] of scenario.steps.entries()) {
    await play(place, step);

    const wanted = withoutZeros(step.expect.balances ?? {}, place.currency);
    expect(await booked(place), `balances after step ${index + 1}`).toEqual(wanted);
  }

  const found: Violation[] = [];
  await verify(batchDesk(engine), { onViolation: (violation) => found.push(violation) });
  expect(found).toEqual([]);
});

interface Place {
  readonly clientId: string;
  readonly dispute: string;
  readonly currency: string;
  readonly holidays: string;
}

async function begin({ client = {}, dispute }: Scenario): Promise<Place> {
  const { amount, currency, claimType = "Card", ...facts } = dispute;
  const holidays = client.calendar ?? "federal-reserve";
  engine.clock.set(Temporal.Instant.from(`${client.startsOn ?? "2026-11-16"}T15:00:00Z`));
  const clientId = await aClient(engine, {
    secondOperations: client.secondOperations ?? false,
    combine: client.combine ?? true,
    calendar: { holidays, zone: "America/New_York" },
  });
  const [result] = await database.transaction((tx) =>
    openClaims(tx, engine, engine.vault, [
      {
        clientId,
        key: "claim",
        claimType: String(claimType),
        noticeReceivedOn: null,
        facts: {},
        disputes: [{ amount, currency, account: "4000123412341234", accountKind: "card", facts }],
      },
    ]),
  );
  if (result?.failure) throw result.failure;
  return { clientId, dispute: result?.disputes[0] ?? "", currency, holidays };
}

async function play(place: Place, step: Step): Promise<void> {
  if (step.after !== undefined) passTime(place, step.after);
  await settle(place);
  if (step.operation === undefined) return;
  const input = await inputOf(place, step);
  const refused = await operate(engine, place.clientId, place.dispute, step.operation, input).then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof Failure) return error.code;
      throw error;
    },
  );
  expect(refused).toBe(step.expect.error);
  await settle(place);
}

function passTime(place: Place, after: NonNullable<Step["after"]>): void {
  const zone = "America/New_York";
  const calendar = businessCalendar({ holidays: place.holidays, zone });
  let date = calendar.dateOf(engine.clock.now());
  if (after.days !== undefined) date = calendar.addDays(date, after.days);
  if (after.businessDays !== undefined) date = calendar.addBusinessDays(date, after.businessDays);
  engine.clock.set(Temporal.Instant.from(`${date}T15:00:00Z`));
}

/** Approves, attests and releases until nothing is left that somebody could do today. */
async function settle({ clientId }: Place): Promise<void> {
  for (let round = 0; round < 10; round += 1) {
    const { items } = await listAssignments(database, { clientIds: [clientId], limit: 100 });
    const today = engine.clock.now().toZonedDateTimeISO("America/New_York").toPlainDate();
    const asked = items.filter((row) => row.type === "Approve Accounting");
    const byHand = items.filter((row) => row.type === "Execute Accounting Assignment");
    await approved(engine, asked);
    const results = await completeByHand(
      engine,
      byHand.map((row) => completion(row, { postingDate: today.toString() })),
    );
    for (const { failure } of results) if (failure !== null) throw failure;
    const released = await releaseDue(engine);
    if (asked.length + byHand.length + released === 0) return;
  }
  throw new Error("it does not settle");
}

/** `reverseAdjustment` without an adjustment means the latest that may still be reversed. */
async function inputOf({ clientId, dispute }: Place, step: Step): Promise<Record<string, unknown>> {
  const input = step.input ?? {};
  if (step.operation !== "reverseAdjustment" || input["adjustment"] !== undefined) return input;
  const latest = await database.maybe<{ id: string }>(sql`
    select a.id from adjustment a
    join dispute d on d.client_id = a.client_id and d.id = a.dispute_id
    where d.client_id = ${clientId} and d.number = ${dispute}
      and a.reverses_adjustment_id is null and a.state in ('executed', 'tracked')
      and not exists (
        select 1 from adjustment r
        where r.client_id = a.client_id and r.reverses_adjustment_id = a.id
          and r.state <> 'cancelled')
      and exists (select 1 from entry e where e.client_id = a.client_id and e.adjustment_id = a.id)
    order by a.ordinal desc
    limit 1`);
  return latest === undefined ? input : { ...input, adjustment: latest.id };
}

async function booked({ clientId, currency }: Place): Promise<Record<string, string>> {
  const rows = await database.query<{ collection: string; minor: string }>(sql`
    select collection, sum(booked_minor)::text as minor from balance
    where client_id = ${clientId}
    group by collection
    having sum(booked_minor) <> 0`);
  return Object.fromEntries(
    rows.map((row) => [row.collection, formatAmount(BigInt(row.minor), currency)]),
  );
}

function withoutZeros(
  balances: Readonly<Record<string, string>>,
  currency: string,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(balances)
      .map(([name, amount]) => [name, parseAmount(amount, currency)] as const)
      .filter(([, minor]) => minor !== 0n)
      .map(([name, minor]) => [name, formatAmount(minor, currency)]),
  );
}
