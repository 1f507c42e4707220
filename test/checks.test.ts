import { expect, test } from "vitest";

import { CHECKS, runCheck } from "../tools/checks.ts";

test.each(CHECKS)("$name", { timeout: 300_000 }, async (check) => {
  const { passed, output } = await runCheck(check);

  expect(passed ? "" : output).toBe("");
});
