/** What PostgreSQL itself refuses of approvals, whatever our code would do. */
import { beforeEach, describe, expect, test } from "vitest";

import { aClient, testEngine } from "../../../test/support/engine.ts";
import { useDatabase } from "../../../test/support/use-database.ts";
import { sql, Statement } from "../../database/sql.ts";

import { askApproval } from "./ask.ts";
import type { NewDecision } from "./store.ts";
import { insertDecisions, insertDelegation, revokeDelegationRow } from "./store.ts";

const db = useDatabase();
const engine = testEngine(db);
const NOW = "2026-11-16T15:00:00Z";
let clientId = "";
let requestId = "";

beforeEach(async () => {
  clientId = await aClient(engine);
  requestId = await ask("one");
});

function ask(id: string): Promise<string> {
  return db.transaction((tx) =>
    askApproval(tx, engine, {
      clientId,
      subject: { kind: "overrideGate", id },
      summary: "override",
      need: { rule: "test", words: "two", rights: ["assignment:approve", "assignment:approve"] },
      requestedBy: "ann",
      alsoBy: [{ actor: "cid", why: "changed the amount" }],
    }),
  );
}

function say(given: Partial<NewDecision> = {}): Promise<void> {
  const decision: NewDecision = {
    clientId,
    requestId,
    level: 1,
    approved: true,
    actor: "ben",
    person: "ben",
    onBehalfOf: null,
    delegationId: null,
    reason: "",
    state: "waiting",
    ...given,
  };
  return db.transaction((tx) => insertDecisions(tx, [decision], NOW));
}

async function lent(): Promise<string> {
  const id = engine.ids.next();
  const row = {
    id,
    delegator: "cid",
    delegate: "dan",
    permissions: ["assignment:approve"] as const,
    clients: null,
    kinds: null,
    maximumMinor: null,
    currency: null,
    validFrom: NOW,
    validUntil: "2026-11-20T00:00:00Z",
    reason: "leave",
    givenBy: "cid",
  };
  await insertDelegation(db, row, NOW);
  return id;
}

describe("a decision", () => {
  test.each([
    ["by who asked", { person: "ann" }, "ann had a hand in it"],
    ["by who changed it", { person: "cid" }, "cid had a hand in it"],
    ["of a level that is not the next", { level: 2 }, "level 2 is not the next one"],
    ["that ends it too early", { state: "approved" }, "check constraint"],
    ["that declines without a reason", { approved: false, state: "declined" }, "check constraint"],
  ] as const)("%s is refused", async (_, given, words) => {
    await expect(say(given)).rejects.toThrow(words);
  });

  test("with the right of somebody who had a hand in it is refused", async () => {
    const delegationId = await lent();

    const said = say({ person: "dan", onBehalfOf: "cid", delegationId });

    await expect(said).rejects.toThrow("had a hand in it");
  });

  test("of the same person at two levels is refused, and any after the end", async () => {
    await say();
    await expect(say({ level: 2, state: "approved" })).rejects.toThrow("decided an earlier level");
    await say({ level: 2, person: "eve", state: "approved" });

    await expect(say({ level: 3, person: "fay" })).rejects.toThrow("takes no decision");
  });
});

describe("a request", () => {
  test("is settled by its levels alone, once, and never changed", async () => {
    const change = (text: string) =>
      db.execute(new Statement([`update approval_request set ${text}`], []));
    const settled = `settled_at = now(), settled_by = 'ben'`;

    await expect(change(`state = 'approved', ${settled}`)).rejects.toThrow("check constraint");
    await expect(change(`state = 'approved', approved_levels = 2, ${settled}`)).rejects.toThrow(
      "counted by decisions",
    );
    await expect(change("requester = 'zoe'")).rejects.toThrow("never changes");
    await expect(change("payload = '{}', amount_minor = 1, currency = 'USD'")).rejects.toThrow(
      "never changes",
    );
    await change(`state = 'withdrawn', ${settled}`);
    await expect(change("settled_by = 'zoe'")).rejects.toThrow("settled once");
  });

  test("waits once about one thing", async () => {
    await expect(ask("one")).rejects.toThrow("approval_request_waiting_subject");
    await expect(ask("two")).resolves.toBeTypeOf("string");
  });

  test.each(["approval_level", "approval_chain", "approval_decision"])(
    "%s takes no update, delete or truncate",
    async (table) => {
      const change = `update ${table} set client_id = 'x'`;

      for (const text of [change, `delete from ${table}`, `truncate ${table}`]) {
        await expect(db.execute(new Statement([text], []))).rejects.toThrow(
          /append-only|permission denied/,
        );
      }
    },
  );
});

describe("a delegation", () => {
  test("is never widened, and is revoked once", async () => {
    const id = await lent();
    const widened = db.execute(sql`
      update approval_delegation set valid_until = '2027-01-01' where id = ${id}
    `);
    await expect(widened).rejects.toThrow("never changes");
    expect(await revokeDelegationRow(db, id, { actor: "cid", now: NOW })).toBe(true);

    expect(await revokeDelegationRow(db, id, { actor: "cid", now: NOW })).toBe(false);
    const again = db.execute(sql`
      update approval_delegation set revoked_at = null, revoked_by = null where id = ${id}
    `);
    await expect(again).rejects.toThrow("revoked once");
  });
});
