/** A real PostgreSQL for a bench run, in a directory of its own, gone when the run ends. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import pg from "pg";

import { connectDatabase } from "../src/database/database.ts";
import type { Database } from "../src/database/database.ts";
import { leaseEmbedded } from "../src/database/embedded/lease.ts";
import { migrate } from "../src/database/migrate.ts";
import { systemClock } from "../src/kernel/clock.ts";

const TEMPLATE = "bench_template";

export interface ScratchDatabase {
  readonly database: Database;
  readonly url: string;
  drop(): Promise<void>;
}

export interface ScratchServer {
  /** A fresh, migrated database. */
  database(): Promise<ScratchDatabase>;
  /** Takes a database over as a pattern: nobody may be connected any more. Answers copies of it. */
  pattern(source: ScratchDatabase): Promise<() => Promise<ScratchDatabase>>;
  close(): Promise<void>;
}

export async function scratchServer(): Promise<ScratchServer> {
  const directory = await mkdtemp(join(tmpdir(), "redress-bench-"));
  const lease = await leaseEmbedded({ dataDirectory: directory, graceSeconds: 0 });
  const named = (name: string): string => {
    const url = new URL(lease.databaseUrl);
    url.pathname = `/${name}`;
    return url.href;
  };
  await statement(lease.databaseUrl, `create database ${TEMPLATE}`);
  await migrate({
    databaseUrl: named(TEMPLATE),
    directory: join(import.meta.dirname, "..", "migrations"),
    checkManifest: false,
    clock: systemClock,
  });
  let ordinal = 0;
  const copyOf = async (template: string): Promise<ScratchDatabase> => {
    const name = `bench_${(ordinal += 1)}`;
    await statement(lease.databaseUrl, `create database ${name} template ${template}`);
    const database = connectDatabase({ databaseUrl: named(name) });
    return {
      database,
      url: named(name),
      drop: async () => {
        await database.close();
        await statement(lease.databaseUrl, `drop database ${name} with (force)`);
        await statement(lease.databaseUrl, "checkpoint");
      },
    };
  };
  return {
    database: () => copyOf(TEMPLATE),
    pattern: async (source) => {
      await source.database.close();
      // As a database that runs for a while: its statistics are known, nothing waits to be written.
      await statement(source.url, "vacuum (freeze, analyze)");
      return async () => {
        return copyOf(new URL(source.url).pathname.slice(1));
      };
    },
    close: async () => {
      await lease.release({ stopIfLast: true });
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function statement(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
