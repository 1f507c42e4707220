/**
 * The tables against the product: every state of an adjustment with every event, and every
 * assignment with every action in every state by every role, through the verbs and HTTP, against a
 * real database. What a table allows leads where it says; all else is refused and changes nothing.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { ROLE_PERMISSIONS, ROLES } from "../src/access/roles.ts";
import type { Role } from "../src/access/roles.ts";
import type { AdjustmentState } from "../src/accounting/adjustment-machine.ts";
import {
  ADJUSTMENT_EVENTS,
  ADJUSTMENT_STATES,
  CLOSED_STATES,
  TRANSITIONS,
} from "../src/accounting/adjustment-machine.ts";
import { typesOf } from "../src/accounting/assignments-page.ts";
import { moveAdjustments } from "../src/accounting/move-adjustments.ts";
import { sql } from "../src/database/sql.ts";
import type { ActionName } from "../src/work/actions.ts";
import { ACTION_NAMES, ACTION_ROWS } from "../src/work/actions.ts";
import { ASSIGNMENT_TYPE_ROWS } from "../src/work/assignment-types.ts";
import { call, testServer } from "./support/http.ts";
import type { TestServer } from "./support/http.ts";
import type { WorldOfWork } from "./support/world-of-work.ts";
import { worldOfWork } from "./support/world-of-work.ts";
import { useDatabase } from "./support/use-database.ts";

const database = useDatabase();
let server: TestServer;

beforeAll(async () => {
  server = await testServer(database);
});
afterAll(() => server.app.close());

describe("every state and every event", () => {
  test.each(ADJUSTMENT_STATES)("%s", async (state) => {
    const { engine } = server;
    const world = await worldOfWork(database, engine);
    let kept = await world.adjustmentIn(state);

    for (const event of ADJUSTMENT_EVENTS) {
      const to = TRANSITIONS[state][event];
      const move = { clientId: world.clientId, from: state, event, actor: "test" };
      const moved = database.transaction(async (tx) => {
        await engine.clients(tx, [world.clientId]);
        const moves = [{ ...move, adjustmentId: kept, destination: "core" }];
        return moveAdjustments(tx, engine, moves);
      });

      if (to === undefined) {
        await expect(moved, event).rejects.toMatchObject({ code: "transition-refused" });
        expect(await world.stateOf(kept)).toMatchObject({ state });
        continue;
      }
      await expect(moved, event).resolves.toMatchObject([{ moved: true, state: to }]);
      const shown = await world.stateOf(kept);
      expect(shown, event).toMatchObject({ state: to, open: CLOSED_STATES.has(to) ? 0 : 1 });
      if (shown.type !== null) expect(typesOf(to)).toContain(shown.type);
      kept = await world.adjustmentIn(state);
    }
  });
});

/** What each action takes, so that nothing but the table stands against it. */
const BODIES: Readonly<Record<ActionName, object | null>> = {
  take: null,
  release: null,
  completion: { reference: "CORE-1", postingDate: "2026-11-16", attested: true },
  failure: { reason: "the system was down" },
  retry: {},
  run: {},
  finding: { posted: true, reference: "CORE-1", postingDate: "2026-11-16", reason: "seen there" },
  override: { reason: "the branch said so" },
  account: { account: "0198a6a0-0000-7000-8000-000000000000", reason: "the card was replaced" },
  receivable: { reason: "the account is closed" },
  resolved: { reason: "seen to" },
  approval: { approved: false, reason: "too much" },
  manual: { reason: "the service is slow" },
  cancellation: { reason: "wrong dispute" },
  assignment: { workGroup: "Specialist" },
  pending: { until: "2027-01-04T15:00:00Z", reason: "waits for the acquirer" },
  resumption: {},
  unworkable: { reason: "the account does not exist there" },
  restoration: {},
  note: { text: "called the branch" },
  disbursement: { reference: "CORE-2", postingDate: "2026-11-16", attested: true },
  supply: { status: "good", reason: "the branch said so" },
  postable: { reason: "the branch said so" },
  notPostable: { reason: "the branch said so" },
};

/** Fresh work, nobody's, of a book without money of a merchant: what stands against it. */
const NEEDS_MORE: ReadonlySet<ActionName> = new Set(["resumption", "restoration", "disbursement"]);

const CELLS = ASSIGNMENT_TYPE_ROWS.flatMap(({ type }) => {
  const states: (AdjustmentState | null)[] = ADJUSTMENT_STATES.filter((state) =>
    typesOf(state).includes(type),
  );
  return (states.length === 0 ? [null] : states).map((state) => ({ type, state }));
});

function expected(
  { type, state }: (typeof CELLS)[number],
  name: ActionName,
  role: Role,
): "allowed" | "forbidden" | "refused" {
  const rights = ROLE_PERMISSIONS[role];
  // Their routes ask for the right before they look.
  const isTaking = name === "take" || name === "release";
  if (isTaking && !rights.has("assignment:work")) return "forbidden";
  if (name === "release") return "allowed";
  const row = ACTION_ROWS.find((one) => one.name === name && one.types.includes(type));
  if (row === undefined) return "refused";
  if (!rights.has(row.right)) return "forbidden";
  if (row.states !== null && !row.states.includes(state ?? "")) return "refused";
  return row.needs !== null || NEEDS_MORE.has(name) ? "refused" : "allowed";
}

const STATUS = { allowed: 200, forbidden: 403, refused: 409 } as const;

describe("every assignment, action, state and role", () => {
  test.each(CELLS)(
    "$type while $state",
    async (cell) => {
      server.engine.clock.advance({ minutes: 1 });
      const world = await worldOfWork(database, server.engine);
      let kept = await world.assignmentIn(cell);
      const wrong: string[] = [];

      for (const role of ROLES) {
        const key = await server.keyFor(`whole-${role.toLowerCase()}`, [role]);
        for (const name of ACTION_NAMES) {
          const wanted = expected(cell, name, role);
          const before = await world.stateOfAssignment(kept);
          const answer = await tried(key, kept, name, before.version);
          const after = await world.stateOfAssignment(kept);

          const said = `${role} ${name}: ${answer.status} ${String(answer.body["detail"])}`;
          if (answer.status !== STATUS[wanted]) wrong.push(`${said}, not ${wanted}`);
          if (wanted !== "allowed" && JSON.stringify(after) !== JSON.stringify(before)) {
            wrong.push(`${said}, and something changed`);
          }
          if (wanted === "allowed" && name !== "note") kept = await world.assignmentIn(cell);
        }
      }

      expect(wrong).toEqual([]);
    },
    120_000,
  );
});

function tried(key: string, id: string, name: ActionName, version: number) {
  const body = BODIES[name];
  const url = `/v1/assignments/${id}/${name}`;
  return call(server.app, key, "POST", url, { version, ...(body === null ? {} : { body }) });
}

describe("who has it, who has the claim open, and whether it can be worked", () => {
  const STANDINGS: readonly [string, (world: WorldOfWork, id: string) => Promise<void>][] = [
    ["free", () => Promise.resolve()],
    ["mine", (world, id) => world.stand(id, { assignee: "key:whole-all" })],
    ["somebody's", (world, id) => world.stand(id, { assignee: "ben" })],
    ["pended", (world, id) => world.stand(id, { pended: true })],
    ["unworkable", (world, id) => world.stand(id, { unworkable: true })],
    ["in a claim that somebody has open", (world, id) => world.lock(id, "ben")],
  ];

  test.each(STANDINGS)("%s: what is offered is what is done", async (_, stand) => {
    server.engine.clock.advance({ minutes: 1 });
    const world = await worldOfWork(database, server.engine);
    const cell = { type: "Execute Accounting Assignment", state: "pendingManual" } as const;
    const key = await server.keyFor("whole-all");
    const wrong: string[] = [];

    for (const name of ACTION_NAMES) {
      const id = await world.assignmentIn(cell);
      await stand(world, id);
      const shown = await call(server.app, key, "GET", `/v1/assignments/${id}`);
      const offered = (shown.body["actions"] as { name: string; allowed: boolean }[]).find(
        (one) => one.name === name,
      );
      const answer = await tried(key, id, name, Number(shown.body["version"]));

      // Taking what one has and giving back what nobody has change nothing and are no fault.
      const isIdle = (name === "take" || name === "release") && answer.status === 200;
      const isDone = answer.status === 200;
      if (isDone !== (offered?.allowed ?? false) && !isIdle) {
        wrong.push(`${name}: ${answer.status} ${String(answer.body["detail"])}`);
      }
    }

    expect(wrong).toEqual([]);
  });
});

test("a closed assignment takes nothing", async () => {
  server.engine.clock.advance({ minutes: 1 });
  const world = await worldOfWork(database, server.engine);
  const key = await server.keyFor("whole-all");
  const id = await world.assignmentIn({
    type: "Execute Accounting Assignment",
    state: "pendingManual",
  });
  const done = await tried(key, id, "completion", 1);
  const { version } = await world.stateOfAssignment(id);
  const codes = new Set<unknown>();

  for (const name of ACTION_NAMES) codes.add((await tried(key, id, name, version)).body["code"]);

  expect(done.status).toBe(200);
  expect([...codes]).toEqual(["assignment-closed"]);
  const { events } = await database.one<{ events: number }>(sql`
    select count(*)::int as events from assignment_event
    where assignment_id = ${id} and kind = 'closed'`);
  expect(events).toBe(1);
});
