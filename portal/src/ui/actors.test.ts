import { expect, test } from "vitest";

import { actorWords } from "./actors.ts";

test.each([
  ["ann.reyes", "ann.reyes"],
  ["system:batch", "Redress"],
  ["redress", "Redress"],
  ["key:core-feed", "API key core-feed"],
])("%s is %s", (actor, words) => {
  expect(actorWords(actor)).toBe(words);
});
