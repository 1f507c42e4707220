import { expect, test } from "vitest";

import { settingChanges } from "./setting-changes.ts";

const BEFORE = {
  url: "https://core.example",
  authentication: { kind: "bearer", token: "env:TOKEN" },
  post: { path: "/a", body: { amount: "{{amount}}", text: "x" } },
  concurrency: 4,
};

test("nothing changed is nothing", () => {
  expect(settingChanges(BEFORE, structuredClone(BEFORE))).toEqual([]);
});

test("names each place with what it was and is", () => {
  const { concurrency: _, ...rest } = structuredClone(BEFORE);
  const after = { ...rest, url: "https://other.example", "a/b~": 1 };

  expect(settingChanges(BEFORE, after)).toEqual([
    { pointer: "/url", before: '"https://core.example"', after: '"https://other.example"' },
    { pointer: "/concurrency", before: "4", after: null },
    { pointer: "/a~1b~0", before: null, after: "1" },
  ]);
});

test("the same members in another order are another request", () => {
  const after = structuredClone(BEFORE);
  after.post.body = { text: "x", amount: "{{amount}}" };

  expect(settingChanges(BEFORE, after)).toMatchObject([
    { pointer: "/post/body", before: '["amount","text"]', after: '["text","amount"]' },
  ]);
});
