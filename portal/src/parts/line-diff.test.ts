import { expect, test } from "vitest";

import { folded, lineDiff } from "./line-diff.ts";

const shown = (before: string, after: string) =>
  lineDiff(before, after).map(
    ({ kind, text }) => ({ same: " ", added: "+", removed: "-" })[kind] + text,
  );

test("a changed line is the old one gone and the new one there", () => {
  expect(shown("a\nb\nc", "a\nB\nc")).toEqual([" a", "-b", "+B", " c"]);
});

test("what moved past an unchanged line leaves that line unchanged", () => {
  expect(shown("x\na\ny", "a\ny\nx")).toEqual(["-x", " a", " y", "+x"]);
});

test("both texts can be made from the difference", () => {
  const [before, after] = ["a\nb\nc\nd\ne", "b\nx\nd\ne\nf\nf"];

  const lines = lineDiff(before, after);

  const side = (left: string) => lines.filter(({ kind }) => kind !== left).map(({ text }) => text);
  expect(side("added").join("\n")).toBe(before);
  expect(side("removed").join("\n")).toBe(after);
});

test("lines far from a change are folded into one mark", () => {
  const before = Array.from({ length: 20 }, (_, index) => String(index)).join("\n");

  const lines = folded(lineDiff(before, before.replace("10", "ten")), 1);

  expect(lines.map((line) => line?.text ?? "…")).toEqual(["…", "9", "10", "ten", "11", "…"]);
});
