import { expect, test } from "vitest";

import { moveOf } from "./grid-moves.ts";

test.each([
  ["ArrowDown", 3, 4],
  ["j", 3, 4],
  ["k", 3, 2],
  ["ArrowUp", 0, 0],
  ["ArrowDown", 99, 99],
  ["PageDown", 95, 99],
  ["PageUp", 5, 0],
  ["Home", 50, 0],
  ["End", 50, 99],
  ["x", 50, undefined],
])("in a grid of 100 rows, %s in row %i leads to %s", (key, at, to) => {
  expect(moveOf(key, at, 100)).toBe(to);
});
