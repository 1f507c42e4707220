/**
 * Two workers and a server, as processes, on one database under load, and a worker killed again and
 * again: nothing is posted twice, a window has one file, no item of a job is done twice, and the
 * books are sound.
 */
import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { request } from "undici";
import { afterEach, beforeEach, expect, test } from "vitest";

import { insertClient } from "../src/cases/store.ts";
import { sql } from "../src/database/sql.ts";
import { systemClock } from "../src/kernel/clock.ts";
import { useChildProcesses } from "./support/child-processes.ts";
import { testEngine } from "./support/engine.ts";
import { aClaim } from "./support/http-case.ts";
import { startPeer } from "./support/peer.ts";
import { expectSound } from "./support/sound-books.ts";
import { useDatabase } from "./support/use-database.ts";

const PROJECT = join(import.meta.dirname, "..");
const KILLS = 4;
const DISPUTES = 60;
const BY_SERVICE = "bank-0";
const BY_HAND = "bank-1";
const BY_FILE = ["bank-2", "bank-3", "bank-4", "bank-5"];
const BANKS = [BY_SERVICE, BY_HAND, ...BY_FILE];

const db = useDatabase();
const children = useChildProcesses();
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "redress-together-"));
});
afterEach(async () => {
  await children.killAll();
  await rm(directory, { recursive: true, force: true });
});

function start(program: string, ...words: string[]): ChildProcess {
  return children.start([join(PROJECT, program), ...words], {
    PATH: process.env["PATH"] ?? "",
    DATABASE_URL: db.url,
    REDRESS_DATA: join(directory, "data"),
    REDRESS_LOG: "error",
    REDRESS_LEASE_SECONDS: "2",
    REDRESS_RETRY_DIVISOR: "1000",
    PORT: "0",
  });
}

test("nothing is done twice, whoever is killed", { timeout: 120_000 }, async () => {
  const booked = new Map<string, number>();
  const core = await startPeer(({ body }) => {
    const { key } = JSON.parse(body) as { key: string };
    const before = booked.get(key);
    booked.set(key, (before ?? 0) + 1);
    // Every fifth answer is lost after the core has booked.
    if (booked.size % 5 === 0 && before === undefined) return "drop";
    return { body: JSON.stringify({ id: `ref-${key}` }), milliseconds: 20 };
  });
  for (const bank of BANKS) await aBank(bank, core.address);
  start("src/main.ts");
  const { address = "", apiKey = "" } = await firstRun();
  const post = caller(address, apiKey);
  let worker = start("src/cli/main.ts", "worker");
  start("src/cli/main.ts", "worker");

  const disputes = await Promise.all(
    Array.from({ length: DISPUTES }, async (_, ordinal) => {
      const bank = BANKS[ordinal % BANKS.length] ?? "";
      const { disputes: [dispute = ""] = [] } = (await post("/v1/claims", aClaim(bank))) as {
        disputes?: string[];
      };
      await post(`/v1/disputes/${dispute}/operations?client=${bank}`, {
        operation: "issueProvisionalCredit",
        input: { amount: "10.00" },
      });
      return dispute;
    }),
  );
  const filter = { client: BY_HAND };
  await post("/v1/jobs", { kind: "assignWork", filter, action: { person: "admin" } });
  await dueWindows();
  for (let turn = 0; turn < KILLS; turn += 1) {
    await delay(1500);
    await children.kill(worker);
    worker = start("src/cli/main.ts", "worker");
  }
  const open = () =>
    db.one<{ open: number }>(sql`
      select count(*)::int as open from adjustment
      where client_id <> ${BY_HAND} and state not in ('executed', 'unknown')`);
  for (let turn = 0; turn < 300 && (await open()).open > 0; turn += 1) await delay(200);

  expect(disputes).toHaveLength(DISPUTES);
  expect(await open()).toEqual({ open: 0 });
  // The core was asked twice under one key where its answer was lost; it has each key once.
  expect(booked.size).toBe(DISPUTES / BANKS.length);
  const twice = await db.query(sql`
    select adjustment_id from execution
    group by client_id, adjustment_id, entry_id having count(*) > 1`);
  expect(twice).toEqual([]);
  const windows = await db.query<{ files: number }>(sql`
    select count(*)::int as files from batch_file group by client_id, window_id`);
  expect(windows).toEqual(BY_FILE.map(() => ({ files: 1 })));
  for (const bank of BY_FILE) {
    const files = (await readdir(join(directory, bank))).filter((name) => !name.startsWith("."));
    expect(files).toHaveLength(1);
  }
  const assigned = await db.query<{ times: number }>(sql`
    select count(*)::int as times from assignment_event where kind = 'assigned'
    group by assignment_id`);
  expect(assigned).toEqual(Array.from({ length: DISPUTES / BANKS.length }, () => ({ times: 1 })));
  await core.stop();
  await expectSound(testEngine(db));
});

/** By service, by hand, or into a file whose window is due in a moment. */
async function aBank(id: string, core: string): Promise<void> {
  await mkdir(join(directory, id));
  const byService = {
    services: {
      core: {
        protocol: "rest-json",
        url: core,
        post: { path: "/postings", body: { key: "{{key}}", amount: "{{amount}}" } },
        answer: { reference: "body.id" },
      },
    },
  };
  const byFile = {
    batchProfiles: {
      nightly: {
        layout: "generic-csv",
        marker: "TEST",
        cutOffs: [{ name: "endOfDay", time: "23:59", days: "every" }],
        delivery: { kind: "directory", directory: join(directory, id) },
      },
    },
  };
  const settings = id === BY_SERVICE ? byService : id === BY_HAND ? {} : byFile;
  const createdAt = systemClock.now().toString();
  await db.transaction((tx) => insertClient(tx, { id, name: id, settings, createdAt }));
}

async function firstRun(): Promise<Record<string, string>> {
  const path = join(directory, "data", "first-run.json");
  for (let turn = 0; turn < 600 && !existsSync(path); turn += 1) await delay(50);
  return JSON.parse(await readFile(path, "utf8")) as Record<string, string>;
}

function caller(address: string, apiKey: string) {
  let ordinal = 0;
  return async (path: string, body: unknown): Promise<Record<string, unknown>> => {
    ordinal += 1;
    const answer = await request(`${address}${path}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${apiKey}`,
        "content-type": "application/json",
        "idempotency-key": `together-${ordinal}`,
      },
      body: JSON.stringify(body),
    });
    const told = (await answer.body.json()) as Record<string, unknown>;
    expect([answer.statusCode, told["detail"]]).toEqual([expect.any(Number), undefined]);
    return told;
  };
}

/** Windows of a day that nobody plans any more, as if they had been planned for now. */
async function dueWindows(): Promise<void> {
  await db.owner.execute(sql`
    insert into batch_window (
      client_id, id, profile, business_date, cut_off, cut_at, posting_date, state, created_at,
      updated_at)
    select id, gen_random_uuid(), 'nightly', current_date - 7, 'endOfDay', now(), current_date,
           'planned', now(), now()
    from client where id = any(${BY_FILE})`);
}
