/**
 * Declared, typed facts: the only things that tables and expressions of a rule book can see.
 *
 * Values are bound once per dispute (`bindFacts`): defaults applied, amounts as minor units,
 * integers as bigint. A value that is not declared, or of the wrong type, is refused.
 */
import { assert } from "../kernel/assert.ts";
import { Failure } from "../kernel/failure.ts";
import type { FieldFault } from "../kernel/failure.ts";
import { exponentOf, parseAmount } from "../kernel/money.ts";

export const FACT_TYPES = ["string", "boolean", "integer", "date", "amount", "list"] as const;

export type FactType = (typeof FACT_TYPES)[number];

/** Amounts and integers are bigint, dates `YYYY-MM-DD`; null is "not known". */
export type FactValue = string | boolean | bigint | readonly string[] | null;

export interface FactDeclaration {
  readonly name: string;
  readonly type: FactType;
  /** A string's or list's only possible values; null: any. */
  readonly values: readonly string[] | null;
  /** True where the value may be missing; such a fact is not allowed in expressions. */
  readonly mayBeAbsent: boolean;
  /** Stands in for a missing value. */
  readonly default: FactValue;
  readonly meaning: string;
}

export type FactTypes = ReadonlyMap<string, FactDeclaration>;

/** Bound facts of one dispute. `exponent` is of the currency that its amounts are in. */
export interface Facts {
  readonly exponent: number;
  readonly values: Readonly<Record<string, FactValue>>;
}

/** A declaration in code, for the facts that Redress itself supplies: always present. */
export function suppliedFact(
  name: string,
  type: FactType,
  meaning: string,
  values: readonly string[] | null = null,
): FactDeclaration {
  return { name, type, values, mayBeAbsent: false, default: null, meaning };
}

/** What Redress knows of every dispute without a declaration. */
export const DISPUTE_FACTS: readonly FactDeclaration[] = [
  suppliedFact("client", "string", "the client's id"),
  suppliedFact("amount", "amount", "the disputed amount"),
  suppliedFact("currency", "string", "ISO 4217 code of the dispute's currency"),
];

export function factTypes(...groups: readonly Iterable<FactDeclaration>[]): FactTypes {
  const types = new Map<string, FactDeclaration>();
  for (const group of groups) for (const fact of group) types.set(fact.name, fact);
  return types;
}

/**
 * Binds what is known of a dispute to the declarations. Throws `input-invalid` naming each fact
 * that is not declared, has the wrong type or a value that is not one of its values.
 */
export function bindFacts(
  types: FactTypes,
  currency: string,
  given: Readonly<Record<string, unknown>>,
): Facts {
  const faults: FieldFault[] = [];
  const values: Record<string, FactValue> = {};
  for (const [name, fact] of types) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined || value === null) {
      values[name] = fact.default;
      continue;
    }
    const bound = bindValue(fact, currency, value);
    if (typeof bound === "object" && bound !== null && "reason" in bound) {
      faults.push({ pointer: `/${name}`, detail: bound.reason });
    } else {
      values[name] = bound;
    }
  }
  for (const name of Object.keys(given)) {
    if (!types.has(name)) faults.push({ pointer: `/${name}`, detail: "is not a declared fact" });
  }
  if (faults.length > 0) {
    const detail = faults.map((fault) => `${fault.pointer.slice(1)} ${fault.detail}`).join("; ");
    throw new Failure("input-invalid", detail, { currency }, faults);
  }
  return { exponent: exponentOf(currency), values };
}

/** The same facts with more of them, e.g. what an entry or the positions add. Nothing checked. */
export function withFacts(facts: Facts, more: Readonly<Record<string, FactValue>>): Facts {
  return { exponent: facts.exponent, values: { ...facts.values, ...more } };
}

/**
 * For a value that is missing: false where the fact may be absent. A fact that Redress supplies
 * and did not is our own mistake, and must not look like a cell that fails.
 */
export function missing(fact: FactDeclaration): false {
  assert(fact.mayBeAbsent, `the fact ${fact.name} was not supplied`);
  return false;
}

type Misfit = { readonly reason: string };

function bindValue(fact: FactDeclaration, currency: string, value: unknown): FactValue | Misfit {
  switch (fact.type) {
    case "string":
      return typeof value === "string" ? oneOf(fact, value) : misfit("a text");
    case "boolean":
      return typeof value === "boolean" ? value : misfit("true or false");
    case "integer":
      if (typeof value === "bigint") return value;
      return Number.isSafeInteger(value) ? BigInt(value as number) : misfit("a whole number");
    case "date":
      return typeof value === "string" && isDate(value) ? value : misfit("a date YYYY-MM-DD");
    case "amount":
      return bindAmount(fact.name, currency, value);
    case "list": {
      if (!Array.isArray(value) || !value.every((item) => typeof item === "string")) {
        return misfit("a list of texts");
      }
      const wrong = value.map((item) => oneOf(fact, item)).find((item) => typeof item === "object");
      return wrong ?? value;
    }
  }
}

function bindAmount(name: string, currency: string, value: unknown): bigint | Misfit {
  if (typeof value === "bigint") return value;
  try {
    return parseAmount(value, currency, name);
  } catch (error) {
    if (error instanceof Failure) return { reason: "has to be a decimal amount of the currency" };
    throw error;
  }
}

function oneOf(fact: FactDeclaration, value: string): string | Misfit {
  if (fact.values === null || fact.values.includes(value)) return value;
  return { reason: `has to be one of ${fact.values.join(", ")}` };
}

function misfit(what: string): Misfit {
  return { reason: `has to be ${what}` };
}

const DATE = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/;
const DAYS_PER_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether the text is a day of the Gregorian calendar, years 0001 to 9999. */
export function isDate(text: string): boolean {
  const match = DATE.exec(text);
  if (match === null) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return day <= (month === 2 && leap ? 29 : (DAYS_PER_MONTH[month - 1] ?? 0));
}
