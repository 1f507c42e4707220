import { describe, expect, it } from "vitest";

import { Failure } from "../kernel/failure.ts";
import { bindFacts, factTypes, isDate, suppliedFact, withFacts } from "./facts.ts";

const types = factTypes([
  suppliedFact("amount", "amount", "an amount"),
  { ...suppliedFact("network", "string", "a text"), default: "none" },
  suppliedFact("regulation", "string", "listed", ["E", "Z"]),
  { ...suppliedFact("cards", "integer", "a count"), default: 0n },
  { ...suppliedFact("noticeOn", "date", "a date"), mayBeAbsent: true },
  suppliedFact("tags", "list", "texts", ["vip", "staff"]),
  { ...suppliedFact("fraud", "boolean", "a boolean"), default: false },
]);

describe("binding a dispute's facts", () => {
  it("applies defaults, reads amounts as minor units and counts as bigint", () => {
    const bound = bindFacts(types, "KWD", { amount: "1.5", cards: 3, tags: ["vip"], fraud: null });

    expect(bound).toEqual({
      exponent: 3,
      values: {
        amount: 1500n,
        network: "none",
        regulation: null,
        cards: 3n,
        noticeOn: null,
        tags: ["vip"],
        fraud: false,
      },
    });
  });

  it("takes minor units as they are and adds what only an entry knows", () => {
    const bound = bindFacts(types, "USD", { amount: 1500n });

    expect(withFacts(bound, { rule: "Paid" }).values).toMatchObject({
      amount: 1500n,
      rule: "Paid",
    });
    expect(bound.values).not.toHaveProperty("rule");
  });

  it("names every fact that does not fit", () => {
    const given = {
      amount: "1.005",
      network: 7,
      regulation: "e",
      cards: 1.5,
      noticeOn: "2026-02-29",
      tags: ["vip", "x"],
      fraud: "yes",
      colour: "red",
    };

    const failure = caught(() => bindFacts(types, "USD", given));

    expect(failure.code).toBe("input-invalid");
    expect(failure.faults).toEqual([
      { pointer: "/amount", detail: "has to be a decimal amount of the currency" },
      { pointer: "/network", detail: "has to be a text" },
      { pointer: "/regulation", detail: "has to be one of E, Z" },
      { pointer: "/cards", detail: "has to be a whole number" },
      { pointer: "/noticeOn", detail: "has to be a date YYYY-MM-DD" },
      { pointer: "/tags", detail: "has to be one of vip, staff" },
      { pointer: "/fraud", detail: "has to be true or false" },
      { pointer: "/colour", detail: "is not a declared fact" },
    ]);
  });

  it("refuses a list that is none and a currency that is none", () => {
    expect(caught(() => bindFacts(types, "USD", { tags: "vip" })).faults).toHaveLength(1);
    expect(caught(() => bindFacts(types, "XXY", {})).code).toBe("unknown-currency");
  });
});

describe("a date", () => {
  it.each([
    ["2024-02-29", true],
    ["2026-02-29", false],
    ["1900-02-29", false],
    ["2000-02-29", true],
    ["2026-12-31", true],
    ["2026-04-31", false],
    ["2026-00-01", false],
    ["2026-13-01", false],
    ["2026-01-00", false],
    ["0000-01-01", false],
    ["2026-1-1", false],
    ["2026-01-01T00:00", false],
  ])("%s: %s", (text, expected) => {
    expect(isDate(text)).toBe(expected);
  });
});

function caught(run: () => unknown): Failure {
  try {
    run();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}
