/**
 * A cell as a closure over bound facts: the hot path of every table, free of allocation.
 *
 * A missing value passes `-`, `absent` and `not(…)` only.
 */
import { dateOfDayNumber } from "./cell.ts";
import type { Cell, Item, Range } from "./cell.ts";
import { ceilingPerExponent, floorPerExponent } from "./decimal.ts";
import { missing } from "./facts.ts";
import type { FactDeclaration, Facts, FactValue } from "./facts.ts";

export type CellTest = (facts: Facts) => boolean;

/** The closure, or null for a cell that everything passes. */
export function compileCell(cell: Cell): CellTest | null {
  if (cell.kind === "any") return null;
  if (cell.kind === "expression") {
    const { expression } = cell;
    const evaluate = expression.evaluate;
    return (facts) => evaluate(facts) === true;
  }
  const test = anyOf(cell.items, cell.fact);
  return cell.negated ? (facts) => !test(facts) : test;
}

function anyOf(items: readonly Item[], fact: FactDeclaration): CellTest {
  const values = items.flatMap((item) => (item.kind === "value" ? [item.value] : []));
  if (values.length === items.length && fact.type !== "list") return oneOf(fact, values);
  const tests = items.map((item) => compileItem(item, fact));
  const [only] = tests;
  if (tests.length === 1 && only !== undefined) return only;
  return (facts) => {
    for (const test of tests) if (test(facts)) return true;
    return false;
  };
}

function oneOf(fact: FactDeclaration, values: readonly FactValue[]): CellTest {
  const { name } = fact;
  const [first, second] = values;
  if (values.length > 2) {
    const set = new Set(values);
    return (facts) => {
      const value = facts.values[name];
      return value === undefined || value === null ? missing(fact) : set.has(value);
    };
  }
  return (facts) => {
    const value = facts.values[name];
    if (value === first || (second !== undefined && value === second)) return true;
    return value === undefined || value === null ? missing(fact) : false;
  };
}

function compileItem(item: Item, fact: FactDeclaration): CellTest {
  const { name } = fact;
  if (item.kind === "absent") return (facts) => (facts.values[name] ?? null) === null;
  if (item.kind === "range") return compileRange(item, fact);
  const wanted = item.value;
  if (fact.type !== "list") return oneOf(fact, [wanted]);
  return (facts) => {
    const list = facts.values[name];
    return Array.isArray(list) ? list.includes(wanted) : missing(fact);
  };
}

function compileRange(range: Range, fact: FactDeclaration): CellTest {
  const { name } = fact;
  if (fact.type === "date") return compileDateRange(range, fact);
  const [least, most] = fact.type === "amount" ? amountBounds(range) : integerBounds(range);
  return (facts) => {
    const value = facts.values[name];
    if (typeof value !== "bigint") return missing(fact);
    const low = least?.[facts.exponent];
    if (low !== undefined && value < low) return false;
    const high = most?.[facts.exponent];
    return high === undefined || value <= high;
  };
}

type PerExponent = readonly bigint[] | null;

/** The least and the most minor amount inside, both included, per exponent of the currency. */
function amountBounds({ low, lowIncluded, high, highIncluded }: Range): [PerExponent, PerExponent] {
  const least =
    low === null
      ? null
      : lowIncluded
        ? ceilingPerExponent(low)
        : floorPerExponent(low).map((minor) => minor + 1n);
  const most =
    high === null
      ? null
      : highIncluded
        ? floorPerExponent(high)
        : ceilingPerExponent(high).map((minor) => minor - 1n);
  return [least, most];
}

function integerBounds({
  low,
  lowIncluded,
  high,
  highIncluded,
}: Range): [PerExponent, PerExponent] {
  const everywhere = (value: bigint): readonly bigint[] => Array.from({ length: 7 }, () => value);
  return [
    low === null ? null : everywhere(lowIncluded ? low : low + 1n),
    high === null ? null : everywhere(highIncluded ? high : high - 1n),
  ];
}

/** Dates written YYYY-MM-DD are ordered as texts. */
function compileDateRange(range: Range, fact: FactDeclaration): CellTest {
  const { name } = fact;
  const [least, most] = integerBounds(range).map((bounds) =>
    bounds === null ? null : dateOfDayNumber(bounds[0] ?? 0n),
  );
  return (facts) => {
    const value = facts.values[name];
    if (typeof value !== "string") return missing(fact);
    if (least !== null && least !== undefined && value < least) return false;
    return most === null || most === undefined || value <= most;
  };
}
