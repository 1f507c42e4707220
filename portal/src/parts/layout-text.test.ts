import { expect, test } from "vitest";

import { readLayoutText, valuesAsked, writeLayoutText } from "./layout-text.ts";

const LAYOUT = {
  format: "delimited",
  name: "own",
  version: "1",
  detail: {
    fields: [
      { name: "claim", from: "claim" },
      { name: "id", from: "value.companyId" },
    ],
  },
};

test("a layout that was written is read back the same, as YAML and as JSON", () => {
  expect(readLayoutText(writeLayoutText(LAYOUT)).layout).toEqual(LAYOUT);
  expect(readLayoutText(JSON.stringify(LAYOUT)).layout).toEqual(LAYOUT);
});

test("a fault's place is a line of the text; what is missing stands where it would be", () => {
  const text = "format: delimited\nname: own\ndetail:\n  fields:\n    - name: a\n      from: x\n";

  const { lineOf } = readLayoutText(text);

  expect([lineOf("/detail/fields/0/from"), lineOf("/detail/fields/0/width")]).toEqual([6, 5]);
  expect([lineOf("/name"), lineOf("/version")]).toEqual([2, null]);
});

test("a text that is none says the line; a list is no layout", () => {
  expect(readLayoutText("format: {\nname: own").faults[0]?.line).toBe(2);
  expect(readLayoutText("- a").layout).toBeNull();
});

test("a version of digits stays text when it is quoted, as the schema wants it", () => {
  expect(writeLayoutText(LAYOUT)).toContain('version: "1"');
});

test("the values that a layout asks for are found by name", () => {
  expect(valuesAsked(writeLayoutText(LAYOUT))).toEqual(["companyId"]);
});
