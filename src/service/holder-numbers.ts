/** The holders' numbers that requests carry, whole and masked, read from the vault for a set. */
import { vaultAccountsOf } from "../accounting/vault-accounts.ts";
import type { Queries } from "../database/database.ts";

import type { ServiceDesk } from "./desk.ts";
import type { ServiceAdjustment } from "./views.ts";

export interface HolderNumbers {
  readonly whole: ReadonlyMap<string, string>;
  readonly masked: ReadonlyMap<string, string>;
}

export async function readHolderNumbers(
  db: Queries,
  vault: ServiceDesk["vault"],
  rows: readonly Pick<ServiceAdjustment, "clientId" | "holderAccount" | "entries">[],
): Promise<HolderNumbers> {
  if (rows.length === 0) return { whole: new Map(), masked: new Map() };
  const refs = rows.flatMap(({ clientId, holderAccount, entries }) =>
    [holderAccount, ...vaultAccountsOf(entries)].map((accountId) => ({ clientId, accountId })),
  );
  const unique = [...new Map(refs.map((one) => [one.accountId, one])).values()];
  return vault.numbersWithMasks(db, unique);
}

/** Masked forms by whole number, of what a request for this adjustment may carry. */
export function maskedByNumber(
  { whole, masked }: HolderNumbers,
  { holderAccount, entries }: Pick<ServiceAdjustment, "holderAccount" | "entries">,
): ReadonlyMap<string, string> {
  const accounts = [holderAccount, ...vaultAccountsOf(entries)];
  return new Map(
    accounts.flatMap((account): [string, string][] => {
      const number = whole.get(account);
      return number === undefined ? [] : [[number, masked.get(account) ?? ""]];
    }),
  );
}
