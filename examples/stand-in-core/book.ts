/**
 * The stand-in core's own double-entry book: accounts, postings by key, a journal file that is
 * written before anything is answered. It shares no code with Redress, so that the two books can
 * be compared.
 */
import { appendFileSync, closeSync, existsSync, fsyncSync, openSync, readFileSync } from "node:fs";

export interface PostingLine {
  readonly debitAccount: string;
  readonly creditAccount: string;
  /** Minor units of the posting's currency. */
  readonly minor: bigint;
}

export interface Posting {
  readonly id: string;
  readonly key: string;
  /** What the request said, canonical: the same key with another body is another posting. */
  readonly fingerprint: string;
  readonly currency: string;
  readonly amount: string;
  readonly lines: readonly PostingLine[];
  readonly postedOn: string;
  readonly text: string;
}

export interface AccountBalance {
  readonly account: string;
  readonly currency: string;
  readonly debits: bigint;
  readonly credits: bigint;
}

export interface Book {
  /** The posting under a key; undefined where nothing was ever posted under it. */
  find(key: string): Posting | undefined;
  post(posting: Omit<Posting, "id">): Posting;
  postings(): readonly Posting[];
  accounts(): readonly AccountBalance[];
  isClosed(account: string): boolean;
  setClosed(account: string, closed: boolean): void;
  close(): void;
}

type JournalLine =
  | { readonly kind: "posting"; readonly posting: StoredPosting }
  | { readonly kind: "account"; readonly account: string; readonly closed: boolean };

interface StoredPosting extends Omit<Posting, "lines"> {
  readonly lines: readonly (Omit<PostingLine, "minor"> & { readonly minor: string })[];
}

/** A book in memory, or kept in an NDJSON journal that is read again at the next start. */
export function openBook(options: { journal?: string; fsync?: boolean } = {}): Book {
  const postings = new Map<string, Posting>();
  const balances = new Map<string, AccountBalance>();
  const closed = new Set<string>();

  const move = (account: string, currency: string, debit: bigint, credit: bigint): void => {
    const name = `${account} ${currency}`;
    const before = balances.get(name) ?? { account, currency, debits: 0n, credits: 0n };
    balances.set(name, {
      ...before,
      debits: before.debits + debit,
      credits: before.credits + credit,
    });
  };
  const add = (posting: Posting): void => {
    postings.set(posting.key, posting);
    for (const line of posting.lines) {
      move(line.debitAccount, posting.currency, line.minor, 0n);
      move(line.creditAccount, posting.currency, 0n, line.minor);
    }
  };
  const setClosed = (account: string, isClosed: boolean): void => {
    if (isClosed) closed.add(account);
    else closed.delete(account);
  };

  for (const line of readJournal(options.journal)) {
    if (line.kind === "account") setClosed(line.account, line.closed);
    else add(restored(line.posting));
  }
  const file = options.journal === undefined ? undefined : openSync(options.journal, "a", 0o600);
  const write = (line: JournalLine): void => {
    if (file === undefined) return;
    appendFileSync(file, `${JSON.stringify(line)}\n`);
    if (options.fsync === true) fsyncSync(file);
  };

  return {
    find: (key) => postings.get(key),
    post: (given) => {
      const posting = { ...given, id: `P${String(postings.size + 1).padStart(8, "0")}` };
      write({ kind: "posting", posting: stored(posting) });
      add(posting);
      return posting;
    },
    postings: () => [...postings.values()],
    accounts: () => [...balances.values()].sort((a, b) => (a.account < b.account ? -1 : 1)),
    isClosed: (account) => closed.has(account),
    setClosed: (account, isClosed) => {
      write({ kind: "account", account, closed: isClosed });
      setClosed(account, isClosed);
    },
    close: () => {
      if (file !== undefined) closeSync(file);
    },
  };
}

/** A last line cut short by a kill was never answered: it is left out. */
function readJournal(path: string | undefined): JournalLine[] {
  if (path === undefined || !existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n");
  const whole = lines.slice(0, -1);
  return whole.filter((line) => line !== "").map((line) => JSON.parse(line) as JournalLine);
}

function stored(posting: Posting): StoredPosting {
  return {
    ...posting,
    lines: posting.lines.map((line) => ({ ...line, minor: String(line.minor) })),
  };
}

function restored(posting: StoredPosting): Posting {
  return {
    ...posting,
    lines: posting.lines.map((line) => ({ ...line, minor: BigInt(line.minor) })),
  };
}
