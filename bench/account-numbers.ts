/**
 * Numbers of the holders' accounts of a bench in the vault, each sealed by its claim's key. They
 * are made by a process of its own: what it needs is no part of the memory that the bench measures.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { maskOf, newDataKey, seal, searchHash, searchKey, wrapKey } from "../src/access/seal.ts";
import type { VaultKeys } from "../src/access/vault-key.ts";
import { connectDatabase } from "../src/database/database.ts";
import { sql } from "../src/database/sql.ts";

import { BENCH_KEYS } from "./batch-desk.ts";
import { CLIENT, idOfKind } from "./pending-adjustments.ts";

/** The number of account n, and how the floor makes it out of the account's id. */
const numberOf = (n: number): string => `4000${String(n).padStart(12, "0")}`;
export const NUMBER_IN_SQL = `'4000' || lpad(
  ('x' || left(right(d.account_id::text, 12), 11))::bit(44)::bigint::text, 12, '0')`;

export async function makeAccountNumbers(url: string, count: number): Promise<void> {
  await promisify(execFile)(process.execPath, [import.meta.filename, url, String(count)]);
}

async function makeThem(url: string, count: number, keys: VaultKeys): Promise<void> {
  const owner = connectDatabase({ databaseUrl: url, role: "owner", connections: 1 });
  const wrapping = keys.wrapping.get(keys.current) as Buffer;
  const hashKey = searchKey(keys.search);
  const dataKeys = Array.from({ length: 256 }, newDataKey);
  const wrapped = dataKeys.map((key) => hex(wrapKey(wrapping, key)));
  const keyOf = (n: number): Buffer => dataKeys[n % 256] as Buffer;
  const rows = function* (line: (n: number) => readonly string[]): Generator<string> {
    for (let n = 1; n <= count; n += 1) yield `${line(n).join("\t")}\n`;
  };
  const at = "2026-11-16T10:00:00Z";
  try {
    await owner.copyIn(
      sql`copy account_key (client_id, claim_id, wrapped_key, wrapping_key, created_at) from stdin`,
      rows((n) => [CLIENT, idOfKind("c", n), wrapped[n % 256] as string, `${keys.current}`, at]),
    );
    await owner.copyIn(
      sql`
        copy account_number (
          client_id, id, claim_id, kind, sealed, search_hash, masked, created_at)
        from stdin`,
      rows((n) => {
        const place = { clientId: CLIENT, claimId: idOfKind("c", n), id: idOfKind("b", n) };
        const number = numberOf(n);
        const sealed = hex(seal(keyOf(n), place, number));
        const hash = hex(searchHash(hashKey, CLIENT, number));
        const { id, claimId } = place;
        return [CLIENT, id, claimId, "card", sealed, hash, maskOf("card", number), at];
      }),
    );
    await owner.execute(sql`vacuum (freeze, analyze) account_number, account_key`);
  } finally {
    await owner.close();
  }
}

function hex(bytes: Buffer): string {
  return String.raw`\\x${bytes.toString("hex")}`;
}

if (import.meta.main) {
  const [url = "", count = "0"] = process.argv.slice(2);
  await makeThem(url, Number(count), BENCH_KEYS);
}
