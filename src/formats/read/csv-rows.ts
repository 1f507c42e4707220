/** Rows of comma separated text (RFC 4180): quotes, doubled quotes, line breaks within quotes. */
export interface CsvRow {
  /** The line on which it begins, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
  /** Its last quote is never closed, or text follows a closing quote. */
  readonly isBroken: boolean;
}

export function* csvRows(text: string, delimiter: string): Generator<CsvRow> {
  let start = 0;
  let line = 1;
  while (start < text.length) {
    const end = rowEnd(text, start);
    const raw = text.slice(start, end).replace(/\r$/, "");
    if (raw !== "") yield rowOf(raw, line, delimiter);
    for (let at = start; at <= end; at += 1) if (text[at] === "\n") line += 1;
    start = end + 1;
  }
}

/** The line break that ends the row: one outside of quotes, or the end of the text. */
function rowEnd(text: string, start: number): number {
  let from = start;
  let isOpen = false;
  for (;;) {
    const end = text.indexOf("\n", from);
    if (end === -1) return text.length;
    // Only what is new is looked at: a quote that is never closed would be quadratic.
    if (hasOddQuotes(text, from, end)) isOpen = !isOpen;
    if (!isOpen) return end;
    from = end + 1;
  }
}

function hasOddQuotes(text: string, start: number, end: number): boolean {
  let isOdd = false;
  for (let at = start; at < end; at += 1) if (text[at] === '"') isOdd = !isOdd;
  return isOdd;
}

function rowOf(raw: string, line: number, delimiter: string): CsvRow {
  if (!raw.includes('"')) return { line, cells: raw.split(delimiter), isBroken: false };
  const cells: string[] = [];
  let isBroken = false;
  let open: string[] = [];
  let isOpen = false;
  for (const part of raw.split(delimiter)) {
    open.push(part);
    if (hasOddQuotes(part, 0, part.length)) isOpen = !isOpen;
    if (isOpen) continue;
    const cell = open.join(delimiter);
    open = [];
    const said = cellOf(cell);
    isBroken ||= said === null;
    cells.push(said ?? cell);
  }
  return { line, cells, isBroken: isBroken || isOpen };
}

/** What a cell says; null where its quotes are not right. No pattern: a cell may be very long. */
function cellOf(cell: string): string | null {
  if (!cell.includes('"')) return /[\r\n]/.test(cell) ? null : cell;
  if (cell.length < 2 || !cell.startsWith('"') || !cell.endsWith('"')) return null;
  const inner = cell.slice(1, -1);
  return inner.replaceAll('""', "").includes('"') ? null : inner.replaceAll('""', '"');
}
