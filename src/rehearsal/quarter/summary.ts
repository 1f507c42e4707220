/** A played quarter as a verdict that a program reads, and as a page for people. */
import type { PlayedQuarter } from "./play-quarter.ts";
import type { ReportedBreach, Violation } from "./sitting.ts";

export interface ClientSummary {
  readonly client: string;
  readonly route: string;
  readonly disputes: number;
  /** Credits whose last day is over, and of those the ones that posted in time. */
  readonly credits: number;
  readonly inTime: number;
  /** Credits that the product issued by itself. */
  readonly byClock: number;
  /** Open days before the last one: the least, and how many credits had how many. */
  readonly leastMargin: number | null;
  readonly margins: Readonly<Record<string, number>>;
  readonly debits: number;
  readonly breaches: number;
}

export interface Verdict {
  readonly name: "rehearse";
  readonly seed: number;
  readonly first: string;
  readonly last: string;
  readonly days: number;
  /** Simulated hours. */
  readonly steps: number;
  readonly disputes: number;
  readonly seconds: number;
  readonly clients: readonly ClientSummary[];
  readonly breaches: readonly ReportedBreach[];
  readonly violations: readonly Violation[];
  /** Steps of people that were refused, by operation and code. */
  readonly refusals: Readonly<Record<string, number>>;
  /** Disputes that staff gave up on, with why. */
  readonly stuck: readonly string[];
  readonly problems: number;
}

export function verdictOf(played: PlayedQuarter, seconds: number): Verdict {
  const { quarter, breaches, violations, seed, first, last, days, steps } = played;
  return {
    name: "rehearse",
    seed,
    first,
    last,
    days,
    steps,
    disputes: quarter.cases.size,
    seconds: Math.round(seconds * 10) / 10,
    clients: quarter.clients.map(({ id, route }) => {
      const margins = played.creditMargins.get(id) ?? [];
      const counts: Record<string, number> = {};
      for (const one of margins.toSorted((a, b) => a - b)) counts[one] = (counts[one] ?? 0) + 1;
      return {
        client: id,
        route,
        disputes: [...quarter.cases.values()].filter((one) => one.clientId === id).length,
        credits: margins.length,
        inTime: margins.filter((one) => one >= 0).length,
        byClock: played.byClock.get(id) ?? 0,
        leastMargin: margins.length === 0 ? null : Math.min(...margins),
        margins: counts,
        debits: played.debits.get(id) ?? 0,
        breaches: breaches.filter((one) => one.clientId === id).length,
      };
    }),
    breaches,
    violations,
    refusals: Object.fromEntries([...quarter.refusals].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    stuck: played.stuck.map((one) => `${one.dispute} ${one.story}: ${one.stuck ?? ""}`),
    problems: quarter.problems.length,
  };
}

const HEADINGS = [
  ...["client", "route", "disputes", "credits", "in time", "by clock"],
  ...["least margin", "debits", "breaches"],
];
const MOST_LINES = 20;
const WIDEST_BAR = 50;

export function inWords(verdict: Verdict): string {
  const { seed, first, last, days, steps, disputes, seconds, clients } = verdict;
  const { breaches, violations, stuck } = verdict;
  const lines = [
    `Seed ${seed}: ${first} to ${last}, ${days} days, ${steps} hours, ${disputes} disputes ` +
      `in ${seconds} s`,
    "",
    row(HEADINGS),
    ...clients.map((one) =>
      row([
        one.client,
        one.route,
        one.disputes,
        one.credits,
        one.inTime,
        one.byClock,
        one.leastMargin === null ? "–" : `${one.leastMargin} days`,
        one.debits,
        one.breaches,
      ]),
    ),
    "",
    "Business days between a credit and its last day",
    ...histogram(clients),
    "",
    `${breaches.length} dates were missed and reported with their reason`,
    ...listed(breaches.map(breachInWords)),
    `${violations.length} violations`,
    ...listed(
      violations.map((one) => `${one.check}: ${one.clientId} ${one.subject}: ${one.detail}`),
    ),
  ];
  if (stuck.length > 0)
    lines.push(`${stuck.length} disputes that staff gave up on`, ...listed(stuck));
  return `${lines.join("\n")}\n`;
}

function breachInWords(one: ReportedBreach): string {
  const { clientId, dispute, kind, clock, due, postedOn, causes, reportedAs } = one;
  return (
    `${clientId} ${dispute} ${kind} due ${due}, posted ${postedOn ?? "never"} (${clock}): ` +
    `${causes.join("; ")} [${reportedAs}]`
  );
}

function listed(lines: readonly string[]): string[] {
  const shown = lines.slice(0, MOST_LINES).map((line) => `  ${line}`);
  const left = lines.length - shown.length;
  return left > 0 ? [...shown, `  … and ${left} more`] : shown;
}

function row(cells: readonly (string | number)[]): string {
  return cells
    .map((cell) => String(cell).padEnd(13))
    .join("")
    .trimEnd();
}

function histogram(clients: readonly ClientSummary[]): string[] {
  const counts = new Map<number, number>();
  for (const { margins } of clients) {
    for (const [margin, count] of Object.entries(margins)) {
      counts.set(Number(margin), (counts.get(Number(margin)) ?? 0) + count);
    }
  }
  const most = Math.max(1, ...counts.values());
  return [...counts]
    .toSorted(([a], [b]) => a - b)
    .map(([margin, count]) => {
      const bar = "█".repeat(Math.max(1, Math.round((count / most) * WIDEST_BAR)));
      return `${String(margin).padStart(5)} ${bar} ${count}`;
    });
}
