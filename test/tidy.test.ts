/** What no linter sees: size, words, one writer a table, a page for every error, fresh files. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

import { describe, expect, inject, test } from "vitest";

import { connectDatabase } from "../src/database/database.ts";
import { manifestOf, readMigrations } from "../src/database/migrate.ts";
import { schemaText } from "../src/database/schema-text.ts";
import { readSchema } from "../src/database/schema.ts";
import { FAILURE_CODES, failureRow } from "../src/kernel/failure.ts";
import { execute, databaseNamed, TEMPLATE } from "./support/owner.ts";

const ROOT = join(import.meta.dirname, "..");
const WIDTH = 100;
const LINES = 400;

const BANNED: readonly { word: RegExp; instead: string; where: RegExp }[] = [
  { word: /\bconsole\./, instead: "the log, or process.stdout in src/cli", where: /^src\// },
  {
    word: /\bDate\.now\b|\bnew Date\b/,
    instead: "the clock, a parameter",
    where: /^src\/(?!kernel\/clock\.ts)/,
  },
  { word: /\bMath\.random\b/, instead: "a random source, a parameter", where: /^src\// },
  { word: /\bas unknown as\b/, instead: "a type that fits", where: /^(src|portal|client|tools)\// },
  { word: /^\s*(export )?(const )?enum \w/, instead: "a union of texts", where: /./ },
  { word: /\b(TODO|FIXME|XXX)\b/, instead: "doing it, or saying what is missing", where: /./ },
  { word: /\b(test|it|describe)\.(only|skip|todo)\b/, instead: "a test that runs", where: /./ },
  { word: /@ts-(ignore|expect-error|nocheck)/, instead: "a type that fits", where: /./ },
];

/** A path that only exists on somebody's machine. */
const MACHINE_PATH = /(?<![\w./])\/(work|root|home\/\w+|Users\/\w+)\//;

const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: ROOT,
  encoding: "utf8",
})
  .split("\n")
  .filter((path) => path !== "" && existsSync(join(ROOT, path)));
const isCode = (path: string): boolean =>
  /\.(ts|tsx|mjs|cjs)$/.test(path) && !/\.(gen|generated)\./.test(path);
const textOf = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const code = files.filter(isCode).map((path) => ({ path, lines: textOf(path).split("\n") }));
const itself = (path: string): boolean => path === "test/tidy.test.ts";

describe("source", () => {
  test(`is at most ${WIDTH} wide`, () => {
    const sql = files
      .filter((path) => /^migrations\/.*\.sql$/.test(path))
      .map((path) => ({ path, lines: textOf(path).split("\n") }));

    const wide = [...code, ...sql].flatMap(({ path, lines }) =>
      lines.flatMap((line, index) =>
        line.length > WIDTH && !/https?:\/\//.test(line) ? [`${path}:${index + 1}`] : [],
      ),
    );

    expect(wide).toEqual([]);
  });

  test(`is in files under ${LINES} lines`, () => {
    const long = code.filter(({ lines }) => lines.length > LINES).map(({ path }) => path);

    expect(long).toEqual([]);
  });

  test("says at the top of each file what it is for", () => {
    const shipped = code.filter(
      ({ path }) => /^(src|tools|bench|client|portal\/src)\//.test(path) && !/\.test\./.test(path),
    );

    const silent = shipped.filter(
      ({ lines }) => !/^\/\*\*|^\/\//.test(lines[lines[0]?.startsWith("#!") ? 1 : 0] ?? ""),
    );

    expect(silent.map(({ path }) => path)).toEqual([]);
  });

  test.each(BANNED)("has no $word but $instead", ({ word, where }) => {
    const found = code
      .filter(({ path }) => where.test(path) && !itself(path))
      .flatMap(({ path, lines }) =>
        lines.flatMap((line, index) => (word.test(line) ? [`${path}:${index + 1}`] : [])),
      );

    expect(found).toEqual([]);
  });
});

test("no file names a path of somebody's machine", () => {
  const texts = files.filter((path) => /\.(ts|tsx|mjs|cjs|json|md|sql|ya?ml|csv)$/.test(path));

  const found = texts.filter((path) => !itself(path) && MACHINE_PATH.test(textOf(path)));

  expect(found).toEqual([]);
});

test("the lock file names no registry's address", () => {
  expect(textOf("package-lock.json")).not.toMatch(/"resolved": "http/);
});

test("every failure has a page under its title that says what to do, and no page has none", () => {
  const folder = "docs/reference/errors";
  const pages = files.filter((path) => path.startsWith(`${folder}/`)).map((path) => basename(path));
  const wrong = FAILURE_CODES.filter((name) => {
    if (!pages.includes(`${name}.md`)) return true;
    const { status, title } = failureRow(name);
    const text = textOf(`${folder}/${name}.md`);
    return !text.startsWith(`# ${name}\n\n_${status} · ${title}_\n`) || !/what to do/i.test(text);
  });

  expect(wrong).toEqual([]);
  expect(pages.toSorted()).toEqual(FAILURE_CODES.map((name) => `${name}.md`).toSorted());
});

test("each table is written by exactly one file", async () => {
  const tables = await withTemplateCopy(async (databaseUrl) => {
    const database = connectDatabase({ databaseUrl, role: "owner", connections: 1 });
    const things = await readSchema(database);
    await database.close();
    return things.filter(({ kind }) => kind === "table").map(({ name }) => name);
  });
  const shipped = code.filter(({ path }) => path.startsWith("src/") && !/\.test\./.test(path));

  const writers = tables.map((table) => {
    const writes = new RegExp(`(insert into|update|delete from|copy|merge into)\\s+${table}\\b`);
    const paths = shipped.filter(({ lines }) => writes.test(lines.join("\n")));
    return { table, rooms: new Set(paths.map(({ path }) => path)) };
  });

  const shared = writers.filter(({ rooms }) => rooms.size > 1);
  expect(shared.map(({ table, rooms }) => `${table}: ${[...rooms].join(", ")}`)).toEqual([]);
});

describe("generated files are fresh", () => {
  test("migrations/MANIFEST (npm run schema)", async () => {
    const manifest = manifestOf(await readMigrations(join(ROOT, "migrations")));

    expect(textOf("migrations/MANIFEST")).toBe(manifest);
  });

  test("schema.sql (npm run schema)", async () => {
    const text = await withTemplateCopy(async (databaseUrl) => {
      const database = connectDatabase({ databaseUrl, role: "owner", connections: 1 });
      const things = await readSchema(database);
      await database.close();
      return schemaText(things);
    });

    expect(textOf("schema.sql")).toBe(text);
  });
});

test("every migration says why, which locks it takes and how long", async () => {
  const migrations = await readMigrations(join(ROOT, "migrations"));

  const silent = migrations.filter(({ text }) => {
    const header = /^(--.*\n)+/.exec(text)?.[0] ?? "";
    return !/why:/i.test(header) || !/locks:/i.test(header) || !/how long:/i.test(header);
  });

  expect(silent.map(({ name }) => name)).toEqual([]);
});

async function withTemplateCopy<Result>(
  work: (databaseUrl: string) => Promise<Result>,
): Promise<Result> {
  const serverUrl = inject("serverUrl");
  const name = `tidy_${process.pid}_${performance.now().toFixed(0)}`;
  await execute(serverUrl, `create database ${name} template ${TEMPLATE}`);
  try {
    return await work(databaseNamed(serverUrl, name));
  } finally {
    await execute(serverUrl, `drop database ${name} with (force)`);
  }
}
