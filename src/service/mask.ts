/**
 * What may be kept of an answer: its text, shortened, without account numbers we know and without
 * anything that looks like a card number.
 */
import { maskCardNumbers } from "../kernel/card-number.ts";

const KEPT_CHARACTERS = 2000;
/** Shorter numbers would hit parts of other words. */
const SHORTEST_NUMBER = 5;

/** `numbers`: masked forms by whole number. */
export function maskedText(text: string, numbers: ReadonlyMap<string, string>): string {
  let kept = text;
  for (const [number, masked] of numbers) {
    if (number.length >= SHORTEST_NUMBER) kept = kept.replaceAll(number, masked);
  }
  kept = maskCardNumbers(kept);
  return kept.length > KEPT_CHARACTERS ? `${kept.slice(0, KEPT_CHARACTERS)}…` : kept;
}
