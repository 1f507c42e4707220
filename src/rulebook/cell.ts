/**
 * One cell of a decision table: text to meaning.
 *
 * Forms: `-` anything · `visa | mastercard` · `> 500.00` · `[50.00 .. 500.00)` · `true` ·
 * `absent` · `not(…)` around any of these · `= expression`.
 */
import { parseDecimal } from "./decimal.ts";
import { compileExpression } from "./expression.ts";
import type { Expression } from "./expression.ts";
import { isDate } from "./facts.ts";
import type { FactDeclaration, FactTypes } from "./facts.ts";

export type Cell =
  | { readonly kind: "any" }
  | { readonly kind: "expression"; readonly source: string; readonly expression: Expression }
  | {
      readonly kind: "items";
      readonly source: string;
      readonly fact: FactDeclaration;
      readonly negated: boolean;
      readonly items: readonly Item[];
    };

export type Item =
  | { readonly kind: "absent" }
  | { readonly kind: "value"; readonly value: string | boolean }
  | ({ readonly kind: "range" } & Range);

/** Bounds are ordinals (`ordinalOf`); null is unbounded. */
export interface Range {
  readonly low: bigint | null;
  readonly lowIncluded: boolean;
  readonly high: bigint | null;
  readonly highIncluded: boolean;
}

export const ANY: Cell = { kind: "any" };

const LONGEST_CHARACTERS = 1000;
const NEGATION = /^not\((.*)\)$/s;
const COMPARISON = /^(>=|<=|>|<)\s*(\S.*)$/s;
const INTERVAL = /^([[(])\s*(\S+)\s*\.\.\s*(\S+)\s*([\])])$/;
const BARE_TEXT = /^[\p{L}\p{N}_][\p{L}\p{N}_ ./+-]*$/u;
const QUOTED = /^"(?:[^"\\]|\\.)*"$/s;

/** Reads a cell of the fact's column. Each reason for a refusal is added to `reasons`. */
export function parseCell(
  source: string | number | boolean,
  fact: FactDeclaration,
  types: FactTypes,
  reasons: string[],
): Cell {
  const text = String(source).trim();
  if (text === "-") return ANY;
  if (text.length > LONGEST_CHARACTERS) {
    reasons.push(`the cell is longer than ${LONGEST_CHARACTERS} characters`);
    return ANY;
  }
  if (text.startsWith("=")) return parseCondition(text.slice(1).trim(), types, reasons);
  const negation = NEGATION.exec(text);
  const inner = (negation?.[1] ?? text).trim();
  const items: Item[] = [];
  for (const part of splitAlternatives(inner)) {
    const item = parseItem(part, fact);
    if ("reason" in item) reasons.push(item.reason);
    else items.push(item);
  }
  return { kind: "items", source: text, fact, negated: negation !== null, items };
}

/** A boolean expression over all declared facts, as a cell. */
export function parseCondition(source: string, types: FactTypes, reasons: string[]): Cell {
  const { expression, reasons: refusals } = compileExpression(source, types, "boolean");
  if (expression === null) {
    reasons.push(...refusals);
    return ANY;
  }
  return { kind: "expression", source: `= ${source}`, expression };
}

/** Parts between `|`, which does not separate inside quotes. */
function splitAlternatives(text: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (quoted && character === "\\") index += 1;
    else if (character === '"') quoted = !quoted;
    else if (character === "|" && !quoted) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
  }
  return [...parts, text.slice(start)].map((part) => part.trim());
}

type Refused = { readonly reason: string };

function parseItem(text: string, fact: FactDeclaration): Item | Refused {
  if (text === "") return { reason: `${fact.name}: an alternative is empty` };
  if (text === "absent") {
    if (fact.mayBeAbsent) return { kind: "absent" };
    return { reason: `${fact.name} is never absent: it has a default or is always known` };
  }
  switch (fact.type) {
    case "boolean":
      if (text === "true" || text === "false") return { kind: "value", value: text === "true" };
      return { reason: `${fact.name} is true or false, not ${text}` };
    case "string":
    case "list":
      return parseText(text, fact);
    default:
      return parseOrdered(text, fact);
  }
}

function parseText(text: string, fact: FactDeclaration): Item | Refused {
  if (COMPARISON.test(text) || INTERVAL.test(text)) {
    return { reason: `${fact.name} is a text and has no order: ${text}` };
  }
  const value = QUOTED.test(text) ? unquote(text) : BARE_TEXT.test(text) ? text : null;
  if (value === null) {
    return { reason: `${fact.name}: put the text in double quotes: ${text}` };
  }
  if (fact.values !== null && !fact.values.includes(value)) {
    return {
      reason: `"${value}" is not a value of ${fact.name} (${fact.values.join(", ")})`,
    };
  }
  return { kind: "value", value };
}

function unquote(text: string): string {
  return text.slice(1, -1).replaceAll(/\\(.)/gs, "$1");
}

function parseOrdered(text: string, fact: FactDeclaration): Item | Refused {
  const comparison = COMPARISON.exec(text);
  if (comparison !== null) {
    const [, operator = "", bound = ""] = comparison;
    const ordinal = ordinalOf(bound.trim(), fact);
    if (typeof ordinal === "string") return { reason: ordinal };
    const included = operator.endsWith("=");
    return operator.startsWith(">")
      ? { kind: "range", low: ordinal, lowIncluded: included, high: null, highIncluded: false }
      : { kind: "range", low: null, lowIncluded: false, high: ordinal, highIncluded: included };
  }
  const interval = INTERVAL.exec(text);
  if (interval === null) {
    const ordinal = ordinalOf(text, fact);
    if (typeof ordinal === "string") return { reason: ordinal };
    return { kind: "range", low: ordinal, lowIncluded: true, high: ordinal, highIncluded: true };
  }
  const [, open = "", from = "", to = "", close = ""] = interval;
  const [low, high] = [ordinalOf(from, fact), ordinalOf(to, fact)];
  if (typeof low === "string") return { reason: low };
  if (typeof high === "string") return { reason: high };
  const [lowIncluded, highIncluded] = [open === "[", close === "]"];
  if (low > high || (low === high && !(lowIncluded && highIncluded))) {
    return { reason: `${fact.name}: nothing lies in ${text}` };
  }
  return { kind: "range", low, lowIncluded, high, highIncluded };
}

const INTEGER = /^-?[0-9]{1,15}$/;

/**
 * A bound's place in its order: millionths of an amount, a whole number itself, a date's day
 * number. A string is the reason why it is none.
 */
function ordinalOf(text: string, fact: FactDeclaration): bigint | string {
  switch (fact.type) {
    case "amount":
      return parseDecimal(text) ?? `${fact.name}: ${text} is not an amount, e.g. 500.00`;
    case "integer":
      return INTEGER.test(text) ? BigInt(text) : `${fact.name}: ${text} is not a whole number`;
    case "date":
      return isDate(text) ? dayNumber(text) : `${fact.name}: ${text} is not a date YYYY-MM-DD`;
    default:
      return `${fact.name} has no order`;
  }
}

/** Days since 0000-03-01 of the proleptic Gregorian calendar; only differences mean anything. */
function dayNumber(date: string): bigint {
  const [year = 0, month = 0, day = 0] = date.split("-").map(Number);
  const shifted = month <= 2 ? year - 1 : year;
  const monthFromMarch = (month + 9) % 12;
  const days =
    365 * shifted +
    Math.floor(shifted / 4) -
    Math.floor(shifted / 100) +
    Math.floor(shifted / 400) +
    Math.floor((153 * monthFromMarch + 2) / 5) +
    (day - 1);
  return BigInt(days);
}

/** The date of a day number, for comparing dates as text. */
export function dateOfDayNumber(dayNumberOf: bigint): string {
  const days = Number(dayNumberOf);
  const era = Math.floor(days / 146_097);
  const dayOfEra = days - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const padded = (value: number, length: number): string => String(value).padStart(length, "0");
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`;
}
