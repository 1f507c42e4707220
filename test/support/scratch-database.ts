/** An empty database of the run's server for one test, for what changes a schema. */
import { randomBytes } from "node:crypto";

import { inject, onTestFinished } from "vitest";

import { databaseNamed, execute } from "./owner.ts";

/** Its address, signing in as the owner. It is dropped when the test is finished. */
export async function scratchDatabase(): Promise<string> {
  const name = `scratch_${randomBytes(8).toString("hex")}`;
  const serverUrl = inject("serverUrl");
  await execute(serverUrl, `create database ${name} template template0`);
  onTestFinished(() => execute(serverUrl, `drop database ${name} with (force)`));
  return databaseNamed(serverUrl, name);
}
