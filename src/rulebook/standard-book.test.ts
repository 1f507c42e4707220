/** The shipped book: each collection has an account, each adjustment a route, for any facts. */
import { join } from "node:path";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { assert } from "../kernel/assert.ts";
import type { EntrySide } from "./accounts.ts";
import { withFacts } from "./facts.ts";
import type { Facts, FactValue } from "./facts.ts";
import { loadRuleBook, STANDARD_BOOK } from "./read.ts";
import { describe as described } from "./source.ts";

const { rulebook, problems } = await loadRuleBook(STANDARD_BOOK);
assert(rulebook !== null, problems.map(described).join("\n"));
const book = rulebook;

const SECOND_OPERATIONS = [
  "ProvisionalCredit2ndOperation",
  "DenyDispute2ndOperation",
  "MCChargeback2ndOperation",
  "ArbitrationWon2ndOperation",
  "ArbitrationLost",
];

function dispute(given: Record<string, unknown> = {}): Facts {
  return book.bindDispute("USD", {
    client: "first-bank",
    amount: "100.00",
    currency: "USD",
    claimType: "Card",
    network: "visa",
    product: "debit",
    regulation: "E",
    ...given,
  });
}

function choose(collection: string, side: EntrySide, given = dispute(), rule = "Paid") {
  return book.accounts.choose({ rule, side, collection, facts: given });
}

const anyDispute = fc
  .record({
    claimType: fc.constantFrom("Card", "ATM", "ACH", "Wire", "Zelle", "Check", "Other"),
    network: fc.constantFrom("visa", "mastercard", "star", "none"),
    product: fc.constantFrom("debit", "credit", "prepaid", "none"),
    regulation: fc.constantFrom("E", "Z", "none"),
    fraud: fc.boolean(),
    cardBlocked: fc.boolean(),
  })
  .map(dispute);

describe("the standard book", () => {
  it("has an edition to record with every entry", () => {
    expect(book).toMatchObject({ id: "standard", extends: null, changes: [] });
    expect(book.edition).toBe(`standard ${book.version}`);
  });

  it("is extended by a client's book, which names both versions", async () => {
    const { rulebook: extended } = await loadRuleBook(
      join(import.meta.dirname, "../../test/rulebooks/extended"),
    );

    expect(extended?.edition).toBe(`first-bank 3 on standard ${book.version}`);
    expect(extended?.changes.map(({ record, kind }) => `${record} ${kind}`)).toEqual([
      "suspenseDebit changed",
      "suspenseHighValue added",
      "accounts/get-suspense-gl.yaml replaced",
      "branch added",
      "routes.yaml replaced",
    ]);
    const bind = (amount: string): Facts =>
      (extended ?? book).bindDispute("USD", { client: "b", currency: "USD", amount, branch: "n" });
    const question = { rule: "Paid", side: "debit", collection: "suspense" } as const;

    expect(extended?.accounts.choose({ ...question, facts: bind("10000") })).toMatchObject({
      account: "suspenseHighValue",
      row: "highValue",
    });
    expect(extended?.accounts.choose({ ...question, facts: bind("9999.99") })).toMatchObject({
      account: "suspenseDebit",
      tranCode: "6101",
    });
    expect(extended?.accounts.chart.get("suspenseDebit")).toMatchObject({
      number: "99-1410",
      name: "Dispute suspense, debit cards",
    });
  });
});

describe("accounts of the standard book", () => {
  it("cover exactly the collections of the domain", () => {
    expect([...book.collections.keys()].sort()).toEqual(
      [
        "accountHolder",
        "accountHolderOther",
        "atmOverShort",
        "cash",
        "checksPayable",
        "coreSuspense",
        "customerOffset",
        "customerReceivable",
        "exchange",
        "fees",
        "financeCharges",
        "interest",
        "loss",
        "merchant",
        "merchantOther",
        "networkFees",
        "otherInstitution",
        "receivableLoss",
        "recovery",
        "suspense",
      ].sort(),
    );
  });

  it("are the dispute's own for the holder's collections and the chart's for all others", () => {
    const sides: readonly EntrySide[] = ["debit", "credit"];
    const collections = fc.constantFrom(...book.collections.keys());
    fc.assert(
      fc.property(anyDispute, collections, fc.constantFrom(...sides), (given, collection, side) => {
        const chosen = choose(collection, side, given);

        if (book.collections.get(collection)?.resolvesTo === "holder") {
          expect(chosen.account).toBe("holder");
        } else {
          const account = book.accounts.chart.get(chosen.account);
          expect(account?.kind).toBe("gl");
          expect(chosen.tranCode).toBe(account?.tranCodes[side]);
          expect(book.accounts.tranCodeOf(chosen.account, side)).toBe(chosen.tranCode);
        }
      }),
    );
  });

  it.each([
    ["suspense", {}, "suspenseDebit", "Get Suspense GL", "debitCards"],
    ["suspense", { product: "credit" }, "suspenseCredit", "Get Suspense GL", "creditCards"],
    ["suspense", { claimType: "ACH" }, "suspenseTransfers", "Get Suspense GL", "transfers"],
    ["suspense", { product: "gift" }, "suspenseOther", "Get Suspense GL", "default"],
    ["merchant", {}, "merchantVisa", "Get Merchant GL", "visa"],
    ["merchant", { network: "pulse" }, "merchantOtherNetworks", "Get Merchant GL", "default"],
    ["merchantOther", {}, "merchantRefunds", "Get Merchant GL", "other"],
    ["loss", {}, "lossOperating", "Get Loss GL", "notFraud"],
    ["loss", { fraud: true }, "lossFraudDebit", "Get Loss GL", "fraudDebitCards"],
    ["recovery", { fraud: true }, "recoveries", "Get Loss GL", "recoveries"],
    ["networkFees", {}, "networkFeeExpense", "Get Fees GL", "networkFees"],
    ["checksPayable", {}, "officialChecks", "Get Other GL", "checksPayable"],
    ["accountHolder", {}, "holder", "Get Account Holder Account", "principal"],
  ])("%s for %o is %s, by %s, row %s", (collection, given, account, table, row) => {
    expect(choose(collection, "debit", dispute(given))).toMatchObject({ account, table, row });
  });

  it("tell fees and interest of the holder from principal by tran code", () => {
    expect(choose("accountHolder", "credit").tranCode).toBe("5200");
    expect(choose("accountHolderOther", "credit").tranCode).toBe("5210");
  });

  it("follow the kind of return, not the claim, for the other institution", () => {
    const chosen = choose("otherInstitution", "debit", dispute({ claimType: "ACH" }), "WireReturn");

    expect(chosen).toMatchObject({ account: "otherInstitutionWire", row: "wireReturn" });
  });

  it("differ on the two sides of a second operation, one being the ordinary account", () => {
    fc.assert(
      fc.property(anyDispute, fc.constantFrom(...SECOND_OPERATIONS), (given, rule) => {
        const debit = choose("suspense", "debit", given, rule).account;
        const credit = choose("suspense", "credit", given, rule).account;
        const ordinary = choose("suspense", "debit", given).account;

        expect(debit).not.toBe(credit);
        expect([debit, credit]).toContain(ordinary);
      }),
    );
  });

  it("say why: the row that hit and the cell that failed in the others", () => {
    const { row, rows } = book.accounts.explainChoice({
      rule: "Paid",
      side: "debit",
      collection: "suspense",
      facts: dispute({ product: "credit" }),
    });

    expect(row).toBe("creditCards");
    expect(rows.find((one) => one.row === "debitCards")?.failed).toEqual({
      input: "product",
      cell: "debit",
      value: "credit",
    });
  });
});

describe("routes of the standard book", () => {
  const configured = (given: Record<string, FactValue>): Facts =>
    withFacts(dispute(), {
      serviceConfigured: false,
      service: "",
      batchConfigured: false,
      batchProfile: "",
      operation: "payDispute",
      rule: "Paid",
      debitCollection: "suspense",
      creditCollection: "accountHolder",
      adjustmentAmount: 10000n,
      ...given,
    });

  it.each([
    [
      { serviceConfigured: true, service: "core", batchConfigured: true, batchProfile: "nightly" },
      { route: "AUTO", destination: "core", row: "service" },
    ],
    [
      { batchConfigured: true, batchProfile: "nightly" },
      { route: "BATCH", destination: "nightly", row: "batch" },
    ],
    [{}, { route: "MANUAL", destination: null, row: "default" }],
  ])("%o gives %o", (given, expected) => {
    expect(book.route({ facts: configured(given) })).toEqual(expected);
    expect(book.explainRoute({ facts: configured(given) }).row).toBe(expected.row);
  });
});
