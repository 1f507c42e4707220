/**
 * What is wrong with a decision table as a whole: overlap, unreachable rows, gaps.
 *
 * Exact set reasoning, not sampling: each input is cut into the finitely many pieces that the
 * table's cells can tell apart (`table-atoms.ts`); a row is then a box of pieces, and boxes are
 * intersected and subtracted. A row with an expression is a box that may or may not fit: it
 * covers nothing and may overlap with anything its other cells allow.
 */
import type { Cell } from "./cell.ts";
import type { FactTypes } from "./facts.ts";
import type { Positioned } from "./shape.ts";
import type { Path, Problem } from "./source.ts";
import { cutColumn } from "./table-atoms.ts";
import type { Column } from "./table-atoms.ts";

export interface CheckedTable {
  readonly hit: "first" | "unique";
  readonly rows: readonly { readonly row: string; readonly cells: ReadonlyMap<string, Cell> }[];
  readonly hasDefault: boolean;
}

export interface CheckContext {
  readonly name: string;
  readonly types: FactTypes;
  readonly from: Positioned;
  readonly path: Path;
  readonly problems: Problem[];
}

/** Per column the set of pieces, as bits. */
type Box = readonly bigint[];

interface RowBox {
  readonly row: string;
  readonly box: Box;
  /** False where an expression decides as well. */
  readonly exact: boolean;
}

/** More pieces than this while subtracting means: simplify the table. */
const MOST_PIECES = 20_000;

export function checkTable(table: CheckedTable, context: CheckContext): void {
  const complain = (path: Path, reason: string): void => {
    context.problems.push({ ...context.from.at([...context.path, ...path]), reason });
  };
  const columns: Column[] = [];
  for (const input of inputsOf(table)) {
    const fact = context.types.get(input);
    if (fact === undefined) continue;
    const cells = table.rows.flatMap(({ cells }) => cells.get(input) ?? []);
    const column = cutColumn(fact, cells);
    if (typeof column === "string") return complain([], column);
    columns.push(column);
  }
  const boxes = table.rows.map((row) => boxOf(row, columns));
  if (table.hit === "unique") findOverlaps(boxes, columns, complain);
  const remaining = findUnreachable(table, boxes, columns, complain);
  if (remaining === null) {
    complain([], `table ${context.name} is too involved to check: use fewer cells with ranges`);
    return;
  }
  const [gap] = remaining;
  if (gap !== undefined && !table.hasDefault) {
    complain([], `table ${context.name} has no default and no row for ${witness(gap, columns)}`);
  }
}

function inputsOf(table: CheckedTable): ReadonlySet<string> {
  return new Set(
    table.rows.flatMap(({ cells }) =>
      [...cells].flatMap(([input, cell]) => (cell.kind === "items" ? [input] : [])),
    ),
  );
}

function boxOf(row: CheckedTable["rows"][number], columns: readonly Column[]): RowBox {
  const box = columns.map((column) => {
    const cell = row.cells.get(column.fact.name);
    return cell?.kind === "items" ? column.maskOf(cell) : column.everything;
  });
  const exact = [...row.cells.values()].every((cell) => cell.kind !== "expression");
  return { row: row.row, box, exact };
}

function findOverlaps(
  boxes: readonly RowBox[],
  columns: readonly Column[],
  complain: (path: Path, reason: string) => void,
): void {
  for (const [later, two] of boxes.entries()) {
    for (const one of boxes.slice(0, later)) {
      const common = intersection(one.box, two.box);
      if (common === null) continue;
      const certain = one.exact && two.exact;
      const where = witness(common, columns);
      complain(
        ["rows", later],
        certain
          ? `row "${two.row}" overlaps row "${one.row}" under unique: both fit ${where}`
          : `row "${two.row}" may overlap row "${one.row}" under unique: an expression decides ` +
              `for ${where}`,
      );
      break;
    }
  }
}

/**
 * Takes row after row from what is still undecided; a row that takes nothing can never decide.
 * Returns what no row decides, or null where the table is too involved.
 */
function findUnreachable(
  table: CheckedTable,
  boxes: readonly RowBox[],
  columns: readonly Column[],
  complain: (path: Path, reason: string) => void,
): readonly Box[] | null {
  let remaining: readonly Box[] = [columns.map((column) => column.everything)];
  for (const [index, { row, box, exact }] of boxes.entries()) {
    if (box.some((mask) => mask === 0n)) {
      complain(["rows", index], `row "${row}" can never fit: a cell allows nothing`);
      continue;
    }
    const takes = remaining.some((piece) => intersection(piece, box) !== null);
    if (!takes && table.hit === "first") {
      complain(["rows", index], `row "${row}" is unreachable: earlier rows decide all it fits`);
    }
    if (!exact) continue;
    remaining = remaining.flatMap((piece) => subtract(piece, box));
    if (remaining.length > MOST_PIECES) return null;
  }
  return remaining;
}

function intersection(one: Box, two: Box): Box | null {
  const common: bigint[] = [];
  for (const [index, mask] of one.entries()) {
    const both = mask & (two[index] ?? 0n);
    if (both === 0n) return null;
    common.push(both);
  }
  return common;
}

/** What of `piece` lies outside `box`, as boxes that do not overlap. */
function subtract(piece: Box, box: Box): readonly Box[] {
  if (intersection(piece, box) === null) return [piece];
  const outside: Box[] = [];
  const narrowed = [...piece];
  for (const [index, mask] of piece.entries()) {
    const cut = box[index] ?? 0n;
    const rest = mask & ~cut;
    if (rest !== 0n) outside.push(narrowed.map((own, at) => (at === index ? rest : own)));
    narrowed[index] = mask & cut;
  }
  return outside;
}

/** One point of a box in words. */
function witness(box: Box, columns: readonly Column[]): string {
  const parts = columns.map((column, index) => column.describe(box[index] ?? 0n));
  return parts.length === 0 ? "any facts" : parts.join(", ");
}
