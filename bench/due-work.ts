/** A database in which so many adjustments wait for their client's service, all of them due. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { accountVault } from "../src/access/vault.ts";
import type { AccountVault } from "../src/access/vault.ts";
import { createEngine } from "../src/accounting/client-runtime.ts";
import type { Engine } from "../src/accounting/engine.ts";
import { insertClient } from "../src/cases/store.ts";
import type { Database } from "../src/database/database.ts";
import { sql } from "../src/database/sql.ts";
import { importFile } from "../src/imports/import-file.ts";
import { assert } from "../src/kernel/assert.ts";
import { systemClock } from "../src/kernel/clock.ts";
import { noFailpoints } from "../src/kernel/failpoints.ts";
import { uuids } from "../src/kernel/ids.ts";
import { requireRuleBook } from "../src/rulebook/load.ts";
import { loadRuleBook, STANDARD_BOOK } from "../src/rulebook/read.ts";
import type { ServiceDesk } from "../src/service/desk.ts";

import type { ScratchDatabase, ScratchServer } from "./scratch-server.ts";

const LINES_PER_CHUNK = 1000;
export const DUE_CLIENT = "harbor";
export const DUE_SERVICE = "core";

const clock = systemClock;
const ids = uuids(clock);
const vault: AccountVault = accountVault(
  {
    current: 1,
    wrapping: new Map([[1, Buffer.alloc(32, 1)]]),
    search: Buffer.alloc(32, 2),
    derive: () => Buffer.alloc(32, 3),
  },
  { clock, ids },
);

/** A core that wants what cores want: key, amount, date, both accounts by number. */
export function postingService(address: string, concurrency: number) {
  return {
    protocol: "rest-json",
    url: address,
    key: { format: "uuid", header: "Idempotency-Key", lifeSeconds: 86_400 },
    post: { path: "/postings", body: POSTING },
    answer: { reference: "body.id" },
    concurrency,
  };
}

const POSTING = {
  claim: "{{claim.number}}",
  dispute: "{{dispute.number}}",
  amount: "{{amount}}",
  currency: "{{currency}}",
  postingDate: "{{postingDate}}",
  lines: {
    $each: "entries",
    as: {
      debitAccount: "{{entry.debitNumber}}",
      creditAccount: "{{entry.creditNumber}}",
      amount: "{{entry.amount}}",
    },
  },
};

/** Provisional credits, imported as always; answers a way to get the same database again. */
export async function dueWork(
  server: ScratchServer,
  { count, service }: { count: number; service: unknown },
): Promise<() => Promise<ScratchDatabase>> {
  const source = await server.database();
  const directory = await mkdtemp(join(tmpdir(), "redress-bench-due-"));
  try {
    const settings = {
      calendar: { holidays: "federal-reserve", zone: "America/New_York" },
      services: { [DUE_SERVICE]: service },
    };
    const createdAt = clock.now().toString();
    await source.database.transaction((tx) =>
      insertClient(tx, { id: DUE_CLIENT, name: "Harbor Bank", settings, createdAt }),
    );
    const file = join(directory, "credits.ndjson");
    await writeFile(file, `${[...creditLines(count)].join("\n")}\n`);
    const run = await importFile(await engineOver(source.database), vault, file, {
      actor: "bench",
      linesPerChunk: LINES_PER_CHUNK,
    });
    assert(run.rejected === 0n, `${run.rejected} lines were rejected`);
    assert((await dueCount(source.database)) === count, "every credit waits for the service");
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  return server.pattern(source);
}

function* creditLines(count: number): Generator<string> {
  for (let ordinal = 1; ordinal <= count; ordinal += 1) {
    const dispute = `261116${String(ordinal).padStart(6, "0")}D`;
    const amount = `${5 + (ordinal % 900)}.${String(ordinal % 100).padStart(2, "0")}`;
    yield JSON.stringify({
      type: "claim",
      key: `claim-${ordinal}`,
      client: DUE_CLIENT,
      claim: `261116${String(ordinal).padStart(6, "0")}C`,
      claimType: "Card",
      noticeReceivedOn: "2026-11-16",
      disputes: [
        {
          dispute,
          amount,
          currency: "USD",
          network: "visa",
          product: "debit",
          regulation: "E",
          account: String(4_000_000_000_000_000 + ordinal),
        },
      ],
    });
    yield JSON.stringify({
      type: "operation",
      key: `operation-${ordinal}`,
      client: DUE_CLIENT,
      dispute,
      operation: "issueProvisionalCredit",
      input: {},
      at: "2026-11-16T15:04:05Z",
    });
  }
}

async function engineOver(database: Database): Promise<Engine> {
  const book = requireRuleBook(await loadRuleBook(STANDARD_BOOK));
  return createEngine({ database, clock, ids, rulebooks: () => book });
}

/** The desk of a worker as `npm start` runs one. */
export async function benchDesk(database: Database): Promise<ServiceDesk> {
  return {
    engine: await engineOver(database),
    vault,
    secrets: () => "",
    failpoints: noFailpoints,
    random: Math.random,
    leaseSeconds: 30,
    retryDivisor: 1,
    report: (problem, error) => {
      throw new Error(problem, { cause: error });
    },
  };
}

export async function dueCount(database: Database): Promise<number> {
  const { due } = await database.one<{ due: number }>(sql`
    select count(*)::int as due from due_call where due_at <= now()
  `);
  return due;
}

/** Refuses a run in which anything was left out, done twice or not written down. */
export async function requireAllExecuted(database: Database, count: number): Promise<void> {
  const made = await database.one<Record<string, number>>(sql`
    select (select count(*) from adjustment where state = 'executed')::int as executed,
           (select count(*) from service_attempt)::int as attempts,
           (select count(*) from service_attempt_outcome where outcome = 'posted')::int as outcomes,
           (select count(*) from execution)::int as executions,
           (select count(*) from assignment
            where is_open and adjustment_id is not null)::int as open
  `);
  const { executed, attempts, outcomes, executions, open } = made;
  const isWhole = [executed, attempts, outcomes, executions].every((one) => one === count);
  assert(isWhole && open === 0, `all ${count} are executed once: ${JSON.stringify(made)}`);
}
