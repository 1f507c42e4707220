/** Approvals at a terminal: who decides is named and proves it. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { atTheTerminal } from "../../../test/support/cli.ts";
import { aClient, aDisputeOf, operate, testEngine } from "../../../test/support/engine.ts";
import { aUser } from "../../../test/support/people.ts";
import { useDatabase } from "../../../test/support/use-database.ts";
import { createUser } from "../../access/create-user.ts";
import { sql } from "../../database/sql.ts";

import { approvalCommands } from "./approvals.ts";

const db = useDatabase();
const engine = testEngine(db);
const PASSWORD = "correct horse battery staple";
let id = "";

const run = (...words: string[]) => atTheTerminal(engine, approvalCommands, "approvals", ...words);

beforeEach(async () => {
  engine.clock.advance({ minutes: 1 });
  const client = await aClient(engine);
  const dispute = await aDisputeOf(engine, client);
  const input = { rule: "CoreFee", amount: "10.00", reason: "found in the core" };
  await operate(engine, client, dispute, "adjustManually", input);
  id = (await db.one<{ id: string }>(sql`select id from approval_request`)).id;
});
afterEach(() => {
  delete process.env["REDRESS_API_KEY"];
  delete process.env["REDRESS_PASSWORD"];
});

describe("at a terminal", () => {
  test("what waits is listed with who is still needed; mine is what I may decide", async () => {
    process.env["REDRESS_API_KEY"] = await aUser(engine, "vic", ["viewer"]);
    await aUser(engine, "ben", ["approver"]);

    const all = await run("list", "--json");
    const mine = await run("list", "--mine", "--json");

    const [row, ...others] = JSON.parse(all.lines.join("")) as Record<string, string>[];
    expect(others).toEqual([]);
    expect(row).toMatchObject({ id, kind: "adjustManually", level: "0 of 1", amount: "10.00 USD" });
    expect(row?.["needed"]).toContain("such as ben");
    expect(JSON.parse(mine.lines.join(""))).toEqual([]);
  });

  test("it is approved with a key, on record under the person", async () => {
    process.env["REDRESS_API_KEY"] = await aUser(engine, "ben", ["approver"]);

    const { lines } = await run("approve", id);

    expect(lines).toEqual([expect.stringMatching(/^adjustManually of 10\.00 USD .* is approved$/)]);
    const said = await db.one(sql`select actor, person from approval_decision`);
    expect(said).toEqual({ actor: "key:ben-key", person: "ben" });
    const [act] = await db.query(sql`select actor, action from audit where action = 'approve'`);
    expect(act).toEqual({ actor: "key:ben-key", action: "approve" });
  });

  test("it is declined with name and password, and a reason", async () => {
    const person = { name: "ben", displayName: "Ben", password: PASSWORD };
    const by = { actor: "test", requestId: null };
    await createUser(engine, { ...person, roles: ["approver"], clients: null }, by);
    process.env["REDRESS_PASSWORD"] = "wrong";
    const wrong = run("decline", id, "--as", "ben", "--reason", "no evidence");
    await expect(wrong).rejects.toMatchObject({ code: "unauthenticated" });
    process.env["REDRESS_PASSWORD"] = PASSWORD;

    const { lines } = await run("decline", id, "--as", "ben", "--reason", "no evidence", "--json");

    expect(JSON.parse(lines.join(""))).toMatchObject({ id, state: "declined" });
    expect(await db.query(sql`select 1 from session`)).toEqual([]);
  });

  test.each([
    ["nobody who says who they are", () => Promise.resolve(), "unauthenticated"],
    ["a key that is none", () => keep("rk_none"), "unauthenticated"],
    ["a viewer", async () => keep(await aUser(engine, "vic", ["viewer"])), "forbidden"],
  ] as const)("%s decides nothing", async (_, who, code) => {
    await who();

    await expect(run("approve", id)).rejects.toMatchObject({ code });
  });
});

function keep(key: string): Promise<void> {
  process.env["REDRESS_API_KEY"] = key;
  return Promise.resolve();
}
