import { expect, test } from "vitest";

import { namesNear } from "./near-names.ts";

const NAMES = ["claim", "dispute", "amount", "account", "accountNumber", "currency"];

test.each([
  ["clam", ["claim"]],
  ["Claim", ["claim"]],
  ["acount", ["amount", "account"]],
  ["disputes", ["dispute"]],
  ["colour", []],
  ["x", []],
  ["", []],
])("%s is near %j", (written, near) => {
  expect(namesNear(written, NAMES)).toEqual(near);
});

test("no more than a few are named", () => {
  expect(namesNear("field0", ["field1", "field2", "field3", "field4"])).toHaveLength(3);
});
