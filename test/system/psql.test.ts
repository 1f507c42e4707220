import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { expect, test } from "vitest";

import { describeWith } from "../support/system-program.ts";
import { useDatabase } from "../support/use-database.ts";

const run = promisify(execFile);

describeWith(["psql"], "psql", () => {
  const database = useDatabase();

  test.each([
    "update entry set amount_minor = amount_minor + 1",
    "delete from entry",
    "truncate entry",
    "update transition set event = 'x'",
    "delete from transition",
    "truncate transition cascade",
    "drop table entry",
    "alter table entry disable trigger all",
  ])("as redress_app is refused: %s", async (statement) => {
    const attempt = run("psql", [
      "--no-psqlrc",
      "--quiet",
      "--set=ON_ERROR_STOP=1",
      ...["--command", "set role redress_app", "--command", statement],
      database.url,
    ]);

    await expect(attempt).rejects.toMatchObject({
      stderr: expect.stringMatching(/append-only|permission denied|must be owner/),
    });
  });

  test("reads what the application wrote", async () => {
    const { stdout } = await run("psql", [
      ...["--no-psqlrc", "--tuples-only", "--no-align"],
      ...["--command", "select current_setting('server_encoding')"],
      database.url,
    ]);

    expect(stdout).toBe("UTF8\n");
  });
});
