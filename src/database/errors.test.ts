import { describe, expect, test } from "vitest";

import { Failure } from "../kernel/failure.ts";
import { isConflict, sqlState, understood, violatedConstraint } from "./errors.ts";

const withCode = (code: string, message = "it broke"): Error =>
  Object.assign(new Error(message), { code });

describe("what an error means", () => {
  test.each([
    withCode("ECONNREFUSED"),
    withCode("EAGAIN"),
    withCode("ECONNRESET"),
    withCode("ENOTFOUND"),
    withCode("57P01", "terminating connection due to administrator command"),
    withCode("57P03", "the database system is starting up"),
    withCode("53300", "too many clients"),
    withCode("08006"),
    withCode("28P01", "password authentication failed"),
    new Error("Connection terminated unexpectedly"),
    new Error("timeout exceeded when trying to connect"),
  ])("$code $message: the database does not answer", (error) => {
    const meaning = understood(error);

    expect(meaning).toMatchObject({ code: "database-unreachable", message: error.message });
    expect(meaning).toHaveProperty("cause", error);
  });

  test.each([
    withCode("23505", "duplicate key"),
    withCode("22P02"),
    new Error("Connection of another kind"),
    new Failure("not-found", "no such claim"),
    "a text",
    null,
  ])("%s stays what it is", (error) => {
    expect(understood(error)).toBe(error);
  });

  test("an address that was refused by name and number still says something", () => {
    expect(understood(withCode("ECONNREFUSED", ""))).toMatchObject({ message: "ECONNREFUSED" });
  });
});

test.each([
  { state: "40001", conflict: true },
  { state: "40P01", conflict: true },
  { state: "23505", conflict: false },
  { state: "55P03", conflict: false },
])("$state is a conflict: $conflict", ({ state, conflict }) => {
  expect(isConflict(withCode(state))).toBe(conflict);
});

test("nothing is read out of a value that is no error", () => {
  expect([sqlState(undefined), sqlState("40001"), violatedConstraint({ constraint: 7 })]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
