import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import { execute } from "../../test/support/owner.ts";
import { scratchDatabase } from "../../test/support/scratch-database.ts";
import { systemClock as clock } from "../kernel/clock.ts";
import { connectDatabase } from "./database.ts";
import { compareSchemas, examine } from "./doctor.ts";
import type { DoctorOptions } from "./doctor.ts";
import { manifestOf, migrate, readMigrations } from "./migrate.ts";
import { schemaText } from "./schema-text.ts";
import { readSchema } from "./schema.ts";

const EVERYTHING = `
  create domain minor as bigint check (value > 0);
  create type side as enum ('debit', 'credit');
  create sequence ordinal as integer start 7 cache 3;
  create function twice(n bigint) returns bigint language sql immutable as 'select n * 2';
  create table party (
    id bigint generated always as identity primary key,
    name text not null default 'nobody',
    doubled bigint generated always as (twice(7)) stored,
    side side,
    amount minor,
    constraint party_name check (name <> ''),
    constraint party_named unique (name)
  ) with (fillfactor = 90);
  create index party_side on party (side) where side is not null;
  create table happened (
    at timestamptz not null,
    party_id bigint not null,
    ordinal integer default nextval('ordinal'),
    constraint happened_to foreign key (party_id) references party (id)
      deferrable initially deferred
  ) partition by range (at);
  create table happened_202611 partition of happened
    for values from ('2026-11-01Z') to ('2026-12-01Z');
  create index happened_at on happened (at);
  create view recent as select at, party_id from happened where at > '2026-01-01Z';
  create function refuse() returns trigger language plpgsql as
    $$ begin raise exception 'no'; end $$;
  create trigger party_kept before delete on party for each statement execute function refuse();
  create trigger happened_kept before delete on happened
    for each row execute function refuse();
  grant select, insert on party to redress_app;
  grant update (name) on party to redress_app;
  revoke execute on function twice(bigint) from public;
  grant execute on function twice(bigint) to redress_app;
`;

test("finds nothing wrong with what the migrations made", async () => {
  const options = await migrated(EVERYTHING);

  expect(await examine(options)).toEqual([]);
});

test("the whole text, loaded into an empty database, is the same schema", async () => {
  const options = await migrated(EVERYTHING);
  const things = await schemaOf(options.databaseUrl);
  const text = schemaText(things);

  const other = await scratchDatabase();
  await execute(other, text);

  expect(schemaText(await schemaOf(other))).toBe(text);
  expect(text).not.toContain("202611");
});

test.each([
  { spoil: "drop index party_side", problem: "missing", name: "party.party_side" },
  { spoil: "drop trigger party_kept on party", problem: "missing", name: "party.party_kept" },
  { spoil: "drop view recent", problem: "missing", name: "recent" },
  { spoil: "alter table party drop constraint party_name", problem: "missing", name: "party_name" },
  {
    spoil: "alter table happened drop constraint happened_to",
    problem: "missing",
    name: "happened_to",
  },
  { spoil: "alter table party drop column amount", problem: "missing", name: "party.amount" },
  { spoil: "alter table party add column extra int", problem: "unexpected", name: "party.extra" },
  { spoil: "create table stray (id int primary key)", problem: "unexpected", name: "stray" },
  {
    spoil: "alter table party alter name drop default, alter name drop not null",
    problem: "different",
    name: "party.name",
  },
  {
    spoil: "alter table happened alter ordinal type bigint",
    problem: "different",
    name: "happened.ordinal",
  },
  {
    spoil: "create or replace function refuse() returns trigger language plpgsql as 'begin end'",
    problem: "different",
    name: "refuse()",
  },
  {
    spoil: "grant delete on party to redress_app",
    problem: "different",
    name: "table party to redress_app",
  },
  {
    spoil: "grant execute on function twice(bigint) to public",
    problem: "missing",
    name: "function twice(bigint) from public",
  },
  {
    spoil: "revoke all on party from redress_app",
    problem: "missing",
    name: "table party to redress_app",
  },
])("$spoil is found, and its repair heals it", async ({ spoil, problem, name }) => {
  const options = await migrated(EVERYTHING);
  const healthy = await schemaOf(options.databaseUrl);
  await execute(options.databaseUrl, spoil);

  const differences = await examine(options);
  await execute(options.databaseUrl, differences.map(({ repair }) => repair).join("\n"));

  expect(differences).toContainEqual(
    expect.objectContaining({ problem, name: expect.stringContaining(name) }),
  );
  expect(compareSchemas(await schemaOf(options.databaseUrl), healthy)).toEqual([]);
});

test("where no database may be made, the expectation is built elsewhere", async () => {
  const options = await migrated("create table plain (id int);");
  const url = new URL(options.databaseUrl);
  const guest = `guest_${url.pathname.slice(-8)}`;
  await execute(options.databaseUrl, `create role ${guest} login password 'guest' nocreatedb`);
  onTestFinished(() => execute(options.databaseUrl, `drop role ${guest}`));
  [url.username, url.password] = [guest, "guest"];

  const differences = await examine({ ...options, databaseUrl: url.href });

  // Who looks is not who owns: the owner's own rights show up as grants, the rest is the same.
  expect(differences.filter(({ kind }) => kind !== "grant")).toEqual([]);
});

async function migrated(text: string): Promise<DoctorOptions> {
  const databaseUrl = await scratchDatabase();
  const migrationsDirectory = await mkdtemp(join(tmpdir(), "redress-migrations-"));
  onTestFinished(() => rm(migrationsDirectory, { recursive: true }));
  await writeFile(join(migrationsDirectory, "000001_everything.sql"), text);
  const manifest = manifestOf(await readMigrations(migrationsDirectory));
  await writeFile(join(migrationsDirectory, "MANIFEST"), manifest);
  await migrate({ databaseUrl, directory: migrationsDirectory, clock });
  return { databaseUrl, migrationsDirectory, clock };
}

async function schemaOf(databaseUrl: string): Promise<Awaited<ReturnType<typeof readSchema>>> {
  const database = connectDatabase({ databaseUrl, role: "owner", connections: 1 });
  try {
    return await readSchema(database);
  } finally {
    await database.close();
  }
}
