/** Writes the two files that follow from the migrations: `migrations/MANIFEST`, `schema.sql`. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { connectDatabase } from "../src/database/database.ts";
import { leaseEmbedded } from "../src/database/embedded/lease.ts";
import { manifestOf, migrate, readMigrations } from "../src/database/migrate.ts";
import { schemaText } from "../src/database/schema-text.ts";
import { readSchema } from "../src/database/schema.ts";
import { systemClock } from "../src/kernel/clock.ts";

const ROOT = join(import.meta.dirname, "..");
const directory = join(ROOT, "migrations");

const dataDirectory = await mkdtemp(join(tmpdir(), "redress-schema-"));
const { databaseUrl, release } = await leaseEmbedded({ dataDirectory, graceSeconds: 0 });
try {
  await writeFile(join(directory, "MANIFEST"), manifestOf(await readMigrations(directory)));
  await migrate({ databaseUrl, directory, clock: systemClock });
  const database = connectDatabase({ databaseUrl, role: "owner", connections: 1 });
  await writeFile(join(ROOT, "schema.sql"), schemaText(await readSchema(database)));
  await database.close();
} finally {
  await release({ stopIfLast: true });
  await rm(dataDirectory, { recursive: true, force: true });
}
