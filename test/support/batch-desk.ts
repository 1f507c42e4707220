/** A desk of the batch route over a test's engine; also used by processes that tests kill. */
import type { VaultKeys } from "../../src/access/vault-key.ts";
import type { BatchDesk } from "../../src/batch/desk.ts";
import type { Failpoints } from "../../src/kernel/failpoints.ts";
import { noFailpoints } from "../../src/kernel/failpoints.ts";
import { secretsFrom } from "../../src/connections/secrets.ts";
import type { TestEngine } from "./engine.ts";

const KEYS: VaultKeys = {
  current: 1,
  wrapping: new Map([[1, Buffer.alloc(32, 7)]]),
  search: Buffer.alloc(32, 9),
  derive: () => Buffer.alloc(32, 8),
};

export function batchDesk(engine: TestEngine, failpoints: Failpoints = noFailpoints): BatchDesk {
  const secrets = secretsFrom(process.env);
  return { engine, vault: engine.vault, keys: KEYS, secrets, failpoints };
}

/** The name of the profile that tests use. */
export const PROFILE = "nightly";

export const SENDING = { worker: "test", leaseSeconds: 60, spacingDivisor: 1 };
