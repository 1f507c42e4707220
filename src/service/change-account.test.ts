/** Another account for what was refused: who may, what the books say, and what hangs on it. */
import { describe, expect, test } from "vitest";

import { aClient, aDisputeOf, operate, testEngine } from "../../test/support/engine.ts";
import type { PeerAnswer } from "../../test/support/peer.ts";
import { useRefusingCore } from "../../test/support/refusing-core.ts";
import { onlyStanding, runRound, serviceDesk } from "../../test/support/service.ts";
import { expectSound } from "../../test/support/sound-books.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { aPerson } from "../../test/support/work.ts";
import { actionsOf } from "../action-verbs.ts";
import { releaseDue } from "../accounting/release-due.ts";
import { sql } from "../database/sql.ts";
import type { ActionName } from "../work/actions.ts";
import { offeredActions } from "../work/actions.ts";
import { findAssignment } from "../work/views.ts";

const db = useDatabase();
const engine = testEngine(db);
const desk = serviceDesk(engine);
const actions = actionsOf({ ...desk, vault: engine.vault });

const OLD = "4000123412341234";
const NEW = "9988776655";

const core = useRefusingCore(OLD);

const TWO_PEOPLE = { allowed: true };
const BY_CORE = { allowed: true, sameCustomer: { source: "body.same", is: "Y" } };

interface Case {
  readonly client: string;
  readonly dispute: string;
  readonly id: string;
}

async function aRefused(
  accountChange: unknown = TWO_PEOPLE,
  { operation = "issueProvisionalCredit", input = {}, settings = {} } = {},
): Promise<Case> {
  const client = await aClient(engine, {
    services: { core: core.service(accountChange) },
    ...settings,
  });
  const dispute = await aDisputeOf(engine, client);
  const { adjustments } = await operate(engine, client, dispute, operation, input);
  await runRound(desk);
  return { client, dispute, id: adjustments[0]?.id ?? "" };
}

async function act(
  { client, id }: { client: string; id: string },
  action: ActionName,
  input: Record<string, unknown>,
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

const ASKED = { number: NEW, reason: "the holder moved to it" };

async function change(one: Case, input: Record<string, unknown> = ASKED) {
  const result = (await act(one, "account", input)) as { replacementId: string };
  return { client: one.client, id: result.replacementId };
}

async function offered({ client, id }: Case): Promise<string[]> {
  const { assignmentId } = await onlyStanding(db, id);
  const row = await findAssignment(db, [client], assignmentId ?? "");
  return row === undefined ? [] : offeredActions(row, aPerson("amy")).map((one) => one.name);
}

/** Booked and executed of the holder, by account number. */
async function holderBalances({ client, dispute }: Case): Promise<Record<string, string>> {
  const rows = await db.query<{ account: string; booked: string; executed: string }>(sql`
    select b.account, b.booked_minor::text as booked, b.executed_minor::text as executed
    from balance b
    join dispute d on d.client_id = b.client_id and d.id = b.dispute_id
    where d.number = ${dispute} and b.collection = 'accountHolder'
      and (b.booked_minor <> 0 or b.executed_minor <> 0)
    order by b.account
  `);
  const refs = rows.map((row) => ({ clientId: client, accountId: row.account }));
  const numbers = await engine.vault.numbers(db, refs);
  return Object.fromEntries(
    rows.map((row): [string, string] => [
      numbers.get(row.account) ?? "",
      `${row.booked} ${row.executed}`,
    ]),
  );
}

describe("with a second person", () => {
  test("nothing moves until it is approved; then it is booked and sent to the other", async () => {
    const one = await aRefused();
    expect(await offered(one)).toContain("account");

    const replacement = await change(one);
    expect(await onlyStanding(db, one.id)).toMatchObject({ state: "serviceFailed" });
    expect(await onlyStanding(db, replacement.id)).toMatchObject({
      state: "awaitingApproval",
      shown: "Approve Accounting",
    });
    expect(await holderBalances(one)).toEqual({ [OLD]: "10000 0" });
    await expect(act(replacement, "approval", { approved: true })).rejects.toMatchObject({
      code: "self-approval",
    });
    await expectSound(engine);

    await act(replacement, "approval", { approved: true }, "ben");
    expect(await onlyStanding(db, one.id)).toMatchObject({ state: "cancelled", shown: null });
    await runRound(desk);

    expect(await onlyStanding(db, replacement.id)).toMatchObject({ state: "executed" });
    expect(core.calls.map((call) => call.to)).toEqual([OLD, NEW]);
    expect(await holderBalances(one)).toEqual({ [NEW]: "10000 10000" });
    await expectSound(engine);
  });

  test("declined, the refused one stands as it was, and may be asked for again", async () => {
    const one = await aRefused();
    const replacement = await change(one);

    await act(replacement, "approval", { approved: false, reason: "not theirs" }, "ben");

    expect(await onlyStanding(db, replacement.id)).toMatchObject({ state: "cancelled" });
    expect(await onlyStanding(db, one.id)).toMatchObject({ state: "serviceFailed" });
    expect(await holderBalances(one)).toEqual({ [OLD]: "10000 0" });
    expect(await offered(one)).toContain("account");
    await change(one, { ...ASKED, number: "1122334455" });
    await expectSound(engine);
  });

  test("retried and posted meanwhile, it cannot be approved any more: paid once", async () => {
    const one = await aRefused();
    const replacement = await change(one);
    core.closed.clear();
    await act(one, "retry", {});
    await runRound(desk);

    const approving = act(replacement, "approval", { approved: true }, "ben");

    await expect(approving).rejects.toMatchObject({ code: "transition-refused" });
    await act(replacement, "approval", { approved: false, reason: "posted" }, "ben");
    expect(await holderBalances(one)).toEqual({ [OLD]: "10000 10000" });
    await expectSound(engine);
  });

  test("is asked for once at a time", async () => {
    const one = await aRefused();
    await change(one);

    await expect(change(one)).rejects.toMatchObject({
      code: "transition-refused",
      message: "another account waits for approval already",
    });
  });
});

describe("confirmed by the core", () => {
  test("is booked at once, and recorded so", async () => {
    const one = await aRefused(BY_CORE);

    const replacement = await change(one);
    expect(await onlyStanding(db, replacement.id)).toMatchObject({ state: "pendingService" });
    await runRound(desk);

    expect(core.calls.map((call) => [call.validate === true, call.to])).toEqual([
      [false, OLD],
      [true, NEW],
      [false, NEW],
    ]);
    expect(await holderBalances(one)).toEqual({ [NEW]: "10000 10000" });
    const [kept] = await db.query(sql`
      select adjustment_id as old, replacement_id as new, confirmed_by_core as confirmed, actor
      from account_change
    `);
    expect(kept).toEqual({ old: one.id, new: replacement.id, confirmed: true, actor: "amy" });
    await expectSound(engine);
  });

  test.each<[string, PeerAnswer | null, string]>([
    ["another customer", null, "N"],
    ["a refusal", { status: 422, body: '{"same": "Y"}' }, "Y"],
    ["no answer", "drop", "Y"],
    ["an answer that cannot be read", { status: 200, body: "<" }, "Y"],
  ])("%s is no confirmation: a second person has to approve", async (_, said, customer) => {
    const one = await aRefused(BY_CORE);
    core.answer = said;
    core.same = customer;

    const replacement = await change(one);

    expect(await onlyStanding(db, replacement.id)).toMatchObject({ state: "awaitingApproval" });
  });
});

describe("is refused", () => {
  test.each([
    ["an account nobody knows", { account: "0190a1b2-0000-7000-8000-00000000aaaa" }],
    ["both at once", { account: "0190a1b2-0000-7000-8000-00000000aaaa", number: NEW }],
    ["neither", {}],
    ["no number", { number: "!" }],
  ])("for %s", async (_, input) => {
    const one = await aRefused();

    const changing = change(one, { reason: "try", ...input });

    await expect(changing).rejects.toMatchObject({ code: "input-invalid" });
    expect(await onlyStanding(db, one.id)).toMatchObject({ state: "serviceFailed" });
  });

  test("where the service does not allow it", async () => {
    const one = await aRefused({ allowed: false });

    expect(await offered(one)).not.toContain("account");
    await expect(change(one)).rejects.toMatchObject({ code: "transition-refused" });
  });

  test("after retries that are used up: nothing was refused", async () => {
    core.answer = { status: 429, body: "{}" };
    const one = await aRefused();

    expect(await onlyStanding(db, one.id)).toMatchObject({ state: "serviceFailed" });
    await expect(change(one)).rejects.toMatchObject({ code: "transition-refused" });
  });

  test("while the outcome is unknown", async () => {
    core.answer = "drop";
    const client = await aClient(engine, {
      services: { core: core.service(TWO_PEOPLE, { key: { lifeSeconds: 0 } }) },
    });
    const dispute = await aDisputeOf(engine, client);
    const { adjustments } = await operate(engine, client, dispute, "issueProvisionalCredit");
    const one = { client, dispute, id: adjustments[0]?.id ?? "" };
    await runRound(desk);

    expect(await onlyStanding(db, one.id)).toMatchObject({ state: "unknown", mayAct: false });
    await expect(change(one)).rejects.toMatchObject({ code: "transition-refused" });
  });

  test("for the account it is booked to", async () => {
    const one = await aRefused();

    await expect(change(one, { number: OLD, kind: "card", reason: "again" })).rejects.toMatchObject(
      { message: "it is booked to that account" },
    );
  });

  test("for a reversal, which posts where the original stands", async () => {
    core.closed.clear();
    const one = await aRefused();
    core.closed.add(OLD);
    const input = { adjustment: one.id, reason: "wrong" };
    const { adjustments } = await operate(
      engine,
      one.client,
      one.dispute,
      "reverseAdjustment",
      input,
    );
    await runRound(desk);
    const reversal = { ...one, id: adjustments[0]?.id ?? "" };

    await expect(change(reversal)).rejects.toMatchObject({
      message: "a reversal posts where the original stands",
    });
  });
});

describe("what hangs on it", () => {
  test("a follower waits for the replacement, not for the refused one", async () => {
    const one = await aRefused(BY_CORE, {
      operation: "writeOff",
      input: { justification: "small", commentary: "amount" },
    });
    const replacement = await change(one);

    expect(await releaseDue(engine)).toBe(0);
    await runRound(desk);
    expect(await releaseDue(engine)).toBe(1);

    const rows = await db.query(sql`
      select principal_rule as rule, state, follows_adjustment_id as follows from adjustment
      order by ordinal
    `);
    expect(rows).toEqual([
      { rule: "WriteOff", state: "cancelled", follows: null },
      { rule: "LossAdjustment", state: "pendingService", follows: replacement.id },
      { rule: "WriteOff", state: "executed", follows: null },
    ]);
    await expectSound(engine);
  });

  test("a take-back that was planned before waits for the replacement", async () => {
    const one = await aRefused(BY_CORE);
    const denial = { debitOn: "now", reason: "no error" };
    await operate(engine, one.client, one.dispute, "denyDispute", denial);
    const replacement = await change(one);

    expect(await releaseDue(engine)).toBe(0);
    await runRound(desk);
    expect(await onlyStanding(db, replacement.id)).toMatchObject({ state: "executed" });
    expect(await releaseDue(engine)).toBe(1);
    await runRound(desk);

    // It is taken from the account that has it.
    expect(core.calls.at(-1)).toMatchObject({ from: NEW, amount: "100.00" });
    expect(await holderBalances(one)).toEqual({});
    await expectSound(engine);
  });

  test("a later reversal follows the account that holds the balance", async () => {
    const one = await aRefused(BY_CORE);
    const replacement = await change(one);
    await runRound(desk);

    await operate(engine, one.client, one.dispute, "reverseAdjustment", {
      adjustment: replacement.id,
      reason: "keyed twice",
    });
    await runRound(desk);

    expect(core.calls.at(-1)).toMatchObject({ from: NEW });
    expect(await holderBalances(one)).toEqual({});
    await expectSound(engine);
  });

  test("a refused debit may go to another account, too: the gate reads the sum", async () => {
    core.closed.clear();
    const one = await aRefused(BY_CORE);
    core.closed.add(OLD);
    const denial = { debitOn: "now", reason: "no error" };
    const { adjustments } = await operate(engine, one.client, one.dispute, "denyDispute", denial);
    await runRound(desk);
    const debit = { ...one, id: adjustments[0]?.id ?? "" };

    await change(debit);
    await runRound(desk);

    expect(core.calls.at(-1)).toMatchObject({ from: NEW });
    expect(await holderBalances(one)).toEqual({ [OLD]: "10000 10000", [NEW]: "-10000 -10000" });
    const { state } = await db.one<{ state: string }>(sql`
      select b.state from dispute_book b
      join dispute d on d.client_id = b.client_id and d.id = b.dispute_id
      where d.number = ${one.dispute}
    `);
    expect(state).toBe("denied");
    await expectSound(engine);
  });
});

test("the number is in the claim's vault alone; an account of the client's is copied", async () => {
  const other = await aRefused();
  const first = await change(other);
  const { account } = await db.one<{ account: string }>(sql`
    select account from account_change where replacement_id = ${first.id}`);
  const dispute = await aDisputeOf(engine, other.client);
  const { adjustments } = await operate(engine, other.client, dispute, "issueProvisionalCredit");
  await runRound(desk);
  const one = { client: other.client, dispute, id: adjustments[0]?.id ?? "" };

  const replacement = await change(one, { account, reason: "the same one" });
  await act(replacement, "approval", { approved: true }, "ben");
  await runRound(desk);

  expect(core.calls.at(-1)).toMatchObject({ to: NEW });
  const claims = await db.query<{ claims: string }>(sql`
    select count(distinct n.claim_id)::text as claims from account_change c
    join account_number n on n.client_id = c.client_id and n.id = c.account
  `);
  expect(claims).toEqual([{ claims: "2" }]);
  const kept = await db.query(sql`
    select t.request::text, o.answer, o.reason from service_attempt t
    left join service_attempt_outcome o on o.attempt_id = t.id
    union all select reason, event, outside::text from transition
    union all select type, subject, data::text from outbox
    union all select actor, action, reason from audit
  `);
  expect(JSON.stringify(kept)).not.toContain(NEW);
  expect(JSON.stringify(kept)).toContain("••••6655");
});
