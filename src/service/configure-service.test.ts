/** Which differences decide whose book is written. */
import { expect, test } from "vitest";

import { isOfConnection } from "./configure-service.ts";

test.each([
  ["/url", true],
  ["/authentication/kind", true],
  ["/key", true],
  ["/post/path", true],
  ["/post/body/amount", false],
  ["/concurrency", false],
  ["/keys", false],
])("%s is of the connection: %s", (pointer, expected) => {
  expect(isOfConnection({ pointer })).toBe(expected);
});
