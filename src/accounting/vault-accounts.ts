/**
 * Which accounts of entries are a holder's: ids of the vault, while the institution's own go by the
 * names of its chart. A dispute's entries may stand on more than one of them, since the account of
 * a refused posting may be changed.
 */
import { UUID } from "../kernel/ids.ts";

interface EntryAccounts {
  readonly debitAccount: string;
  readonly creditAccount: string;
}

/** No name of a chart looks like an id. */
export function isVaultAccount(account: string): boolean {
  return UUID.test(account);
}

/** The holder's accounts of entries, each once, in their order. */
export function vaultAccountsOf(entries: readonly EntryAccounts[]): string[] {
  const all = entries.flatMap((entry) => [entry.debitAccount, entry.creditAccount]);
  return [...new Set(all.filter(isVaultAccount))];
}

/** The holder's account that entries move; the dispute's own where they move none. */
export function holderAccountOf(entries: readonly EntryAccounts[], ofDispute: string): string {
  const isOfDispute = entries.some(
    ({ debitAccount, creditAccount }) => debitAccount === ofDispute || creditAccount === ofDispute,
  );
  // The common case, asked for each line of a file.
  if (isOfDispute && isVaultAccount(ofDispute)) return ofDispute;
  const accounts = vaultAccountsOf(entries);
  return accounts.includes(ofDispute) ? ofDispute : (accounts[0] ?? ofDispute);
}
