/**
 * Settings → database → engine: what the server and every command that books something start
 * from. Migrates first, so that a command beside no running server finds its schema.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { claimVault } from "./access/claim-vault.ts";
import type { VaultKeys } from "./access/vault-key.ts";
import { readVaultKeys } from "./access/vault-key.ts";
import type { AccountVault } from "./access/vault.ts";
import { accountVault } from "./access/vault.ts";
import { createEngine } from "./accounting/client-runtime.ts";
import type { Engine } from "./accounting/engine.ts";
import { departureOf, releaseDayOf } from "./batch/pend-for-batch-accounting.ts";
import type { Configuration, Environment } from "./config.ts";
import type { Secrets } from "./connections/secrets.ts";
import { secretsFrom } from "./connections/secrets.ts";
import { migrate } from "./database/migrate.ts";
import { openDatabase } from "./database/open.ts";
import type { Clock } from "./kernel/clock.ts";
import { systemClock } from "./kernel/clock.ts";
import type { Failpoints } from "./kernel/failpoints.ts";
import { failpointsFrom } from "./kernel/failpoints.ts";
import { uuids } from "./kernel/ids.ts";
import type { RuleBook } from "./rulebook/load.ts";
import { creditBy } from "./resolution/regulatory-clocks/credit-by.ts";
import { servedBooks } from "./rulebook/own-books.ts";

const PROJECT = join(import.meta.dirname, "..");

export interface OpenEngine {
  readonly engine: Engine;
  readonly vault: AccountVault;
  readonly keys: VaultKeys;
  /** The rule book by id. */
  readonly rulebooks: (id: string) => RuleBook | undefined;
  readonly secrets: Secrets;
  /** Where a test wants the process to die or fail; none in production. */
  readonly failpoints: Failpoints;
  /** True where the database is the embedded one. */
  readonly embedded: boolean;
  close(): Promise<void>;
}

export async function openEngine(
  configuration: Configuration,
  environment: Environment,
  log: (line: string) => void,
  clock: Clock = systemClock,
): Promise<OpenEngine> {
  // Before the database is touched: what cannot be worked by changes nothing.
  const books = await servedBooks(configuration.ruleBooks);
  const rulebooks = (id: string) => books.get(id);
  await mkdir(configuration.dataDirectory, { recursive: true });
  const { databaseUrl, dataDirectory } = configuration;
  const opened = await openDatabase({ databaseUrl, dataDirectory, log });
  try {
    await migrate({
      databaseUrl: opened.databaseUrl,
      directory: join(PROJECT, "migrations"),
      clock: systemClock,
      log,
    });
    const keys = await readVaultKeys(configuration.vaultKeyFile, true);
    await claimVault(opened.database, keys);
    const ids = uuids(clock);
    return {
      engine: createEngine({
        database: opened.database,
        clock,
        ids,
        rulebooks,
        departureOf,
        releaseDay: releaseDayOf,
        creditBy,
      }),
      vault: accountVault(keys, { clock, ids }),
      keys,
      rulebooks,
      secrets: secretsFrom(environment),
      failpoints: failpointsFrom(configuration.failpoints),
      embedded: opened.embedded,
      close: () => opened.close(),
    };
  } catch (error) {
    await opened.close();
    throw error;
  }
}
