/** Whatever a test did, the books have to be sound after it. */
import { expect } from "vitest";

import { verify } from "../../src/proof/verify/verify.ts";
import type { Violation } from "../../src/proof/verify/violation.ts";
import { batchDesk } from "./batch-desk.ts";
import type { TestEngine } from "./engine.ts";

export async function expectSound(engine: TestEngine): Promise<void> {
  const found: Violation[] = [];
  await verify(batchDesk(engine), { onViolation: (one) => found.push(one) });
  expect(found).toEqual([]);
}
