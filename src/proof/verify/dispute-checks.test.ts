/** Usage of merchants' credits, ageing items and regulatory clocks, each planted against. */
import { expect, test } from "vitest";

import { batchDesk } from "../../../test/support/batch-desk.ts";
import { aClient, aDisputeOf, operate, testEngine } from "../../../test/support/engine.ts";
import { lastAdjustment, planterOf, violationsOf } from "../../../test/support/planted.ts";
import { useDatabase } from "../../../test/support/use-database.ts";
import { completion } from "../../../test/support/work-by-hand.ts";
import { exceptionOf } from "../../accounting/dispute-work.ts";
import type { ClientRuntime } from "../../accounting/engine.ts";
import { executeAccounting } from "../../accounting/execute-accounting.ts";
import { evaluateGate } from "../../accounting/gate.ts";
import type { LoadedBook } from "../../accounting/load-books.ts";
import { loadBooks } from "../../accounting/load-books.ts";
import { insertAgeingItem } from "../../accounting/store-ageing.ts";
import type { Statement } from "../../database/sql.ts";
import { sql } from "../../database/sql.ts";
import { completeByHand } from "../../manual/complete.ts";
import { lookAtClocks } from "../../resolution/regulatory-clocks/look-at-clocks.ts";
import { listAssignments } from "../../work/views.ts";

import { CREDIT_CHECKS } from "./credit-checks.ts";
import { DISPUTE_CHECKS } from "./dispute-checks.ts";
import type { Violation } from "./violation.ts";

const database = useDatabase();
const engine = testEngine(database);
const desk = batchDesk(engine);

/** Of the checks at hand: nobody was asked for what is excused here. */
async function verified(): Promise<Violation[]> {
  const ours = new Set([...CREDIT_CHECKS, ...DISPUTE_CHECKS].map(({ name }) => name));
  return (await violationsOf(desk)).filter(({ check }) => ours.has(check));
}

const plant = planterOf(database);

/** A merchant's credit used, given back and used in part; and a case resolved out of balance. */
async function livedBooks(): Promise<string> {
  const client = await aClient(engine);
  const [refunded, again, excused] = [
    await aDisputeOf(engine, client),
    await aDisputeOf(engine, client),
    await aDisputeOf(engine, client),
  ];
  const credit = { reference: "R-1", creditAmount: "100.00", amount: "60.00" };
  const movements = [
    { rule: "ProvisionalCredit", amount: "5.00" },
    { rule: "MerchantCredit", amount: "20.00", reference: "R-2" },
  ];
  await operate(engine, client, refunded, "importHistory", { movements });
  await operate(engine, client, again, "recordMerchantCredit", credit);
  for (const dispute of [refunded, again]) {
    const adjustment = await lastAdjustment(database, client, dispute);
    await operate(engine, client, dispute, "reverseAdjustment", { adjustment, reason: "not its" });
  }
  await operate(engine, client, again, "recordMerchantCredit", { ...credit, amount: "30.00" });
  await operate(engine, client, excused, "payDispute");
  const { items } = await listAssignments(database, { clientIds: [client], limit: 100 });
  await completeByHand(
    engine,
    items.map((row) => completion(row)),
  );
  await excuse(client, excused);
  await lookAtClocks(engine);
  return client;
}

/** As an override that was agreed to leaves it. */
async function excuse(client: string, dispute: string): Promise<void> {
  const { id, claimId } = await database.one<{ id: string; claimId: string }>(sql`
    select id, claim_id as "claimId" from dispute
    where client_id = ${client} and number = ${dispute}`);
  const books = await loadBooks(database, [{ clientId: client, disputeId: id }]);
  const { book } = books.get(id) as LoadedBook;
  const runtime = (await engine.clients(database, [client])).get(client) as ClientRuntime;
  const left = exceptionOf(book, evaluateGate(book, runtime.rulebook, "pay"));
  await database.transaction((tx) =>
    insertAgeingItem(
      tx,
      {
        ...{ clientId: client, id: engine.ids.next(), claimId, disputeId: id },
        assignmentId: engine.ids.next(),
        decision: "pay",
        difference: left.reason,
        amountMinor: left.amountMinor,
        currency: "USD",
        reason: "the network answers next month",
        ...{ owner: "gl", dueOn: "2026-12-31", askedBy: "amy", approvedBy: "sue" },
      },
      engine.clock.now().toString(),
    ),
  );
  const resolve = { operation: "resolve", input: { decision: "pay" }, overridesGate: true };
  const asked = { clientId: client, key: "excused", source: "portal", actor: "amy", dispute };
  const [result] = await executeAccounting(engine, [{ ...asked, source: "portal", ...resolve }]);
  expect(result?.failure).toBeNull();
}

test("sound books have no violation", async () => {
  await livedBooks();

  expect(await verified()).toEqual([]);
});

const PLANTED: readonly (readonly [string, string, Statement, RegExp])[] = [
  [
    "credit-used",
    "more of a credit counts as used than its uses say",
    sql`update merchant_credit set used_minor = used_minor + 1 where reference = 'R-1'`,
    /3000 by its uses, 3001 kept, of 10000/,
  ],
  [
    "credit-use-belongs",
    "a use without its operation",
    sql`update merchant_credit_use set operation_id = gen_random_uuid() where amount_minor > 0`,
    /its operation does not exist/,
  ],
  [
    "credit-use-booked",
    "a use that was reversed is not freed",
    sql`delete from merchant_credit_use where amount_minor = -6000`,
    /3000 is booked, 9000 used/,
  ],
  [
    "credit-use-booked",
    "an imported use that was reversed is not freed",
    sql`delete from merchant_credit_use where amount_minor = -2000`,
    /0 is booked, 2000 used/,
  ],
  [
    "credit-use-booked",
    "a recording that uses nothing",
    sql`delete from merchant_credit_use where amount_minor = 3000`,
    /3000 is booked, 0 used/,
  ],
  [
    "ageing-item",
    "an item ages with another amount",
    sql`update ageing_item set amount_minor = amount_minor + 1`,
    /10000 by its books, 10001 ages/,
  ],
  [
    "ageing-item",
    "what was resolved out of balance ages nowhere",
    sql`delete from ageing_item`,
    /no item ages of pay: /,
  ],
  [
    "clock-follows",
    "a clock ends on another day",
    sql`update regulatory_clock set due_on = due_on + 1 where clock = 'regEProvisionalCredit'`,
    /by its facts, not kept/,
  ],
  [
    "clock-follows",
    "nobody keeps the clocks of a dispute",
    sql`with gone as (delete from regulatory_clock) delete from clock_watch`,
    /by its facts, not kept/,
  ],
];

test.each(PLANTED)("%s: %s", async (check, _, statement, what) => {
  const client = await livedBooks();
  await plant(statement);

  const own = (await verified()).filter((violation) => violation.check === check);

  expect(own[0]).toMatchObject({ client, what: expect.stringMatching(what) });
  expect(own[0]?.at).toMatch(/^(dispute|merchant credit) /);
});

test("every check is planted against", () => {
  const planted = new Set(PLANTED.map(([check]) => check));

  for (const { name } of [...CREDIT_CHECKS, ...DISPUTE_CHECKS]) expect(planted).toContain(name);
});

test("clocks that are to be looked at again may be behind", async () => {
  const client = await livedBooks();
  await plant(
    sql`update regulatory_clock set due_on = due_on + 1 where client_id = ${client}`,
    sql`insert into clock_mark (client_id, dispute_id)
        select client_id, dispute_id from clock_watch`,
  );

  expect(await verified()).toEqual([]);
});
