/**
 * What a file's lines are put in words with: texts of the rules and numbers of accounts. What is
 * used is kept with the file, so that it renders the same after the rule book changed; a holder's
 * number is never kept, it is read from the vault for the slice of lines that needs it.
 */
import type { AccountVault } from "../../access/vault.ts";
import { vaultAccountsOf } from "../../accounting/vault-accounts.ts";
import type { Queries } from "../../database/database.ts";

import type { Movement, Words } from "./line-values.ts";
import type { KeptFacts } from "../store.ts";

export interface FileWords extends Words {
  /**
   * Reads the holders' numbers of these movements from the vault. Those of the part before are
   * known as well, so that a part can be read ahead.
   */
  readNumbers(db: Queries, movements: readonly Movement[]): Promise<void>;
  kept(): Pick<KeptFacts, "texts" | "numbers">;
}

export interface WordSources {
  readonly clientId: string;
  readonly texts: Readonly<Record<string, string>>;
  /** The number of one of the institution's own accounts. */
  glNumber(account: string): string | null;
  /** Null where the layout carries no numbers. */
  readonly vault: Pick<AccountVault, "numbers"> | null;
}

export function fileWords(sources: WordSources): FileWords {
  const texts: Record<string, string> = {};
  const numbers: Record<string, string> = {};
  let holders: ReadonlyMap<string, string> = new Map();
  let before = holders;
  return {
    textOf: (rule) => (texts[rule] ??= sources.texts[rule] ?? inWords(rule)),
    numberOf: (account) => {
      const holder = before.get(account) ?? holders.get(account);
      if (holder !== undefined) return holder;
      const known = numbers[account] ?? sources.glNumber(account);
      if (known !== null) numbers[account] = known;
      return known;
    },
    readNumbers: async (db, movements) => {
      if (sources.vault === null) return;
      const accounts = [...new Set(movements.flatMap(holderAccountsOf))];
      const refs = accounts.map((accountId) => ({ clientId: sources.clientId, accountId }));
      const read = await sources.vault.numbers(db, refs);
      before = holders;
      holders = read;
    },
    kept: () => ({ texts, numbers }),
  };
}

function holderAccountsOf({ holderAccount, entries }: Movement): string[] {
  return [holderAccount, ...vaultAccountsOf(entries)];
}

/** `LossAdjustmentReversal` as `Loss Adjustment Reversal`. */
function inWords(rule: string): string {
  return rule.replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2");
}
