/**
 * Must show: reopen, deny, reopen, pay with merchant credits in every order: no credit is used
 * twice, and the books are right. In memory over random sequences of two disputes, and some of
 * them against a database.
 */
import { describe, expect, test } from "vitest";

import { aClient, aDisputeOf, operate, testEngine } from "../../test/support/engine.ts";
import type { MemoryBook } from "../../test/support/memory-book.ts";
import { STANDARD, memoryBook } from "../../test/support/memory-book.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";
import { Failure } from "../kernel/failure.ts";
import { stepFaults } from "../rehearsal/book-invariants.ts";
import type { SeededRandom } from "../rehearsal/seeded-random.ts";
import { seededRandom } from "../rehearsal/seeded-random.ts";

import type { DisputeBook } from "./dispute-book.ts";
import { creditIn, creditUses } from "./merchant-credits.ts";
import { positionsOf } from "./positions.ts";

/** Two refunds, each of which may cover both disputes. */
const CREDITS = { "R-1": "60.00", "R-2": "100.00" } as const;
type Reference = keyof typeof CREDITS;
const REFERENCES = Object.keys(CREDITS) as Reference[];

type Step = readonly [operation: string, input: Readonly<Record<string, unknown>>];

/** A step of a sequence; a reversal names no adjustment yet. */
function anyStep(random: SeededRandom): Step {
  const reference = random.pick(REFERENCES);
  return random.pick<Step>([
    ["recordMerchantCredit", { reference, creditAmount: CREDITS[reference], amount: "60.00" }],
    ["recordMerchantCredit", { reference, creditAmount: CREDITS[reference], amount: "25.00" }],
    ["reverseAdjustment", { reason: "keyed on the wrong dispute" }],
    ["importHistory", { movements: importedCredits(random) }],
    ["issueProvisionalCredit", {}],
    ["denyDispute", { debitOn: "now", amount: "100.00", reason: "no error" }],
    ["denyDispute", { debitOn: "now", amount: "60.00", reason: "merchantIssuedCredit" }],
    ["withdrawDispute", { debitOn: "now" }],
    ["reopen", { reason: "reasserted" }],
    ["reopen", { reason: "reasserted", lifts: "none" }],
    ["payDispute", {}],
    ["takeBackDuplicateCredit", {}],
    ["recordChargeback", { amount: "40.00" }],
  ]);
}

/** A case that comes with a credit it used elsewhere, in part or whole, beside other movements. */
function importedCredits(random: SeededRandom): object[] {
  const reference = random.pick(REFERENCES);
  const creditAmount = CREDITS[reference];
  const amount = random.pick(["60.00", "25.00"]);
  return [
    { rule: "ProvisionalCredit", amount: "5.00" },
    { rule: "MerchantCredit", amount, creditAmount, reference },
  ];
}

function pairOfDisputes(): readonly [MemoryBook, MemoryBook] {
  const books: DisputeBook[] = [];
  const one = () =>
    memoryBook({
      executesAtOnce: true,
      creditOf: (reference) => creditIn(STANDARD, books, reference),
    });
  const pair = [one(), one()] as const;
  books.push(...pair.map((each) => each.book));
  return pair;
}

/** The latest recording of a credit that is not reversed yet. */
function recordingOf({ adjustments }: DisputeBook): string | undefined {
  const reversed = new Set(adjustments.map((one) => one.reversesAdjustmentId));
  return adjustments.findLast(
    (one) => one.principalRule === "MerchantCredit" && !reversed.has(one.id),
  )?.id;
}

/** What must never be, after any step. */
function creditFaults(pair: readonly MemoryBook[]): string[] {
  const faults: string[] = [];
  for (const reference of REFERENCES) {
    const whole = BigInt(CREDITS[reference].replace(".", ""));
    const usedBy = pair.map(({ book }) =>
      creditUses(STANDARD, book, book.changes)
        .filter((use) => use.reference === reference)
        .reduce((sum, use) => sum + use.amountMinor, 0n),
    );
    const used = usedBy.reduce((sum, one) => sum + one, 0n);
    if (used > whole) faults.push(`${reference} is used ${used} of ${whole}`);
    if (usedBy.some((one) => one < 0n)) faults.push(`${reference} is given back twice`);
  }
  for (const { book } of pair) {
    const used = creditUses(STANDARD, book, book.changes).reduce(
      (sum, use) => sum + use.amountMinor,
      0n,
    );
    const booked = book.adjustments
      .flatMap((one) => one.entries)
      .filter((entry) => entry.rule === "MerchantCredit")
      .reduce((sum, one) => sum + (one.undoes === null ? one.amountMinor : -one.amountMinor), 0n);
    if (used !== booked) faults.push(`the usage book says ${used}, the entries ${booked}`);
    const { merchantCredit, disputed, denied } = positionsOf(book);
    if (merchantCredit > used) faults.push(`${merchantCredit} counts, ${used} was recorded`);
    if (merchantCredit > disputed - denied) faults.push("more counts than is owed");
  }
  return faults;
}

function play(seed: number): { steps: string[]; faults: string[] } {
  const random = seededRandom(seed);
  const pair = pairOfDisputes();
  const steps: string[] = [];
  for (let step = 0; step < 14; step += 1) {
    const which = random.below(2);
    const dispute = pair[which] as MemoryBook;
    const [operation, given] = anyStep(random);
    const adjustment = operation === "reverseAdjustment" ? recordingOf(dispute.book) : undefined;
    if (operation === "reverseAdjustment" && adjustment === undefined) continue;
    const input = adjustment === undefined ? given : { ...given, adjustment };
    const before = positionsOf(dispute.book);
    const refused = dispute.refusal(operation, input);
    steps.push(`${which} ${operation} ${JSON.stringify(input)} ${refused ?? "done"}`);
    const after = positionsOf(dispute.book);
    const faults = [
      ...creditFaults(pair),
      ...(refused === null ? stepFaults(dispute.book, before, after, operation) : []),
    ];
    if (faults.length > 0) return { steps, faults };
  }
  return { steps, faults: [] };
}

describe("reopen, deny, reopen, pay with merchant credits in every order", () => {
  test.each([1, 1001, 2001, 3001])("250 sequences from seed %i", (first) => {
    const played = Array.from({ length: 250 }, (_, index) => play(first + index));

    expect(played.filter((one) => one.faults.length > 0)).toEqual([]);
    const text = played.flatMap((one) => one.steps).join("\n");
    for (const done of ["recordMerchantCredit", "reopen", "denyDispute", "payDispute"]) {
      expect(text).toMatch(new RegExp(`${done} .*done`));
    }
    expect(text).toContain("reference-already-used");
    expect(text).toContain("amount-exceeds-limit");
    expect(text).toMatch(/reverseAdjustment .*done/);
    const givenBack =
      /importHistory .*done(?:(?!recordMerchantCredit)[^])*reverseAdjustment .*done/;
    expect(text).toMatch(givenBack);
  });
});

const database = useDatabase();
const engine = testEngine(database);

async function usage(clientId: string) {
  return database.query<{ reference: string; used: bigint; whole: bigint; booked: bigint }>(sql`
    select c.reference, c.used_minor as used, c.amount_minor as whole,
           (select coalesce(sum(u.amount_minor), 0) from merchant_credit_use u
            where u.client_id = c.client_id and u.reference = c.reference)::bigint as booked
    from merchant_credit c
    where c.client_id = ${clientId}
    order by c.reference`);
}

test("a credit in another currency than the dispute's is none of it", () => {
  const known = { currency: "EUR", wholeMinor: 10_000n, usedMinor: 0n };
  const { refusal } = memoryBook({ creditOf: () => known });

  const code = refusal("recordMerchantCredit", { reference: "R-1", amount: "60.00" });

  expect(code).toBe("currency-mismatch");
});

describe("in the database", () => {
  test.each([11, 12, 13, 14, 15, 16])("a sequence from seed %i", async (seed) => {
    const random = seededRandom(seed);
    const tracked = ["ProvisionalCredit", "Paid", "DenyDispute", "WithdrawDispute"];
    const clientId = await aClient(engine, { tracked: [...tracked, "DuplicateCredit"] });
    const pair = [await aDisputeOf(engine, clientId), await aDisputeOf(engine, clientId)];

    for (let step = 0; step < 12; step += 1) {
      const dispute = random.pick(pair);
      const [operation, given] = anyStep(random);
      const adjustment = operation === "reverseAdjustment" ? await recorded(dispute) : undefined;
      if (operation === "reverseAdjustment" && adjustment === undefined) continue;
      const input = adjustment === undefined ? given : { ...given, adjustment };
      try {
        await operate(engine, clientId, dispute, operation, input);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
      }
    }

    for (const { used, whole, booked } of await usage(clientId)) {
      expect(used).toBe(booked);
      expect(used <= whole && used >= 0n).toBe(true);
    }
    const [uneven] = await database.query(sql`
      select dispute_id from balance where client_id = ${clientId}
      group by dispute_id having sum(booked_minor) <> 0`);
    expect(uneven).toBeUndefined();
  });

  test("two disputes race for one credit: one has it, the other is told", async () => {
    const clientId = await aClient(engine);
    const pair = await Promise.all([aDisputeOf(engine, clientId), aDisputeOf(engine, clientId)]);
    const credit = { reference: "R-1", creditAmount: "100.00", amount: "70.00" };

    const ends = await Promise.allSettled(
      pair.map((dispute) => operate(engine, clientId, dispute, "recordMerchantCredit", credit)),
    );

    const refused = ends.flatMap((end) =>
      end.status === "rejected" ? [end.reason as Failure] : [],
    );
    expect(refused.map((failure) => failure.code)).toEqual(["amount-exceeds-limit"]);
    expect(refused[0]?.message).toContain("30.00 USD is left");
    expect(await usage(clientId)).toMatchObject([{ used: 7000n, booked: 7000n }]);
  });

  test("a reversal gives it back, and then another dispute may have it", async () => {
    const clientId = await aClient(engine);
    const [first, second] = [
      await aDisputeOf(engine, clientId),
      await aDisputeOf(engine, clientId),
    ];
    const credit = { reference: "R-1", amount: "100.00" };
    await operate(engine, clientId, first, "recordMerchantCredit", credit);
    const early = operate(engine, clientId, second, "recordMerchantCredit", credit);
    await expect(early).rejects.toMatchObject({ code: "reference-already-used" });

    await operate(engine, clientId, first, "reverseAdjustment", {
      adjustment: await recorded(first),
    });
    await operate(engine, clientId, second, "recordMerchantCredit", credit);

    const lines = await database.query<{ amount: bigint }>(sql`
      select amount_minor as amount from merchant_credit_use
      where client_id = ${clientId} order by id`);
    expect(lines.map((one) => one.amount)).toEqual([10000n, -10000n, 10000n]);
  });

  test("the usage book is never rewritten, and never beyond the credit", async () => {
    const clientId = await aClient(engine);
    const dispute = await aDisputeOf(engine, clientId);
    await operate(engine, clientId, dispute, "recordMerchantCredit", {
      reference: "R-1",
      amount: "100.00",
    });

    const rewrite = () => database.execute(sql`update merchant_credit_use set amount_minor = 1`);
    const raise = () => database.execute(sql`update merchant_credit set used_minor = 0`);
    const beyond = () =>
      database.execute(sql`
        insert into merchant_credit_use
        select client_id, gen_random_uuid(), reference, dispute_id, operation_id, 1, recorded_at
        from merchant_credit_use`);

    await expect(rewrite()).rejects.toThrow(/append-only|permission denied/);
    await expect(raise()).rejects.toThrow(/permission denied/);
    await expect(beyond()).rejects.toThrow(/merchant_credit_used_once/);
  });

  test("a reopening names the decision it undoes and the denials it lifts", async () => {
    const clientId = await aClient(engine);
    const dispute = await aDisputeOf(engine, clientId);
    await operate(engine, clientId, dispute, "denyDispute", { reason: "no error" });
    await operate(engine, clientId, dispute, "resolve", { decision: "deny" });

    const { decision } = await operate(engine, clientId, dispute, "reopen", {
      reason: "new facts",
    });

    expect(decision).toBe(
      "reopened; undoes the decision deny of 2026-11-16; lifts the denial of 100.00 USD",
    );
  });
});

/** The latest recording of a credit in a dispute that is not reversed yet. */
async function recorded(dispute: string): Promise<string | undefined> {
  const [row] = await database.query<{ id: string }>(sql`
    select a.id from adjustment a
    join dispute d on d.client_id = a.client_id and d.id = a.dispute_id and d.number = ${dispute}
    where a.principal_rule = 'MerchantCredit' and a.reverses_adjustment_id is null
      and not exists (select 1 from adjustment r where r.client_id = a.client_id
        and r.reverses_adjustment_id = a.id and r.state <> 'cancelled')
    order by a.ordinal desc limit 1`);
  return row?.id;
}
