import { describe, expect, test } from "vitest";

import { aBatchClient, aDirectory, pendingCredits } from "../../../test/support/batch.ts";
import { batchDesk, PROFILE } from "../../../test/support/batch-desk.ts";
import { aClient, aDisputeOf, operate, testEngine } from "../../../test/support/engine.ts";
import { lastAdjustment, planterOf } from "../../../test/support/planted.ts";
import { useDatabase } from "../../../test/support/use-database.ts";
import { completion } from "../../../test/support/work-by-hand.ts";
import { generateNow } from "../../batch/generate.ts";
import type { Statement } from "../../database/sql.ts";
import { sql } from "../../database/sql.ts";
import { cancelWork } from "../../manual/cancel.ts";
import { completeByHand } from "../../manual/complete.ts";
import { listAssignments } from "../../work/views.ts";

import { CREDIT_CHECKS } from "./credit-checks.ts";
import { DISPUTE_CHECKS } from "./dispute-checks.ts";
import { CHECKED, verify } from "./verify.ts";
import type { Verdict } from "./verify.ts";
import type { Violation } from "./violation.ts";

const database = useDatabase();
const engine = testEngine(database);
const desk = batchDesk(engine);

async function verified(): Promise<Verdict & { found: Violation[] }> {
  const found: Violation[] = [];
  const verdict = await verify(desk, { onViolation: (violation) => found.push(violation) });
  return { ...verdict, found };
}

const plant = planterOf(database);

/**
 * A client by hand with a dispute in every kind of history: posted, cancelled, reversed, planned,
 * refused; and a client whose credits are in a file and wait for the next.
 */
async function livedBooks(): Promise<{ client: string; batchClient: string }> {
  const client = await aClient(engine);
  const work = async () =>
    (await listAssignments(database, { clientIds: [client], limit: 100 })).items;
  const completeAll = async () =>
    completeByHand(
      engine,
      (await work()).filter((row) => row.kind === "user").map((row) => completion(row)),
    );
  const disputes: string[] = [];
  for (let count = 0; count < 4; count += 1) disputes.push(await aDisputeOf(engine, client));
  const [paid = "", denied = "", cancelled = "", reversed = ""] = disputes;
  await operate(engine, client, paid, "issueProvisionalCredit", { fees: "5.00" });
  await operate(engine, client, denied, "issueProvisionalCredit");
  await operate(engine, client, reversed, "payDispute");
  await completeAll();
  await operate(engine, client, cancelled, "issueProvisionalCredit");
  await cancelWork(
    engine,
    (await work()).map((row) => ({
      clientId: client,
      assignmentId: row.id,
      version: row.version,
      actor: "amy",
      reason: "keyed twice",
    })),
  );
  await operate(engine, client, paid, "recordChargeback", { amount: "100.00", reference: "CB-1" });
  await operate(engine, client, denied, "denyDispute", { reason: "no error", amount: "100.00" });
  await operate(engine, client, reversed, "reverseAdjustment", {
    adjustment: await lastAdjustment(database, client, reversed),
    reason: "wrong account",
  });
  const batchClient = await aBatchClient(engine, await aDirectory());
  await pendingCredits(engine, batchClient, ["100.00", "25.50"]);
  await generateNow(desk, { clientId: batchClient, profile: PROFILE, actor: "ann" });
  await pendingCredits(engine, batchClient, ["7.00"]);
  return { client, batchClient };
}

test("sound books of every history have no violation, and every entry is counted", async () => {
  await livedBooks();

  const { found, ...verdict } = await verified();
  expect(found).toEqual([]);
  const { entries } = await database.one<{ entries: bigint }>(sql`
    select count(*) as entries from entry`);
  expect(entries).toBeGreaterThan(8n);
  expect(verdict).toEqual({
    entries,
    violations: 0,
    booksDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  const states = await database.query<{ state: string }>(sql`
    select distinct state from adjustment order by state`);
  expect(states.map((row) => row.state)).toEqual([
    "cancelled",
    "executed",
    "inFile",
    "pendingBatch",
    "pendingManual",
    "planned",
    "tracked",
  ]);
});

test("an empty database is sound", async () => {
  expect(await verified()).toMatchObject({ entries: 0n, violations: 0 });
});

const ONE_EXECUTED = sql`(
  select id from adjustment where state = 'executed' and principal_rule is not null
  order by id limit 1)`;

/** Each plants one thing that the database would have refused, and is named by the check. */
const PLANTED: readonly (readonly [string, string, Statement, RegExp])[] = [
  [
    "balance-booked",
    "a kept balance is another",
    sql`update balance set booked_minor = booked_minor + 1
        where ctid = (select ctid from balance where booked_minor > 0 limit 1)`,
    /by its entries, [0-9]+ kept/,
  ],
  [
    "balance-booked",
    "a balance is missing",
    sql`delete from balance where ctid = (select ctid from balance where booked_minor > 0 limit 1)`,
    /by its entries, 0 kept/,
  ],
  [
    "balance-executed",
    "an executed balance is another",
    sql`update balance set executed_minor = executed_minor - 1
        where ctid = (select ctid from balance where executed_minor > 0 limit 1)`,
    /by its executions/,
  ],
  [
    "sums-to-zero",
    "a dispute's balances do not add up",
    sql`update balance set booked_minor = booked_minor + 1
        where ctid = (select ctid from balance limit 1)`,
    /booked 1, executed 0/,
  ],
  [
    "entry-belongs",
    "an entry's currency is changed",
    sql`update entry set currency = 'EUR' where id = (select min(id::text)::uuid from entry)`,
    /EUR in a dispute of USD/,
  ],
  [
    "entry-in-period",
    "an entry is dated in no period",
    sql`update entry set booked_on = '1999-01-01'
        where id = (select min(id::text)::uuid from entry)`,
    /1 entries are in no period/,
  ],
  [
    "undoing-entry",
    "a contra entry is of another amount",
    sql`update entry set amount_minor = amount_minor + 1 where kind = 'contra'`,
    /10001 USD undoes 10000 USD/,
  ],
  [
    "undoing-entry",
    "a reversal undoes what is not there",
    sql`update entry set undoes = gen_random_uuid() where kind = 'reversal'`,
    /which the dispute has not/,
  ],
  [
    "undone-once",
    "an entry is undone twice",
    sql`insert into entry
        select client_id, (left(gen_random_uuid()::text, 35) || '0')::uuid, dispute_id,
               adjustment_id, operation_id, rule, kind, undoes, debit_collection, debit_account,
               debit_tran_code, credit_collection, credit_account, credit_tran_code, amount_minor,
               currency, processing, event_date, planned_posting_date, booked_on,
               rulebook_version, chosen_by, actor, recorded_at
        from entry where kind = 'contra'`,
    /undone 2 times/,
  ],
  [
    "adjustment-amount",
    "an adjustment's amount is another",
    sql`update adjustment set amount_minor = amount_minor + 1 where id = ${ONE_EXECUTED}`,
    /by its entries, [0-9]+ kept/,
  ],
  [
    "adjustment-amount",
    "a cancelled adjustment lost its contra entries",
    sql`delete from entry where kind = 'contra'`,
    /10000 booked, 0 undone/,
  ],
  [
    "adjustment-executed",
    "an executed adjustment lost its execution",
    sql`delete from execution where adjustment_id = ${ONE_EXECUTED}`,
    /0 of [12] entries have moved/,
  ],
  [
    "adjustment-executed",
    "money moved twice",
    sql`insert into execution
        select client_id, gen_random_uuid(), adjustment_id, entry_id, sign, basis, reference,
               posting_date, actor, recorded_at
        from execution where adjustment_id = ${ONE_EXECUTED}`,
    /moved more than once/,
  ],
  [
    "execution-belongs",
    "an execution names a foreign entry",
    sql`update execution set entry_id = gen_random_uuid() where adjustment_id = ${ONE_EXECUTED}`,
    /not of its adjustment/,
  ],
  [
    "part-belongs",
    "a part is of a foreign entry",
    sql`insert into service_part
        select client_id, id, id, id, null, 'R', '2026-11-16', 'x', now()
        from adjustment where id = ${ONE_EXECUTED}`,
    /its entry is not of its adjustment/,
  ],
  [
    "part-executed",
    "one side alone was posted of an entry that counts as executed",
    sql`with moved as (
          update execution set basis = 'posted' where adjustment_id = ${ONE_EXECUTED})
        insert into service_part
        select client_id, adjustment_id, (left(id::text, 35) || '1')::uuid, id, null, 'R',
               '2026-11-16', 'x', now()
        from entry where adjustment_id = ${ONE_EXECUTED}`,
    /one side was posted/,
  ],
  [
    "partly-executed",
    "a cancelled adjustment was posted in part",
    sql`insert into service_part
        select client_id, adjustment_id, id, id, null, 'R', '2026-11-16', 'x', now()
        from entry
        where kind = 'original'
          and adjustment_id = (select id from adjustment where state = 'cancelled' limit 1)`,
    /part of it was posted/,
  ],
  [
    "replacement",
    "a replacement is booked beside what it replaces",
    sql`update adjustment r set replaces_adjustment_id = (
          select o.id from adjustment o where o.client_id = r.client_id and o.state = 'tracked')
        where r.id = ${ONE_EXECUTED}`,
    /in place of|is booked beside|another dispute/,
  ],
  [
    "one-live-reversal",
    "an adjustment is reversed from another dispute",
    sql`update adjustment r
        set dispute_id = (select d.id from dispute d where d.id <> r.dispute_id limit 1)
        where reverses_adjustment_id is not null`,
    /reversed from another dispute/,
  ],
  [
    "assignment-shown",
    "an open adjustment's assignment is closed",
    sql`update assignment set is_open = false, closed_at = now()
        where is_open and type = 'Execute Accounting Assignment'`,
    /shows no open assignment, not Execute Accounting Assignment/,
  ],
  [
    "assignment-shown",
    "an adjustment shows the wrong type",
    sql`update assignment set type = 'Accounting Exception'
        where is_open and type = 'Pending Batch Accounting'`,
    /shows Accounting Exception, not Pending Batch Accounting/,
  ],
  [
    "assignment-open",
    "an executed adjustment's assignment is open again",
    sql`update assignment set is_open = true, closed_at = null where outcome = 'executed'`,
    /is executed and shows another or none/,
  ],
  [
    "transition-allowed",
    "a transition that the machine does not know",
    sql`update transition set event = 'matched' where event = 'attested'`,
    /matched led from pendingManual to executed/,
  ],
  [
    "transition-chain",
    "an adjustment's state was changed behind its back",
    sql`update adjustment set state = 'serviceFailed' where state = 'pendingManual'`,
    /its history ends at pendingManual, it is serviceFailed/,
  ],
  [
    "transition-chain",
    "a transition is missing",
    sql`delete from transition where from_state is null and adjustment_id = ${ONE_EXECUTED}`,
    /goes on from pendingManual, but never came there/,
  ],
  [
    "one-live-line",
    "a live line is in a void file",
    sql`update batch_file set state = 'void', void_statement = 'deleted'`,
    /live line is in a void file/,
  ],
  [
    "in-file",
    "a line is no longer live",
    sql`update batch_line set live = false, outcome = 'released'`,
    /inFile without a live line/,
  ],
  [
    "gap-free",
    "a sequence was lost",
    sql`update batch_sequence set last_sequence = last_sequence + 1`,
    /last sequence 2, 1 files, highest 1/,
  ],
  [
    "file-from-rows",
    "a stored byte was changed",
    sql`update batch_file_bytes set bytes = set_byte(bytes, 0, 120)`,
    /another SHA-256/,
  ],
  [
    "line-amount",
    "a line's amount was changed",
    sql`update batch_line set amount_minor = amount_minor + 1 where line_number = 2`,
    /[0-9]+ by the entries it carries, [0-9]+ kept/,
  ],
];

describe("what is planted is found, named and placed", () => {
  test.each(PLANTED)("%s: %s", async (check, _, statement, what) => {
    await livedBooks();
    await plant(statement);
    const { found, violations } = await verified();

    const own = found.filter((violation) => violation.check === check);
    expect(own.length).toBeGreaterThan(0);
    expect(own[0]?.what).toMatch(what);
    expect(own[0]?.client).toMatch(/^client-/);
    expect(own[0]?.at).not.toBe("");
    expect(violations).toBe(found.length);
  });

  test("two live reversals and two live lines, where their indexes are gone", async () => {
    await livedBooks();
    await database.owner.execute(sql`drop index adjustment_one_live_reversal`);
    await database.owner.execute(sql`drop index batch_line_one_live`);
    try {
      await plant(
        sql`update adjustment a set reverses_adjustment_id = r.reverses_adjustment_id
            from adjustment r
            where r.reverses_adjustment_id is not null and a.reverses_adjustment_id is null
              and a.dispute_id = r.dispute_id and a.id <> r.reverses_adjustment_id
              or a.id = r.reverses_adjustment_id and r.reverses_adjustment_id is not null`,
        sql`insert into batch_line
            select client_id, file_id, line_number + 100, detail_count, adjustment_id,
                   amount_minor, direction, key_revision, first_posting_date, entry_ids, live,
                   outcome, outcome_reference
            from batch_line where live limit 1`,
      );

      const { found } = await verified();

      const twice = found.map(({ check, what }) => `${check}: ${what}`);
      const both = ["one-live-reversal: 2 live reversals", "one-live-line: 2 live lines"];
      expect(twice).toEqual(expect.arrayContaining(both));
    } finally {
      await plant(sql`delete from batch_line`, sql`delete from adjustment`);
      await database.owner.execute(sql`
        create unique index batch_line_one_live on batch_line (client_id, adjustment_id)
        where live`);
      await database.owner.execute(sql`
        create unique index adjustment_one_live_reversal
        on adjustment (client_id, reverses_adjustment_id)
        where reverses_adjustment_id is not null and state <> 'cancelled'`);
    }
  });

  test("every check is planted against, here or beside its own", () => {
    const planted = new Set(PLANTED.map(([check]) => check));
    const others = /^(approval|attestation|due|evidence|inbound)-/;
    for (const { name } of [...CREDIT_CHECKS, ...DISPUTE_CHECKS]) planted.add(name);
    expect(CHECKED.filter(({ name }) => !planted.has(name) && !others.test(name))).toEqual([]);
  });
});
