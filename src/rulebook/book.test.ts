import { describe, expect, it } from "vitest";
import { z } from "zod";

import { parseLayer, recordIds, records, section, wholeFile } from "./book.ts";
import type { Book } from "./book.ts";
import { changesOf, describeChange } from "./changes.ts";
import { nameShape } from "./shape.ts";
import { describe as shown, inReadingOrder } from "./source.ts";
import type { Problem } from "./source.ts";

const rules = section({
  file: "rules.yaml",
  key: "rules",
  record: z.strictObject({ debit: z.string(), credit: z.string(), processing: z.string() }),
  id: nameShape,
  meaning: "rules",
});

type Files = Readonly<Record<string, string>>;

function book(...layers: readonly Files[]): { book: Book; problems: Problem[] } {
  const problems: Problem[] = [];
  const parsed = layers.map((files, index) =>
    parseLayer(`layer${index}`, new Map(Object.entries(files)), problems, `${index}/`),
  );
  return { book: { layers: parsed, isComplete: true }, problems };
}

const STANDARD = `rules:
  Paid:
    debit: suspense
    credit: accountHolder
    processing: execute
  WriteOff:
    debit: suspense
    credit: accountHolder
    processing: execute
`;

describe("a book that extends another", () => {
  it("changes single settings and keeps the rest, each knowing its place", () => {
    const { book: both, problems } = book(
      { "rules.yaml": STANDARD },
      { "rules.yaml": "rules:\n  Paid:\n    processing: track\n" },
    );

    const paid = records(both, rules, problems).get("Paid");

    expect(problems).toEqual([]);
    expect(paid?.data).toEqual({
      debit: "suspense",
      credit: "accountHolder",
      processing: "track",
    });
    expect(paid?.layers).toEqual(["layer0", "layer1"]);
    expect(paid?.changed).toEqual(["processing"]);
    expect(paid?.at(["processing"])).toEqual({ file: "1/rules.yaml", line: 3, column: 17 });
    expect(paid?.at(["debit"])).toEqual({ file: "0/rules.yaml", line: 3, column: 12 });
  });

  it("adds and takes out records", () => {
    const { book: both, problems } = book(
      { "rules.yaml": STANDARD },
      {
        "rules.yaml":
          "rules:\n  Paid: { disabled: true }\n" +
          "  Own: { debit: a, credit: b, processing: track }\n",
      },
    );

    expect([...records(both, rules, problems).keys()]).toEqual(["WriteOff", "Own"]);
    expect([...recordIds(both, rules)]).toEqual(["WriteOff", "Own"]);
    expect(problems).toEqual([]);
  });

  it.each([
    [
      "rules:\n  Paid: { processing: 7 }\n",
      "1/rules.yaml:2:23 processing: expected string, found 7",
    ],
    ["rules:\n  Paid: { colour: red }\n", '1/rules.yaml:2:11 unknown key "colour"'],
    ["rules:\n  Own: { debit: a, credit: b }\n", '1/rules.yaml:2:3 "processing" is missing'],
    ["rules:\n  Own: track\n", "1/rules.yaml:2:8 Own: expected keys and values"],
    ["rules:\n  a b: { debit: a }\n", '1/rules.yaml:2:3 "a b" is not a name'],
    ["rules: [Paid]\n", "1/rules.yaml:1:8 rules: expected records by name"],
    [
      "rules:\n  Own: { disabled: true }\n",
      "1/rules.yaml:2:10 `disabled: true` stands alone, and takes out a record of the book below",
    ],
    [
      "rules:\n  Paid: { disabled: true, debit: x }\n",
      "1/rules.yaml:2:11 `disabled: true` stands alone, and takes out a record of the book below",
    ],
  ])("is refused: %j", (text, expected) => {
    const { book: both, problems } = book({ "rules.yaml": STANDARD }, { "rules.yaml": text });

    records(both, rules, problems);

    expect(inReadingOrder(problems).map(shown)).toEqual([expected]);
  });

  it("takes names that objects inherit as names like any other", () => {
    const rule = "{ debit: a, credit: b, processing: track }";
    const text = `rules:\n  constructor: ${rule}\n  toString: ${rule}\n`;
    const { book: both, problems } = book({ "rules.yaml": STANDARD }, { "rules.yaml": text });

    expect(records(both, rules, problems).get("constructor")?.changed).toEqual([]);
    expect(changesOf(both).map(({ kind }) => kind)).toEqual(["added", "added"]);
    expect(problems).toEqual([]);
  });

  it("replaces a whole file by its own of the same name", () => {
    const { book: both, problems } = book({ "r.yaml": "a: 1\n" }, { "r.yaml": "a: 2\n" });
    const shape = z.strictObject({ a: z.int() });

    expect(wholeFile(both, "r.yaml", shape, problems)?.data).toEqual({ a: 2 });
    expect(wholeFile(both, "other.yaml", shape, problems)).toBeNull();
    expect(problems).toEqual([]);
  });
});

describe("the changes of a book", () => {
  it("are listed, and a rule whose sides change is flagged", () => {
    const { book: both } = book(
      {
        "rules.yaml": STANDARD,
        "routes.yaml": "name: R\nrows: []\n",
        "book.yaml": "id: a\nfacts:\n  x: { type: string }\n",
      },
      {
        "rules.yaml":
          "rules:\n  Paid: { processing: track, debit: suspense }\n" +
          "  WriteOff: { debit: loss }\n  Own: { debit: a }\n",
        "routes.yaml": "name: R\nrows: []\n",
        "book.yaml": "id: b\nextends: a\nfacts:\n  y: { type: string }\n",
      },
      { "rules.yaml": "rules:\n  Own: { disabled: true }\n  Paid: { processing: track }\n" },
    );

    expect(changesOf(both).map(describeChange)).toEqual([
      "1/book.yaml:4:3 y: added",
      "1/routes.yaml:1:1 routes.yaml: replaced",
      "1/rules.yaml:2:3 Paid: changed: processing",
      "1/rules.yaml:3:3 WriteOff: changes the standard: debit",
      "1/rules.yaml:4:3 Own: added",
      "2/rules.yaml:2:3 Own: disabled",
    ]);
  });

  it("are none of a book that extends no other", () => {
    expect(changesOf(book({ "rules.yaml": STANDARD }).book)).toEqual([]);
  });
});
