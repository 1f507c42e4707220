/** Rows of comma separated text (RFC 4180): quotes, doubled quotes, line breaks within quotes. */
export interface CsvRow {
  /** The line on which it begins, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
  readonly raw: string;
  /** Its last quote is never closed, or text follows a closing quote. */
  readonly isBroken: boolean;
}

const CELL = /^(?:"((?:[^"]|"")*)"|([^"\r\n]*))$/;

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
  for (;;) {
    const end = text.indexOf("\n", from);
    if (end === -1) return text.length;
    if (countQuotes(text, start, end) % 2 === 0) return end;
    from = end + 1;
  }
}

function countQuotes(text: string, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at += 1) if (text[at] === '"') count += 1;
  return count;
}

function rowOf(raw: string, line: number, delimiter: string): CsvRow {
  if (!raw.includes('"')) return { line, cells: raw.split(delimiter), raw, isBroken: false };
  const cells: string[] = [];
  let isBroken = false;
  let open = "";
  let isOpen = false;
  for (const part of raw.split(delimiter)) {
    open = isOpen ? `${open}${delimiter}${part}` : part;
    isOpen = countQuotes(open, 0, open.length) % 2 === 1;
    if (isOpen) continue;
    const [whole, quoted, plain] = CELL.exec(open) ?? [];
    isBroken ||= whole === undefined;
    cells.push(quoted?.replaceAll('""', '"') ?? plain ?? open);
  }
  return { line, cells, raw, isBroken: isBroken || isOpen };
}
