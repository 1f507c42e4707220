/**
 * The own double-entry book of a stand-in core: postings in the order in which they were made, as
 * often as they were asked for. Whether a reference may come twice is the core's affair, not the
 * book's: a core that ignores keys posts twice, and the book shows it.
 *
 * It shares no code with Redress, so that the two books can be compared.
 */
import { appendFileSync, closeSync, existsSync, fsyncSync, openSync, readFileSync } from "node:fs";

export interface CoreLine {
  readonly debitAccount: string;
  readonly creditAccount: string;
  /** Minor units of the posting's currency; more than zero. */
  readonly minor: bigint;
}

export interface CorePosting {
  readonly id: string;
  /** What the caller calls it: a key, a transaction id, a correlation text. */
  readonly reference: string;
  readonly currency: string;
  readonly lines: readonly CoreLine[];
  readonly postedOn: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly text: string;
  /** The id of the posting that this one takes back. */
  readonly reverses: string | null;
}

export interface CoreBook {
  readonly postings: readonly CorePosting[];
  /** Postings of a reference, oldest first. */
  of(reference: string): readonly CorePosting[];
  byId(id: string): CorePosting | undefined;
  post(posting: Omit<CorePosting, "id">): CorePosting;
  /** Credits less debits, minor units, by account. */
  balances(): ReadonlyMap<string, bigint>;
  close(): void;
}

/** A book in memory, or kept in an NDJSON journal that is read again at the next start. */
export function openCoreBook(options: { journal?: string; fsync?: boolean } = {}): CoreBook {
  const postings: CorePosting[] = [];
  const byReference = new Map<string, CorePosting[]>();
  const byId = new Map<string, CorePosting>();
  const balances = new Map<string, bigint>();

  const add = (posting: CorePosting): void => {
    postings.push(posting);
    byId.set(posting.id, posting);
    byReference.set(posting.reference, [...(byReference.get(posting.reference) ?? []), posting]);
    for (const { debitAccount, creditAccount, minor } of posting.lines) {
      balances.set(debitAccount, (balances.get(debitAccount) ?? 0n) - minor);
      balances.set(creditAccount, (balances.get(creditAccount) ?? 0n) + minor);
    }
  };
  for (const posting of journalled(options.journal)) add(posting);
  const file = options.journal === undefined ? undefined : openSync(options.journal, "a", 0o600);

  return {
    postings,
    of: (reference) => byReference.get(reference) ?? [],
    byId: (id) => byId.get(id),
    post: (given) => {
      const posting = { ...given, id: String(700_000_001 + postings.length) };
      if (file !== undefined) {
        // Before anything is answered: what was said to be posted is posted.
        appendFileSync(file, `${JSON.stringify(posting, bigintAsText)}\n`);
        if (options.fsync === true) fsyncSync(file);
      }
      add(posting);
      return posting;
    },
    balances: () => balances,
    close: () => {
      if (file !== undefined) closeSync(file);
    },
  };
}

/** A last line cut short by a kill was never answered: it is left out. */
function journalled(path: string | undefined): CorePosting[] {
  if (path === undefined || !existsSync(path)) return [];
  const whole = readFileSync(path, "utf8").split("\n").slice(0, -1);
  return whole.map((line) => {
    const posting = JSON.parse(line) as Omit<CorePosting, "lines"> & {
      lines: (Omit<CoreLine, "minor"> & { minor: string })[];
    };
    const lines = posting.lines.map((one) => ({ ...one, minor: BigInt(one.minor) }));
    return { ...posting, lines };
  });
}

function bigintAsText(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}

/** Exact minor units of a decimal text with two places; null where it is none. */
export function minorOf(text: string): bigint | null {
  const [, whole = "", fraction = ""] = /^([0-9]{1,15})(?:\.([0-9]{1,2}))?$/.exec(text) ?? [];
  return whole === "" ? null : BigInt(`${whole}${fraction.padEnd(2, "0")}`);
}

export function decimalOf(minor: bigint): string {
  const digits = String(minor).padStart(3, "0");
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

export function totalOf(posting: Pick<CorePosting, "lines">): bigint {
  return posting.lines.reduce((sum, line) => sum + line.minor, 0n);
}
