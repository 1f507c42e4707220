/** How many files a generation would make of what waits, before it is made. Pure. */
import type { Layout } from "../formats/layout.ts";

import type { BatchProfile } from "./profile.ts";

export interface FilesExpected {
  readonly files: number;
  /** Lines or bytes are limited: how many there are is known only once they are rendered. */
  readonly isAtLeast: boolean;
}

/** One file holds one currency. */
export function filesExpected(
  sums: readonly { readonly currency: string; readonly count: bigint }[],
  profile: Pick<BatchProfile, "maximumAdjustments" | "maximumLines" | "maximumBytes">,
  layout: Pick<Layout, "maximumLines">,
): FilesExpected {
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
  return { files, isAtLeast: isLimited && files > 0 };
}
