/** Ties a database to its key file: numbers sealed with one cannot be opened with another. */
import type { Database } from "../database/database.ts";
import { Failure } from "../kernel/failure.ts";

import { rememberFingerprint } from "./store.ts";
import type { VaultKeys } from "./vault-key.ts";

/** Throws `configuration-invalid` when the database belongs to another key file. */
export async function claimVault(database: Database, keys: VaultKeys): Promise<void> {
  const mine = keys.derive("fingerprint");
  const known = await database.transaction((tx) => rememberFingerprint(tx, mine));
  if (Buffer.compare(mine, known) === 0) return;
  throw new Failure(
    "configuration-invalid",
    "this database's account numbers are sealed with another key file than the one configured",
    { setting: "REDRESS_VAULT_KEY_FILE" },
  );
}
