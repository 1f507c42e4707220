/**
 * The outside world's own book: what really posted in a core, out of a file, or by hand, and what
 * happened to an adjustment out there. Redress never reads it; the judge compares it with ours.
 */
export type PostedVia = "core" | "file" | "hand";

export interface OutsidePosting {
  readonly clientId: string;
  readonly adjustmentId: string;
  /** The core's key, or the file and line: the same one again is the same posting. */
  readonly key: string;
  readonly reference: string;
  readonly via: PostedVia;
  /** Minor units; a returned posting stands beside its negative. */
  readonly amountMinor: bigint;
  /** A date of the client's. */
  readonly postedOn: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface OutsideBook {
  find(key: string): OutsidePosting | undefined;
  post(posting: Omit<OutsidePosting, "reference">): OutsidePosting;
  of(adjustmentId: string): readonly OutsidePosting[];
  adjustments(): IterableIterator<string>;
  /** What posted since this was asked last. */
  sinceLastAsked(): OutsidePosting[];
  /** Remembers what became of an adjustment out there, for the reason of a breach. */
  note(adjustmentId: string, what: string): void;
  notes(adjustmentId: string): readonly string[];
}

export function openOutsideBook(): OutsideBook {
  const byKey = new Map<string, OutsidePosting>();
  const byAdjustment = new Map<string, OutsidePosting[]>();
  const noted = new Map<string, string[]>();
  const fresh: OutsidePosting[] = [];
  return {
    sinceLastAsked: () => fresh.splice(0),
    find: (key) => byKey.get(key),
    post: (given) => {
      const posting = { ...given, reference: `X${byKey.size + 1}` };
      byKey.set(given.key, posting);
      push(byAdjustment, given.adjustmentId, posting);
      fresh.push(posting);
      return posting;
    },
    of: (adjustmentId) => byAdjustment.get(adjustmentId) ?? [],
    adjustments: () => byAdjustment.keys(),
    note: (adjustmentId, what) => push(noted, adjustmentId, what),
    notes: (adjustmentId) => noted.get(adjustmentId) ?? [],
  };
}

function push<Value>(lists: Map<string, Value[]>, key: string, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
