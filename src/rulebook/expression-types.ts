/**
 * Types of the expression language: what may stand beside what, and exact comparison.
 *
 * A written number has no type of its own: beside an amount it is a decimal of the dispute's
 * currency, beside a whole number it is one. It is never floating point.
 */
import type { ASTNode } from "@marcbachmann/cel-js";
import {
  ceilingPerExponent,
  exactPerExponent,
  floorPerExponent,
  isWhole,
  parseDecimal,
} from "./decimal.ts";
import { isDate } from "./facts.ts";
import type { FactDeclaration, Facts, FactType, FactTypes, FactValue } from "./facts.ts";

export type ExpressionType = FactType;

export type Evaluate = (facts: Facts) => FactValue;

export interface Compiled {
  readonly type: FactType | "number";
  /** As the author wrote it, for reasons. */
  readonly text: string;
  readonly evaluate: Evaluate;
  /** A written text. */
  readonly literal?: string;
  /** A written number, in millionths. */
  readonly millionths?: bigint;
  readonly fact?: FactDeclaration;
}

export interface Scope {
  readonly types: FactTypes;
  readonly reads: Set<string>;
  readonly reasons: string[];
  readonly compile: (node: ASTNode) => Compiled;
}

/** Why a part of an expression is not accepted; caught by `compileExpression`, never escapes. */
export class Refusal extends Error {
  constructor(reason: string, text?: string) {
    super(text === undefined ? reason : `${reason}: ${text}`);
  }
}

export function writtenNumber(text: string): Compiled {
  const millionths = parseDecimal(text.replaceAll(/\s/g, ""));
  if (millionths === null) {
    throw new Refusal("a number is written plainly, with at most 6 decimal places", text);
  }
  return { type: "number", text, millionths, evaluate: () => millionths };
}

/** A written number where a whole number is meant; anything else unchanged. */
export function asInteger(side: Compiled): Compiled {
  if (side.millionths === undefined) return side;
  if (!isWhole(side.millionths) || side.text.includes(".")) {
    throw new Refusal("a whole number is meant", side.text);
  }
  const value = side.millionths / 1_000_000n;
  return { type: "integer", text: side.text, evaluate: () => value };
}

/** A written number where an amount is meant; anything else unchanged. */
export function asAmount(side: Compiled): Compiled {
  if (side.millionths === undefined) return side;
  if (!isWhole(side.millionths)) {
    throw new Refusal(
      "outside a comparison an amount is written in whole units, which every currency can hold",
      side.text,
    );
  }
  const minor = floorPerExponent(side.millionths);
  return { type: "amount", text: side.text, evaluate: (facts) => minor[facts.exponent] ?? 0n };
}

/** Both sides with one type, written numbers turned into what the other side is. */
export function unify(one: Compiled, two: Compiled, text: string): readonly [Compiled, Compiled] {
  const type = one.type === "number" ? two.type : one.type;
  const [left, right] =
    type === "amount" ? [asAmount(one), asAmount(two)] : [asInteger(one), asInteger(two)];
  if (left.type !== right.type) {
    throw new Refusal(`${nameOf(one)} does not go with ${nameOf(two)}`, text);
  }
  return [left, right];
}

export function requireType(side: Compiled, type: ExpressionType): void {
  if (side.type === type) return;
  throw new Refusal(`expected ${NAMES[type]}, found ${nameOf(side)}`, side.text);
}

export type ComparisonOperator = "==" | "!=" | "<" | "<=" | ">" | ">=";

const MIRRORED: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  "==": "==",
  "!=": "!=",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
};

export function compileComparison(
  operator: ComparisonOperator,
  left: Compiled,
  right: Compiled,
  text: string,
  scope: Scope,
): Compiled {
  if (left.type === "number" && right.type !== "number") {
    return compileComparison(MIRRORED[operator], right, left, text, scope);
  }
  if (left.type === "amount" && right.millionths !== undefined) {
    const test = compareAmount(operator, left.evaluate, right.millionths);
    return { type: "boolean", text, evaluate: test };
  }
  const [one, two] = unify(asDate(left, right), asDate(right, left), text);
  checkTexts(one, two, text, scope);
  const equality = operator === "==" || operator === "!=";
  if (!equality && !["amount", "integer", "date"].includes(one.type)) {
    throw new Refusal(`\`${operator}\` is for amounts, whole numbers and dates`, text);
  }
  if (one.type === "list") throw new Refusal("lists are not compared; use `in`", text);
  return { type: "boolean", text, evaluate: compareSides(operator, one.evaluate, two.evaluate) };
}

/** A written text beside a fact with listed values has to be one of them. */
function checkTexts(one: Compiled, two: Compiled, text: string, scope: Scope): void {
  for (const [side, other] of [
    [one, two],
    [two, one],
  ] as const) {
    const values = side.fact?.values;
    if (values && other.literal !== undefined && !values.includes(other.literal)) {
      scope.reasons.push(
        `"${other.literal}" is not a value of ${side.text} (${values.join(", ")}): ${text}`,
      );
    }
  }
}

/** A written text beside a date is a date. */
function asDate(side: Compiled, other: Compiled): Compiled {
  if (side.literal === undefined || other.type !== "date") return side;
  if (!isDate(side.literal)) throw new Refusal("a date is written YYYY-MM-DD", side.text);
  return { type: "date", text: side.text, evaluate: side.evaluate };
}

/** Exact for every currency: the decimal is a threshold between minor units, never rounded. */
export function compareAmount(
  operator: ComparisonOperator,
  value: Evaluate,
  millionths: bigint,
): (facts: Facts) => boolean {
  const floor = floorPerExponent(millionths);
  const ceiling = ceilingPerExponent(millionths);
  const exact = exactPerExponent(millionths);
  const at = <T>(table: readonly T[], facts: Facts): T => table[facts.exponent] as T;
  switch (operator) {
    case ">":
      return (facts) => (value(facts) as bigint) > at(floor, facts);
    case ">=":
      return (facts) => (value(facts) as bigint) >= at(ceiling, facts);
    case "<":
      return (facts) => (value(facts) as bigint) < at(ceiling, facts);
    case "<=":
      return (facts) => (value(facts) as bigint) <= at(floor, facts);
    case "==":
      return (facts) => value(facts) === at(exact, facts);
    case "!=":
      return (facts) => value(facts) !== at(exact, facts);
  }
}

function compareSides(
  operator: ComparisonOperator,
  one: Evaluate,
  two: Evaluate,
): (facts: Facts) => boolean {
  type Ordered = bigint | string;
  switch (operator) {
    case "==":
      return (facts) => one(facts) === two(facts);
    case "!=":
      return (facts) => one(facts) !== two(facts);
    case "<":
      return (facts) => (one(facts) as Ordered) < (two(facts) as Ordered);
    case "<=":
      return (facts) => (one(facts) as Ordered) <= (two(facts) as Ordered);
    case ">":
      return (facts) => (one(facts) as Ordered) > (two(facts) as Ordered);
    case ">=":
      return (facts) => (one(facts) as Ordered) >= (two(facts) as Ordered);
  }
}

const NAMES: Readonly<Record<Compiled["type"], string>> = {
  string: "a text",
  boolean: "a boolean",
  integer: "a whole number",
  date: "a date",
  amount: "an amount",
  list: "a list of texts",
  number: "a written number",
};

export function nameOf(side: Compiled): string {
  return NAMES[side.type];
}
