/** What a quarter is played with, over a database given: the engine as `serve` assembles it. */
import { createHash } from "node:crypto";

import { Temporal } from "temporal-polyfill";

import type { VaultKeys } from "../../src/access/vault-key.ts";
import { accountVault } from "../../src/access/vault.ts";
import { createEngine } from "../../src/accounting/client-runtime.ts";
import type { Engine } from "../../src/accounting/engine.ts";
import { actionsOf } from "../../src/action-verbs.ts";
import { departureOf, releaseDayOf } from "../../src/batch/pend-for-batch-accounting.ts";
import type { Database } from "../../src/database/database.ts";
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

/** `planted` changes the engine, to show that the judge sees a bug. */
export async function partsOver(
  database: Database,
  seed: number,
  planted: (engine: Engine) => Engine = (engine) => engine,
): Promise<QuarterParts> {
  const clock = manualClock(Temporal.Instant.from("2026-01-01T00:00:00Z"));
  const ids = uuids(clock, seededBytes(seed));
  const standard = requireRuleBook(await loadRuleBook(STANDARD_BOOK));
  const rulebooks = (id: string) => (id === "standard" ? standard : undefined);
  const parts = { database, clock, ids, rulebooks, departureOf, releaseDay: releaseDayOf };
  const engine = planted(createEngine(parts));
  const vault = accountVault(KEYS, { clock, ids });
  const desk = { engine, vault, keys: KEYS, secrets: () => "", failpoints: noFailpoints };
  return {
    engine,
    clock,
    vault,
    keys: KEYS,
    actions: actionsOf(desk),
    verify: async () => {
      const found: string[] = [];
      await verify(desk, { onViolation: (one) => found.push(JSON.stringify(one)) });
      return found;
    },
  };
}

/** Ids that a seed repeats, none of them twice: a counter, hashed. */
function seededBytes(seed: number): (size: number) => Uint8Array {
  let ordinal = 0;
  return (size) => {
    ordinal += 1;
    return createHash("shake256", { outputLength: size }).update(`${seed} ${ordinal}`).digest();
  };
}
