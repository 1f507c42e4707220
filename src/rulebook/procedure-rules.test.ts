import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { PROCEDURES } from "./operations.ts";
import { missingRules, PROCEDURE_RULES, SETTLEMENT_RULES } from "./procedure-rules.ts";
import { loadRuleBook, STANDARD_BOOK } from "./read.ts";

const ACCOUNTING = join(import.meta.dirname, "../accounting");

describe("the rules that code fires by name", () => {
  it("are all listed, so that no book can lack one unnoticed", async () => {
    const { rulebook } = await loadRuleBook(STANDARD_BOOK);
    const listed = new Set([...Object.values(PROCEDURE_RULES).flat(), ...SETTLEMENT_RULES]);
    const names = (await readdir(ACCOUNTING, { recursive: true })).filter(
      (name) => /^operations\/|^lines-fired/.test(name) && /(?<!\.test)\.ts$/.test(name),
    );
    const sources = await Promise.all(
      names.map((name) => readFile(join(ACCOUNTING, name), "utf8")),
    );

    const named = [...(rulebook?.rules.keys() ?? [])].filter((rule) =>
      sources.some((source) => source.includes(`"${rule}"`)),
    );

    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((rule) => !listed.has(rule))).toEqual([]);
    expect([...listed].filter((rule) => rulebook?.rules.has(rule) !== true)).toEqual([]);
  });

  it("are listed by procedures that there are", () => {
    expect(PROCEDURES).toEqual(expect.arrayContaining(Object.keys(PROCEDURE_RULES)));
  });

  it("are missed where the book does not have them", () => {
    expect(missingRules({ procedure: "writeOff", settles: null }, new Set(["WriteOff"]))).toEqual([
      "LossAdjustment",
    ]);
    expect(missingRules({ procedure: null, settles: "inward" }, new Set(["ExchangeGain"]))).toEqual(
      ["ExchangeLoss"],
    );
    expect(missingRules({ procedure: "resolve", settles: null }, new Set())).toEqual([]);
  });
});
