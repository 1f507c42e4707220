import { expect, test } from "vitest";

import { bodyHash, canonical, sameHash } from "./body-hash.ts";

test("the same fields in another order are the same, and other values are not", () => {
  const one = bodyHash({ amount: 5n, to: { b: [1, "x"], a: null, c: undefined } });

  expect(sameHash(one, bodyHash({ to: { a: null, b: [1, "x"] }, amount: 5n }))).toBe(true);
  expect(sameHash(one, bodyHash({ to: { a: null, b: ["x", 1] }, amount: 5n }))).toBe(false);
});

test("a long upload takes no room but for its own, and each byte of it counts", () => {
  const bytes = Buffer.alloc(1024 ** 2);
  const other = Buffer.from(bytes);
  other[bytes.length - 1] = 1;

  expect(canonical({ body: bytes }).length).toBeLessThan(100);
  expect(sameHash(bodyHash(bytes), bodyHash(Buffer.from(bytes)))).toBe(true);
  expect(sameHash(bodyHash(bytes), bodyHash(other))).toBe(false);
});
