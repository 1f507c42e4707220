/**
 * How a past moment is found: by the lifetimes of what is closed (`assignment_lifetime`), never by
 * reading all history. The plan is PostgreSQL's own over a table that is filled.
 */
import { expect, test } from "vitest";

import { aDispute } from "../../test/support/books.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { anOpenAdjustment } from "../../test/support/work.ts";
import type { Queries } from "../database/database.ts";
import { sql } from "../database/sql.ts";

import { assignmentsAsOf, queuesAsOf, workOverTime } from "./as-of-views.ts";

const database = useDatabase();
const clientIds = ["harbor"];

/** Closed lifetimes of two hours, one begun every ten minutes: some 350 days. */
const LIFETIMES = 50_000;
const OPEN_AT_ONCE = 13;
const at = "2026-04-01T12:05:00Z";

interface Node {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Index Name"?: string;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly Plans?: readonly Node[];
}

async function fill(): Promise<void> {
  const { assignmentId } = await anOpenAdjustment(database, await aDispute(database), {
    state: "pendingManual",
  });
  await database.execute(sql`
    insert into assignment (
      client_id, id, claim_id, dispute_id, type, queue, kind, work_group, is_open, urgency, goal_at,
      deadline_at, opened_at, closed_at, outcome)
    select a.client_id, gen_random_uuid(), a.claim_id, a.dispute_id, a.type, a.queue, a.kind,
           a.work_group, false, a.urgency, a.goal_at, a.deadline_at, begun.at,
           begun.at + interval '2 hours', 'executed'
    from assignment a
    cross join (
      select timestamptz '2025-12-01T00:00:00Z' + n * interval '10 minutes' as at
      from generate_series(1, ${LIFETIMES}::int) as n) begun
    where a.id = ${assignmentId}
  `);
  await database.execute(sql`
    insert into assignment_event (
      client_id, assignment_id, at, kind, actor, work_group, urgency, version)
    select a.client_id, a.id, a.opened_at, 'opened', 'redress', a.work_group, a.urgency, 1
    from assignment a
    where not a.is_open
  `);
  await database.owner.execute(sql`analyze assignment, assignment_event`);
}

/** What a query would show, and the plan by which it was found. */
async function planOf(read: (db: Queries) => Promise<unknown>): Promise<Node[]> {
  const nodes: Node[] = [];
  const collect = (node: Node): void => {
    nodes.push(node);
    for (const child of node.Plans ?? []) collect(child);
  };
  const explaining: Queries = {
    ...database,
    query: async (statement) => {
      const [row] = await database.query<{ "QUERY PLAN": [{ readonly Plan: Node }] }>(
        sql`explain (analyze, format json) ${statement}`,
      );
      collect((row as NonNullable<typeof row>)["QUERY PLAN"][0].Plan);
      return [];
    },
  };
  await read(explaining);
  return nodes;
}

const shortly = (node: Node): string =>
  [node["Node Type"], node["Index Name"], node["Actual Rows"], node["Actual Loops"]].join(" ");

test.each([
  ["a list", (db: Queries) => assignmentsAsOf(db, { clientIds, at, limit: 50 })],
  [
    "a list of a group",
    (db: Queries) => assignmentsAsOf(db, { clientIds, at, limit: 50, workGroup: "x" }),
  ],
  ["counts", (db: Queries) => queuesAsOf(db, { clientIds, at })],
  [
    "a plot",
    (db: Queries) =>
      workOverTime(db, { clientIds, from: at, to: "2026-04-01T12:35:00Z", moments: 4 }),
  ],
  [
    "a plot of a group",
    (db: Queries) =>
      workOverTime(db, {
        ...{ clientIds, from: at, to: "2026-04-01T12:35:00Z", moments: 4, workGroup: "x" },
      }),
  ],
])("%s of a past moment reads what lived then, not all history", async (_, read) => {
  await fill();

  const nodes = await planOf(read);

  const ofClosed = nodes.filter((node) => node["Index Name"] === "assignment_lifetime");
  expect(ofClosed).toHaveLength(1);
  const found = ofClosed.map((node) => node["Actual Rows"] * node["Actual Loops"]);
  expect(found[0]).toBeGreaterThanOrEqual(OPEN_AT_ONCE - 1);
  const whole = nodes.filter(
    (node) => node["Node Type"] === "Seq Scan" && node["Relation Name"]?.startsWith("assignment"),
  );
  expect(whole).toEqual([]);
  const rowsRead = nodes.map(
    (node) => (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * node["Actual Loops"],
  );
  expect(Math.max(...rowsRead), JSON.stringify(nodes.map(shortly))).toBeLessThan(500);
});
