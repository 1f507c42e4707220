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
  return secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .flatMap(formsOf)
    .reduce((kept, secret) => kept.replaceAll(secret, "••••"), text);
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

/** In groups, and with fewer zeros in front: a core writes a number as its own screens do. */
function writtenByPeople(number: string): RegExp {
  const significant = number.replace(/^0+/, "");
  const digits = significant.length >= SHORTEST_NUMBER ? significant : number;
  const inGroups = digits.split("").join(String.raw`[ \-.\u00a0]?`);
  return new RegExp(String.raw`(?<![0-9])(?:0[ \-.\u00a0]?)*${inGroups}(?![0-9])`, "g");
}

/** False for most answers: they have too few digits for the number, however it is written. */
function mayHold(text: string, number: string): boolean {
  const significant = number.replace(/^0+/, "").length;
  let left = significant >= SHORTEST_NUMBER ? significant : number.length;
  for (let index = 0; index < text.length && left > 0; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= 0x30 && code <= 0x39) left -= 1;
  }
  return left === 0;
}

/** `numbers`: masked forms by whole number. */
export function maskedText(text: string, numbers: ReadonlyMap<string, string>): string {
  let kept = text;
  for (const [number, masked] of numbers) {
    if (number.length < SHORTEST_NUMBER) continue;
    kept = kept.replaceAll(number, masked);
    if (!/^[0-9]+$/.test(number) || !mayHold(kept, number)) continue;
    kept = kept.replaceAll(writtenByPeople(number), masked);
  }
  kept = maskCardNumbers(kept);
  return kept.length > KEPT_CHARACTERS ? `${kept.slice(0, KEPT_CHARACTERS)}…` : kept;
}
