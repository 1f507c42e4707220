/** The shipped configuration of each core, on the real route: posted, refused, overridden. */
import { afterEach, describe, expect, test } from "vitest";

import { CORES } from "../examples/cores/all.ts";
import type { RunningCore } from "../examples/cores/server.ts";
import { startCore } from "../examples/cores/server.ts";
import { executeAccounting } from "../src/accounting/execute-accounting.ts";
import { openClaims } from "../src/accounting/open-claims.ts";
import { sql } from "../src/database/sql.ts";
import { secretsFrom } from "../src/connections/secrets.ts";
import { serviceOf } from "../src/service/service-configuration.ts";
import { tryRequest } from "../src/service/try-request.ts";
import { serviceVerbs } from "../src/service/verbs.ts";
import { assignmentActions } from "../src/work/perform-action.ts";
import { aClient, operate, testEngine } from "./support/engine.ts";
import { attemptsMade, onlyStanding, runRound, serviceDesk } from "./support/service.ts";
import { useDatabase } from "./support/use-database.ts";
import { aPerson } from "./support/work.ts";

const db = useDatabase();
const engine = testEngine(db);
const actions = assignmentActions(db, serviceVerbs(engine));

let core: RunningCore;
afterEach(() => core.stop());

let ordinal = 0;

/** A core, its client by recipe, and a credit of 100.00 on the account given that waits for it. */
async function aCredit(
  name: string,
  { account = "5200000000001", secrets = {}, settings = {}, meanwhile = () => {} } = {},
) {
  const known = CORES[name];
  if (known === undefined) throw new Error(`no core ${name}`);
  const shape = known.shape();
  core = await startCore({ shape, now: () => engine.clock.now().epochMilliseconds });
  meanwhile();
  const client = await aClient(engine, {
    services: { core: { ...known.service(core.address), ...settings } },
    ...(known.perEntry ? { perEntry: ["core"] } : {}),
  });
  const desk = { ...serviceDesk(engine), secrets: secretsFrom({ ...shape.secrets, ...secrets }) };
  const [opened] = await db.transaction((tx) =>
    openClaims(tx, engine, engine.vault, [
      {
        clientId: client,
        key: `claim-${(ordinal += 1)}`,
        claimType: "Card",
        noticeReceivedOn: "2026-11-16",
        facts: {},
        disputes: [
          {
            amount: "100.00",
            currency: "USD",
            account,
            accountKind: "account",
            facts: { network: "visa", product: "credit", regulation: "Z" },
          },
        ],
      },
    ]),
  );
  const dispute = opened?.disputes[0] ?? "";
  const [result] = await executeAccounting(engine, [
    {
      clientId: client,
      key: "credit",
      source: "import",
      actor: "test",
      dispute,
      operation: "issueProvisionalCredit",
      input: {},
    },
  ]);
  const id = result?.adjustments[0]?.id ?? "";
  await runRound(desk);
  return { client, desk, dispute, id, account };
}

type Credit = Awaited<ReturnType<typeof aCredit>>;

async function validated({ client, desk, id }: Credit) {
  const settings = (await engine.clients(db, [client])).get(client)?.settings ?? {};
  const service = serviceOf(settings, "core");
  if (service === undefined) throw new Error("no service");
  const { sent } = await tryRequest(desk, service, {
    clientId: client,
    call: "validate",
    adjustmentId: id,
    facts: {},
    send: true,
    actor: "amy",
    requestId: null,
  });
  return [sent?.outcome, sent?.code];
}

async function override({ client, id }: Credit): Promise<unknown> {
  const { assignmentId, version } = await onlyStanding(db, id);
  return actions.perform({
    clientIds: [client],
    assignmentId: assignmentId ?? "",
    action: "override",
    version: version ?? 0,
    person: aPerson("amy"),
    input: { reason: "the branch knows the holder" },
  });
}

describe.each(Object.keys(CORES))("%s", (name) => {
  test("posts a credit and the debit that takes it back, each on its own side", async () => {
    const credit = await aCredit(name);

    await operate(engine, credit.client, credit.dispute, "denyDispute", { debitOn: "now" });
    await runRound(credit.desk);

    const sides = core.book.postings.flatMap(({ lines }) => lines);
    expect(sides).toEqual([
      { debitAccount: "1410-0200", creditAccount: credit.account, minor: 10_000n },
      { debitAccount: credit.account, creditAccount: "1410-0200", minor: 10_000n },
    ]);
    expect(await onlyStanding(db, credit.id)).toMatchObject({ state: "executed" });
    const { reference } = await db.one<{ reference: string }>(sql`
      select reference from execution where adjustment_id = ${credit.id} limit 1
    `);
    expect(reference).toContain(core.book.postings[0]?.id);
  });

  test("keeps what is refused before a person, with the core's own reason", async () => {
    const account = "5200000000002";
    const known = await aCredit(name, {
      account,
      meanwhile: () => core.state.closed.add(account),
    });

    const { state, shown, reason } = await onlyStanding(db, known.id);

    expect([state, shown]).toEqual(["serviceFailed", "Execute Accounting Service Failed"]);
    expect(reason).toMatch(/closed|disabled|status does not allow/);
    expect(core.book.postings).toHaveLength(0);
  });

  test("posts nothing while the sign-in is wrong, and posts when it is right", async () => {
    const wrong = Object.fromEntries(
      Object.keys(CORES[name]?.shape().secrets ?? {}).map((secret) => [secret, "not-that-one"]),
    );
    const credit = await aCredit(name, { secrets: wrong });
    expect(await onlyStanding(db, credit.id)).toMatchObject({ state: "pendingService" });
    expect(await attemptsMade(db, credit)).toEqual([["post", "notProcessed", 1]]);

    engine.clock.advance({ seconds: 30 });
    const secrets = secretsFrom(CORES[name]?.shape().secrets ?? {});
    await runRound({ ...credit.desk, secrets });

    expect(await onlyStanding(db, credit.id)).toMatchObject({ state: "executed" });
    expect(core.book.postings).toHaveLength(1);
  });
});

describe("Jack Henry", () => {
  test("asks without writing, and is overridden by who may with the codes it gave", async () => {
    const credit = await aCredit("jack-henry", { account: "5200000000077" });
    expect(await onlyStanding(db, credit.id)).toMatchObject({
      state: "serviceFailed",
      reason: "Account is dormant",
    });
    expect(await validated(credit)).toEqual(["refusedOverridable", "1005"]);
    expect(core.book.postings).toHaveLength(0);

    await override(credit);
    expect(await validated(credit)).toEqual(["wouldPost", null]);
    await runRound(credit.desk);

    expect(await onlyStanding(db, credit.id)).toMatchObject({ state: "executed" });
    expect(core.book.postings).toHaveLength(1);
  });

  test("is not overridden where one error of several is none to override", async () => {
    const account = "5200000000177";
    const credit = await aCredit("jack-henry", {
      account,
      meanwhile: () => core.state.closed.add(account),
    });

    await expect(override(credit)).rejects.toMatchObject({ code: "transition-refused" });
    expect(core.book.postings).toHaveLength(0);
  });

  test("says which postings are memo posts", async () => {
    await aCredit("jack-henry", { settings: { memoPost: { rules: ["ProvisionalCredit"] } } });

    expect(core.book.postings[0]?.text).toMatch(/^memo post: /);
  });
});

test("Fineract is sent a new key after a refusal, or it would repeat the stored one", async () => {
  const account = "5200000000003";
  const credit = await aCredit("fineract", {
    account,
    meanwhile: () => core.state.closed.add(account),
  });
  core.state.closed.clear();
  const { assignmentId, version } = await onlyStanding(db, credit.id);

  await actions.perform({
    clientIds: [credit.client],
    assignmentId: assignmentId ?? "",
    action: "retry",
    version: version ?? 0,
    person: aPerson("amy"),
    input: {},
  });
  await runRound(credit.desk);

  expect(await onlyStanding(db, credit.id)).toMatchObject({ state: "executed", revision: 2 });
});

test("Fineract gets the day of the call, not the business day to come", async () => {
  engine.clock.set(engine.clock.now().add({ hours: 24 * ((6 - dayOfWeek() + 7) % 7) }));

  await aCredit("fineract");

  const zoned = engine.clock.now().toZonedDateTimeISO("America/New_York");
  expect(core.book.postings[0]?.postedOn).toBe(zoned.toPlainDate().toString());
});

/** Monday is 1. */
function dayOfWeek(): number {
  return engine.clock.now().toZonedDateTimeISO("America/New_York").dayOfWeek;
}
