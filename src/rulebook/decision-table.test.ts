import { describe, expect, it } from "vitest";

import {
  factsOf as facts,
  loadTable as load,
  soundTable as table,
} from "../../test/support/rule-tables.ts";
import { compileTable } from "./decision-table.ts";
import { factTypes, suppliedFact } from "./facts.ts";
import { parseSource } from "./source.ts";
import type { Problem } from "./source.ts";

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
        'table.yaml:4:5 row "r1" overlaps row "r0" under unique: ' +
          "both fit amount in (50.00 .. 50.01)",
      ],
    ],
    [
      "for an expression that may overlap under unique",
      ["{ network: '= cards > 1', fraud: true }", "{ fraud: true }"],
      "unique",
      [
        'table.yaml:4:5 row "r1" may overlap row "r0" under unique: ' +
          "an expression decides for fraud=true",
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
    const inputs = Array.from({ length: 9 }, (_, index) => `input${index}`);
    const wide = factTypes(inputs.map((name) => suppliedFact(name, "string", "any text")));
    const rows = Array.from({ length: 9 }, (_, row) => ({
      id: `r${row}`,
      when: Object.fromEntries(inputs.map((name) => [name, `not(value${row})`])),
      then: "x",
    }));
    const problems: Problem[] = [];
    const from = parseSource("wide.yaml", "rows: []\n", problems);

    const none = compileTable(
      { hit: "first", rows, default: "y" },
      { name: "Wide", types: wide, from, path: [], problems, outcome: (one: string) => one },
    );

    expect(none).toBeNull();
    expect(problems.map(({ reason }) => reason)).toEqual([
      "table Wide is too involved to check: use fewer cells with ranges",
    ]);
  });
});
