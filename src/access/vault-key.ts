/**
 * The key file of the vault, which lies outside the database: without it the numbers in a stolen
 * database are noise, and losing it loses them. Created on first start, readable by its owner only.
 *
 * Lines: `search KEY` (never changes: it makes the search hashes) and one or more `wrap NUMBER
 * KEY`; the highest number wraps new data keys, the others still open old ones. Keys are base64.
 */
import { hkdfSync, randomBytes } from "node:crypto";
import { mkdir, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";

import { Failure } from "../kernel/failure.ts";

export interface VaultKeys {
  readonly search: Buffer;
  /** Wrapping keys by number. */
  readonly wrapping: ReadonlyMap<number, Buffer>;
  /** The number that wraps new data keys. */
  readonly current: number;
  /** A key for another purpose, e.g. signing cursors: the same in every process of a system. */
  derive(purpose: string): Buffer;
}

const KEY_BYTES = 32;

/**
 * Reads the key file, or creates it where `create` allows. Two processes that start at once agree:
 * the file is made exclusively. Throws `configuration-invalid`, never quoting a key.
 */
export async function readVaultKeys(path: string, create: boolean): Promise<VaultKeys> {
  const text = (await readText(path)) ?? (create ? await createFile(path) : undefined);
  if (text === undefined) throw invalid(path, "does not exist");
  return parse(path, text);
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

async function createFile(path: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  const text = `search ${fresh()}\nwrap 1 ${fresh()}\n`;
  try {
    const file = await open(path, "wx", 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    return text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return await readFile(path, "utf8");
  }
}

function parse(path: string, text: string): VaultKeys {
  let search: Buffer | undefined;
  const wrapping = new Map<number, Buffer>();
  for (const line of text.split("\n").filter((one) => one !== "")) {
    const words = line.split(" ");
    const key = Buffer.from(words.at(-1) ?? "", "base64");
    if (key.length !== KEY_BYTES) throw invalid(path, "holds a key that is not 256 bits long");
    if (words[0] === "search" && words.length === 2) search = key;
    else if (words[0] === "wrap" && /^[1-9][0-9]{0,5}$/.test(words[1] ?? "")) {
      wrapping.set(Number(words[1]), key);
    } else throw invalid(path, "holds a line that is neither `search KEY` nor `wrap NUMBER KEY`");
  }
  if (search === undefined || wrapping.size === 0) {
    throw invalid(path, "needs a search key and a wrapping key");
  }
  const root = search;
  return {
    search,
    wrapping,
    current: Math.max(...wrapping.keys()),
    derive: (purpose) => Buffer.from(hkdfSync("sha256", root, "", `redress ${purpose}`, KEY_BYTES)),
  };
}

function fresh(): string {
  return randomBytes(KEY_BYTES).toString("base64");
}

function invalid(path: string, problem: string): Failure {
  return new Failure("configuration-invalid", `the vault's key file ${path} ${problem}`, {
    setting: "REDRESS_VAULT_KEY_FILE",
  });
}
