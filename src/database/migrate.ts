/**
 * Forward only: numbered plain SQL, applied in order, each in its own transaction, under a lock
 * that lets one process migrate at a time. A file that was applied never changes: its checksum is
 * kept with it, and what is shipped is checked against `migrations/MANIFEST` before anything runs.
 */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import pg from "pg";

import type { Clock } from "../kernel/clock.ts";
import { Failure } from "../kernel/failure.ts";
import { sqlState, understood } from "./errors.ts";

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly text: string;
  readonly checksum: string;
}

export interface MigrateOptions {
  /** Signs in as the owner of the schema, who may create roles. */
  readonly databaseUrl: string;
  readonly directory: string;
  readonly clock: Clock;
  readonly log?: (line: string) => void;
  /** Off only while migrations are being written: their tests say whether the list is true. */
  readonly checkManifest?: boolean;
}

const FILE_NAME = /^([0-9]{6})_[a-z0-9_]+\.sql$/;
const MANIFEST = "MANIFEST";
/** Any number that no other program uses for an advisory lock in the same database. */
const LOCK = 7_226_731;
const DUPLICATE_OBJECT = new Set(["42710", "23505"]);

/** The migrations of a directory, in order. Throws `schema-differs` for a name out of line. */
export async function readMigrations(directory: string): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith(".sql")).sort();
  const migrations = await Promise.all(
    names.map(async (name) => {
      const number = Number(FILE_NAME.exec(name)?.[1] ?? Number.NaN);
      const text = await readFile(join(directory, name), "utf8");
      return { number, name, text, checksum: createHash("sha256").update(text).digest("hex") };
    }),
  );
  migrations.forEach(({ number, name }, index) => {
    if (Number.isNaN(number)) throw differs(`${name} is not named NNNNNN_name.sql`);
    if (number === migrations[index - 1]?.number) throw differs(`${name}: its number is taken`);
  });
  return migrations;
}

/** What `MANIFEST` has to say: one line a file, checksum and name. */
export function manifestOf(migrations: readonly Migration[]): string {
  return migrations.map(({ checksum, name }) => `${checksum}  ${name}\n`).join("");
}

/**
 * Brings the database to the newest migration and returns the names applied now, none when it was
 * there already. Throws `schema-differs` when an applied file changed or the database is ahead.
 */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  const migrations = await readMigrations(options.directory);
  if (options.checkManifest ?? true) await compareWithManifest(options.directory, migrations);
  const client = new pg.Client({ connectionString: options.databaseUrl });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query("set timezone = 'UTC'; set client_min_messages = warning");
    await client.query("select pg_advisory_lock($1)", [LOCK]);
    await prepare(client);
    const pending = await pendingOf(client, migrations);
    for (const migration of pending) {
      await apply(client, migration, options.clock);
      options.log?.(`migrated ${migration.name}`);
    }
    return pending.map(({ name }) => name);
  } catch (error) {
    throw understood(error);
  } finally {
    await client.end();
  }
}

/** The migrations that `migrate` would apply now, by name. */
export async function pendingMigrations(options: {
  readonly databaseUrl: string;
  readonly directory: string;
}): Promise<string[]> {
  const migrations = await readMigrations(options.directory);
  const client = new pg.Client({ connectionString: options.databaseUrl });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const found = await client.query("select from pg_tables where tablename = 'schema_migration'");
    const pending = found.rowCount === 0 ? migrations : await pendingOf(client, migrations);
    return pending.map(({ name }) => name);
  } catch (error) {
    throw understood(error);
  } finally {
    await client.end();
  }
}

async function compareWithManifest(directory: string, migrations: Migration[]): Promise<void> {
  const manifest = await readFile(join(directory, MANIFEST), "utf8");
  if (manifest !== manifestOf(migrations)) {
    const listed = new Set(manifest.split("\n"));
    const wrong = migrations.filter(({ checksum, name }) => !listed.has(`${checksum}  ${name}`));
    const names = wrong.map(({ name }) => name).join(", ") || "a listed file is missing";
    throw differs(`the migrations are not those of ${MANIFEST}: ${names}`);
  }
}

async function prepare(client: pg.Client): Promise<void> {
  await client.query(`
    create table if not exists schema_migration (
      number integer primary key,
      name text not null,
      checksum text not null,
      applied_at timestamptz not null
    )`);
  await createApplicationRole(client);
}

/** The role of every application connection. It belongs to the cluster, not to one database. */
async function createApplicationRole(client: pg.Client): Promise<void> {
  const found = await client.query("select from pg_roles where rolname = 'redress_app'");
  if (found.rowCount === 0) {
    await client.query("create role redress_app nologin").catch((error: unknown) => {
      if (!DUPLICATE_OBJECT.has(sqlState(error) ?? "")) throw error;
    });
  }
  const may = await client.query<{ member: boolean }>(
    "select pg_has_role(current_user, 'redress_app', 'member') as member",
  );
  if (may.rows[0]?.member !== true) await client.query("grant redress_app to current_user");
}

async function pendingOf(client: pg.Client, migrations: Migration[]): Promise<Migration[]> {
  const { rows } = await client.query<{ number: number; name: string; checksum: string }>(
    "select number, name, checksum from schema_migration order by number",
  );
  const known = new Map(migrations.map((migration) => [migration.number, migration]));
  for (const applied of rows) {
    const migration = known.get(applied.number);
    if (migration === undefined) {
      throw differs(`the database has ${applied.name}, which this version does not know`);
    }
    if (migration.checksum !== applied.checksum) {
      throw differs(`${migration.name} changed after it was applied as ${applied.name}`);
    }
    known.delete(applied.number);
  }
  const last = rows.at(-1);
  const late = [...known.values()].find(({ number }) => number < (last?.number ?? 0));
  if (late !== undefined) {
    throw differs(`${late.name} comes before ${last?.name ?? ""}, which is applied already`);
  }
  return [...known.values()];
}

async function apply(client: pg.Client, migration: Migration, clock: Clock): Promise<void> {
  try {
    await client.query("begin");
    await client.query("set local lock_timeout = '30s'");
    await client.query(migration.text);
    await client.query(
      "insert into schema_migration (number, name, checksum, applied_at) values ($1, $2, $3, $4)",
      [migration.number, migration.name, migration.checksum, clock.now().toString()],
    );
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => undefined);
    if (error instanceof Error) error.message = `${migration.name}: ${error.message}`;
    throw error;
  }
}

function differs(detail: string): Failure {
  return new Failure("schema-differs", detail);
}
