/**
 * Decision tables: typed inputs, rows, one outcome each; compiled once to closures.
 *
 * Hit policy *first*: the first row that fits decides. *unique*: at most one row fits, which the
 * loader has shown (`table-check.ts`). Every evaluation can be explained.
 */
import { z } from "zod";
import { assert } from "../kernel/assert.ts";
import { compileCell } from "./cell-test.ts";
import type { CellTest } from "./cell-test.ts";
import { parseCell, parseCondition } from "./cell.ts";
import type { Cell } from "./cell.ts";
import type { Facts, FactTypes, FactValue } from "./facts.ts";
import { nameShape } from "./shape.ts";
import type { Positioned } from "./shape.ts";
import type { Path, Problem } from "./source.ts";
import { checkTable } from "./table-check.ts";

export interface Decision<Outcome> {
  /** The row's id, or `default`. */
  readonly row: string;
  readonly outcome: Outcome;
}

export interface RowExplanation {
  readonly row: string;
  readonly hit: boolean;
  /** The first cell that failed; null where the row fits or was not needed any more. */
  readonly failed: {
    readonly input: string;
    readonly cell: string;
    readonly value: FactValue;
  } | null;
}

export interface Explanation {
  readonly table: string;
  readonly row: string;
  readonly rows: readonly RowExplanation[];
}

export interface DecisionTable<Outcome> {
  readonly name: string;
  readonly hit: "first" | "unique";
  /** The facts that its cells read. */
  readonly reads: readonly string[];
  readonly rows: readonly TableRow<Outcome>[];
  readonly default: Decision<Outcome> | null;
  /** The decision for these facts. Pure, total for a checked table, allocates nothing. */
  evaluate(facts: Facts): Decision<Outcome>;
  /** Which row hit, and in each row before it which cell failed. */
  explain(facts: Facts): Explanation;
}

export interface TableRow<Outcome> extends Decision<Outcome> {
  /** By input; absent inputs are `-`. The key `where` is the row's own condition. */
  readonly cells: ReadonlyMap<string, Cell>;
}

const cellShape = z.union([z.string(), z.boolean(), z.int()]);

export const DEFAULT_ROW = "default";
const CONDITION = "where";

/** How a table is written, around the shape of its outcomes. */
export function tableFields<Shape extends z.ZodType>(outcome: Shape) {
  return {
    hit: z.enum(["first", "unique"]),
    rows: z
      .array(
        z.strictObject({
          id: nameShape,
          note: z.string().optional(),
          when: z.record(z.string(), cellShape).optional(),
          where: z.string().optional(),
          then: outcome,
        }),
      )
      .max(500),
    default: outcome.optional(),
  };
}

/** A table as `tableFields` reads it. */
export interface WrittenTable<Written> {
  readonly hit: "first" | "unique";
  readonly rows: readonly {
    readonly id: string;
    readonly when?: Readonly<Record<string, string | boolean | number>> | undefined;
    readonly where?: string | undefined;
    readonly then: Written;
  }[];
  readonly default?: Written | undefined;
}

export interface TableContext<Written, Outcome> {
  readonly name: string;
  readonly types: FactTypes;
  readonly from: Positioned;
  /** Where the table stands inside `from`. */
  readonly path: Path;
  readonly problems: Problem[];
  /** The outcome's meaning; null where it, or what it names, has problems. */
  readonly outcome: (written: Written, path: Path) => Outcome | null;
}

/**
 * Compiles a written table and checks it: unknown facts, type errors, badly written cells,
 * duplicate row ids, overlap, unreachable rows, gaps. Null where there is any problem.
 */
export function compileTable<Written, Outcome>(
  written: WrittenTable<Written>,
  context: TableContext<Written, Outcome>,
): DecisionTable<Outcome> | null {
  const { problems, path } = context;
  const before = problems.length;
  const rows: TableRow<Outcome>[] = [];
  const seen = new Set<string>();
  for (const [index, row] of written.rows.entries()) {
    const rowPath = [...path, "rows", index];
    const complain = (at: Path, reason: string): void => {
      problems.push({ ...context.from.at(at), reason });
    };
    if (seen.has(row.id) || row.id === DEFAULT_ROW) {
      complain([...rowPath, "id"], `duplicate row "${row.id}"`);
    }
    seen.add(row.id);
    const cells = parseCells(row, rowPath, context.types, complain);
    const outcome = context.outcome(row.then, [...rowPath, "then"]);
    if (outcome !== null) rows.push({ row: row.id, outcome, cells });
  }
  const otherwise =
    written.default === undefined ? null : context.outcome(written.default, [...path, "default"]);
  // An outcome may be missing because what it names has a problem that was said elsewhere.
  const whole =
    rows.length === written.rows.length && (otherwise === null) === (written.default === undefined);
  if (problems.length > before || !whole) return null;
  const fallback = otherwise === null ? null : { row: DEFAULT_ROW, outcome: otherwise };
  checkTable({ hit: written.hit, rows, hasDefault: fallback !== null }, context);
  if (problems.length > before) return null;
  return assemble(context.name, written.hit, rows, fallback);
}

function parseCells(
  row: WrittenTable<unknown>["rows"][number],
  path: Path,
  types: FactTypes,
  complain: (at: Path, reason: string) => void,
): ReadonlyMap<string, Cell> {
  const cells = new Map<string, Cell>();
  const keep = (input: string, at: Path, parse: (reasons: string[]) => Cell): void => {
    const reasons: string[] = [];
    const cell = parse(reasons);
    for (const reason of reasons) complain(at, reason);
    if (reasons.length === 0 && cell.kind !== "any") cells.set(input, cell);
  };
  for (const [name, text] of Object.entries(row.when ?? {})) {
    const at = [...path, "when", name];
    const fact = types.get(name);
    if (fact === undefined) complain(at, `unknown fact "${name}"`);
    else keep(name, at, (reasons) => parseCell(text, fact, types, reasons));
  }
  const { where } = row;
  if (where !== undefined) {
    keep(CONDITION, [...path, CONDITION], (reasons) => parseCondition(where, types, reasons));
  }
  return cells;
}

function assemble<Outcome>(
  name: string,
  hit: "first" | "unique",
  rows: readonly TableRow<Outcome>[],
  otherwise: Decision<Outcome> | null,
): DecisionTable<Outcome> {
  const decisions = rows.map(({ row, outcome }): Decision<Outcome> => ({ row, outcome }));
  const tests = rows.map(({ cells }) => allOf([...cells.values()]));
  return {
    name,
    hit,
    rows,
    default: otherwise,
    reads: [...new Set(rows.flatMap(({ cells }) => [...cells].flatMap(readsOf)))],
    evaluate: (facts) => {
      for (let index = 0; index < tests.length; index += 1) {
        const test = tests[index];
        if (test === undefined || !test(facts)) continue;
        return decisions[index] as Decision<Outcome>;
      }
      assert(otherwise !== null, `table ${name} has a gap that the loader did not see`);
      return otherwise;
    },
    explain: (facts) => explain(name, rows, facts),
  };
}

/** One closure for a row; short rows, the common case, without a loop. */
function allOf(cells: readonly Cell[]): CellTest {
  const tests = cells.map(compileCell).filter((test) => test !== null);
  const [first, second, third, fourth] = tests;
  if (first === undefined) return () => true;
  if (second === undefined) return first;
  if (third === undefined) return (facts) => first(facts) && second(facts);
  if (fourth === undefined) return (facts) => first(facts) && second(facts) && third(facts);
  return (facts) => {
    for (const test of tests) if (!test(facts)) return false;
    return true;
  };
}

function readsOf([input, cell]: [string, Cell]): readonly string[] {
  if (cell.kind === "expression") return cell.expression.reads;
  return [input];
}

function explain<Outcome>(
  table: string,
  rows: readonly TableRow<Outcome>[],
  facts: Facts,
): Explanation {
  let decided: string | null = null;
  const explained = rows.map(({ row, cells }): RowExplanation => {
    if (decided !== null) return { row, hit: false, failed: firstFailure(cells, facts) };
    const failed = firstFailure(cells, facts);
    if (failed === null) decided = row;
    return { row, hit: failed === null, failed };
  });
  return { table, row: decided ?? DEFAULT_ROW, rows: explained };
}

function firstFailure(cells: ReadonlyMap<string, Cell>, facts: Facts): RowExplanation["failed"] {
  for (const [input, cell] of cells) {
    const test = compileCell(cell);
    if (test === null || cell.kind === "any" || test(facts)) continue;
    return { input, cell: cell.source, value: facts.values[input] ?? null };
  }
  return null;
}
