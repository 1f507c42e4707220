/**
 * Pictures of dates and times: `yyyyMMdd`, `yyDDD` (Julian), `HH:mm:ss`. Letters are tokens,
 * everything else stands as it is; an unknown letter makes the picture invalid.
 */
import { Temporal } from "temporal-polyfill";

const TOKENS = ["yyyy", "yy", "MM", "DDD", "dd", "HH", "mm", "ss"] as const;
const TIME_TOKENS: ReadonlySet<string> = new Set(["HH", "mm", "ss"]);

type Token = (typeof TOKENS)[number];
type Piece = { readonly token: Token } | { readonly text: string };

/** The pieces of a picture, or null when it has a letter that is no token. */
export function dateTokens(picture: string): Piece[] | null {
  const pieces: Piece[] = [];
  for (let rest = picture; rest !== "";) {
    const token = TOKENS.find((one) => rest.startsWith(one));
    const taken = token ?? (rest[0] as string);
    if (token === undefined && /[A-Za-z]/.test(taken) && taken !== "T" && taken !== "Z") {
      return null;
    }
    pieces.push(token === undefined ? { text: taken } : { token });
    rest = rest.slice(taken.length);
  }
  return pieces.length === 0 ? null : pieces;
}

/** True when the picture asks for a time of day, which a date alone does not have. */
export function hasTime(picture: string): boolean {
  return (dateTokens(picture) ?? []).some((one) => "token" in one && TIME_TOKENS.has(one.token));
}

/** Writes dates `YYYY-MM-DD`; null for what is no date. */
export function dateWriter(picture: string): (date: string) => string | null {
  const pieces = dateTokens(picture) ?? [];
  // Most dates of a file are the same few.
  const written = new Map<string, string | null>();
  return (date) => {
    let text = written.get(date);
    if (text === undefined) {
      if (written.size > 1000) written.clear();
      text = writeDate(pieces, date);
      written.set(date, text);
    }
    return text;
  };
}

function writeDate(pieces: readonly Piece[], date: string): string | null {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(date)) return null;
  try {
    return write(pieces, Temporal.PlainDate.from(date).toPlainDateTime());
  } catch {
    return null;
  }
}

/** Writes instants (ISO, UTC) as local time of a zone; null for what is no instant. */
export function instantWriter(picture: string, zone: string): (instant: string) => string | null {
  const pieces = dateTokens(picture) ?? [];
  return (instant) => {
    try {
      const local = Temporal.Instant.from(instant).toZonedDateTimeISO(zone);
      return write(pieces, local.toPlainDateTime());
    } catch {
      return null;
    }
  };
}

function write(pieces: readonly Piece[], at: Temporal.PlainDateTime): string {
  return pieces.map((one) => ("text" in one ? one.text : valueOf(one.token, at))).join("");
}

function valueOf(token: Token, at: Temporal.PlainDateTime): string {
  const number = {
    yyyy: at.year,
    yy: at.year % 100,
    MM: at.month,
    DDD: at.dayOfYear,
    dd: at.day,
    HH: at.hour,
    mm: at.minute,
    ss: at.second,
  }[token];
  return String(number).padStart(token.length, "0");
}

/** True where a date can be read back: it says the year, and nothing twice. */
export function readsDates(picture: string): boolean {
  const tokens = (dateTokens(picture) ?? []).flatMap((one) => ("token" in one ? one.token : []));
  return new Set(tokens).size === tokens.length && tokens.some((one) => one.startsWith("y"));
}

/** Reads dates of a picture back as `YYYY-MM-DD`; null for what is none. */
export function dateReader(picture: string): (text: string) => string | null {
  const pieces = dateTokens(picture) ?? [];
  const pattern = new RegExp(`^${pieces.map(patternOf).join("")}$`);
  return (text) => {
    const { groups } = pattern.exec(text) ?? {};
    const at = (token: Token): number | undefined =>
      groups?.[token] === undefined ? undefined : Number(groups[token]);
    const year = at("yyyy") ?? (at("yy") === undefined ? undefined : 2000 + (at("yy") as number));
    if (groups === undefined || year === undefined) return null;
    const day = { year, month: at("MM") ?? 1, day: at("dd") ?? 1 };
    try {
      const first = Temporal.PlainDate.from(day, { overflow: "reject" });
      const ordinal = at("DDD");
      if (ordinal === undefined) return first.toString();
      const found = first.add({ days: ordinal - 1 });
      return ordinal >= 1 && found.year === year ? found.toString() : null;
    } catch {
      return null;
    }
  };
}

function patternOf(piece: Piece): string {
  if ("token" in piece) return `(?<${piece.token}>[0-9]{${piece.token.length}})`;
  return piece.text.replaceAll(/[^A-Za-z0-9]/g, String.raw`\$&`);
}
