/** A credit to an account that the core closed: what the service's policy makes of it. */
import { afterEach, describe, expect, test } from "vitest";

import { useClosingCore } from "../../test/support/closing-core.ts";
import { aClient, aDisputeOf, operate, testEngine } from "../../test/support/engine.ts";
import { onlyStanding, runRound, serviceDesk } from "../../test/support/service.ts";
import { expectSound } from "../../test/support/sound-books.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { aPerson } from "../../test/support/work.ts";
import { sql } from "../database/sql.ts";
import { manualVerbs } from "../manual/verbs.ts";
import { assignmentActions } from "../work/perform-action.ts";
import { createDispatcher } from "./dispatcher.ts";
import { serviceVerbs } from "./verbs.ts";

const db = useDatabase();
const engine = testEngine(db);
const desk = serviceDesk(engine);
const actions = assignmentActions(db, { ...manualVerbs(engine), ...serviceVerbs(engine) });

const core = useClosingCore();
afterEach(() => expectSound(engine));

async function aCredit(
  policy: string,
  { operation = "issueProvisionalCredit", input = {}, more = {} } = {},
) {
  const client = await aClient(engine, { services: { core: core.service(policy, more) } });
  const dispute = await aDisputeOf(engine, client);
  const { adjustments } = await operate(engine, client, dispute, operation, input);
  return { client, dispute, id: adjustments[0]?.id ?? "" };
}

/** Booked and executed by collection, without zeros. */
async function balances(dispute: string): Promise<Record<string, string>> {
  const rows = await db.query<{ collection: string; booked: string; executed: string }>(sql`
    select b.collection, sum(b.booked_minor)::text as booked,
           sum(b.executed_minor)::text as executed
    from balance b
    join dispute d on d.client_id = b.client_id and d.id = b.dispute_id
    where d.number = ${dispute}
    group by b.collection
    having sum(b.booked_minor) <> 0 or sum(b.executed_minor) <> 0
    order by b.collection
  `);
  return Object.fromEntries(rows.map((row) => [row.collection, `${row.booked} ${row.executed}`]));
}

interface Seen {
  readonly state: string;
  readonly rule: string;
  readonly reason: string | null;
}

function adjustmentsOf(dispute: string): Promise<Seen[]> {
  return db.query(sql`
    select a.state, a.principal_rule as rule,
           (select t.reason from transition t
            where t.client_id = a.client_id and t.adjustment_id = a.id
            order by t.recorded_at desc, t.id desc limit 1) as reason
    from adjustment a
    join dispute d on d.client_id = a.client_id and d.id = a.dispute_id
    where d.number = ${dispute}
    order by a.ordinal
  `);
}

describe("fail", () => {
  test("leaves it to a person", async () => {
    const { id } = await aCredit("fail");

    await runRound(desk);

    expect(await onlyStanding(db, id)).toMatchObject({ state: "serviceFailed", reason: "closed" });
  });
});

describe("check", () => {
  test("cancels the credit and pays the same amount by check, by the machine", async () => {
    const { dispute } = await aCredit("check");

    await runRound(desk);
    expect(await adjustmentsOf(dispute)).toEqual([
      {
        state: "cancelled",
        rule: "ProvisionalCredit",
        reason: "the core refused it, the account is closed (CLOSED): paid by check",
      },
      { state: "pendingService", rule: "PaidByCheck", reason: null },
    ]);
    await runRound(desk);

    expect(await balances(dispute)).toEqual({
      checksPayable: "10000 10000",
      suspense: "-10000 -10000",
    });
    const [asked] = await db.query(sql`
      select o.actor, o.source, o.input ->> 'amount' as amount from operation o
      where o.operation = 'payByCheck'
    `);
    expect(asked).toEqual({ actor: "redress", source: "clock", amount: "100.00" });
  });

  test("also in place of a final credit, which moved the dispute on already", async () => {
    const { dispute } = await aCredit("check", { operation: "payDispute" });

    await runRound(desk);

    expect((await adjustmentsOf(dispute)).map((one) => [one.state, one.rule])).toEqual([
      ["cancelled", "Paid"],
      ["pendingService", "PaidByCheck"],
    ]);
  });

  test("a kill between the refusal and the check is made up for, once", async () => {
    const { dispute, id } = await aCredit("check");
    const dying = {
      ...desk,
      failpoints: {
        at: (name: string) => {
          if (name === "service.closedAccount.due") throw new Error("killed");
        },
      },
    };
    await runRound(dying);
    expect(await onlyStanding(db, id)).toMatchObject({ state: "serviceFailed" });

    const workers = ["one", "two"].map((worker) => createDispatcher(desk, { worker }));
    await Promise.all(workers.map((worker) => worker.takeOver()));
    await Promise.all(workers.map((worker) => worker.takeOver()));
    await Promise.all(workers.map((worker) => worker.close()));

    expect((await adjustmentsOf(dispute)).map((one) => [one.state, one.rule])).toEqual([
      ["cancelled", "ProvisionalCredit"],
      ["pendingService", "PaidByCheck"],
    ]);
  });

  test("what cannot be paid by check is left as it was, with the reason", async () => {
    // The dispute has grown by the raise that is cancelled: nothing is owed any more.
    const { dispute, id } = await aCredit("check", {
      operation: "raiseProvisionalCredit",
      input: { amount: "100.00" },
    });
    await operate(engine, await clientOf(dispute), dispute, "payByCheck", { amount: "100.00" });

    await runRound(desk);

    const standing = await onlyStanding(db, id);
    expect(standing).toMatchObject({
      state: "serviceFailed",
      reason: expect.stringMatching(
        /account is closed \(CLOSED\); check was refused: .*at most 0\.00/,
      ),
    });
    expect(await createAndTakeOver()).toBe(0);
  });

  test("a credit with a fee is a person's: the fee would be lost", async () => {
    const { id } = await aCredit("check", { input: { amount: "100.00", fees: "5.00" } });

    await runRound(desk);

    expect(await onlyStanding(db, id)).toMatchObject({ state: "serviceFailed" });
  });

  test("a person who retries first is not overtaken", async () => {
    const { client, id } = await aCredit("check");
    const dying = {
      ...desk,
      failpoints: {
        at: (name: string) => {
          if (name === "service.closedAccount.due") throw new Error("killed");
        },
      },
    };
    await runRound(dying);
    const { assignmentId, version } = await onlyStanding(db, id);

    await actions.perform({
      clientIds: [client],
      assignmentId: assignmentId ?? "",
      action: "retry",
      version: version ?? 0,
      person: aPerson("amy"),
      input: {},
    });

    expect(await createAndTakeOver()).toBe(0);
    expect(await onlyStanding(db, id)).toMatchObject({ state: "pendingService" });
  });
});

async function clientOf(dispute: string): Promise<string> {
  const row = await db.one<{ client: string }>(sql`
    select client_id as client from dispute where number = ${dispute}`);
  return row.client;
}

async function createAndTakeOver(): Promise<number> {
  const dispatcher = createDispatcher(desk, { worker: "other" });
  const taken = await dispatcher.takeOver();
  await dispatcher.close();
  return taken;
}

describe("our suspense", () => {
  test("cancels the credit: nothing is credited, and the reason says why", async () => {
    const { dispute } = await aCredit("ourSuspense", { input: { amount: "100.00", fees: "5.00" } });

    await runRound(desk);

    expect(await adjustmentsOf(dispute)).toMatchObject([
      {
        state: "cancelled",
        reason:
          "the core refused it, the account is closed (CLOSED): " +
          "nothing is credited, the money stays in our suspense",
      },
    ]);
    expect(await balances(dispute)).toEqual({});
    const [shown] = await db.query(sql`
      select a.type, a.queue, a.reason, a.is_open as "isOpen" from assignment a
      join dispute d on d.client_id = a.client_id and d.id = a.dispute_id
      where d.number = ${dispute} and a.adjustment_id is null
    `);
    expect(shown).toEqual({
      type: "Accounting Exception",
      queue: "AccountingException.Card",
      reason:
        "the core refused it, the account is closed (CLOSED): " +
        "nothing is credited, the money stays in our suspense",
      isOpen: true,
    });
  });
});

describe("core suspense", () => {
  const PARKED = { coreSuspense: "10000 0", suspense: "-10000 0" };

  test("asked for by the next call, under a new key: tracked, and never the holder's", async () => {
    core.parks = "whenAsked";
    const { dispute } = await aCredit("coreSuspense");

    await runRound(desk);
    await runRound(desk);

    expect(core.calls.map((call) => call.policy)).toEqual([null, "coreSuspense"]);
    expect(core.calls[0]?.key).not.toBe(core.calls[1]?.key);
    expect((await adjustmentsOf(dispute)).map((one) => [one.state, one.rule])).toEqual([
      ["cancelled", "ProvisionalCredit"],
      ["tracked", "CoreSuspensePosting"],
    ]);
    expect(await balances(dispute)).toEqual(PARKED);
    const [reference] = await db.query(sql`select kind, reference from outside_reference`);
    expect(reference).toEqual({ kind: "recordCoreSuspensePosting", reference: "P1" });
  });

  test("done by the core itself, as its answer says", async () => {
    core.parks = "byItself";
    const { dispute } = await aCredit("coreSuspense");

    await runRound(desk);

    expect(core.calls).toHaveLength(1);
    expect(await balances(dispute)).toEqual(PARKED);
  });

  test("of two open credits of one amount the one that was parked is cancelled", async () => {
    core.parks = "byItself";
    const { client, dispute } = await aCredit("coreSuspense", { input: { amount: "50.00" } });
    await operate(engine, client, dispute, "issueProvisionalCredit", { amount: "50.00" });
    const dispatcher = createDispatcher(desk, { worker: "one" });

    await dispatcher.round();
    await dispatcher.idle();
    await dispatcher.close();

    // Both went out, and both have the same reference of this small core: the second is a person's.
    const states = (await adjustmentsOf(dispute)).map((one) => `${one.state} ${one.rule}`);
    expect(new Set(states)).toEqual(
      new Set([
        "cancelled ProvisionalCredit",
        "tracked CoreSuspensePosting",
        "unknown ProvisionalCredit",
      ]),
    );
  });

  test("an answer lost on the way is looked up, and parked just the same", async () => {
    core.parks = "whenAsked";
    core.loses = (call) => call === 2;
    const { dispute } = await aCredit("coreSuspense", {
      more: {
        lookUp: {
          path: "/post/{{key}}",
          outcomes: [
            { when: { body: { "body.to": "suspense" } }, outcome: "posted", parked: true },
          ],
        },
      },
    });

    await runRound(desk);
    await runRound(desk);
    engine.clock.advance({ seconds: 6 });
    await runRound(desk);

    expect(core.calls).toHaveLength(2);
    expect(await balances(dispute)).toEqual(PARKED);
  });

  test("refused again, it is a person's", async () => {
    const { id } = await aCredit("coreSuspense");

    await runRound(desk);
    await runRound(desk);

    expect(await onlyStanding(db, id)).toMatchObject({ state: "serviceFailed", revision: 3 });
    expect(await runRound(desk)).toBe(0);
    expect(core.calls).toHaveLength(2);
  });
});

describe("a refused debit", () => {
  async function aRefusedDebit() {
    core.isClosed = false;
    const { client, dispute } = await aCredit("check");
    await runRound(desk);
    core.isClosed = true;
    const denial = { debitOn: "now", reason: "no error" };
    const { adjustments } = await operate(engine, client, dispute, "denyDispute", denial);
    await runRound(desk);
    return { client, dispute, id: adjustments[0]?.id ?? "" };
  }

  test("stays failed, whatever the policy", async () => {
    const { dispute, id } = await aRefusedDebit();

    expect(await onlyStanding(db, id)).toMatchObject({ state: "serviceFailed", reason: "closed" });
    expect((await adjustmentsOf(dispute)).map((one) => [one.state, one.rule])).toEqual([
      ["executed", "ProvisionalCredit"],
      ["serviceFailed", "DenyDispute"],
    ]);
  });

  test("can be converted to a receivable, for what was to be debited", async () => {
    const { client, dispute, id } = await aRefusedDebit();
    const { assignmentId, version } = await onlyStanding(db, id);

    await actions.perform({
      clientIds: [client],
      assignmentId: assignmentId ?? "",
      action: "receivable",
      version: version ?? 0,
      person: aPerson("amy"),
      input: { reason: "the account is closed" },
    });

    expect((await adjustmentsOf(dispute)).map((one) => [one.state, one.rule])).toEqual([
      ["executed", "ProvisionalCredit"],
      ["cancelled", "DenyDispute"],
      ["pendingService", "CustomerReceivable"],
    ]);
    expect(await balances(dispute)).toMatchObject({ customerReceivable: "-10000 0" });
    const [asked] = await db.query(sql`
      select actor, input ->> 'amount' as amount from operation
      where operation = 'bookCustomerReceivable'
    `);
    expect(asked).toEqual({ actor: "amy", amount: "100.00" });
  });

  test("a refused credit is no receivable", async () => {
    const { client, id } = await aCredit("fail");
    await runRound(desk);
    const { assignmentId, version } = await onlyStanding(db, id);

    const acting = actions.perform({
      clientIds: [client],
      assignmentId: assignmentId ?? "",
      action: "receivable",
      version: version ?? 0,
      person: aPerson("amy"),
      input: { reason: "try" },
    });

    await expect(acting).rejects.toMatchObject({ code: "transition-refused" });
  });
});
