/** How much memory our process takes at most, its heap and all beside it. */
import type { Measure } from "./measure.ts";

const MOST_MEGABYTES = 300;
const MEGABYTE = 1024 * 1024;

export interface PeakMemory {
  measure(name: string, measure: string): Measure;
}

/** The peak of the process so far, by the system's own account. */
export function peakMemory(): PeakMemory {
  return {
    measure: (name, measure) => {
      const value = (process.resourceUsage().maxRSS * 1024) / MEGABYTE;
      const target = MOST_MEGABYTES;
      return {
        name,
        measure,
        value,
        unit: "MB",
        floor: null,
        ratio: null,
        bound: "max",
        target,
        met: value <= target,
      };
    },
  };
}
