import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

import { describe, expect, test } from "vitest";

import { execute } from "../../test/support/owner.ts";
import { scratchDatabase } from "../../test/support/scratch-database.ts";
import { EXIT } from "./exit-code.ts";

const MAIN = join(import.meta.dirname, "main.ts");

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

describe("redress db", () => {
  test("migrate brings an empty database up to date, and a second run finds nothing", async () => {
    const databaseUrl = await scratchDatabase();

    const first = await redress(databaseUrl, "db", "migrate", "--json");
    const second = await redress(databaseUrl, "db", "migrate");

    expect(first.code).toBe(EXIT.done);
    expect(JSON.parse(first.stdout)).toMatchObject({
      applied: expect.arrayContaining(["000001_ground_rules.sql"]),
    });
    expect(first.stderr).toContain("migrated 000001_ground_rules.sql");
    expect(second).toMatchObject({ code: EXIT.done, stdout: "up to date\n" });
  });

  // Each doctor starts a server of its own to see the schema as it should be.
  const patient = { timeout: 240_000 };
  test("doctor prints SQL that heals, and exits 1 until it is healed", patient, async () => {
    const databaseUrl = await scratchDatabase();
    await redress(databaseUrl, "db", "migrate");
    const healthy = await redress(databaseUrl, "db", "doctor");
    await execute(databaseUrl, "drop trigger append_only on entry; alter table claim add x int");

    const ill = await redress(databaseUrl, "db", "doctor");
    await execute(databaseUrl, ill.stdout);
    const healed = await redress(databaseUrl, "db", "doctor");

    expect(healthy).toMatchObject({ code: EXIT.done, stdout: "the schema is as expected\n" });
    expect(ill.code).toBe(EXIT.failure);
    expect(ill.stdout).toContain("-- trigger entry.append_only: missing");
    expect(ill.stdout).toContain("alter table claim drop column x;");
    expect(ill.stderr).toMatch(/^2 differences/);
    expect(healed.code).toBe(EXIT.done);
  });

  test("doctor says that a database has to be migrated first", async () => {
    const databaseUrl = await scratchDatabase();

    const outcome = await redress(databaseUrl, "db", "doctor");

    expect(outcome).toMatchObject({ code: EXIT.failure, stdout: "" });
    expect(outcome.stderr).toMatch(/000001_ground_rules\.sql.*Run `redress db migrate` first/);
  });
});

describe("redress says what is wrong on stderr and by its exit code", () => {
  test.each([
    { what: "no such command", parameters: ["db", "docter"], says: /Did you mean doctor\?/ },
    { what: "no such option", parameters: ["db", "migrate", "--jason"], says: /--jason/ },
    { what: "a group alone", parameters: ["db"], says: /Usage: redress db/ },
  ])("$what is 2", async ({ parameters, says }) => {
    const outcome = await redress("postgresql://127.0.0.1:1/none", ...parameters);

    expect(outcome).toMatchObject({ code: EXIT.usage, stdout: "" });
    expect(outcome.stderr).toMatch(says);
  });

  test("a database that does not answer is 6, with what to do", async () => {
    const outcome = await redress("postgresql://127.0.0.1:1/none", "db", "migrate");

    expect(outcome).toMatchObject({ code: EXIT.unavailable, stdout: "" });
    expect(outcome.stderr).toMatch(/^database-unreachable: .*ECONNREFUSED[^]*Check DATABASE_URL/);
  });

  test("help is a result", async () => {
    const outcome = await redress("", "--help");

    expect(outcome).toMatchObject({ code: EXIT.done, stderr: "" });
    expect(outcome.stdout).toContain("Usage: redress");
  });

  test("a reader that has read enough is no failure", async () => {
    const command = `"${process.execPath}" "${MAIN}" rules test | head -n1; echo \${PIPESTATUS[0]}`;

    const { stdout, stderr } = await promisify(execFile)("bash", ["-c", command]);

    expect(stdout.trim().split("\n").slice(1)).toEqual([String(EXIT.done)]);
    expect(stderr).toBe("");
  });
});

async function redress(databaseUrl: string, ...parameters: string[]): Promise<Outcome> {
  const env = { ...process.env, DATABASE_URL: databaseUrl };
  try {
    const done = await promisify(execFile)(process.execPath, [MAIN, ...parameters], { env });
    return { code: EXIT.done, ...done };
  } catch (error) {
    return error as Outcome;
  }
}
