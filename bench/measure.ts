/** How a measure is said: one line, its floor from the same run, and whether the target holds. */
export interface Measure {
  readonly name: string;
  readonly measure: string;
  readonly value: number;
  readonly unit: string;
  readonly floor: number | null;
  readonly ratio: number | null;
  readonly bound: "min" | "max";
  /** Null: told, not judged. */
  readonly target: number | null;
  readonly met: boolean;
}

/** A floor's package or program is not installed: `bench` ends with 2 and its name. */
export class ToolMissing extends Error {}

export async function toolOf<Tool>(name: string, load: () => Promise<Tool>): Promise<Tool> {
  try {
    return await load();
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new ToolMissing(name, { cause: error });
  }
}

/** Repeats and their spread, in words beside the line. */
export interface Bench {
  readonly name: string;
  readonly repeats: number;
  run(options: BenchOptions): Promise<Measure[]>;
}

export interface BenchOptions {
  readonly remark: (line: string) => void;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 1 ? high : (low + high) / 2;
}

export function spread(values: readonly number[]): string {
  const rounded = (value: number): string => value.toPrecision(4);
  const spread = `${rounded(Math.min(...values))}-${rounded(Math.max(...values))}`;
  return `${rounded(median(values))} (${spread})`;
}

/** A ratio of ours to the floor, pair by pair, so that the machine's drift cancels out. */
export function ratioMeasure(
  about: Pick<Measure, "name" | "measure" | "unit" | "bound" | "target">,
  ours: readonly number[],
  floors: readonly number[],
): Measure {
  const ratio = median(ours.map((value, index) => value / (floors[index] ?? Number.NaN)));
  const { bound, target } = about;
  const met = target === null || (bound === "min" ? ratio >= target : ratio <= target);
  return { ...about, value: median(ours), floor: median(floors), ratio, met };
}
