/** `npm run check`: every check of the source, its output where it fails. */
import { CHECKS, runCheck } from "./checks.ts";

for (const check of CHECKS) {
  const { passed, output } = await runCheck(check);
  process.stdout.write(`${passed ? "ok    " : "FAILED"} ${check.name}\n`);
  if (passed) continue;
  process.stdout.write(`${output}\n`);
  process.exitCode = 1;
}
