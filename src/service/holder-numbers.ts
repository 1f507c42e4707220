/** The holders' numbers that requests carry, whole and masked, read from the vault for a set. */
import type { Queries } from "../database/database.ts";

import type { ServiceDesk } from "./desk.ts";

export interface HolderNumbers {
  readonly whole: ReadonlyMap<string, string>;
  readonly masked: ReadonlyMap<string, string>;
}

export async function readHolderNumbers(
  db: Queries,
  vault: ServiceDesk["vault"],
  rows: readonly { readonly clientId: string; readonly holderAccount: string }[],
): Promise<HolderNumbers> {
  if (rows.length === 0) return { whole: new Map(), masked: new Map() };
  const refs = rows.map((row) => ({ clientId: row.clientId, accountId: row.holderAccount }));
  const unique = [...new Map(refs.map((one) => [one.accountId, one])).values()];
  return { whole: await vault.numbers(db, unique), masked: await vault.masked(db, unique) };
}
