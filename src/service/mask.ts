/**
 * What may be kept of an answer: its text, shortened, without account numbers we know and without
 * anything that looks like a card number.
 */
import { maskCardNumbers } from "../kernel/card-number.ts";

const KEPT_CHARACTERS = 2000;
/** Shorter numbers would hit parts of other words. */
const SHORTEST_NUMBER = 5;

/** Shorter secrets would hit parts of other words. */
const SHORTEST_SECRET = 6;

/** The text without the secrets we know, should the other side repeat one. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const known = secrets.filter((secret) => secret.length >= SHORTEST_SECRET);
  const kept = known
    .flatMap(formsOf)
    .reduce((kept, secret) => kept.replaceAll(secret, "••••"), text);
  if (!ESCAPED.test(kept)) return kept;
  return known.reduce((kept, secret) => kept.replaceAll(escapedSomewhere(secret), "••••"), kept);
}

/** A writer may escape what it likes: JSON's `\u003d` and `\/`, XML's `&#61;`. */
const ESCAPED = /\\[u/]|&#/;
const ESCAPES: Readonly<Record<string, string>> = {
  "/": String.raw`|\\/`,
  "\\": String.raw`|\\\\`,
  '"': String.raw`|\\"|&quot;`,
  "'": "|&apos;",
  "&": "|&amp;",
  "<": "|&lt;",
  ">": "|&gt;",
};

function escapedSomewhere(secret: string): RegExp {
  const units = secret.split("").map((unit) => {
    const code = unit.charCodeAt(0);
    const hex = code.toString(16);
    const inAnyCase = hex.replaceAll(/[a-f]/g, (one) => `[${one}${one.toUpperCase()}]`);
    const itself = String.raw`\u${hex.padStart(4, "0")}`;
    const inJson = String.raw`\\u0*${inAnyCase}`;
    const inXml = `&#0*${code};|&#x0*${inAnyCase};`;
    return `(?:${itself}|${inJson}|${inXml}${ESCAPES[unit] ?? ""})`;
  });
  return new RegExp(units.join(""), "g");
}

/** As it stands in plain text, XML, JSON and a form; and in one of them inside another. */
function formsOf(secret: string): readonly string[] {
  const once = [secret, ...writtenForms(secret)];
  // The longest first: a shorter one may be a part of it.
  return [...new Set(once.flatMap((form) => [form, ...writtenForms(form)]))].toSorted(
    (a, b) => b.length - a.length,
  );
}

function writtenForms(text: string): readonly string[] {
  const xml = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const whole = xml.replaceAll(">", "&gt;");
  return [
    xml,
    whole,
    whole.replaceAll('"', "&quot;"),
    JSON.stringify(text).slice(1, -1),
    encodeURIComponent(text.toWellFormed()),
  ];
}

/** What people write between the characters of a number, and banks into numbers themselves. */
const BETWEEN = String.raw`[ \-./\u00a0]`;
const DIGITS = /^[0-9]+$/;
const bareOf = (number: string): string => number.replaceAll(/[ \-./\u00a0]/g, "");

/**
 * In groups or in one, in either case, and with fewer zeros in front: a core writes a number as its
 * own screens do. `bare`: without what stands between its characters.
 */
function writtenByPeople(bare: string): RegExp {
  const inGroups = (text: string): string => text.split("").join(`${BETWEEN}?`);
  if (!DIGITS.test(bare)) {
    return new RegExp(`(?<![0-9A-Za-z])${inGroups(bare)}(?![0-9A-Za-z])`, "gi");
  }
  const significant = bare.replace(/^0+/, "");
  const digits = significant.length >= SHORTEST_NUMBER ? significant : bare;
  return new RegExp(`(?<![0-9])(?:0${BETWEEN}?)*${inGroups(digits)}(?![0-9])`, "g");
}

/** False for most answers: they have too few digits for the number, however it is written. */
function mayHold(text: string, bare: string): boolean {
  const digits = bare.replaceAll(/[^0-9]/g, "");
  const significant = digits.replace(/^0+/, "").length;
  let left = significant >= SHORTEST_NUMBER ? significant : digits.length;
  if (!DIGITS.test(bare)) left = digits.length;
  for (let index = 0; index < text.length && left > 0; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= 0x30 && code <= 0x39) left -= 1;
  }
  return left === 0;
}

/** The text without the whole numbers given, however they are written; all else as it stands. */
export function withoutNumbers(text: string, numbers: ReadonlyMap<string, string>): string {
  let kept = text;
  for (const [number, masked] of numbers) {
    if (number.length < SHORTEST_NUMBER) continue;
    kept = kept.replaceAll(number, masked);
    const bare = bareOf(number);
    if (bare.length < SHORTEST_NUMBER || !mayHold(kept, bare)) continue;
    kept = kept.replaceAll(writtenByPeople(bare), masked);
  }
  return kept;
}

/** `numbers`: masked forms by whole number. */
export function maskedText(text: string, numbers: ReadonlyMap<string, string>): string {
  const kept = maskCardNumbers(withoutNumbers(text, numbers));
  return kept.length > KEPT_CHARACTERS ? `${kept.slice(0, KEPT_CHARACTERS)}…` : kept;
}
