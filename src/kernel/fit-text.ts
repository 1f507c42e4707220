/**
 * Text from outside before it goes anywhere: what no database can hold is refused by name, and so
 * is a card number in free text, so that none is ever stored where it is not expected. Account
 * numbers are no free text; all that an operation says is.
 */
import { refuseCardNumbers } from "./card-number.ts";
import type { FailureCode, FieldFault } from "./failure.ts";
import { pointerPart, refused } from "./field-faults.ts";

/** Fields that people write into, with all that is inside them. */
const FREE_TEXT: ReadonlySet<string> = new Set([
  "input",
  "reference",
  "text",
  "owner",
  "reason",
  "note",
  "commentary",
  "justification",
  "comment",
  "description",
]);

const DEEPEST = 32;

/** Throws `card-number-in-text` naming the place of one anywhere in what is given. */
export function refuseCardNumbersIn(input: unknown): void {
  walk(input, "", "input", 0, []);
}

/** Throws the code given naming each place, and `card-number-in-text`. */
export function refuseUnfitText(value: unknown, code: FailureCode = "input-invalid"): void {
  const faults: FieldFault[] = [];
  walk(value, "", "", 0, faults);
  if (faults.length > 0) throw refused(code, faults);
}

function walk(
  value: unknown,
  pointer: string,
  field: string,
  depth: number,
  faults: FieldFault[],
): void {
  if (typeof value === "string") {
    const detail = unfit(value);
    if (detail !== null) faults.push({ pointer, detail });
    else if (FREE_TEXT.has(field)) refuseCardNumbers(value, pointer.slice(1));
    return;
  }
  // Bytes are no text: looked at one by one, an upload of 32 MiB took two gigabytes.
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return;
  if (depth === DEEPEST) {
    faults.push({ pointer, detail: `is nested more than ${DEEPEST} levels deep` });
    return;
  }
  for (const [name, inner] of Object.entries(value)) {
    const place = `${pointer}/${printable(name)}`;
    if (unfit(name) !== null || name === "__proto__")
      faults.push({ pointer: place, detail: "has an impossible name" });
    const isInside = Array.isArray(value) || FREE_TEXT.has(field);
    walk(inner, place, isInside ? field : name, depth + 1, faults);
  }
}

/** Text of the outside as it can be kept: a core pads with NULs what others pad with blanks. */
export function storable(text: string): string {
  return text.replaceAll("\u0000", "").toWellFormed();
}

/** PostgreSQL holds neither: a NUL character, half a surrogate pair. */
function unfit(text: string): string | null {
  if (text.includes("\u0000")) return "holds a NUL character";
  return text.isWellFormed() ? null : "holds half a character";
}

function printable(name: string): string {
  return pointerPart(name.toWellFormed().replaceAll("\u0000", "�"));
}
