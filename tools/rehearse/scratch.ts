/** A database of its own for a rehearsal, with an engine whose clock stands still until moved. */
import { createHash } from "node:crypto";

import { Temporal } from "temporal-polyfill";

import { scratchServer } from "../../bench/scratch-server.ts";
import { accountVault } from "../../src/access/vault.ts";
import type { VaultKeys } from "../../src/access/vault-key.ts";
import { createEngine } from "../../src/accounting/client-runtime.ts";
import { departureOf } from "../../src/batch/pend-for-batch-accounting.ts";
import { manualClock } from "../../src/kernel/clock.ts";
import { noFailpoints } from "../../src/kernel/failpoints.ts";
import { uuids } from "../../src/kernel/ids.ts";
import { verify } from "../../src/proof/verify/verify.ts";
import type { QuarterParts } from "../../src/rehearsal/quarter/play-quarter.ts";
import { requireRuleBook } from "../../src/rulebook/load.ts";
import { loadRuleBook, STANDARD_BOOK } from "../../src/rulebook/read.ts";

const KEYS: VaultKeys = {
  current: 1,
  wrapping: new Map([[1, Buffer.alloc(32, 1)]]),
  search: Buffer.alloc(32, 2),
  derive: () => Buffer.alloc(32, 3),
};

export interface Scratch extends QuarterParts {
  close(): Promise<void>;
}

export async function openScratch(seed: number): Promise<Scratch> {
  const server = await scratchServer();
  const { database } = await server.database();
  const clock = manualClock(Temporal.Instant.from("2026-01-01T00:00:00Z"));
  const ids = uuids(clock, seededBytes(seed));
  const standard = requireRuleBook(await loadRuleBook(STANDARD_BOOK));
  const engine = createEngine({
    database,
    clock,
    ids,
    rulebooks: (id) => (id === "standard" ? standard : undefined),
    departureOf,
  });
  const vault = accountVault(KEYS, { clock, ids });
  return {
    engine,
    clock,
    vault,
    keys: KEYS,
    verify: async () => {
      const desk = { engine, vault, keys: KEYS, secrets: () => "", failpoints: noFailpoints };
      const found: string[] = [];
      await verify(desk, { onViolation: (one) => found.push(JSON.stringify(one)) });
      return found;
    },
    close: async () => {
      await database.close();
      await server.close();
    },
  };
}

/** Ids that a seed repeats, none of them twice: a counter, hashed. */
function seededBytes(seed: number): (size: number) => Uint8Array {
  let ordinal = 0;
  return (size) => {
    ordinal += 1;
    return createHash("sha256").update(`${seed} ${ordinal}`).digest().subarray(0, size);
  };
}
