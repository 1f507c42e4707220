/** Months as a calendar shows them: whole weeks from Monday, dates as text, no time zone at all. */

export interface Month {
  /** `2026-11`. */
  readonly name: string;
  readonly first: string;
  readonly last: string;
  /** Each with seven dates; those of other months are null. */
  readonly weeks: readonly (readonly (string | null)[])[];
}

const DAY = 86_400_000;

const dateOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** The month of that name; the one of the date given where the name is none. */
export function monthOf(name: string | undefined, today: string): Month {
  const shown = /^\d{4}-(0[1-9]|1[0-2])$/.test(name ?? "") ? String(name) : today.slice(0, 7);
  const start = Date.parse(`${shown}-01T00:00:00Z`);
  const end = Date.parse(`${monthAfter(shown, 1)}-01T00:00:00Z`) - DAY;
  const before = (new Date(start).getUTCDay() + 6) % 7;
  const cells: (string | null)[] = Array<null>(before).fill(null);
  for (let time = start; time <= end; time += DAY) cells.push(dateOf(time));
  while (cells.length % 7 !== 0) cells.push(null);
  const weeks = Array.from({ length: cells.length / 7 }, (_, week) =>
    cells.slice(week * 7, week * 7 + 7),
  );
  return { name: shown, first: dateOf(start), last: dateOf(end), weeks };
}

/** So many months later, or earlier. */
export function monthAfter(name: string, months: number): string {
  const [year = 0, month = 1] = name.split("-").map(Number);
  return dateOf(Date.UTC(year, month - 1 + months, 1)).slice(0, 7);
}

/** `November 2026`. */
export function monthInWords(name: string): string {
  const time = Date.parse(`${name}-01T00:00:00Z`);
  return new Intl.DateTimeFormat("en-US", {
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  }).format(time);
}

/** `Monday 16 November`. */
export function dayInWords(date: string): string {
  return new Intl.DateTimeFormat("en-GB", {
    weekday: "long",
    day: "numeric",
    month: "long",
    timeZone: "UTC",
  }).format(Date.parse(`${date}T00:00:00Z`));
}
