import { expect, test } from "vitest";

import { Failure } from "../kernel/failure.ts";
import type { FailureCode } from "../kernel/failure.ts";
import { EXIT, exitCodeOf } from "./exit-code.ts";

const CASES: { code: FailureCode; exit: keyof typeof EXIT }[] = [
  { code: "not-found", exit: "notFound" },
  { code: "forbidden", exit: "refused" },
  { code: "self-approval", exit: "refused" },
  { code: "operation-not-allowed", exit: "refused" },
  { code: "already-exists", exit: "conflict" },
  { code: "stale-version", exit: "conflict" },
  { code: "database-unreachable", exit: "unavailable" },
  { code: "amount-invalid", exit: "failure" },
];

test.each(CASES)("$code exits as $exit", ({ code, exit }) => {
  expect(exitCodeOf(new Failure(code, "because"))).toBe(EXIT[exit]);
});

test("our own mistake is a failure", () => {
  expect(exitCodeOf(new Error("oops"))).toBe(EXIT.failure);
});
