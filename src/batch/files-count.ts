/** How many files a generation would make of what waits, before it is made. Pure. */
import type { Layout } from "../formats/layout.ts";

import type { BatchProfile } from "./profile.ts";
import { sendsEmptyFile } from "./writing/check-payment.ts";

export interface FilesExpected {
  readonly files: number;
  /** Lines or bytes are limited: how many there are is known only once they are rendered. */
  readonly isAtLeast: boolean;
  /** Nothing waits, and the profile has a file leave all the same. */
  readonly isEmpty: boolean;
}

type Counting = Pick<
  BatchProfile,
  "emptyFile" | "maximumAdjustments" | "maximumLines" | "maximumBytes"
>;

/** One file holds one currency. */
export function filesExpected(
  sums: readonly { readonly currency: string; readonly count: bigint }[],
  profile: Counting,
  layout: Layout,
): FilesExpected {
  if (sums.length === 0) {
    const isEmpty = sendsEmptyFile(profile, layout);
    return { files: isEmpty ? 1 : 0, isAtLeast: false, isEmpty };
  }
  const { maximumAdjustments, maximumLines, maximumBytes } = profile;
  const limits = [maximumAdjustments, maximumLines, layout.maximumLines];
  // Each adjustment is a line at least.
  const most = Math.min(...limits.map((limit) => limit ?? Number.POSITIVE_INFINITY));
  const files = sums.reduce(
    (sum, { count }) =>
      sum + (most === Number.POSITIVE_INFINITY ? 1 : Math.ceil(Number(count) / most)),
    0,
  );
  const isLimited = [maximumLines, layout.maximumLines, maximumBytes].some(
    (limit) => limit !== undefined,
  );
  return { files, isAtLeast: isLimited, isEmpty: false };
}
