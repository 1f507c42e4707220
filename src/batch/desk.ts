/** What the verbs of the batch route need beside the engine: the vault, its keys, failpoints. */
import type { VaultKeys } from "../access/vault-key.ts";
import type { AccountVault } from "../access/vault.ts";
import type { Engine } from "../accounting/engine.ts";
import type { Secrets } from "../connections/secrets.ts";
import type { Failpoints } from "../kernel/failpoints.ts";

export interface BatchDesk {
  readonly engine: Engine;
  /** Asked for numbers only where a layout carries them. */
  readonly vault: Pick<AccountVault, "numbers">;
  /** Wrap the data keys of files whose bytes hold account numbers. */
  readonly keys: VaultKeys;
  /** Of destinations: keys and passwords, by reference. */
  readonly secrets: Secrets;
  readonly failpoints: Failpoints;
}
