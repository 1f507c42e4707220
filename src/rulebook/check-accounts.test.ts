/** Small books written out: what account tables have to cover, and what they may not say. */
import { describe, expect, it } from "vitest";

import { parseLayer } from "./book.ts";
import { loadBook } from "./load.ts";
import type { Problem } from "./source.ts";

type Files = Readonly<Record<string, string>>;

const BOOK: Files = {
  "book.yaml": "id: small\nversion: 1\ntitle: Small\n",
  "collections.yaml": `collections:
  suspense: { label: Suspense, resolvesTo: gl, meaning: Undecided }
  accountHolder: { label: Holder, resolvesTo: holder, meaning: The holder }
`,
  "accounts/chart.yaml": `accounts:
  mine: { name: The holder's, kind: holder, tranCodes: { debit: D0, credit: C0 } }
  first: { name: First, number: 1, tranCodes: { debit: D1, credit: C1 } }
  second: { name: Second, tranCodes: { debit: D2, credit: C2 } }
`.replace("number: 1", "number: '1'"),
  "accounts/get-suspense-gl.yaml": `name: Get Suspense GL
collections: [suspense]
hit: first
rows:
  - id: large
    when: { amount: "> 500.00" }
    then: { account: second, tranCodes: { debit: X1, credit: X2 } }
default: { account: first }
`,
  "accounts/get-holder.yaml":
    "name: Get Holder\ncollections: [accountHolder]\nhit: first\nrows: []\n" +
    "default: { account: mine }\n",
  "accounts/get-second.yaml":
    "name: Get Second\nsecondOperations: [Second]\nhit: first\nrows: []\n" +
    "default: { debit: second, credit: first }\n",
  "routes.yaml": "name: Routes\nhit: first\nrows: []\ndefault: { route: MANUAL }\n",
  "rules.yaml": `rules:
  First: { debit: suspense, credit: accountHolder, label: F, processing: track, meaning: M }
  Second: { debit: suspense, credit: suspense, label: S, processing: track, meaning: M }
`,
  "operations.yaml": "operations: {}\n",
  "states.yaml": "states: {}\n",
  "gates.yaml": "gates: {}\n",
  "clocks.yaml": "clocks: {}\n",
};

/** The problems of the small book with some files written otherwise, as `file:line reason`. */
function problemsOf(files: Files): readonly string[] {
  const reading: Problem[] = [];
  const layer = parseLayer("small", new Map(Object.entries({ ...BOOK, ...files })), reading);
  return loadBook({ layers: [layer], isComplete: true }, reading).problems.map(
    ({ file, line, reason }) => `${file}:${line} ${reason}`,
  );
}

function accountsOf() {
  const layer = parseLayer("small", new Map(Object.entries(BOOK)), []);
  return loadBook({ layers: [layer], isComplete: true }).rulebook;
}

describe("the small book", () => {
  it("is sound", () => {
    expect(problemsOf({})).toEqual([]);
  });

  it("takes a row's own tran codes before the account's", () => {
    const rulebook = accountsOf();
    const choose = (amount: string) => {
      const facts = rulebook?.bindDispute("USD", { amount, client: "c", currency: "USD" });
      return facts === undefined
        ? null
        : rulebook?.accounts.choose({
            rule: "First",
            side: "debit",
            collection: "suspense",
            facts,
          });
    };

    expect(choose("500.01")).toMatchObject({ account: "second", tranCode: "X1", row: "large" });
    expect(choose("500.00")).toMatchObject({ account: "first", tranCode: "D1", row: "default" });
  });
});

describe("account tables are refused", () => {
  const table = (collections: string, account: string): string =>
    `name: T\ncollections: [${collections}]\nhit: first\nrows: []\n` +
    `default: { account: ${account} }\n`;
  const pair = (rules: string, debit: string, credit: string): string =>
    `name: T\nsecondOperations: [${rules}]\nhit: first\nrows: []\n` +
    `default: { debit: ${debit}, credit: ${credit} }\n`;

  it.each<readonly [string, Files, readonly string[]]>([
    [
      "when a rule has one collection on both sides and no table of its own",
      {
        "rules.yaml":
          `${BOOK["rules.yaml"] ?? ""}  Paid:\n    label: P\n    processing: track\n` +
          "    meaning: M\n    debit: suspense\n    credit: suspense\n",
      },
      [
        'rules.yaml:9 both sides of "Paid" are suspense, ' +
          "and no second-operation table names the rule",
      ],
    ],
    [
      "when a second operation's table names a rule that is none",
      { "accounts/get-second.yaml": pair("Second, Third, First", "second", "first") },
      [
        'accounts/get-second.yaml:2 unknown rule "Third"',
        'accounts/get-second.yaml:2 "First" is no second operation: ' +
          "its sides are different collections",
      ],
    ],
    [
      "when two tables serve one second operation",
      { "accounts/get-third.yaml": pair("Second", "second", "first") },
      ['accounts/get-third.yaml:2 "Second" has a table already, in accounts/get-second.yaml'],
    ],
    [
      "when a second operation's accounts are equal",
      { "accounts/get-second.yaml": pair("Second", "first", "first") },
      [
        "accounts/get-second.yaml:5 a second operation's two accounts have to differ: " +
          'both are "first"',
      ],
    ],
    [
      "when the holder's collection goes to a GL",
      { "accounts/get-holder.yaml": table("accountHolder", "first") },
      [`accounts/get-holder.yaml:5 these collections are the holder's, "first" is not`],
    ],
    [
      "when another collection goes to the holder",
      { "accounts/get-suspense-gl.yaml": table("suspense", "mine") },
      ["accounts/get-suspense-gl.yaml:5 these collections are the institution's, not the holder's"],
    ],
    [
      "when a collection has no table",
      { "accounts/get-holder.yaml": table("suspense", "first") },
      [
        'accounts/get-suspense-gl.yaml:2 "suspense" has a table already, ' +
          "in accounts/get-holder.yaml",
        'collections.yaml:3 collection "accountHolder" has no account table',
      ],
    ],
    [
      "when a table is neither of the two kinds",
      { "accounts/get-third.yaml": "name: T\nhit: first\nrows: []\n" },
      ['accounts/get-third.yaml:1 "collections" is missing'],
    ],
    [
      "when a chart's account lacks its tran codes, said once",
      { "accounts/chart.yaml": (BOOK["accounts/chart.yaml"] ?? "").replace(", credit: C1", "") },
      ['accounts/chart.yaml:3 "credit" is missing'],
    ],
  ])("%s", (_name, files, expected) => {
    expect(problemsOf(files)).toEqual(expected);
  });
});
