/** Writes the two files that follow from the migrations: `migrations/MANIFEST`, `schema.sql`. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { connectDatabase } from "../src/database/database.ts";
import { temporaryServer } from "../src/database/embedded/temporary.ts";
import { manifestOf, migrate, readMigrations } from "../src/database/migrate.ts";
import { schemaText } from "../src/database/schema-text.ts";
import { readSchema } from "../src/database/schema.ts";
import { systemClock } from "../src/kernel/clock.ts";

const ROOT = join(import.meta.dirname, "..");
const directory = join(ROOT, "migrations");

const { databaseUrl, remove } = await temporaryServer("redress-schema-");
try {
  await writeFile(join(directory, "MANIFEST"), manifestOf(await readMigrations(directory)));
  await migrate({ databaseUrl, directory, clock: systemClock });
  const database = connectDatabase({ databaseUrl, role: "owner", connections: 1 });
  await writeFile(join(ROOT, "schema.sql"), schemaText(await readSchema(database)));
  await database.close();
} finally {
  await remove();
}
