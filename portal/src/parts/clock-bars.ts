/** Where the bars of a dispute's clocks begin and end on one line of days. Pure. */
import type { RegulatoryClock } from "../api/clock-types.ts";

export interface ClockBar {
  readonly key: string;
  readonly label: string;
  readonly tone: "good" | "bad" | "warn" | "info" | "calm";
  /** Per cent of the line. */
  readonly from: number;
  readonly to: number;
  /** Where what met or stopped it stands; null while nothing did. */
  readonly ended: number | null;
}

export interface ClockLine {
  readonly first: string;
  readonly last: string;
  /** Per cent of the line; null where today lies outside. */
  readonly today: number | null;
  readonly bars: readonly ClockBar[];
}

const DAY = 86_400_000;
const number = (date: string): number => Math.round(Date.parse(`${date}T00:00:00Z`) / DAY);
const dated = (day: number): string => new Date(day * DAY).toISOString().slice(0, 10);

/** Null where no clock has days. */
export function clockLine(clocks: readonly RegulatoryClock[], asOf: string): ClockLine | null {
  const drawn = clocks.flatMap((one) =>
    one.startsOn === null || one.dueOn === null
      ? []
      : [{ one, start: number(one.startsOn), due: number(one.dueOn) }],
  );
  if (drawn.length === 0) return null;
  const today = number(asOf);
  const first = Math.min(...drawn.map((bar) => bar.start), today);
  const ends = drawn.map(({ one, due }) => Math.max(due, one.endedOn ? number(one.endedOn) : due));
  const last = Math.max(...ends, today) + 1;
  const at = (day: number): number => ((day - first) / (last - first)) * 100;
  return {
    first: dated(first),
    last: dated(last - 1),
    today: at(today + 0.5),
    bars: drawn.map(({ one, start, due }) => ({
      key: `${one.round}-${one.clock}`,
      label: one.title,
      tone: toneOf(one, asOf),
      from: at(start),
      to: at(due + 1),
      ended: one.endedOn === null ? null : at(number(one.endedOn) + 0.5),
    })),
  };
}

function toneOf({ state, warnOn }: RegulatoryClock, asOf: string): ClockBar["tone"] {
  if (state === "running") return warnOn !== null && warnOn <= asOf ? "warn" : "info";
  if (state === "met") return "good";
  return state === "missed" || state === "metLate" ? "bad" : "calm";
}
