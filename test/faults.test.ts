/**
 * A small sample of `npm run faults`: every shape of core, a handful of faults, kills in between.
 * The two books agree, nothing is posted twice, nothing is lost.
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

import { describe, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const run = promisify(execFile);

async function faults(...parameters: readonly string[]): Promise<Record<string, unknown>> {
  const { stdout } = await run(
    process.execPath,
    [join(ROOT, "tools", "faults.ts"), ...parameters, "--json"],
    { cwd: ROOT, timeout: 150_000 },
  );
  return JSON.parse(stdout) as Record<string, unknown>;
}

const RIGHT = { doubled: 0, lost: 0, unexplained: 0, booksEqual: true, violations: 0, met: true };

describe("under faults", { timeout: 180_000 }, () => {
  test.each([
    ["jack-henry", "timeoutAfterCommit"],
    ["fineract", "timeoutAfterCommit"],
    ["fineract", "tooEarly425"],
    ["fineract", "refusedConnect"],
    ["galileo", "resetAfterCommit"],
    ["galileo", "expiredToken401"],
    ["galileo", "certificateChange"],
  ])("%s, %s on one call in five: every one posted once", async (core, fault) => {
    const verdict = await faults("--core", core, "--fault", fault, "--count", "60");

    expect(verdict).toMatchObject({ ...RIGHT, adjustments: 60, posted: 60 });
    expect(verdict["setbacks"]).toBeGreaterThan(0);
  });

  test("what the core refuses is before a person, and nothing of it is posted", async () => {
    const verdict = await faults(
      ...["--core", "jack-henry", "--fault", "definiteRefusal", "--count", "60"],
    );

    expect(verdict).toMatchObject({ ...RIGHT, undecided: 0, failed: 0 });
    expect(verdict["refused"]).toBeGreaterThan(0);
    expect(verdict["posted"]).toBe(Number(verdict["adjustments"]) - Number(verdict["refused"]));
  });

  test("a duplicate answer naming another amount is before a person, not executed", async () => {
    const verdict = await faults(
      ...["--core", "fineract", "--fault", "wrongAmountInDuplicate", "--count", "60"],
    );

    expect(verdict).toMatchObject({ ...RIGHT, refused: 0, failed: 0 });
    expect(verdict["undecided"]).toBeGreaterThan(0);
  });

  test("a worker that is killed again and again: every one posted once", async () => {
    const verdict = await faults(
      ...[
        "--core",
        "jack-henry",
        "--fault",
        "timeoutAfterCommit",
        "--count",
        "120",
        "--kills",
        "4",
      ],
    );

    expect(verdict).toMatchObject({ ...RIGHT, kills: 4 });
    expect(verdict["posted"]).toBe(verdict["adjustments"]);
  });
});
