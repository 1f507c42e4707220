/**
 * The first start on an empty database: somebody has to be able to sign in. Makes one user and one
 * API key with every role, and writes them where only the owner of the data can read them.
 */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Database } from "../database/database.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";

import { recordAudit } from "./audit.ts";
import { hashPassword } from "./password.ts";
import { ROLES } from "./roles.ts";
import { insertApiKey, insertUser } from "./store.ts";
import { newApiKey, tokenHash } from "./tokens.ts";
import { hasUsers } from "./views.ts";

export interface FirstRun {
  readonly address: string;
  readonly user: string;
  readonly password: string;
  readonly apiKey: string;
}

const FIRST_USER = "admin";
const FIRST_KEY = "first-run";
const PASSWORD_BYTES = 15;

/**
 * Makes a user and a key if nobody can sign in yet, and writes `first-run.json`; else keeps the
 * address in it up to date. Answers its content, or null where there is none. What it says is on
 * disk before it is true, under another name until it is: a user whose password nobody knows would
 * lock everybody out, and whoever waits for the file may sign in at once.
 */
export async function firstRun(
  access: { database: Database; clock: Clock; ids: Ids },
  dataDirectory: string,
  address: string,
): Promise<FirstRun | null> {
  const path = join(dataDirectory, "first-run.json");
  const draft = join(dataDirectory, "first-run.new.json");
  if (await hasUsers(access.database)) {
    // Killed right after the user was made: the draft says the truth.
    if (!existsSync(path) && existsSync(draft)) await rename(draft, path);
    return keepAddress(path, address);
  }
  const content: FirstRun = {
    address,
    user: FIRST_USER,
    password: randomBytes(PASSWORD_BYTES).toString("base64url"),
    apiKey: newApiKey(),
  };
  await writePrivately(draft, content);
  await makeBoth(access, content);
  await rename(draft, path);
  return content;
}

async function makeBoth(
  access: { database: Database; clock: Clock; ids: Ids },
  content: FirstRun,
): Promise<void> {
  const passwordHash = await hashPassword(content.password);
  const createdAt = access.clock.now().toString();
  const everything = { roles: ROLES, clients: null, createdAt };
  await access.database.transaction(async (tx) => {
    await insertUser(tx, {
      ...everything,
      id: access.ids.next(),
      name: FIRST_USER,
      displayName: "Administrator",
      passwordHash,
    });
    await insertApiKey(tx, {
      ...everything,
      id: access.ids.next(),
      name: FIRST_KEY,
      keyHash: tokenHash(content.apiKey),
      prefix: content.apiKey.slice(0, 8),
      createdBy: FIRST_USER,
      expiresAt: null,
    });
    const act = { actor: "first-run", subject: FIRST_USER };
    await recordAudit(tx, access, [
      { ...act, action: "createUser" },
      { ...act, action: "createApiKey", subject: FIRST_KEY },
    ]);
  });
}

async function keepAddress(path: string, address: string): Promise<FirstRun | null> {
  const text = await readFile(path, "utf8").catch(() => null);
  if (text === null) return null;
  const content = JSON.parse(text) as FirstRun;
  if (content.address === address) return content;
  const moved = { ...content, address };
  await writePrivately(path, moved);
  return moved;
}

async function writePrivately(path: string, content: FirstRun): Promise<void> {
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  await rename(temporary, path);
}
