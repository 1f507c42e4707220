/**
 * A database for the tests of one file: copied from the migrated template, emptied before each
 * test, dropped at the end. It signs in as `redress_app`, as the application does.
 */
import { randomBytes } from "node:crypto";

import { afterAll, beforeAll, beforeEach, inject } from "vitest";

import { connectDatabase } from "../../src/database/database.ts";
import type { Database } from "../../src/database/database.ts";
import { databaseNamed, execute, TEMPLATE } from "./owner.ts";

export interface TestDatabase extends Database {
  /** As the owner, who may do what the application may not: to look behind the curtain. */
  readonly owner: Database;
  /** Signs in as the owner: for code that takes an address. */
  readonly url: string;
}

/**
 * Call it at the top of the file, once. What it returns works inside tests and hooks. `kept` leaves
 * what a hook of the file put in for all of its tests.
 */
export function useDatabase({ kept = false }: { readonly kept?: boolean } = {}): TestDatabase {
  const name = `test_${randomBytes(8).toString("hex")}`;
  const serverUrl = inject("serverUrl");
  const url = databaseNamed(serverUrl, name);
  const database = connectDatabase({ databaseUrl: url, connections: 8 });
  const owner = connectDatabase({ databaseUrl: url, connections: 2, role: "owner" });

  beforeAll(async () => {
    await execute(serverUrl, `create database ${name} template ${TEMPLATE}`);
  });
  beforeEach(async () => {
    if (!kept) await execute(url, EMPTY_EVERY_TABLE);
  });
  afterAll(async () => {
    await database.close();
    await owner.close();
    await execute(serverUrl, `drop database ${name} with (force)`);
  });
  return { ...database, owner, url };
}

/**
 * Deletes rather than truncates: for the few rows of a test that is many times faster. As
 * `replica` no trigger fires and no foreign key is checked. Sequences start again.
 */
const EMPTY_EVERY_TABLE = `
  set session_replication_role = replica;
  do $$
  declare
    name text;
    found boolean;
  begin
    for name in
      select relname from pg_class
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
    loop
      execute format('select exists (select from public.%I)', name) into found;
      if found then execute format('delete from public.%I', name); end if;
      if to_regclass(format('seeded.%I', name)) is not null then
        execute format('insert into public.%I select * from seeded.%I', name, name);
      end if;
    end loop;
    perform setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
    from pg_sequences where last_value is not null;
  end
  $$;
`;
