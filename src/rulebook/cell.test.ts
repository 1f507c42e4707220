import { describe, expect, it } from "vitest";

import {
  factsOf as facts,
  loadTable as load,
  tableOfCell as cell,
} from "../../test/support/rule-tables.ts";

describe("a cell", () => {
  it.each([
    ["network", "visa", [{ network: "visa" }], [{ network: "star" }, { network: "" }]],
    ["network", "visa | mastercard | star", [{ network: "star" }], [{ network: "amex" }]],
    ["network", "not(visa | star)", [{ network: "amex" }], [{ network: "visa" }]],
    ["network", '"a | b" | "say \\"x\\""', [{ network: "a | b" }, { network: 'say "x"' }], [{}]],
    ["fraud", "true", [{ fraud: true }], [{ fraud: false }]],
    ["fraud", "not(true)", [{ fraud: false }], [{ fraud: true }]],
    ["amount", "> 500.00", [{ amount: "500.01" }], [{ amount: "500.00" }]],
    [
      "amount",
      "[50.00 .. 500.00)",
      [{ amount: "50" }, { amount: "499.99" }],
      [{ amount: "49.99" }, { amount: "500" }],
    ],
    ["amount", "(50 .. 50.01]", [{ amount: "50.01" }], [{ amount: "50.00" }, { amount: "50.02" }]],
    [
      "amount",
      "< 10 | 100 | >= 200.00",
      [{ amount: "100" }, { amount: "9.99" }],
      [{ amount: "10" }],
    ],
    ["amount", "-5.50", [{ amount: "-5.50" }], [{ amount: "5.50" }]],
    ["cards", "2", [{ cards: 2 }], [{ cards: 3 }]],
    ["cards", "(1 .. 4)", [{ cards: 2 }, { cards: 3 }], [{ cards: 1 }, { cards: 4 }]],
    ["noticeOn", "<= 2026-11-16", [{}], [{ noticeOn: "2026-11-17" }]],
    [
      "noticeOn",
      "[2024-02-29 .. 2024-03-01)",
      [{ noticeOn: "2024-02-29" }],
      [{ noticeOn: "2024-03-01" }, { noticeOn: "2024-02-28" }],
    ],
    ["tags", "vip | staff", [{ tags: ["x", "staff"] }], [{ tags: [] }, { tags: ["x"] }]],
    ["tags", "not(vip)", [{ tags: [] }], [{ tags: ["vip", "x"] }]],
    ["branch", "north", [{ branch: "north" }], [{ branch: null }, { branch: "south" }]],
    ["branch", "not(north)", [{ branch: null }, { branch: "south" }], [{ branch: "north" }]],
    ["branch", "absent", [{ branch: null }], [{ branch: "north" }]],
    ["branch", "absent | north", [{ branch: null }, { branch: "north" }], [{ branch: "x" }]],
    ["closedOn", "not(absent)", [{ closedOn: "2026-01-01" }], [{}]],
    ["closedOn", "> 2026-01-01", [{ closedOn: "2026-01-02" }], [{}, { closedOn: "2026-01-01" }]],
    ["network", '= network == "visa" && amount > 50.00', [{}], [{ amount: "50" }]],
  ])("%s: %s", (input, text, yes, no) => {
    const fits = cell(input, text.replaceAll("'", "''"));

    for (const given of yes) expect(fits(facts(given)), JSON.stringify(given)).toBe(true);
    for (const given of no) expect(fits(facts(given)), JSON.stringify(given)).toBe(false);
  });

  it("means the minor units of the dispute's own currency", () => {
    const above = cell("amount", "> 50.00");

    expect(above(facts({ amount: "50.001" }, "KWD"))).toBe(true);
    expect(above(facts({ amount: "50.000" }, "KWD"))).toBe(false);
    expect(above(facts({ amount: "51" }, "JPY"))).toBe(true);
    expect(above(facts({ amount: "50" }, "JPY"))).toBe(false);
  });

  it("compares a precision that the currency cannot hold exactly", () => {
    const exactly = cell("amount", "50.005");
    const from = cell("amount", "[50.005 .. 50.015]");

    expect(exactly(facts({ amount: "50.01" }))).toBe(false);
    expect(exactly(facts({ amount: "50.00" }))).toBe(false);
    expect(exactly(facts({ amount: "50.005" }, "KWD"))).toBe(true);
    expect(from(facts({ amount: "50.01" }))).toBe(true);
    expect(from(facts({ amount: "50.00" }))).toBe(false);
    expect(from(facts({ amount: "50.02" }))).toBe(false);
  });

  it.each([
    ["amount", "'> 5O.00'", "amount: 5O.00 is not an amount, e.g. 500.00"],
    ["amount", "'> 1,000.00'", "amount: 1,000.00 is not an amount"],
    ["amount", "'> $50'", "amount: $50 is not an amount"],
    ["amount", "'> 50.0000001'", "amount: 50.0000001 is not an amount"],
    ["amount", "'[500 .. 50]'", "amount: nothing lies in [500 .. 50]"],
    ["amount", "'(50 .. 50]'", "amount: nothing lies in (50 .. 50]"],
    ["amount", "'>'", "amount: > is not an amount"],
    ["cards", "'> 1.5'", "cards: 1.5 is not a whole number"],
    ["noticeOn", "'> 2026-02-30'", "noticeOn: 2026-02-30 is not a date YYYY-MM-DD"],
    ["fraud", "'yes'", "fraud is true or false, not yes"],
    ["network", "'> visa'", "network is a text and has no order: > visa"],
    ["network", "'visa |'", "network: an alternative is empty"],
    ["network", "''", "network: an alternative is empty"],
    ["network", "'vi?sa'", "network: put the text in double quotes: vi?sa"],
    ["regulation", "e", '"e" is not a value of regulation (E, Z, none)'],
    ["network", "absent", "network is never absent"],
    ["colour", "red", 'unknown fact "colour"'],
    ["network", "'= cards / 2 == 1'", "division is not allowed"],
    ["network", "'= tags.exists(t, true)'", "`exists` loops"],
  ])("%s: %s is refused with its place", (input, text, reason) => {
    const { table: none, problems } = load(
      `hit: first\nrows:\n  - id: one\n    when: { ${input}: ${text} }\n    then: x\ndefault: y\n`,
    );

    expect(none).toBeNull();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^table\.yaml:4:[0-9]+ /);
    expect(problems[0]).toContain(reason);
  });
});

describe("a fact that Redress has to supply", () => {
  it.each([
    ["network", "visa"],
    ["network", "visa | star | amex"],
    ["amount", "> 5"],
    ["noticeOn", "> 2026-01-01"],
    ["tags", "vip"],
    ["cards", '= network == "visa"'],
  ])("and did not is a mistake, not a %s cell %s that fails", (input, text) => {
    const fits = cell(input, text);

    expect(() => fits({ exponent: 2, values: {} })).toThrowError(/was not supplied/);
  });
});
