import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { RuleBook } from "../rulebook/load.ts";
import { loadRuleBook, STANDARD_BOOK } from "../rulebook/read.ts";

import { testScenarios } from "./rules-test.ts";

const SCENARIOS = join(import.meta.dirname, "../../test/scenarios");

async function standard(): Promise<RuleBook> {
  const { rulebook } = await loadRuleBook(STANDARD_BOOK);
  return rulebook as RuleBook;
}

describe("the scenarios that come with Redress", async () => {
  const results = await testScenarios(await standard(), SCENARIOS);

  it("are all there", () => {
    expect(results.length).toBeGreaterThanOrEqual(151);
  });

  it.each(results)("$id holds: $title", ({ difference }) => {
    expect(difference).toBeNull();
  });
});

describe("a directory of scenarios", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "redress-scenarios-"));
  });
  afterEach(() => rm(directory, { recursive: true }));

  const paid = (more: object = {}): string =>
    JSON.stringify({
      id: "X1",
      title: "paid",
      dispute: { amount: "10.00", currency: "USD" },
      steps: [
        {
          operation: "payDispute",
          input: {},
          expect: {
            entries: [
              {
                rule: "Paid",
                debit: "suspense",
                credit: "accountHolder",
                amount: "10",
                processing: "execute",
              },
            ],
            balances: { suspense: "-10.0", accountHolder: "10.00" },
            ...more,
          },
        },
      ],
    });

  const differenceOf = async (text: string): Promise<string | null | undefined> => {
    await writeFile(join(directory, "x.json"), text);
    const results = await testScenarios(await standard(), directory);
    expect(results).toHaveLength(1);
    return results[0]?.difference;
  };

  it("compares amounts as amounts", async () => {
    expect(await differenceOf(paid())).toBeNull();
  });

  it.each([
    ["an entry too many", { entries: [] }, "entries 1"],
    ["another balance", { balances: { suspense: "-9.00", accountHolder: "10.00" } }, "suspense"],
    ["a missing balance", { balances: { suspense: "-10.00" } }, "accountHolder"],
    [
      "a proposal that is not there",
      { planned: [{ rule: "Paid", debit: "suspense", credit: "accountHolder", amount: "1" }] },
      "planned 1",
    ],
    ["a failure that does not come", { error: "amount-required" }, "error"],
    ["another decision", { decision: "no entry required" }, "decision"],
    ["a gate that does not pass", { resolution: { decision: "pay", allowed: true } }, "suspense"],
    [
      "another thing out of balance",
      {
        resolution: { decision: "pay", allowed: false, outOfBalance: { loss: "1.00" } },
      },
      "outOfBalance",
    ],
  ])("finds %s", async (_, more, named) => {
    expect(await differenceOf(paid(more))).toContain(named);
  });

  it.each([
    ["no JSON", "{", "JSON"],
    ["an unknown key", paid().replace('"title"', '"titel":"x","title"'), "titel"],
    ["an amount that is none", paid().replace('"10.00"', '"ten"'), "amount"],
    ["a fact of another type", paid().replace('"currency"', '"fraud":"yes","currency"'), "fraud"],
  ])("fails a file with %s and says where", async (_, text, named) => {
    expect(await differenceOf(text)).toContain(named);
  });
});
