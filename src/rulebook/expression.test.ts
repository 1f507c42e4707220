import { Environment } from "@marcbachmann/cel-js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { compileExpression } from "./expression.ts";
import type { ExpressionType } from "./expression-types.ts";
import { bindFacts, factTypes, suppliedFact } from "./facts.ts";
import type { Facts } from "./facts.ts";

const types = factTypes([
  suppliedFact("amount", "amount", "the disputed amount"),
  suppliedFact("uncredited", "amount", "what the holder still misses"),
  suppliedFact("suspense", "amount", "booked suspense"),
  suppliedFact("network", "string", "the network"),
  suppliedFact("regulation", "string", "the regulation", ["E", "Z", "none"]),
  suppliedFact("fraud", "boolean", "the holder says so"),
  suppliedFact("cards", "integer", "how many cards"),
  suppliedFact("claims", "integer", "how many claims"),
  suppliedFact("noticeOn", "date", "when the notice came"),
  suppliedFact("tags", "list", "what people noted"),
  { ...suppliedFact("closedOn", "date", "may be absent"), mayBeAbsent: true },
]);

function facts(currency: string, more: Record<string, unknown> = {}): Facts {
  return bindFacts(types, currency, {
    amount: "100",
    uncredited: "70",
    suspense: "-30",
    network: "visa",
    regulation: "E",
    fraud: true,
    cards: 2,
    claims: 7,
    noticeOn: "2026-11-16",
    tags: ["vip", "traveller"],
    ...more,
  });
}

function run(source: string, type: ExpressionType, given: Facts = facts("USD")) {
  const { expression, reasons } = compileExpression(source, types, type);
  expect(reasons).toBeUndefined();
  return expression?.evaluate(given);
}

function reasonsOf(source: string, type: ExpressionType = "boolean"): readonly string[] {
  const { expression, reasons } = compileExpression(source, types, type);
  expect(expression).toBeNull();
  return reasons ?? [];
}

describe("conditions", () => {
  it.each([
    ['network == "visa" && fraud', true],
    ['network != "visa" || !fraud', false],
    ['network in ["star", "visa"]', true],
    ['"vip" in tags && !("staff" in tags)', true],
    ["cards * 3 - 1 == 5 && cards < claims", true],
    ["size(tags) >= 2", true],
    ["cards in [1, 2]", true],
    ['noticeOn > "2026-01-01" && noticeOn <= "2026-11-16"', true],
    ['noticeOn == "2026-11-17"', false],
    ['network.startsWith("vi") && network.endsWith("sa") && network.contains("is")', true],
    ["fraud ? cards == 2 : cards == 3", true],
    ["amount == uncredited - suspense", true],
    ["amount > 99.99 && 100.01 > amount && amount >= 100", true],
    ["amount in [50.00, 100.00]", true],
    ["uncredited * 2 > amount", true],
    ["max(cards, claims, 3) == 7 && min(2, cards) == 2", true],
  ])("%s is %s", (source, expected) => {
    expect(run(source, "boolean")).toBe(expected);
  });
});

describe("amounts", () => {
  it.each([
    ["max(0, uncredited + suspense)", 4000n],
    ["max(0, suspense)", 0n],
    ["min(uncredited, 50.00)", 5000n],
    ["-suspense", 3000n],
    ["uncredited > 50 ? uncredited : 0", 7000n],
    ["2 * uncredited - 10", 13000n],
    ["50", 5000n],
    ["suspense - -5.00", -2500n],
  ])("%s", (source, expected) => {
    expect(run(source, "amount")).toBe(expected);
  });

  it.each([
    ["USD", "50.00", "50.01"],
    ["KWD", "50.000", "50.001"],
    ["JPY", "50", "51"],
  ])("`> 50.00` means the %s minor units of 50", (currency, no, yes) => {
    expect(run("amount > 50.00", "boolean", facts(currency, { amount: no }))).toBe(false);
    expect(run("amount > 50.00", "boolean", facts(currency, { amount: yes }))).toBe(true);
  });

  it("compares a decimal that the currency cannot hold exactly, without rounding", () => {
    const at = (amount: string): Facts => facts("USD", { amount });

    expect(run("amount > 50.005", "boolean", at("50.00"))).toBe(false);
    expect(run("amount > 50.005", "boolean", at("50.01"))).toBe(true);
    expect(run("amount >= 50.005", "boolean", at("50.01"))).toBe(true);
    expect(run("amount < 50.005", "boolean", at("50.00"))).toBe(true);
    expect(run("amount <= 50.005", "boolean", at("50.01"))).toBe(false);
    expect(run("amount == 50.005", "boolean", at("50.01"))).toBe(false);
    expect(run("amount != 50.005", "boolean", at("50.01"))).toBe(true);
    expect(run("amount > -0.005", "boolean", at("0.00"))).toBe(true);
    expect(run("amount < -0.005", "boolean", at("-0.01"))).toBe(true);
  });

  it("agrees with exact arithmetic for every currency, operator and decimal", () => {
    const operators = ["<", "<=", ">", ">=", "==", "!="] as const;
    fc.assert(
      fc.property(
        fc.constantFrom(["JPY", 0] as const, ["USD", 2], ["KWD", 3], ["CLF", 4]),
        fc.bigInt({ min: -500_000n, max: 500_000n }),
        fc.bigInt({ min: -50_000_000n, max: 50_000_000n }),
        fc.constantFrom(...operators),
        ([currency, exponent], minor, millionths, operator) => {
          const given = facts(currency, { amount: minor });
          const size = millionths < 0n ? -millionths : millionths;
          const text = `${millionths < 0n ? "-" : ""}${size / 1_000_000n}.${String(
            size % 1_000_000n,
          ).padStart(6, "0")}`;
          const mine = minor * 10n ** BigInt(6 - exponent);
          const expected = {
            "<": mine < millionths,
            "<=": mine <= millionths,
            ">": mine > millionths,
            ">=": mine >= millionths,
            "==": mine === millionths,
            "!=": mine !== millionths,
          }[operator];

          expect(run(`amount ${operator} ${text}`, "boolean", given)).toBe(expected);
        },
      ),
      { numRuns: 3000 },
    );
  });
});

describe("what is refused at load", () => {
  it.each([
    ["cards / 2 == 1", "division is not allowed, it can fail: cards / 2"],
    ["cards % 2 == 1", "the remainder of a division is not allowed, it can fail: cards % 2"],
    ["tags.exists(t, t == network)", "`exists` loops, which is not allowed"],
    ["tags.all(t, t == network)", "`all` loops, which is not allowed"],
    ["tags.map(t, t).filter(t, true)", "`filter` loops, which is not allowed"],
    ["tags[0] == network", "an index is not allowed, it can fail: tags[0]"],
    ["network.length > 3", "an expression cannot reach outside the declared facts: network.length"],
    ["has(network.x)", "`has` is not needed: give the fact a default"],
    ["int(network) > 3", "`int` converts, which can fail: declare the fact's type: int(network)"],
    ["dyn(network) == 3", "`dyn` converts, which can fail"],
    ['network.matches("(a+)+$")', "`matches` is not allowed, a pattern can take too long"],
    ["colour == 3", 'unknown fact "colour"'],
    ["closedOn > noticeOn", 'the fact "closedOn" may be missing: give it a default to use it here'],
    ["lookup(network)", "unknown function `lookup`: lookup(network)"],
    ['network.constructor("x")', "unknown function `constructor`"],
    ["network.toString()", "unknown function `toString`"],
    ["constructor == network", 'unknown fact "constructor"'],
    ["__proto__ == network", "not an expression: Reserved identifier: __proto__"],
    ["optional.of(network) == network", "unknown function `of`"],
    ['b"x" == network', "only texts, numbers, true and false are written out"],
    ["5u == cards", "only texts, numbers, true and false are written out"],
    ["now() > noticeOn", "unknown function `now`"],
    ["network > cards", "a text does not go with a whole number: network > cards"],
    ['network > "a"', "`>` is for amounts, whole numbers and dates"],
    ["amount == cards", "an amount does not go with a whole number"],
    ['amount > "50"', "an amount does not go with a text"],
    ['noticeOn > "16.11.2026"', 'a date is written YYYY-MM-DD: "16.11.2026"'],
    ["tags == tags", "lists are not compared; use `in`"],
    ['regulation == "e"', '"e" is not a value of regulation (E, Z, none): regulation == "e"'],
    ['regulation in ["E", "X"]', '"X" is not a value of regulation'],
    ["amount * amount > 5", "`*` is for an amount or a whole number times a whole number"],
    ["amount * 1.5 > 5", "a whole number is meant: 1.5"],
    ["amount + 0.50 > 5", "outside a comparison an amount is written in whole units"],
    ["cards == 1.5", "a whole number is meant: 1.5"],
    ["amount > 1e3", "a number is written plainly, with at most 6 decimal places: 1e3"],
    ["amount > 0.0000001", "a number is written plainly, with at most 6 decimal places: 0.0000001"],
    ["network && fraud", "expected a boolean, found a text: network"],
    ["cards", "expected a boolean, found a whole number: cards"],
    ["fraud &&", "not an expression: "],
    ["[1, 2]", "a list is allowed only on the right of `in`: [1, 2]"],
    ['{"a": 1} == network', 'a map is not allowed: {"a": 1}'],
    ["null == network", "only texts, numbers, true and false are written out: null"],
    ["", "not an expression: "],
    ["min(1, 2) == cards", "`min` takes two or more values, not only written numbers: min(1, 2)"],
    ["min(network, network) == network", "`min` is for amounts and whole numbers"],
    ["-network == network", "only an amount or a whole number has a sign: -network"],
    ["network + network == network", "`+` is for amounts and whole numbers"],
    ["fraud ? 1 : network", "a written number does not go with a text"],
  ])("%s", (source, reason) => {
    expect(reasonsOf(source).join("\n")).toContain(reason);
  });

  it("what is too long or too deep", () => {
    const deep = `${"(".repeat(60)}fraud${")".repeat(60)}`;
    const wide = Array.from({ length: 301 }, () => "1").join("+");

    expect(reasonsOf("x".repeat(1001))[0]).toContain("longer than 1000 characters");
    expect(reasonsOf(deep)[0]).toContain("not an expression");
    expect(reasonsOf(wide)[0]).toContain("not an expression");
  });
});

describe("any text at all", () => {
  const tokens = fc.constantFrom(
    ..."amount|uncredited|network|fraud|cards|tags|noticeOn|closedOn|x|1|50.005|'a'|\"b\"".split(
      "|",
    ),
    ..."+ - * / % == != < <= > >= ! && ( ) [ ] { } , . ? : in min max size true null".split(" "),
    ..."|| .exists( .startsWith( b'x' r\"x\" 1e9 0x10 7u // \n \\ ' \" `".split(" "),
  );
  const garbage = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.array(tokens, { maxLength: 12 }).map((parts) => parts.join(" ")),
  );

  it("is compiled to something that gives its type, or refused with a reason", () => {
    fc.assert(
      fc.property(garbage, fc.constantFrom("boolean", "amount", "string"), (source, type) => {
        const { expression, reasons } = compileExpression(source, types, type);
        if (expression === null) {
          expect(reasons?.join("").length).toBeGreaterThan(0);
          return;
        }

        const value = expression.evaluate(facts("USD"));
        expect(typeof value).toBe(type === "amount" ? "bigint" : type);
      }),
      { numRuns: 3000 },
    );
  });
});

/** Random expressions of the common subset, written out as CEL. */
const { condition } = fc.letrec<{ count: string; condition: string }>((tie) => ({
  count: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom("cards", "claims", "size(tags)"),
    fc
      .tuple(tie("count"), fc.constantFrom("+", "-", "*"), fc.integer({ min: 0, max: 9 }))
      .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
    fc
      .tuple(tie("condition"), tie("count"), tie("count"))
      .map(([test, yes, no]) => `(${test} ? ${yes} : ${no})`),
    tie("count").map((inner) => `-(${inner})`),
  ),
  condition: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom("fraud", "true", 'network == "visa"', 'network != "star"', '"vip" in tags'),
    fc.constantFrom('network in ["a", "visa"]', 'network.startsWith("v")', 'regulation == "Z"'),
    fc
      .tuple(tie("count"), fc.constantFrom("<", "<=", ">", ">=", "==", "!="), tie("count"))
      .map(([left, operator, right]) => `${left} ${operator} ${right}`),
    fc
      .tuple(tie("condition"), fc.constantFrom("&&", "||"), tie("condition"))
      .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
    tie("condition").map((inner) => `!(${inner})`),
  ),
}));

describe("beside cel-js itself", () => {
  const cel = new Environment()
    .registerVariable("network", "string")
    .registerVariable("regulation", "string")
    .registerVariable("fraud", "bool")
    .registerVariable("cards", "int")
    .registerVariable("claims", "int")
    .registerVariable("tags", "list<string>");

  it("means what CEL means, and never throws", () => {
    fc.assert(
      fc.property(
        condition.filter((source) => source.length < 600),
        fc.record({
          network: fc.constantFrom("visa", "star", ""),
          regulation: fc.constantFrom("E", "Z", "none"),
          fraud: fc.boolean(),
          cards: fc.bigInt({ min: -9n, max: 9n }),
          claims: fc.bigInt({ min: -9n, max: 9n }),
          tags: fc.array(fc.constantFrom("vip", "staff"), { maxLength: 3 }),
        }),
        (source, values) => {
          const { expression, reasons } = compileExpression(source, types, "boolean");
          if (expression === null) {
            expect(reasons?.[0]).toMatch(/^not an expression/);
            return;
          }

          expect(expression.evaluate(facts("USD", values))).toBe(cel.evaluate(source, values));
        },
      ),
      { numRuns: 500 },
    );
  });
});
