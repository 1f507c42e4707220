/**
 * What one call posts, where a system of record works per entry or per step: the parts of an
 * adjustment in order, and the one that is next. Pure.
 *
 * The rule it protects: a part that was posted is never called for again, and a part goes only when
 * those before it are posted.
 */
import { assert } from "../kernel/assert.ts";
import { creditStepId, debitStepId } from "../kernel/ids.ts";

import type { PostingEntry, ServiceAdjustment } from "./views.ts";

export type CallPer = "adjustment" | "entry" | "step";

export interface Part {
  /** The entry's id, or the step's. */
  readonly id: string;
  readonly entryId: string;
  /** Of a step; null for a whole entry. */
  readonly side: "debit" | "credit" | null;
  /** Its entry has moved when this one is posted. */
  readonly completesEntry: boolean;
  /** The adjustment has moved when this one is posted. */
  readonly isLast: boolean;
  /** Parts that were posted before it. */
  readonly before: number;
  readonly of: number;
}

interface OpenPart {
  readonly id: string;
  readonly entry: PostingEntry;
  readonly side: Part["side"];
}

/**
 * The adjustment with nothing but its next part: entry, amount. `part` is null where it is called
 * for as a whole, and the adjustment is as it was. `posted`: ids of parts posted before; they count
 * whatever the service is configured as by now.
 */
export function nextPart(
  adjustment: ServiceAdjustment,
  callPer: CallPer,
  posted: ReadonlySet<string>,
): { readonly adjustment: ServiceAdjustment; readonly part: Part | null } {
  const isWhole = callPer === "adjustment" && posted.size === 0;
  if (isWhole || adjustment.entries.length === 0) return { adjustment, part: null };
  const all = adjustment.entries.flatMap((entry): OpenPart[] => {
    const steps: OpenPart[] = [
      { id: debitStepId(entry.id), entry, side: "debit" },
      { id: creditStepId(entry.id), entry, side: "credit" },
    ];
    const isBegun = steps.some((step) => posted.has(step.id));
    return callPer === "step" || isBegun ? steps : [{ id: entry.id, entry, side: null }];
  });
  const left = all.filter((one) => !posted.has(one.id));
  const [next] = left;
  assert(next !== undefined, "whose last part is posted is executed");
  const { id, entry, side } = next;
  const completesEntry = left.filter((one) => one.entry.id === entry.id).length === 1;
  return {
    adjustment: { ...adjustment, entries: [entry], amountMinor: entry.amountMinor },
    part: {
      id,
      entryId: entry.id,
      side,
      completesEntry,
      isLast: left.length === 1,
      before: all.length - left.length,
      of: all.length,
    },
  };
}

/** What moves when it is posted: null is all of it at once; of a part, the entry it completes. */
export function entriesMovedBy(
  { entryIds }: ServiceAdjustment,
  part: Part | null,
): readonly string[] | null {
  if (part === null || part.isLast) return entryIds;
  return part.completesEntry ? [part.entryId] : [];
}

/**
 * How an adjustment is called for while a call of it is unknown: as it was then, whatever the
 * service is configured as by now. `part`: what that call was for; undefined: nothing is unknown.
 */
export function callPerThen(part: string | null | undefined, configured: CallPer): CallPer {
  if (part === undefined) return configured;
  if (part === null) return "adjustment";
  // An entry's id ends in 0, those of its steps in 1 and 2.
  return part.endsWith("0") ? "entry" : "step";
}
