import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Temporal } from "temporal-polyfill";
import { expect, onTestFinished, test } from "vitest";

import { execute } from "../../test/support/owner.ts";
import { scratchDatabase } from "../../test/support/scratch-database.ts";
import { manualClock } from "../kernel/clock.ts";
import { connectDatabase } from "./database.ts";
import { manifestOf, migrate, readMigrations } from "./migrate.ts";
import { sql } from "./sql.ts";
import type { Statement } from "./sql.ts";

const clock = manualClock(Temporal.Instant.from("2026-11-23T10:00:00Z"));

const FIRST = { "000001_one.sql": "create table one (id int primary key);" };
const SECOND = { "000005_two.sql": "alter table one add column name text; select 1;" };

test("applies what is pending in order, each once, and says which", async () => {
  const databaseUrl = await scratchDatabase();
  const directory = await migrations(FIRST);

  const first = await migrate({ databaseUrl, directory, clock });
  await add(directory, SECOND);
  const second = await migrate({ databaseUrl, directory, clock });
  const third = await migrate({ databaseUrl, directory, clock });

  expect([first, second, third]).toEqual([["000001_one.sql"], ["000005_two.sql"], []]);
  const rows = await rowsOf(databaseUrl, sql`select number, applied_at from schema_migration`);
  expect(rows).toEqual([
    { number: 1, applied_at: "2026-11-23T10:00:00Z" },
    { number: 5, applied_at: "2026-11-23T10:00:00Z" },
  ]);
});

test("two at once apply each migration once", async () => {
  const databaseUrl = await scratchDatabase();
  const directory = await migrations({ ...FIRST, ...SECOND });

  const applied = await Promise.all(
    [1, 2, 3].map(() => migrate({ databaseUrl, directory, clock })),
  );

  expect(applied.flat().sort()).toEqual(["000001_one.sql", "000005_two.sql"]);
});

test("creates the application's role, which may not sign in", async () => {
  const databaseUrl = await scratchDatabase();

  await migrate({ databaseUrl, directory: await migrations(FIRST), clock });

  const [role] = await rowsOf(
    databaseUrl,
    sql`select rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls
        from pg_roles where rolname = 'redress_app'`,
  );
  expect(new Set(Object.values(role ?? {}))).toEqual(new Set([false]));
});

test("an owner who is no superuser can do all of it, and the application signs in", async () => {
  const databaseUrl = new URL(await scratchDatabase());
  const name = databaseUrl.pathname.slice(1);
  const owner = `owner_${name.slice(-8)}`;
  await execute(
    databaseUrl.href,
    `create role ${owner} login createrole password 'secret';
     alter database ${name} owner to ${owner};
     alter schema public owner to ${owner}`,
  );
  onTestFinished(() =>
    execute(
      databaseUrl.href,
      `drop owned by ${owner} cascade; alter database ${name} owner to
      current_user; drop role ${owner}`,
    ),
  );
  const asOwner = new URL(databaseUrl);
  [asOwner.username, asOwner.password] = [owner, "secret"];

  const directory = join(import.meta.dirname, "..", "..", "migrations");
  await migrate({ databaseUrl: asOwner.href, directory, clock, checkManifest: false });

  const application = connectDatabase({ databaseUrl: asOwner.href });
  onTestFinished(() => application.close());
  expect(await application.one(sql`select current_user::text as role`)).toEqual({
    role: "redress_app",
  });
  const change = application.execute(sql`truncate entry`);
  await expect(change).rejects.toThrow(/permission denied/);
});

test("a migration that fails leaves no half of itself, and those before it stay", async () => {
  const databaseUrl = await scratchDatabase();
  const broken = { "000002_broken.sql": "create table half (id int); select 1 / 0;" };
  const directory = await migrations({ ...FIRST, ...broken });

  await expect(migrate({ databaseUrl, directory, clock })).rejects.toThrow(
    /000002_broken\.sql: division by zero/,
  );

  const rows = await rowsOf(
    databaseUrl,
    sql`select to_regclass('one') is not null as one, to_regclass('half') is not null as half`,
  );
  expect(rows).toEqual([{ one: true, half: false }]);
});

const REFUSED: { what: string; after: Record<string, string>; reason: RegExp }[] = [
  {
    what: "a file that changed after it was applied",
    after: { "000001_one.sql": "create table one (id bigint primary key);" },
    reason: /000001_one\.sql changed after it was applied/,
  },
  {
    what: "a file that comes before one that is applied",
    after: { "000004_late.sql": "select 1;" },
    reason: /000004_late\.sql comes before 000005_two\.sql/,
  },
  {
    what: "a name out of line",
    after: { "6_six.sql": "select 1;" },
    reason: /6_six\.sql is not named/,
  },
  {
    what: "a number taken twice",
    after: { "000005_again.sql": "select 1;" },
    reason: /its number is taken/,
  },
];

test.each(REFUSED)("refuses $what", async ({ after, reason }) => {
  const databaseUrl = await scratchDatabase();
  const directory = await migrations({ ...FIRST, ...SECOND });
  await migrate({ databaseUrl, directory, clock });

  await expect(async () => {
    await add(directory, after);
    await migrate({ databaseUrl, directory, clock });
  }).rejects.toMatchObject({ code: "schema-differs", message: expect.stringMatching(reason) });
});

test("refuses a database that is ahead of this version", async () => {
  const databaseUrl = await scratchDatabase();
  await migrate({ databaseUrl, directory: await migrations({ ...FIRST, ...SECOND }), clock });

  const older = migrate({ databaseUrl, directory: await migrations(FIRST), clock });

  await expect(older).rejects.toThrow(/has 000005_two\.sql, which this version does not know/);
});

test("refuses a file that is not the one shipped, before anything runs", async () => {
  const databaseUrl = await scratchDatabase();
  const directory = await migrations(FIRST);
  await writeFile(join(directory, "000001_one.sql"), "create table another (id int);");

  await expect(migrate({ databaseUrl, directory, clock })).rejects.toThrow(
    /not those of MANIFEST: 000001_one\.sql/,
  );

  const rows = await rowsOf(databaseUrl, sql`select to_regclass('another') as found`);
  expect(rows).toEqual([{ found: null }]);
});

test("says that the database does not answer", async () => {
  const databaseUrl = new URL(await scratchDatabase());
  databaseUrl.port = "1";

  const attempt = migrate({
    databaseUrl: databaseUrl.href,
    directory: await migrations(FIRST),
    clock,
  });

  await expect(attempt).rejects.toMatchObject({ code: "database-unreachable" });
});

test("runs a text of several statements as one", async () => {
  const databaseUrl = await scratchDatabase();
  await execute(databaseUrl, "create table before (id int)");
  const text = "insert into before values (1); update before set id = 2; drop table before;";

  await migrate({ databaseUrl, directory: await migrations({ "000001_all.sql": text }), clock });

  const rows = await rowsOf(databaseUrl, sql`select to_regclass('before') as found`);
  expect(rows).toEqual([{ found: null }]);
});

async function migrations(files: Record<string, string>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "redress-migrations-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  await add(directory, files);
  return directory;
}

async function add(directory: string, files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  await writeFile(join(directory, "MANIFEST"), manifestOf(await readMigrations(directory)));
}

async function rowsOf(databaseUrl: string, statement: Statement): Promise<object[]> {
  const database = connectDatabase({ databaseUrl, role: "owner" });
  try {
    return await database.query(statement);
  } finally {
    await database.close();
  }
}
