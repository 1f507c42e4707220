import { describe, expect, it } from "vitest";
import { z } from "zod";

import { compileTable, tableFields } from "./decision-table.ts";
import type { DecisionTable } from "./decision-table.ts";
import { bindFacts, factTypes, suppliedFact } from "./facts.ts";
import type { FactDeclaration, Facts } from "./facts.ts";
import { fit } from "./shape.ts";
import { describe as shown, inReadingOrder, parseSource } from "./source.ts";
import type { Problem } from "./source.ts";

const absent = (fact: FactDeclaration): FactDeclaration => ({ ...fact, mayBeAbsent: true });
const types = factTypes([
  suppliedFact("amount", "amount", "the disputed amount"),
  suppliedFact("network", "string", "any network"),
  suppliedFact("regulation", "string", "listed values", ["E", "Z", "none"]),
  suppliedFact("fraud", "boolean", "true or false"),
  suppliedFact("cards", "integer", "a count"),
  suppliedFact("noticeOn", "date", "a date"),
  suppliedFact("tags", "list", "texts"),
  absent(suppliedFact("closedOn", "date", "a date that may be absent")),
  absent(suppliedFact("branch", "string", "a text that may be absent")),
]);

const shape = z.strictObject(tableFields(z.string()));

function load(text: string): { table: DecisionTable<string> | null; problems: string[] } {
  const problems: Problem[] = [];
  const source = parseSource("table.yaml", text, problems);
  const written = fit(shape, source, problems);
  const table =
    written === null
      ? null
      : compileTable(written, {
          name: "Get Test GL",
          types,
          from: source,
          path: [],
          problems,
          outcome: (outcome) => outcome,
        });
  return { table, problems: inReadingOrder(problems).map(shown) };
}

function table(text: string): DecisionTable<string> {
  const loaded = load(text);
  expect(loaded.problems).toEqual([]);
  return loaded.table as DecisionTable<string>;
}

/** A table of one cell that says whether it fits. */
function cell(input: string, text: string): (given: Facts) => boolean {
  const one = table(
    `hit: first\nrows:\n  - { id: fits, when: { ${input}: '${text}' }, then: yes }\ndefault: no\n`,
  );
  return (given) => one.evaluate(given).row === "fits";
}

function facts(more: Record<string, unknown> = {}, currency = "USD"): Facts {
  return bindFacts(types, currency, {
    amount: "100",
    network: "visa",
    regulation: "E",
    fraud: true,
    cards: 2,
    noticeOn: "2026-11-16",
    tags: ["vip"],
    ...more,
  });
}

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

const FIRST = `
hit: first
rows:
  - id: small
    when: { amount: "<= 50.00", regulation: E }
    then: loss
  - id: fraudulent
    when: { fraud: true }
    where: size(tags) > 0
    then: fraudDesk
default: general
`;

describe("a table", () => {
  it("gives the first row that fits, else the default", () => {
    const first = table(FIRST);

    expect(first.evaluate(facts({ amount: "50" }))).toEqual({ row: "small", outcome: "loss" });
    expect(first.evaluate(facts())).toEqual({ row: "fraudulent", outcome: "fraudDesk" });
    expect(first.evaluate(facts({ tags: [] }))).toEqual({ row: "default", outcome: "general" });
    expect(first.reads).toEqual(["amount", "regulation", "fraud", "tags"]);
  });

  it("explains which row hit and which cell failed in the others", () => {
    const explanation = table(FIRST).explain(facts());

    expect(explanation).toEqual({
      table: "Get Test GL",
      row: "fraudulent",
      rows: [
        {
          row: "small",
          hit: false,
          failed: { input: "amount", cell: "<= 50.00", value: 10000n },
        },
        { row: "fraudulent", hit: true, failed: null },
      ],
    });
  });

  it("explains a default by a failed cell in every row", () => {
    const { row, rows } = table(FIRST).explain(facts({ tags: [], regulation: "Z" }));

    expect(row).toBe("default");
    expect(rows.map(({ failed }) => failed?.input)).toEqual(["amount", "where"]);
  });

  it("needs no default where its rows decide everything", () => {
    const complete = table(`
hit: unique
rows:
  - { id: low, when: { amount: "< 0" }, then: a }
  - { id: middle, when: { amount: "[0 .. 50.00)" }, then: b }
  - { id: high, when: { amount: ">= 50.00", branch: absent }, then: c }
  - { id: rest, when: { amount: ">= 50.00", branch: not(absent) }, then: d }
`);

    expect(complete.evaluate(facts({ amount: "50" })).row).toBe("high");
    expect(complete.evaluate(facts({ amount: "50", branch: "x" })).row).toBe("rest");
    expect(complete.evaluate(facts({ amount: "49.99" })).row).toBe("middle");
  });
});

describe("a table is refused", () => {
  it.each([
    [
      "for two rows that fit the same facts under unique",
      ["{ amount: '[0 .. 50.00]', network: visa }", "{ amount: '>= 50.00', fraud: true }"],
      "unique",
      [
        'table.yaml:4:5 row "r1" overlaps row "r0" under unique: both fit amount=50.00, ' +
          "network=visa, fraud=true",
      ],
    ],
    ["not for ranges that only touch", ["{ amount: '< 50' }", "{ amount: '>= 50' }"], "unique", []],
    [
      "not for whole numbers with nothing between",
      ["{ cards: '<= 1' }", "{ cards: '(1 .. 3)' }", "{ cards: '>= 3' }"],
      "unique",
      [],
    ],
    [
      "for a decimal between two amounts of one currency that another can hold",
      ["{ amount: '> 50.00' }", "{ amount: '< 50.01' }"],
      "unique",
      [
        'table.yaml:4:5 row "r1" overlaps row "r0" under unique: both fit amount in (50.00 .. 50.01)',
      ],
    ],
    [
      "for an expression that may overlap under unique",
      ["{ network: '= cards > 1', fraud: true }", "{ fraud: true }"],
      "unique",
      [
        'table.yaml:4:5 row "r1" may overlap row "r0" under unique: an expression decides for fraud=true',
      ],
    ],
    [
      "not for expressions that other cells keep apart",
      ["{ network: '= cards > 1', fraud: true }", "{ fraud: false }"],
      "unique",
      [],
    ],
    [
      "for a row that an earlier one hides",
      ["{ network: visa | star }", "{ network: visa, fraud: true }"],
      "first",
      ['table.yaml:4:5 row "r1" is unreachable: earlier rows decide all it fits'],
    ],
    [
      "for a row that several earlier ones hide together",
      ["{ amount: '< 50' }", "{ amount: '>= 50', fraud: true }", "{ amount: '> 40', fraud: true }"],
      "first",
      ['table.yaml:5:5 row "r2" is unreachable: earlier rows decide all it fits'],
    ],
    [
      "not for a row hidden by an expression only",
      ["{ fraud: '= cards > 1' }", "{ fraud: true }"],
      "first",
      [],
    ],
    [
      "for a row after one that fits all",
      ["{}", "{ fraud: true }"],
      "first",
      ['table.yaml:4:5 row "r1" is unreachable: earlier rows decide all it fits'],
    ],
    [
      "for a row that can never fit",
      ["{ regulation: 'not(E | Z | none)' }"],
      "first",
      ['table.yaml:3:5 row "r0" can never fit: a cell allows nothing'],
    ],
    [
      "for overlapping lists",
      ["{ tags: vip }", "{ tags: not(staff) }"],
      "unique",
      ['table.yaml:4:5 row "r1" overlaps row "r0" under unique: both fit tags=vip'],
    ],
    [
      "not for lists that exclude each other",
      ["{ tags: vip }", "{ tags: not(vip | x) }"],
      "unique",
      [],
    ],
  ])("%s", (_name, whens, hit, expected) => {
    const rows = whens.map((when, index) => `  - { id: r${index}, when: ${when}, then: x }`);
    const { problems } = load(`hit: ${hit}\nrows:\n${rows.join("\n")}\ndefault: y\n`);

    expect(problems).toEqual(expected);
  });

  it("for a gap without a default, naming a case that no row decides", () => {
    const { problems } = load(`
hit: unique
rows:
  - { id: low, when: { amount: "< 50.00", regulation: E | Z }, then: a }
  - { id: high, when: { amount: "> 50.00", regulation: not(none) }, then: b }
  - { id: rest, when: { regulation: none }, then: c }
`);

    expect(problems).toEqual([
      "table.yaml:2:1 table Get Test GL has no default and no row for amount=50.00, regulation=E",
    ]);
  });

  it("for a value that may be absent and has no row", () => {
    const { problems } = load(
      "hit: first\nrows:\n  - { id: any, when: { closedOn: '> 2026-01-01' }, then: a }\n" +
        "  - { id: old, when: { closedOn: '<= 2026-01-01' }, then: a }\n",
    );

    expect(problems[0]).toContain("no row for closedOn absent");
  });

  it("for rows of one name, an empty table without a default, and unknown keys", () => {
    const rows = "  - { id: a, when: { fraud: true }, then: x }\n";

    expect(load(`hit: first\nrows:\n${rows}${rows}default: y\n`).problems).toContain(
      'table.yaml:4:11 duplicate row "a"',
    );
    expect(load("hit: first\nrows: []\n").problems[0]).toContain("no row for any facts");
    expect(load("hit: all\nrows: []\nrow: 1\n").problems).toEqual([
      'table.yaml:1:6 hit: "all" is not one of first, unique',
      'table.yaml:3:1 unknown key "row"',
    ]);
  });

  it("with every problem at once, not the first alone", () => {
    const { problems } = load(`
hit: first
rows:
  - { id: a, when: { colour: red, amount: "> x" }, then: x }
  - { id: b, where: cards / 2 == 1, then: x }
`);

    expect(problems).toHaveLength(3);
  });

  it("when it is too involved to reason about", () => {
    const rows = Array.from(
      { length: 40 },
      (_, index) =>
        `  - { id: r${index}, when: { amount: '${index + 1}', cards: '${index}', noticeOn: ` +
        `2026-01-${String((index % 28) + 1).padStart(2, "0")}, network: n${index}, ` +
        `branch: b${index}, tags: t${index % 8} }, then: x }`,
    );

    const { problems } = load(`hit: first\nrows:\n${rows.join("\n")}\ndefault: y\n`);

    expect(problems).toEqual([]);
  });
});
