/**
 * Cuts one input of a decision table into the pieces that its cells can tell apart.
 *
 * Texts: each text named, and every other one. Orders: each bound, and what lies between. Lists:
 * each combination of the texts named. A set of pieces is a bit mask; the reasoning in
 * `table-check.ts` is exact because no cell splits a piece.
 */
import { dateOfDayNumber } from "./cell.ts";
import type { Cell, Item, Range } from "./cell.ts";
import { formatDecimal } from "./decimal.ts";
import type { FactDeclaration } from "./facts.ts";

export interface Column {
  readonly fact: FactDeclaration;
  readonly everything: bigint;
  maskOf(cell: Cell & { readonly kind: "items" }): bigint;
  /** One piece of a set in words, e.g. `network=visa`. */
  describe(mask: bigint): string;
}

interface Piece {
  readonly words: string;
  readonly fits: (item: Item) => boolean;
}

const MOST_LIST_TEXTS = 10;

/** The column, or the reason why it cannot be reasoned about. */
export function cutColumn(fact: FactDeclaration, cells: readonly Cell[]): Column | string {
  const items = cells.flatMap((cell) => (cell.kind === "items" ? cell.items : []));
  const pieces = piecesOf(fact, items);
  if (typeof pieces === "string") return pieces;
  if (fact.mayBeAbsent) {
    pieces.push({ words: `${fact.name} absent`, fits: (item) => item.kind === "absent" });
  }
  const everything = (1n << BigInt(pieces.length)) - 1n;
  return {
    fact,
    everything,
    maskOf: (cell) => {
      let mask = 0n;
      for (const [index, piece] of pieces.entries()) {
        if (cell.items.some((item) => piece.fits(item))) mask |= 1n << BigInt(index);
      }
      return cell.negated ? everything & ~mask : mask;
    },
    describe: (mask) =>
      pieces.find((_, index) => (mask & (1n << BigInt(index))) !== 0n)?.words ?? "nothing",
  };
}

function piecesOf(fact: FactDeclaration, items: readonly Item[]): Piece[] | string {
  switch (fact.type) {
    case "boolean":
      return [true, false].map((value) => valuePiece(fact, value));
    case "string":
      return textPieces(fact, items);
    case "list":
      return listPieces(fact, items);
    default:
      return orderPieces(fact, items);
  }
}

function valuePiece(fact: FactDeclaration, value: string | boolean): Piece {
  return {
    words: `${fact.name}=${value}`,
    fits: (item) => item.kind === "value" && item.value === value,
  };
}

function textsOf(items: readonly Item[]): string[] {
  const texts = items.flatMap((item) => (item.kind === "value" ? [String(item.value)] : []));
  return [...new Set(texts)];
}

function textPieces(fact: FactDeclaration, items: readonly Item[]): Piece[] {
  if (fact.values !== null) return fact.values.map((value) => valuePiece(fact, value));
  const pieces = textsOf(items).map((value) => valuePiece(fact, value));
  return [...pieces, { words: `any other ${fact.name}`, fits: () => false }];
}

function listPieces(fact: FactDeclaration, items: readonly Item[]): Piece[] | string {
  const texts = textsOf(items);
  if (texts.length > MOST_LIST_TEXTS) {
    return `${fact.name}: a table may name at most ${MOST_LIST_TEXTS} texts of a list`;
  }
  return Array.from({ length: 2 ** texts.length }, (_, combination): Piece => {
    const held = texts.filter((_text, index) => (combination & (1 << index)) !== 0);
    return {
      words:
        held.length === 0 ? `${fact.name} with none of them` : `${fact.name}=${held.join("+")}`,
      fits: (item) => item.kind === "value" && held.includes(String(item.value)),
    };
  });
}

/** A point or an open stretch between two bounds; null is without end. */
interface Stretch {
  readonly low: bigint | null;
  readonly high: bigint | null;
  readonly isPoint: boolean;
}

function orderPieces(fact: FactDeclaration, items: readonly Item[]): Piece[] {
  const bounds = items.flatMap((item) =>
    item.kind === "range" ? [item.low, item.high].filter((bound) => bound !== null) : [],
  );
  const sorted = [...new Set(bounds)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const stretches: Stretch[] = [];
  let previous: bigint | null = null;
  for (const bound of sorted) {
    stretches.push({ low: previous, high: bound, isPoint: false });
    stretches.push({ low: bound, high: bound, isPoint: true });
    previous = bound;
  }
  stretches.push({ low: previous, high: null, isPoint: false });
  return stretches
    .filter((stretch) => !isEmpty(stretch, fact))
    .map((stretch) => ({
      words: stretchWords(stretch, fact),
      fits: (item) => item.kind === "range" && lies(stretch, item),
    }));
}

/** Between neighbouring whole numbers or days nothing lies; between decimals something does. */
function isEmpty({ low, high, isPoint }: Stretch, fact: FactDeclaration): boolean {
  if (isPoint || low === null || high === null) return false;
  return fact.type === "amount" ? false : high - low <= 1n;
}

function lies(stretch: Stretch, range: Range): boolean {
  if (stretch.isPoint && stretch.low !== null) {
    const point = stretch.low;
    const aboveLow =
      range.low === null || point > range.low || (point === range.low && range.lowIncluded);
    const belowHigh =
      range.high === null || point < range.high || (point === range.high && range.highIncluded);
    return aboveLow && belowHigh;
  }
  const aboveLow = range.low === null || (stretch.low !== null && stretch.low >= range.low);
  const belowHigh = range.high === null || (stretch.high !== null && stretch.high <= range.high);
  return aboveLow && belowHigh;
}

function stretchWords({ low, high, isPoint }: Stretch, fact: FactDeclaration): string {
  const shown = (bound: bigint): string => {
    if (fact.type === "amount") return formatDecimal(bound);
    return fact.type === "date" ? dateOfDayNumber(bound) : String(bound);
  };
  if (isPoint && low !== null) return `${fact.name}=${shown(low)}`;
  if (low === null && high === null) return `any ${fact.name}`;
  if (low === null) return `${fact.name} < ${shown(high ?? 0n)}`;
  if (high === null) return `${fact.name} > ${shown(low)}`;
  return `${fact.name} in (${shown(low)} .. ${shown(high)})`;
}
