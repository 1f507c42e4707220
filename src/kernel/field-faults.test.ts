import { expect, test } from "vitest";
import { z } from "zod";

import { faultsOf, fitting, pointerPart, refused } from "./field-faults.ts";

const shape = z.strictObject({ "a/b": z.array(z.number()) });

function misfit(value: unknown): z.ZodError {
  return shape.safeParse(value).error as z.ZodError;
}

test.each([
  ["plain", "plain"],
  ["a/b~c", "a~1b~0c"],
  [3, "3"],
])("%s is %s in a pointer", (name, part) => {
  expect(pointerPart(name)).toBe(part);
});

test("a place is a pointer from where it is counted", () => {
  expect(faultsOf(misfit({ "a/b": ["x"] }))).toMatchObject([{ pointer: "/a~1b/0" }]);
  expect(faultsOf(misfit({ "a/b": ["x"] }), "/here")).toMatchObject([{ pointer: "/here/a~1b/0" }]);
});

test.each([
  [undefined, "/"],
  ["", ""],
  ["/here", "/here"],
])("the whole of it, counted from %s, is %o", (below, pointer) => {
  expect(faultsOf(misfit(null), below)).toMatchObject([{ pointer }]);
});

test("a refusal says every place in its words, and keeps them", () => {
  const faults = [
    { pointer: "/a", detail: "is missing" },
    { pointer: "", detail: "is too much" },
  ];

  const failure = refused("input-invalid", faults, { of: "x" });

  expect(failure.message).toBe("/a: is missing; /: is too much");
  expect(failure).toMatchObject({ code: "input-invalid", faults, facts: { of: "x" } });
});

test("what fits is read, what does not is refused", () => {
  expect(fitting(z.object({ count: z.int().default(3) }), {})).toEqual({ count: 3 });
  expect(() => fitting(shape, {})).toThrow(/a~1b/);
});
