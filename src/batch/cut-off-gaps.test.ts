/** A cut-off that is taken out of a profile and taken up again, with the batch clock or without. */
import { join } from "node:path";
import { writeFile } from "node:fs/promises";
import { Temporal } from "temporal-polyfill";
import { expect, test } from "vitest";

import { aBatchClient, aDirectory, filesIn, pendingCredits } from "../../test/support/batch.ts";
import { batchDesk, SENDING } from "../../test/support/batch-desk.ts";
import { atTheTerminal } from "../../test/support/cli.ts";
import { testEngine } from "../../test/support/engine.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { clientCommands } from "../cli/commands/clients.ts";
import { sql } from "../database/sql.ts";
import { isInGap } from "./cut-off-gaps.ts";
import { listWindows } from "./window-views.ts";
import { takeTurn } from "./worker.ts";

const db = useDatabase();
const engine = testEngine(db);
const desk = batchDesk(engine);

const NOON = { name: "noon", time: "12:00" };
const EVENING = { name: "endOfDay", time: "18:00" };
const BOTH = { cutOffs: [NOON, EVENING] };

function at(instant: string): void {
  engine.clock.set(Temporal.Instant.from(instant));
}

async function turn(...instants: string[]): Promise<void> {
  for (const instant of instants) {
    at(instant);
    expect(await takeTurn(desk, SENDING)).toEqual([]);
  }
}

/** The noon windows that are not of the future, each with what became of it. */
async function noonsOf(client: string): Promise<string[]> {
  const until = engine.clock.now().toString();
  const all = await listWindows(db, {
    clients: [client],
    from: "2026-01-01T00:00:00Z",
    until,
    limit: 1000,
  });
  return all
    .filter(({ cutOff }) => cutOff === "noon")
    .map(({ businessDate, state, madeUp }) => `${businessDate} ${state}${madeUp ? " madeUp" : ""}`);
}

/** As somebody who changes the row itself. */
async function setCutOffs(client: string, cutOffs: readonly object[]): Promise<void> {
  await db.execute(sql`
    update client set version = version + 1,
      settings = jsonb_set(
        settings::jsonb, '{batchProfiles,nightly,cutOffs}', ${JSON.stringify(cutOffs)})
    where id = ${client}`);
}

/** At the terminal, where no server needs to run. */
async function configure(client: string, cutOffs: readonly object[]): Promise<void> {
  const shown = await atTheTerminal(engine, clientCommands, "clients", "show", client, "--json");
  const settings = JSON.parse(shown.lines.join("")) as {
    batchProfiles: { nightly: { cutOffs: unknown } };
  };
  settings.batchProfiles.nightly.cutOffs = cutOffs;
  const file = join(await aDirectory(), "client.yaml");
  await writeFile(file, JSON.stringify(settings));
  await atTheTerminal(engine, clientCommands, "clients", "configure", client, file);
}

test.each([
  ["changed in the row", setCutOffs],
  ["configured", configure],
])("taken up again, %s, it begins with the day on which it is", async (_, change) => {
  at("2026-11-02T15:00:00Z");
  const client = await aBatchClient(engine, await aDirectory(), BOTH);
  await turn("2026-11-02T15:00:00Z", "2026-11-02T17:00:01Z");
  await change(client, [EVENING]);
  await turn("2026-11-02T17:01:00Z", "2026-11-10T15:00:00Z", "2026-12-07T15:00:00Z");

  at("2026-12-07T15:00:00Z");
  await change(client, [NOON, EVENING]);
  await turn("2026-12-07T15:00:01Z", "2026-12-07T17:00:01Z", "2026-12-08T17:00:01Z");

  // Those of the first week were made before it was taken out; Monday the 9th is the last.
  const [first, ...rest] = await noonsOf(client);
  expect(first).toBe("2026-11-02 skipped");
  expect(rest.slice(-2)).toEqual(["2026-12-07 skipped", "2026-12-08 skipped"]);
  expect(rest.slice(0, -2).every((one) => one <= "2026-11-09 skipped")).toBe(true);
  expect(rest.filter((one) => one.includes("madeUp"))).toEqual([]);
});

test("down all the while: made up is what was configured, before and after", async () => {
  at("2026-11-02T15:00:00Z");
  const directory = await aDirectory();
  const client = await aBatchClient(engine, directory, { cutOffs: [NOON] });
  await turn("2026-11-02T15:00:00Z");
  await pendingCredits(engine, client, ["10.00"]);
  // Down from here, for longer than windows are made ahead.
  at("2026-11-12T20:00:00Z");
  await configure(client, []);
  at("2026-11-13T15:00:00Z");
  await pendingCredits(engine, client, ["20.00"]);
  at("2026-12-02T20:00:00Z");
  await configure(client, [NOON]);

  await turn("2026-12-04T20:00:00Z", "2026-12-04T20:00:01Z");

  // Veterans Day is the 11th; the 2nd has passed when it is taken up.
  expect((await noonsOf(client)).map((one) => one.slice(5, 10))).toEqual([
    ...["11-02", "11-03", "11-04", "11-05", "11-06", "11-09", "11-10", "11-12"],
    ...["12-03", "12-04"],
  ]);
  expect((await noonsOf(client)).every((one) => one.endsWith("madeUp"))).toBe(true);
  expect(Object.keys(await filesIn(directory))).toEqual([
    "nightly-2026-11-02-1.txt",
    "nightly-2026-12-03-2.txt",
  ]);
});

test("windows made ahead, of days without the cut-off, are skipped when it is back", async () => {
  at("2026-11-02T15:00:00Z");
  const client = await aBatchClient(engine, await aDirectory(), BOTH);
  await turn("2026-11-02T15:00:00Z");
  at("2026-11-03T12:00:00Z");
  await configure(client, [EVENING]);
  at("2026-11-05T12:00:00Z");
  await configure(client, [NOON, EVENING]);

  await turn("2026-11-05T18:00:00Z");

  expect(await noonsOf(client)).toEqual([
    "2026-11-02 skipped madeUp",
    "2026-11-03 skipped",
    "2026-11-04 skipped",
    "2026-11-05 skipped madeUp",
  ]);
  const { reason } = await db.one<{ reason: string }>(sql`
    select reason from batch_window
    where client_id = ${client} and cut_off = 'noon' and business_date = '2026-11-03'`);
  expect(reason).toBe("the profile had no such cut-off then");
});

test("taken out before anybody noted it, it is missing since its last window", async () => {
  at("2026-11-02T15:00:00Z");
  const client = await aBatchClient(engine, await aDirectory(), BOTH);
  await turn("2026-11-02T15:00:00Z");
  await setCutOffs(client, [EVENING]);

  await turn("2026-11-30T15:00:00Z");
  await setCutOffs(client, [NOON, EVENING]);
  await turn("2026-11-30T15:00:01Z", "2026-11-30T17:00:01Z");
  await setCutOffs(client, [EVENING]);
  await turn("2026-11-30T18:00:00Z", "2026-12-14T15:00:00Z");
  await setCutOffs(client, [NOON, EVENING]);
  await turn("2026-12-14T15:00:01Z");

  const noons = await noonsOf(client);
  expect(noons.filter((one) => one.includes("madeUp"))).toEqual([]);
  expect(noons.filter((one) => one > "2026-11-10" && one < "2026-11-30")).toEqual([]);
  expect(noons.filter((one) => one > "2026-12-08")).toEqual([]);
});

test.each([
  ["2026-11-02T12:00:00Z", false],
  ["2026-11-02T12:00:01Z", true],
  ["2026-11-02T13:00:00.000001Z", true],
  ["2026-11-03T12:00:00Z", false],
  ["2026-11-05T12:00:00Z", false],
  ["2030-01-01T00:00:00Z", true],
])("at %s the cut-off is in a gap: %s", (instant, inGap) => {
  const gaps = [
    { cutOff: "noon", removedAt: "2026-11-09T00:00:00Z", takenUpAt: null },
    { cutOff: "noon", removedAt: "2026-11-02T12:00:00Z", takenUpAt: "2026-11-03T12:00:00Z" },
  ];

  expect(isInGap(gaps, "noon", instant)).toBe(inGap);
  expect(isInGap(gaps, "endOfDay", instant)).toBe(false);
});
