/** A return file's own controls beside what was counted. Pure. */
import type { InboundDocument } from "../../formats/read/document.ts";

export interface ControlDifference {
  readonly control: "count" | "debit" | "credit";
  /** Minor units as decimal text; of the count, the count. */
  readonly said: string;
  readonly counted: string;
  readonly agrees: boolean;
}

/** One row for every control that the file states. */
export function checkControls({ controls, lines }: InboundDocument): ControlDifference[] {
  const sums = { debit: 0n, credit: 0n };
  for (const { side, amountMinor } of lines) {
    if (side !== null) sums[side] += amountMinor ?? 0n;
  }
  const rows: [ControlDifference["control"], number | bigint | undefined, number | bigint][] = [
    ["count", controls.count, lines.length],
    ["debit", controls.debitMinor, sums.debit],
    ["credit", controls.creditMinor, sums.credit],
  ];
  return rows.flatMap(([control, said, counted]) =>
    said === undefined
      ? []
      : [
          {
            control,
            said: String(said),
            counted: String(counted),
            agrees: BigInt(said) === BigInt(counted),
          },
        ],
  );
}
