/** An engine over a test's database: the standard book, a clock that moves when told. */
import { Temporal } from "temporal-polyfill";

import type { VaultKeys } from "../../src/access/vault-key.ts";
import type { AccountVault } from "../../src/access/vault.ts";
import { accountVault } from "../../src/access/vault.ts";
import type { EngineParts } from "../../src/accounting/client-runtime.ts";
import { createEngine } from "../../src/accounting/client-runtime.ts";
import type { Engine } from "../../src/accounting/engine.ts";
import { executeAccounting } from "../../src/accounting/execute-accounting.ts";
import type { OperationResult } from "../../src/accounting/execute-accounting.ts";
import { openClaims } from "../../src/accounting/open-claims.ts";
import { insertClient } from "../../src/cases/store.ts";
import type { Database } from "../../src/database/database.ts";
import { assert } from "../../src/kernel/assert.ts";
import type { ManualClock } from "../../src/kernel/clock.ts";
import { manualClock } from "../../src/kernel/clock.ts";
import { uuids } from "../../src/kernel/ids.ts";
import { loadRuleBook, STANDARD_BOOK } from "../../src/rulebook/read.ts";

export interface TestEngine extends Engine {
  readonly clock: ManualClock;
  readonly vault: AccountVault;
}

const { rulebook, problems } = await loadRuleBook(STANDARD_BOOK);
assert(rulebook !== null, `the standard book does not load: ${JSON.stringify(problems[0])}`);
export const standardBook = rulebook;

export const TEST_KEYS: VaultKeys = {
  current: 1,
  wrapping: new Map([[1, Buffer.alloc(32, 7)]]),
  search: Buffer.alloc(32, 9),
  derive: () => Buffer.alloc(32, 8),
};

/** Monday 2026-11-16, 10 in the morning in New York. */
export const START = "2026-11-16T15:00:00Z";

export function testEngine(
  database: Database,
  clock: ManualClock = manualClock(Temporal.Instant.from(START)),
  more: Partial<Pick<EngineParts, "departureOf" | "releaseDay" | "creditBy" | "rulebooks">> = {},
): TestEngine {
  const ids = uuids(clock);
  const engine = createEngine({
    database,
    clock,
    ids,
    rulebooks: (id) => (id === "standard" ? standardBook : undefined),
    ...more,
  });
  const vault = accountVault(TEST_KEYS, { ids, clock });
  return { ...engine, clock, vault };
}

let clientOrdinal = 0;

/**
 * Adds a client of a fresh id (an engine remembers clients by id and version); without services
 * and profiles everything goes the manual route.
 */
export async function aClient(engine: TestEngine, settings: unknown = {}): Promise<string> {
  const id = `client-${(clientOrdinal += 1)}`;
  const createdAt = engine.clock.now().toString();
  await engine.database.transaction((tx) =>
    insertClient(tx, { id, name: `Client ${clientOrdinal}`, settings, createdAt }),
  );
  return id;
}

let claimOrdinal = 0;

/** Opens a claim with one dispute; answers the dispute's number. */
export async function aDisputeOf(
  engine: TestEngine,
  clientId: string,
  facts: Record<string, unknown> = {},
  amount = "100.00",
): Promise<string> {
  const key = `claim-${(claimOrdinal += 1)}`;
  const [result] = await engine.database.transaction((tx) =>
    openClaims(tx, engine, engine.vault, [
      {
        clientId,
        key,
        claimType: "Card",
        noticeReceivedOn: "2026-11-16",
        facts: {},
        disputes: [
          {
            amount,
            currency: "USD",
            account: "4000123412341234",
            accountKind: "card",
            facts: { network: "visa", product: "debit", regulation: "E", ...facts },
          },
        ],
      },
    ]),
  );
  if (result?.failure) throw result.failure;
  return result?.disputes[0] as string;
}

let operationOrdinal = 0;

/** Executes one operation; throws what it was refused with. */
export async function operate(
  engine: TestEngine,
  clientId: string,
  dispute: string,
  operation: string,
  input: Record<string, unknown> = {},
): Promise<OperationResult> {
  const [result] = await executeAccounting(engine, [
    {
      clientId,
      key: `operation-${(operationOrdinal += 1)}`,
      source: "api",
      actor: "test",
      dispute,
      operation,
      input,
    },
  ]);
  assert(result !== undefined, "one operation has one result");
  if (result.failure !== null) throw result.failure;
  return result;
}
