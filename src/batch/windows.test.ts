import { Temporal } from "temporal-polyfill";
import { expect, test } from "vitest";

import {
  aBatchClient,
  aDirectory,
  filesIn,
  pendingCredits,
  stateOf,
} from "../../test/support/batch.ts";
import { batchDesk, PROFILE, SENDING } from "../../test/support/batch-desk.ts";
import { aClient, testEngine } from "../../test/support/engine.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";
import { generateNow } from "./generate.ts";
import { predictDeparture } from "./pend-for-batch-accounting.ts";
import type { WindowRow } from "./store-windows.ts";
import { listWindows } from "./window-views.ts";
import { cutDueWindows, makeWindows } from "./windows.ts";
import { startBatchWorker, takeTurn } from "./worker.ts";

const db = useDatabase();
const engine = testEngine(db);
const desk = batchDesk(engine);

function at(instant: string): void {
  engine.clock.set(Temporal.Instant.from(instant));
}

async function windowsOf(client: string): Promise<WindowRow[]> {
  const all = { from: "2026-01-01T00:00:00Z", until: "2027-12-31T00:00:00Z", limit: 1000 };
  return listWindows(db, { clients: [client], ...all });
}

function turn(): Promise<string[]> {
  return takeTurn(desk, SENDING);
}

test("windows are made ahead, once, and cut when their time has come", async () => {
  at("2026-11-16T15:00:00Z");
  const directory = await aDirectory();
  const client = await aBatchClient(engine, directory);
  const [id] = (await pendingCredits(engine, client, ["10.00"])) as [string];

  await turn();
  await turn();

  expect((await windowsOf(client)).map((one) => `${one.businessDate} ${one.state}`)).toEqual([
    "2026-11-16 planned",
    "2026-11-17 planned",
    "2026-11-18 planned",
    "2026-11-19 planned",
    "2026-11-20 planned",
  ]);
  expect(await stateOf(engine, id)).toBe("pendingBatch");
  at("2026-11-16T23:00:02Z");
  await turn();
  expect(await stateOf(engine, id)).toBe("executed");
  expect(Object.keys(await filesIn(directory))).toEqual(["nightly-2026-11-16-1.txt"]);
  expect((await windowsOf(client))[0]).toMatchObject({ state: "done", madeUp: false });
});

test("down over two windows: each is made up once, in order, with possible dates", async () => {
  at("2026-11-23T15:00:00Z");
  const directory = await aDirectory();
  const client = await aBatchClient(engine, directory);
  await makeWindows(desk);
  await pendingCredits(engine, client, ["10.00"]);
  at("2026-11-24T15:00:00Z");
  await pendingCredits(engine, client, ["20.00"]);
  // Down from here: past Tuesday's and Wednesday's cut-off, Thanksgiving and the whole horizon.
  at("2026-12-08T15:00:00Z");
  await pendingCredits(engine, client, ["40.00"]);

  await turn();
  await turn();

  const files = Object.entries(await filesIn(directory));
  expect(files.map(([name]) => name)).toEqual([
    "nightly-2026-11-23-1.txt",
    "nightly-2026-11-24-2.txt",
  ]);
  expect(files[0]?.[1]).toContain(",10.00,USD");
  expect(files[1]?.[1]).toContain(",20.00,USD");
  const windows = await windowsOf(client);
  const made = windows.filter((one) => one.madeUp).map((one) => `${one.businessDate} ${one.state}`);
  // From the 23rd to the 7th: ten business days, Thanksgiving left out.
  expect(made).toHaveLength(10);
  expect(made.slice(0, 3)).toEqual(["2026-11-23 done", "2026-11-24 done", "2026-11-25 skipped"]);
  const dates = await db.query(sql`select distinct posting_date as date from batch_file`);
  expect(dates).toEqual([{ date: "2026-12-08" }]);
});

test("down over windows and a clock change: made up once, in order, dates right", async () => {
  at("2026-10-30T15:00:00Z");
  const directory = await aDirectory();
  const client = await aBatchClient(engine, directory, {
    cutOffs: [
      { name: "endOfDay", time: "18:00" },
      { name: "night", time: "01:30", days: "every" },
    ],
    postingDate: { businessDaysAfter: 2 },
  });
  await makeWindows(desk);
  await pendingCredits(engine, client, ["10.00"]);
  // Down from here. On Sunday the clocks go back: half past one comes twice.
  at("2026-10-31T15:00:00Z");
  await pendingCredits(engine, client, ["20.00"]);
  at("2026-11-02T15:00:00Z");
  await pendingCredits(engine, client, ["40.00"]);
  at("2026-11-03T15:00:00Z");

  await turn();
  await turn();

  const made = (await windowsOf(client)).filter((one) => one.madeUp);
  expect(made.map((one) => [one.cutAt, one.cutOff, one.state])).toEqual([
    ["2026-10-30T22:00:00Z", "endOfDay", "done"],
    ["2026-10-31T05:30:00Z", "night", "skipped"],
    ["2026-11-01T05:30:00Z", "night", "done"],
    ["2026-11-02T06:30:00Z", "night", "skipped"],
    ["2026-11-02T23:00:00Z", "endOfDay", "done"],
    ["2026-11-03T06:30:00Z", "night", "skipped"],
  ]);
  const files = await db.query(sql`
    select sequence::int as sequence, posting_date as date, credit_minor::text as credits
    from batch_file order by sequence
  `);
  expect(files).toEqual([
    { sequence: 1, date: "2026-11-03", credits: "1000" },
    { sequence: 2, date: "2026-11-04", credits: "2000" },
    { sequence: 3, date: "2026-11-04", credits: "4000" },
  ]);
});

test("a profile may skip what it missed; the movements leave with the next window", async () => {
  at("2026-11-23T15:00:00Z");
  const late = { afterMinutes: 30, rule: "skip" };
  const client = await aBatchClient(engine, await aDirectory(), { late });
  await makeWindows(desk);
  const [id] = (await pendingCredits(engine, client, ["10.00"])) as [string];
  at("2026-11-24T15:00:00Z");

  await turn();

  expect((await windowsOf(client))[0]).toMatchObject({ state: "skipped" });
  expect(await stateOf(engine, id)).toBe("pendingBatch");
  at("2026-11-24T23:00:00Z");
  await turn();
  expect(await stateOf(engine, id)).toBe("executed");
});

test("two clocks that run at once cut a window once", async () => {
  at("2026-11-23T15:00:00Z");
  const client = await aBatchClient(engine, await aDirectory());
  await makeWindows(desk);
  await pendingCredits(engine, client, ["10.00", "20.00"]);
  at("2026-11-23T23:00:01Z");

  const runs = await Promise.all([1, 2, 3].map(() => cutDueWindows(desk, "system:batch")));

  const states = runs.flatMap((run) => run.generated).map((one) => one.state);
  expect(states.filter((state) => state === "cut")).toHaveLength(1);
  expect(states.filter((state) => state === "skipped")).toHaveLength(0);
});

test("a changed cut-off moves the window that is planned; a removed one is skipped", async () => {
  at("2026-11-23T15:00:00Z");
  const client = await aBatchClient(engine, await aDirectory());
  await makeWindows(desk);
  const change = (cutOffs: unknown): Promise<number> =>
    db.execute(sql`
      update client set version = version + 1,
        settings = jsonb_set(
          settings::jsonb, '{batchProfiles,nightly,cutOffs}', ${JSON.stringify(cutOffs)})
      where id = ${client}`);

  await change([{ time: "12:00" }]);
  await makeWindows(desk);
  expect((await windowsOf(client))[0]?.cutAt).toBe("2026-11-23T17:00:00Z");
  await change([{ name: "noon", time: "12:00" }]);
  at("2026-11-23T17:00:01Z");
  await turn();

  expect((await windowsOf(client))[0]).toMatchObject({ cutOff: "endOfDay", state: "skipped" });
});

test("one client's broken profile is told and stops nobody else", async () => {
  at("2026-11-23T15:00:00Z");
  await aBatchClient(engine, await aDirectory(), { marker: "MAYBE" });
  const healthy = await aBatchClient(engine, await aDirectory());
  await aClient(engine);

  const problems = await turn();

  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain("/batchProfiles/nightly/marker");
  expect(await windowsOf(healthy)).not.toHaveLength(0);
});

test("generate now takes the next free ordinal of the cut-off rule's date", async () => {
  at("2026-11-25T23:30:00Z");
  const client = await aBatchClient(engine, await aDirectory(), {
    postingDate: { businessDaysAfter: 1 },
  });
  await pendingCredits(engine, client, ["10.00"]);

  // Past Wednesday's cut-off; Thursday is a holiday.
  const first = await generateNow(desk, { clientId: client, profile: PROFILE, actor: "ann" });
  await generateNow(desk, { clientId: client, profile: PROFILE, actor: "ann" });

  expect(first).toMatchObject({ businessDate: "2026-11-27", postingDate: "2026-11-30" });
  expect((await windowsOf(client)).map((one) => [one.ordinal, one.state])).toEqual([
    [1, "cut"],
    [2, "skipped"],
  ]);
});

test("a pending adjustment says when it leaves; a denial's debit waits for its day", async () => {
  const client = await aBatchClient(engine, await aDirectory());
  const runtime = (await engine.clients(db, [client])).get(client);
  if (runtime === undefined) throw new Error("no client");
  const now = Temporal.Instant.from("2026-11-23T15:00:00Z");
  const debit = { destination: PROFILE, plannedPostingDate: "2026-11-27" };

  const soon = predictDeparture(runtime, { ...debit, isDenialDebit: false }, now);
  const later = predictDeparture(runtime, { ...debit, isDenialDebit: true }, now);

  expect(soon).toMatchObject({ leavesAt: "2026-11-23T23:00:00Z", postingDate: "2026-11-23" });
  expect(later).toMatchObject({ leavesAt: "2026-11-27T23:00:00Z", postingDate: "2026-11-27" });
});

test("the worker does what is due and stops when told", async () => {
  at("2026-11-23T15:00:00Z");
  const directory = await aDirectory();
  const client = await aBatchClient(engine, directory);
  await makeWindows(desk);
  await pendingCredits(engine, client, ["10.00"]);
  at("2026-11-23T23:00:01Z");
  const problems: string[] = [];

  const worker = startBatchWorker(desk, {
    ...SENDING,
    pollMilliseconds: 20,
    report: (problem) => void problems.push(problem),
  });
  await expect.poll(async () => Object.keys(await filesIn(directory)).length).toBe(1);
  await worker.stop();

  expect(problems).toEqual([]);
});

test("a day closed after its window was made has none; its work goes with the next", async () => {
  at("2026-11-16T15:00:00Z");
  const directory = await aDirectory();
  const client = await aBatchClient(engine, directory);
  await makeWindows(desk);
  await db.execute(sql`
    update client
    set settings = (settings::jsonb || '{"calendar": {"holidays": "federal-reserve",
          "zone": "America/New_York", "closedDays": ["2026-11-17"]}}'::jsonb)::json,
        version = version + 1
    where id = ${client}`);
  at("2026-11-17T15:00:00Z");
  const [id = ""] = await pendingCredits(engine, client, ["10.00"]);

  at("2026-11-17T23:00:02Z");
  await turn();
  const onTheClosedDay = await stateOf(engine, id);
  at("2026-11-18T23:00:02Z");
  await turn();

  expect(onTheClosedDay).toBe("pendingBatch");
  expect(Object.keys(await filesIn(directory))).toEqual(["nightly-2026-11-18-1.txt"]);
  const closed = (await windowsOf(client)).find((one) => one.businessDate === "2026-11-17");
  expect(closed?.state).toBe("skipped");
});

test("a zone that does not exist is told and stops nobody else", async () => {
  at("2026-11-23T15:00:00Z");
  await aBatchClient(engine, await aDirectory(), {
    cutOffs: [{ time: "18:00", zone: "America/New_Yrok" }],
  });
  const healthy = await aBatchClient(engine, await aDirectory());

  const problems = await turn();

  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain("/batchProfiles/nightly/cutOffs/0/zone");
  expect(await windowsOf(healthy)).not.toHaveLength(0);
});

test("a file whose header cannot be written is told and stops nobody else", async () => {
  at("2026-11-23T15:00:00Z");
  const broken = await aBatchClient(engine, await aDirectory(), {
    layout: "generic-fixed-width",
    sender: "First National Bank of Springfield",
    emptyFile: "send",
  });
  const directory = await aDirectory();
  const healthy = await aBatchClient(engine, directory);
  await makeWindows(desk);
  await pendingCredits(engine, broken, ["10.00"]);
  await pendingCredits(engine, healthy, ["20.00"]);
  at("2026-11-23T23:00:01Z");

  const problems = await turn();

  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain("sender: 34 characters, room for 20");
  expect(Object.keys(await filesIn(directory))).toHaveLength(1);
});

test("windows that one profile cannot cut hold up no other profile's", async () => {
  at("2026-11-16T12:00:00Z");
  const often = Array.from({ length: 24 }, (_, hour) => ({
    name: `at${hour}`,
    time: `${String(hour).padStart(2, "0")}:00`,
  }));
  const broken = await aBatchClient(engine, await aDirectory(), { cutOffs: often });
  const directory = await aDirectory();
  const healthy = await aBatchClient(engine, directory);
  await makeWindows(desk);
  await db.execute(sql`
    update client set version = version + 1,
      settings = jsonb_set(settings::jsonb, '{batchProfiles,nightly,marker}', '"MAYBE"')
    where id = ${broken}`);
  at("2026-11-20T15:00:00Z");
  await pendingCredits(engine, healthy, ["20.00"]);
  at("2026-11-20T23:00:01Z");

  await turn();

  expect(Object.keys(await filesIn(directory))).toHaveLength(1);
});
