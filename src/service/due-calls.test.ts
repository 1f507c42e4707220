/** When a service is called next is a row that the database keeps, and nobody else can lose. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import type { Core } from "../../examples/stand-in-core/core.ts";
import { startCore } from "../../examples/stand-in-core/core.ts";
import { standInService } from "../../examples/stand-in-core/service.ts";
import { aClient, testEngine } from "../../test/support/engine.ts";
import { execute } from "../../test/support/owner.ts";
import {
  failEvery,
  heldCalls,
  onlyStanding,
  pendingCredits,
  runRound,
  serviceDesk,
} from "../../test/support/service.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";
import { cancelWork } from "../manual/cancel.ts";
import { createDispatcher } from "./dispatcher.ts";
import { dueForService } from "./due-views.ts";
import { retryServiceCalls } from "./retry.ts";
import { runNow } from "./run-now.ts";

const db = useDatabase();
const engine = testEngine(db);
const desk = serviceDesk(engine);

let core: Core;
beforeEach(async () => {
  core = await startCore();
});
afterEach(() => core.stop());

async function credits(...amounts: string[]): Promise<{ client: string; ids: string[] }> {
  const client = await aClient(engine, { services: { core: standInService(core.address) } });
  return { client, ids: await pendingCredits(engine, client, amounts) };
}

interface Node {
  readonly "Relation Name"?: string;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly Plans?: readonly Node[];
}

function nodesOf(node: Node | undefined): Node[] {
  return node === undefined ? [] : [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

interface DueCall {
  readonly assignment: string;
  readonly adjustment: string;
  readonly service: string;
  readonly seconds: number | null;
  readonly worker: string | null;
}

/** In the order of their adjustments, with the seconds until they are due. */
function dueCalls(): Promise<DueCall[]> {
  return db.query(sql`
    select assignment_id as assignment, adjustment_id as adjustment, service,
           extract(epoch from due_at - ${engine.clock.now().toString()})::float8 as seconds,
           leased_by as worker
    from due_call
    order by adjustment_id
  `);
}

async function itemOf(client: string, adjustmentId: string) {
  const { assignmentId, version } = await onlyStanding(db, adjustmentId);
  return {
    clientId: client,
    assignmentId: assignmentId ?? "",
    adjustmentId,
    version: version ?? 0,
    actor: "ann",
    reason: "asked",
  };
}

test("what waits for a service is due at once, and what was executed is due no more", async () => {
  const { ids } = await credits("1.00", "2.00");
  const before = await dueCalls();

  await runRound(desk);

  const shown = { service: "core", seconds: 0, worker: null };
  expect(before).toMatchObject(ids.toSorted().map((adjustment) => ({ ...shown, adjustment })));
  expect(await dueCalls()).toEqual([]);
});

test("what is due first is called first, and nothing else is looked at", async () => {
  const client = await aClient(engine, { services: { core: standInService(core.address) } });
  const ids = await pendingCredits(
    engine,
    client,
    Array.from({ length: 300 }, (_, at) => `${at + 1}.00`),
  );
  await db.owner.execute(sql`
    update due_call set due_at = due_at - interval '1 hour' - late.by * interval '1 second'
    from unnest(${ids}::uuid[]) with ordinality as late (id, by)
    where due_call.adjustment_id = late.id
  `);
  await db.owner.execute(sql`analyze adjustment, due_call`);
  const now = engine.clock.now().toString();
  const due = dueForService([{ clientId: client, service: "core", limit: 5 }], now);

  const taken = await db.query<{ adjustment_id: string }>(due);
  const [plan] = await db.query<{ "QUERY PLAN": [{ Plan: Node }] }>(
    sql`explain (analyze, format json) ${due}`,
  );

  expect(taken.map((row) => row.adjustment_id)).toEqual(ids.slice(-5).toReversed());
  const seen = nodesOf(plan?.["QUERY PLAN"][0].Plan).filter(
    (node) => node["Relation Name"] === "adjustment",
  );
  expect(seen.length).toBeGreaterThan(0);
  for (const node of seen) {
    expect(node["Actual Rows"] * node["Actual Loops"]).toBe(5);
    expect(node["Rows Removed by Filter"] ?? 0).toBe(0);
  }
});

test("what is being sent is leased; what was not processed is due again later", async () => {
  failEvery(core, "throttle");
  await credits("1.00");
  const { openAdapter, letGo } = heldCalls(desk);
  const dispatcher = createDispatcher(desk, { worker: "one", openAdapter });

  await dispatcher.round();
  const sent = await dueCalls();
  letGo();
  await dispatcher.idle();
  await dispatcher.close();

  expect(sent).toMatchObject([{ seconds: 0, worker: "one" }]);
  const [again] = await dueCalls();
  expect(again).toMatchObject({ worker: null, assignment: sent[0]?.assignment });
  expect(again?.seconds).toBeGreaterThan(0);
});

test("Run now makes it due at once", async () => {
  failEvery(core, "throttle");
  const { client, ids } = await credits("1.00");
  await runRound(desk);

  await runNow(engine, [await itemOf(client, ids[0] ?? "")]);

  expect(await dueCalls()).toMatchObject([{ seconds: 0, worker: null }]);
});

test("what is refused is due no more, and due at once when it is retried", async () => {
  failEvery(core, "refuse");
  const { client, ids } = await credits("1.00");
  await runRound(desk);
  const refused = await dueCalls();

  await retryServiceCalls(engine, [await itemOf(client, ids[0] ?? "")]);

  expect(refused).toEqual([]);
  const { assignmentId } = await onlyStanding(db, ids[0] ?? "");
  expect(await dueCalls()).toMatchObject([{ assignment: assignmentId, seconds: 0 }]);
});

test("what is cancelled is due no more", async () => {
  const { client, ids } = await credits("1.00", "2.00");

  await cancelWork(engine, [await itemOf(client, ids[0] ?? "")]);

  expect(await dueCalls()).toMatchObject([{ adjustment: ids[1] }]);
});

test("the application neither adds nor removes one, nor makes it another's", async () => {
  await credits("1.00");
  const tries = [
    sql`delete from due_call`,
    sql`truncate due_call`,
    sql`update due_call set service = 'other'`,
    sql`update due_call set assignment_id = adjustment_id`,
    sql`insert into due_call select client_id, id, id, 'core', now() from adjustment`,
    sql`update assignment set type = 'Pending Batch Accounting'`,
    sql`update assignment set destination = 'other'`,
    sql`update assignment set adjustment_id = null`,
  ];

  for (const one of tries) await expect(db.execute(one)).rejects.toThrow(/permission denied/);
});

test("a database that is upgraded keeps what is due, and who is at it", async () => {
  failEvery(core, "throttle");
  const { ids } = await credits("1.00", "2.00", "3.00");
  const dispatcher = createDispatcher(desk, { worker: "one" });
  await dispatcher.round();
  await dispatcher.idle();
  await db.owner.execute(sql`
    update due_call set leased_by = 'two', leased_until = '2026-12-01'
    where adjustment_id = ${ids[0]}`);
  const whole = sql`select * from due_call order by assignment_id`;
  const before = await db.query(whole);
  await execute(db.url, AS_BEFORE);

  const file = join(import.meta.dirname, "../../migrations/000214_due_calls.sql");
  await execute(db.url, await readFile(file, "utf8"));

  expect(before).toHaveLength(3);
  expect(await db.query(whole)).toEqual(before);
  engine.clock.advance({ hours: 24 * 30 });
  failEvery(core, null);
  expect(await runRound(desk)).toBe(3);
  expect(await dueCalls()).toEqual([]);
  await dispatcher.close();
});

/** As the migrations before left it. */
const AS_BEFORE = `
  alter table assignment add due_at timestamptz, add leased_by text, add leased_until timestamptz;
  update assignment set due_at = d.due_at, leased_by = d.leased_by, leased_until = d.leased_until
  from due_call d where d.assignment_id = id;
  drop trigger add_due_calls on assignment;
  drop trigger remove_due_calls on assignment;
  drop function add_due_calls;
  drop function remove_due_calls;
  drop table due_call;`;
