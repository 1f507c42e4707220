/** Tests that need a system program: skipped, naming it, where it is not installed. */
import { describe } from "vitest";

import { findProgram } from "../../tools/system-programs.ts";
import type { SystemProgramName } from "../../tools/system-programs.ts";

export function describeWith(
  programs: readonly SystemProgramName[],
  name: string,
  tests: () => void,
): void {
  const missing = programs.filter((program) => findProgram(program) === undefined);
  const reason = missing.length === 0 ? "" : ` (not installed: ${missing.join(", ")})`;
  describe.skipIf(missing.length > 0)(`${name}${reason}`, () => {
    tests();
  });
}
