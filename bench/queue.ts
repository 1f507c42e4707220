/**
 * queue: how long fifty people wait for Get Next Work while a million assignments are open. They
 * take what comes, look at it for a moment, and complete it, give it back, or open its claim and
 * complete it; all of that runs beside, on the same processors.
 *
 * The judged measure has people who look at each assignment for two seconds, a small part of what
 * anybody needs. The others are only told: people who look a tenth of a second, and who never look.
 * These ask for more than the machine can do, so that they say how it behaves then.
 */
import { setTimeout as sleep } from "node:timers/promises";

import { createEngine } from "../src/accounting/client-runtime.ts";
import type { Engine } from "../src/accounting/engine.ts";
import { connectDatabase } from "../src/database/database.ts";
import { sql } from "../src/database/sql.ts";
import { assert } from "../src/kernel/assert.ts";
import { systemClock } from "../src/kernel/clock.ts";
import { uuids } from "../src/kernel/ids.ts";
import { completeByHand } from "../src/manual/complete.ts";
import { requireRuleBook } from "../src/rulebook/load.ts";
import { loadRuleBook, STANDARD_BOOK } from "../src/rulebook/read.ts";
import { RIGHTS } from "../src/work/actions.ts";
import { nextGatherer } from "../src/work/gather-next.ts";
import { lockClaim, unlockClaim } from "../src/work/lock-claim.ts";
import { releaseAssignments } from "../src/work/release.ts";
import type { AssignmentRow } from "../src/work/views.ts";

import { makeManualWork, WORK_CLIENT } from "./manual-work.ts";
import type { Bench, Measure } from "./measure.ts";
import { median } from "./measure.ts";
import { scratchServer } from "./scratch-server.ts";

const OPEN = Number(process.env["BENCH_OPEN"] ?? 1_000_000);
const PEOPLE = 50;
const REPEATS = 5;
const SECONDS = 12;
const WARM_UP_SECONDS = 5;
/** As many as a server has. */
const CONNECTIONS = 16;
const RIGHTS_OF_ALL = new Set(Object.values(RIGHTS));

const PACES = [
  { measure: "get-next p99, looking 2 s", lookMilliseconds: 2000, target: 50 },
  { measure: "get-next p99, looking 100 ms", lookMilliseconds: 100, target: null },
  { measure: "get-next p99, never looking", lookMilliseconds: 0, target: null },
] as const;

export const queueBench: Bench = {
  name: "queue",
  repeats: REPEATS,
  run: async ({ remark }): Promise<Measure[]> => {
    const server = await scratchServer();
    try {
      const { url } = await server.database();
      remark(`queue: making ${OPEN} open assignments`);
      await makeManualWork(url, OPEN);
      const book = requireRuleBook(await loadRuleBook(STANDARD_BOOK));
      const database = connectDatabase({ databaseUrl: url, connections: CONNECTIONS });
      const ids = uuids(systemClock);
      const engine = createEngine({ database, clock: systemClock, ids, rulebooks: () => book });
      const measures: Measure[] = [];
      for (const { measure, lookMilliseconds, target } of PACES) {
        await workFor(engine, WARM_UP_SECONDS, lookMilliseconds);
        const runs: Waits[] = [];
        for (let repeat = 1; repeat <= REPEATS; repeat += 1) {
          const run = await workFor(engine, SECONDS, lookMilliseconds);
          runs.push(run);
          remark(`queue ${repeat}: ${measure}: ${inWords(run)}`);
        }
        const value = median(runs.map((run) => quantile(run.waits, 0.99)));
        const met = target === null || value <= target;
        measures.push({ ...BARE, measure, value, unit: "ms", bound: "max", target, met });
      }
      await requireSound(engine);
      await database.close();
      return measures;
    } finally {
      await server.close();
    }
  },
};

const BARE = { name: "queue", floor: null, ratio: null } as const;

interface Waits {
  /** Milliseconds of each Get Next Work. */
  readonly waits: number[];
  readonly perSecond: number;
}

async function workFor(engine: Engine, seconds: number, look: number): Promise<Waits> {
  const next = nextGatherer(engine);
  const waits: number[] = [];
  const until = performance.now() + seconds * 1000;
  const work = async (index: number): Promise<void> => {
    const person = `person-${index}`;
    // People do not begin all at once.
    await sleep(Math.random() * look);
    for (let turn = index; performance.now() < until; turn += 1) {
      const asked = performance.now();
      const row = await next({ person, rights: RIGHTS_OF_ALL, clientIds: [WORK_CLIENT] });
      waits.push(performance.now() - asked);
      assert(row?.assignee === person, "there is work, and it is theirs");
      await sleep(look === 0 ? 0 : look * (0.5 + Math.random()));
      await done(engine, person, row, turn);
    }
  };
  await Promise.all(Array.from({ length: PEOPLE }, (_, index) => work(index)));
  return { waits, perSecond: waits.length / seconds };
}

/** One in ten is given back, one in ten has its claim opened; all others are completed. */
async function done(
  engine: Engine,
  person: string,
  row: AssignmentRow,
  turn: number,
): Promise<void> {
  const claim = { clientId: row.clientId, claimId: row.claimId };
  if (turn % 10 === 0) {
    await releaseAssignments(engine, person, [row]);
    return;
  }
  const isOpened = turn % 10 === 5;
  if (isOpened) await lockClaim(engine, claim, person);
  const { clientId, id: assignmentId, version } = row;
  const statement = { reference: "CORE-1", postingDate: "2026-11-16", attested: true };
  const [result] = await completeByHand(engine, [
    { clientId, assignmentId, version, actor: person, ...statement },
  ]);
  assert(result?.failure === null, `it is completed: ${result?.failure?.message}`);
  if (isOpened) await unlockClaim(engine, claim, person, { isAllowed: false, reason: null });
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function inWords({ waits, perSecond }: Waits): string {
  const of = (share: number): string => `${quantile(waits, share).toFixed(1)} ms`;
  return `p50 ${of(0.5)}, p99 ${of(0.99)}, longest ${of(1)}, ${perSecond.toFixed(0)} a second`;
}

/** Refuses a run in which anything was worked twice. */
async function requireSound({ database }: Engine): Promise<void> {
  const made = await database.one<{ attested: number; adjustments: number; closed: number }>(sql`
    select count(*)::int as attested, count(distinct adjustment_id)::int as adjustments,
           (select count(*) from assignment where not is_open)::int as closed
    from attestation
  `);
  const isSound = made.attested === made.adjustments && made.attested === made.closed;
  assert(isSound, `each is attested once: ${JSON.stringify(made)}`);
}
