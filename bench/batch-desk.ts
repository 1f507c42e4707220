/** A desk of the batch route over a bench's database, and the client whose adjustments wait. */
import { accountVault } from "../src/access/vault.ts";
import type { VaultKeys } from "../src/access/vault-key.ts";
import { createEngine } from "../src/accounting/client-runtime.ts";
import type { BatchDesk } from "../src/batch/desk.ts";
import { insertClient } from "../src/cases/store.ts";
import type { Database } from "../src/database/database.ts";
import { secretsFrom } from "../src/connections/secrets.ts";
import { systemClock } from "../src/kernel/clock.ts";
import { noFailpoints } from "../src/kernel/failpoints.ts";
import { uuids } from "../src/kernel/ids.ts";
import { requireRuleBook } from "../src/rulebook/load.ts";
import { loadRuleBook, STANDARD_BOOK } from "../src/rulebook/read.ts";

import { CLIENT, PROFILE } from "./pending-adjustments.ts";

export const BENCH_KEYS: VaultKeys = {
  current: 1,
  wrapping: new Map([[1, Buffer.alloc(32, 1)]]),
  search: Buffer.alloc(32, 2),
  derive: () => Buffer.alloc(32, 3),
};

const book = requireRuleBook(await loadRuleBook(STANDARD_BOOK));

export function benchDesk(database: Database): BatchDesk {
  const clock = systemClock;
  const ids = uuids(clock);
  const engine = createEngine({ database, clock, ids, rulebooks: () => book });
  const vault = accountVault(BENCH_KEYS, { clock, ids });
  return { engine, vault, keys: BENCH_KEYS, failpoints: noFailpoints, secrets: secretsFrom({}) };
}

/** Nobody carries the files of a bench anywhere. */
export async function withClient(
  database: Database,
  layout: string | Record<string, unknown> = "generic-csv",
): Promise<void> {
  const nightly = {
    layout,
    marker: "TEST",
    delivery: { kind: "byHand" },
    basis: "onAcknowledgement",
  };
  await database.transaction((tx) =>
    insertClient(tx, {
      id: CLIENT,
      name: "Plains Bank",
      settings: {
        calendar: { holidays: "federal-reserve", zone: "America/Chicago" },
        batchProfiles: { [PROFILE]: nightly },
      },
      createdAt: "2026-11-16T00:00:00Z",
    }),
  );
}
