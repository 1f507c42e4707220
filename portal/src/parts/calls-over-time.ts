/** Calls of each minute as stacked series, minutes without calls included. Pure. */
import type { MinuteCalls, Percentiles } from "../api/service-types.ts";
import type { Tone } from "../ui/states.ts";

export interface CallGroup {
  readonly name: string;
  readonly word: string;
  readonly tone: Tone;
  readonly outcomes: readonly string[];
}

/** From the ground up: what went well stands at the bottom. */
export const CALL_GROUPS: readonly CallGroup[] = [
  { name: "answered", word: "Posted", tone: "good", outcomes: ["posted", "alreadyPosted"] },
  { name: "asked", word: "Not found", tone: "calm", outcomes: ["notFound", "wouldPost"] },
  {
    name: "refused",
    word: "Refused",
    tone: "bad",
    outcomes: ["refused", "refusedOverridable"],
  },
  { name: "notProcessed", word: "Not processed", tone: "info", outcomes: ["notProcessed"] },
  { name: "unknown", word: "Unknown", tone: "warn", outcomes: ["unknown"] },
];

export interface CallSeries {
  /** Seconds since the epoch, one a minute. */
  readonly at: readonly number[];
  /** Calls by group, in the order of `CALL_GROUPS`. */
  readonly calls: readonly (readonly number[])[];
  /** What each group reaches up to, those below it included. */
  readonly tops: readonly (readonly number[])[];
}

const MINUTE_SECONDS = 60;

export function minutesOf(from: string, until: string): number[] {
  const first = Date.parse(from) / 1000;
  const count = Math.max(0, Math.round((Date.parse(until) / 1000 - first) / MINUTE_SECONDS));
  return Array.from({ length: count }, (_, index) => first + index * MINUTE_SECONDS);
}

export function callSeries(
  rows: readonly MinuteCalls[],
  span: { readonly from: string; readonly until: string },
): CallSeries {
  const at = minutesOf(span.from, span.until);
  const byMinute = new Map(rows.map((row) => [Date.parse(row.minute) / 1000, row.outcomes]));
  const calls = CALL_GROUPS.map(({ outcomes }) =>
    at.map((minute) => sumOf(byMinute.get(minute) ?? {}, outcomes)),
  );
  const tops = calls.map((_, group) =>
    at.map((__, index) =>
      calls.slice(0, group + 1).reduce((sum, series) => sum + (series[index] ?? 0), 0),
    ),
  );
  return { at, calls, tops };
}

function sumOf(outcomes: Readonly<Record<string, number>>, names: readonly string[]): number {
  return names.reduce((sum, name) => sum + (outcomes[name] ?? 0), 0);
}

/** Totals by group; groups without calls are left out, but for what went well. */
export function totals(series: CallSeries): readonly (CallGroup & { readonly total: number })[] {
  return CALL_GROUPS.map((group, index) => ({
    ...group,
    total: (series.calls[index] ?? []).reduce((sum, calls) => sum + calls, 0),
  })).filter(({ name, total }) => total > 0 || name === "answered");
}

/** A minute without postings has no latency: a gap, not a zero. */
export function latencySeries(
  rows: readonly (Percentiles & { readonly minute: string })[],
  span: { readonly from: string; readonly until: string },
): (number | null)[][] {
  const byMinute = new Map(rows.map((row) => [Date.parse(row.minute) / 1000, row]));
  return (["p50", "p95", "p99"] as const).map((name) =>
    minutesOf(span.from, span.until).map((minute) => byMinute.get(minute)?.[name] ?? null),
  );
}
