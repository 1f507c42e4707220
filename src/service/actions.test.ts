/** What people can do on the service route, and what is refused to them. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { Core } from "../../examples/stand-in-core/core.ts";
import { startCore } from "../../examples/stand-in-core/core.ts";
import type { FaultName } from "../../examples/stand-in-core/faults.ts";
import { aClient, aDisputeOf, operate, testEngine } from "../../test/support/engine.ts";
import {
  aServiceCredit,
  failEvery,
  onlyStanding,
  runRound,
  serviceDesk,
} from "../../test/support/service.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { aPerson } from "../../test/support/work.ts";
import { moveAdjustments } from "../accounting/move-adjustments.ts";
import { sql } from "../database/sql.ts";
import { manualVerbs } from "../manual/verbs.ts";
import type { ActionName } from "../work/actions.ts";
import { assignmentActions } from "../work/perform-action.ts";
import { serviceVerbs } from "./verbs.ts";

const db = useDatabase();
const engine = testEngine(db);
const actions = assignmentActions(db, { ...manualVerbs(engine), ...serviceVerbs(engine) });
const DID_NOT = { posted: false, reason: "not on the core's day list" };

let core: Core;
beforeEach(async () => {
  core = await startCore();
});
afterEach(() => core.stop());

const failing = (fault: FaultName | null): void => failEvery(core, fault);
const round = (): Promise<number> => runRound(serviceDesk(engine));
const aCredit = (settings: Record<string, unknown> = {}) =>
  aServiceCredit(engine, core.address, settings);

/** Unknown, and the machine can do nothing: the core knows no keys and has no look-up. */
async function anUnknown() {
  failing("dropAnswerAfterPosting");
  const credit = await aCredit({ lookUp: null, key: { lifeSeconds: 0 } });
  await round();
  return credit;
}

async function act(
  { client, id }: { client: string; id: string },
  action: ActionName,
  input: Record<string, unknown> = {},
  person = "amy",
): Promise<unknown> {
  const { assignmentId, version } = await onlyStanding(db, id);
  return actions.perform({
    clientIds: [client],
    assignmentId: assignmentId ?? "",
    action,
    version: version ?? 0,
    person: aPerson(person),
    input,
  });
}

describe("retry", () => {
  test("of what was refused goes out with a new key", async () => {
    failing("refuse");
    const credit = await aCredit();
    await round();
    failing(null);

    expect(await act(credit, "retry")).toMatchObject({ state: "pendingService" });
    await round();

    expect(await onlyStanding(db, credit.id)).toMatchObject({ state: "executed", revision: 2 });
    expect(core.book.postings()).toHaveLength(1);
  });

  test("starts the count of retries anew", async () => {
    failing("throttle");
    const credit = await aCredit({ maxAccountingServiceCallRetries: 0 });
    await round();
    expect(await onlyStanding(db, credit.id)).toMatchObject({ state: "serviceFailed" });

    await act(credit, "retry");
    failing(null);
    await round();

    expect(await onlyStanding(db, credit.id)).toMatchObject({ state: "executed", revision: 1 });
  });

  test("of what a person could not post goes to the client's service", async () => {
    const credit = await aCredit();
    await act(credit, "manual", { reason: "the core is down tonight" });
    await act(credit, "failure", { reason: "the screen refuses it" });

    await act(credit, "retry");

    expect(await round()).toBe(1);
    const [row] = await db.query(sql`
      select state, route, destination from adjustment where id = ${credit.id}
    `);
    expect(row).toEqual({ state: "executed", route: "AUTO", destination: "core" });
  });

  test("needs a service", async () => {
    const client = await aClient(engine);
    const dispute = await aDisputeOf(engine, client);
    const result = await operate(engine, client, dispute, "issueProvisionalCredit");
    const credit = { client, id: result.adjustments[0]?.id ?? "" };
    await act(credit, "failure", { reason: "the screen refuses it" });

    await expect(act(credit, "retry")).rejects.toMatchObject({ code: "transition-refused" });
  });
});

describe("run now", () => {
  test("makes what waits due at once", async () => {
    failing("throttle");
    const credit = await aCredit();
    await round();
    failing(null);
    expect(await round()).toBe(0);

    await act(credit, "run");

    expect(await round()).toBe(1);
    expect(await onlyStanding(db, credit.id)).toMatchObject({ state: "executed" });
  });
});

describe("while the outcome is unknown", () => {
  test.each<ActionName>(["retry", "manual", "cancellation", "completion", "run"])(
    "%s is refused",
    async (action) => {
      const credit = await anUnknown();

      const acting = act(credit, action, {
        reason: "whatever",
        reference: "R1",
        postingDate: "2026-11-16",
        attested: true,
      });

      await expect(acting).rejects.toMatchObject({ code: "transition-refused" });
      expect(await onlyStanding(db, credit.id)).toMatchObject({ state: "unknown" });
    },
  );

  test("while the machine may still find out, no finding is taken", async () => {
    failing("dropAnswerAfterPosting");
    const credit = await aCredit();
    await round();

    await expect(act(credit, "finding", DID_NOT)).rejects.toMatchObject({
      code: "transition-refused",
    });
  });
});

describe("a finding", () => {
  test("that it posted executes it, with the core's reference", async () => {
    const credit = await anUnknown();

    const result = await act(credit, "finding", {
      posted: true,
      reference: "P00000001",
      reason: "on the core's day list",
    });

    expect(result).toMatchObject({ state: "executed", waitsForSecondPerson: false });
    const [row] = await db.query(sql`
      select basis, reference, actor, posting_date as on from execution
    `);
    expect(row).toEqual({
      basis: "attested",
      reference: "P00000001",
      actor: "amy",
      on: "2026-11-16",
    });
  });

  test("that it did not needs two different people", async () => {
    const credit = await anUnknown();

    const first = await act(credit, "finding", DID_NOT, "amy");
    await expect(act(credit, "finding", DID_NOT, "amy")).rejects.toMatchObject({
      code: "self-approval",
    });
    const second = await act(credit, "finding", DID_NOT, "bob");

    expect(first).toMatchObject({ state: "unknown", waitsForSecondPerson: true });
    expect(second).toMatchObject({ state: "serviceFailed", waitsForSecondPerson: false });
    expect(await onlyStanding(db, credit.id)).toMatchObject({
      revision: 1,
      shown: "Execute Accounting Service Failed",
    });
  });

  test("that turns out wrong cannot pay twice: the core knows the key", async () => {
    const credit = await anUnknown();
    await act(credit, "finding", DID_NOT, "amy");
    await act(credit, "finding", DID_NOT, "bob");
    failing(null);

    await act(credit, "retry");
    await round();

    expect(await onlyStanding(db, credit.id)).toMatchObject({ state: "executed" });
    expect(core.book.postings()).toHaveLength(1);
  });

  test.each([
    [{ posted: true, reason: "seen" }, "input-invalid"],
    [{ posted: true, reference: "R", postingDate: "2026-11-17", reason: "seen" }, "date-invalid"],
    [{ posted: false, reason: "card 4111 1111 1111 1111 is closed" }, "card-number-in-text"],
    [{ posted: false }, "input-invalid"],
    [{ posted: false, reason: "no", surprise: 1 }, "input-invalid"],
  ])("of %o is refused: %s", async (input, code) => {
    const credit = await anUnknown();

    await expect(act(credit, "finding", input)).rejects.toMatchObject({ code });
  });
});

describe("the database itself", () => {
  test("refuses a second outcome of one attempt, and changes of what is recorded", async () => {
    await aCredit();
    await round();

    await expect(
      db.execute(sql`
        insert into service_attempt_outcome (client_id, adjustment_id, attempt_id, service,
          purpose, started_at, outcome, latency_ms, recorded_at)
        select client_id, adjustment_id, attempt_id, service, purpose, started_at, 'refused', 1,
               recorded_at
        from service_attempt_outcome
      `),
    ).rejects.toMatchObject({ code: "23505" });
    for (const change of [
      sql`update service_attempt set key = 'other'`,
      sql`delete from service_attempt_outcome`,
      sql`update service_attempt_outcome set outcome = 'refused'`,
      sql`delete from service_finding`,
    ]) {
      await expect(db.execute(change)).rejects.toThrow(/append-only|permission denied/);
    }
  });

  test("keeps one open assignment through unknown, a person, and back", async () => {
    const credit = await anUnknown();

    const again = db.transaction((tx) =>
      moveAdjustments(tx, engine, [
        {
          clientId: credit.client,
          adjustmentId: credit.id,
          from: "unknown",
          event: "outcomeUnknown",
          actor: "test",
          machineMayAct: true,
        },
      ]),
    );

    expect(await again).toMatchObject([{ moved: true, state: "unknown" }]);
    const open = await db.query(sql`
      select type from assignment where adjustment_id = ${credit.id} and is_open
    `);
    expect(open).toEqual([{ type: "Pending Accounting Service" }]);
  });
});
