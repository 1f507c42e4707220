/**
 * One embedded server for the run, in a directory of its own, with a migrated database that test
 * files copy. Everything is gone when the run ends.
 */
import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { TestProject } from "vitest/node";

import { temporaryServer } from "../../src/database/embedded/temporary.ts";
import { migrate } from "../../src/database/migrate.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { databaseNamed, execute, TEMPLATE } from "./owner.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Signs in as the owner of the run's server. */
    serverUrl: string;
  }
}

const MIGRATIONS = fileURLToPath(new URL("../../migrations", import.meta.url));
const PREFIX = "redress-test-";
const OF_A_RUN = /^redress-test-(\d+)-/;

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  await removeLeftovers();
  const server = await temporaryServer(`${PREFIX}${process.pid}-`);
  try {
    await makeTemplate(server.databaseUrl);
  } catch (error) {
    await server.remove();
    throw error;
  }
  project.provide("serverUrl", server.databaseUrl);
  return () => server.remove();
}

async function makeTemplate(serverUrl: string): Promise<void> {
  const databaseUrl = databaseNamed(serverUrl, TEMPLATE);
  await execute(serverUrl, `create database ${TEMPLATE}`);
  await migrate({ databaseUrl, directory: MIGRATIONS, clock: systemClock, checkManifest: false });
  await execute(databaseUrl, KEEP_SEEDED_ROWS);
  await execute(serverUrl, `alter database ${TEMPLATE} allow_connections false`);
}

/** Rows that the migrations themselves put in are part of every test's empty database. */
const KEEP_SEEDED_ROWS = `
  create schema seeded;
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
      if found then
        execute format('create table seeded.%I as table public.%I', name, name);
      end if;
    end loop;
  end
  $$;
`;

/** Of runs that were killed: their server stops by itself, their directory stays behind. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    // Directories without a process id belong to single tests, perhaps of a run beside this one.
    const pid = Number(OF_A_RUN.exec(name)?.[1]);
    if (Number.isNaN(pid)) continue;
    const directory = join(tmpdir(), name);
    if (isRunning(pid) || existsSync(join(directory, "postgres", "postmaster.pid"))) continue;
    await rm(directory, { recursive: true, force: true }).catch(() => undefined);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
