/**
 * The records of a Nacha file, nested as they stand: file, batches, entries with their addenda. A
 * record of 94 characters begins with its type; a file may come with or without line breaks, and
 * lines of nines fill its last block.
 */
import type { InboundFault } from "./document.ts";
import { isEnough } from "./limits.ts";

export const RECORD_LENGTH = 94;

export interface NachaRecord {
  /** The line on which it stands, from 1. */
  readonly line: number;
  readonly text: string;
}

export interface NachaEntry extends NachaRecord {
  readonly addenda: readonly NachaRecord[];
}

export interface NachaBatch {
  readonly header: NachaRecord;
  readonly entries: readonly NachaEntry[];
  /** Null where the file breaks off or goes on without it. */
  readonly control: NachaRecord | null;
}

export interface NachaFile {
  readonly header: NachaRecord | null;
  readonly batches: readonly NachaBatch[];
  readonly control: NachaRecord | null;
  /** Records without filler. */
  readonly recordCount: number;
  readonly fillerCount: number;
  readonly faults: InboundFault[];
}

/** The characters of a record from one position to another, both counted from 1. */
export function field({ text }: NachaRecord, from: number, to: number): string {
  return text.slice(from - 1, to);
}

/** Some systems end a text file with this. */
const END_OF_FILE = "\u001a";

interface OpenEntry extends NachaRecord {
  readonly addenda: NachaRecord[];
}

interface OpenBatch {
  readonly header: NachaRecord;
  readonly entries: OpenEntry[];
  control: NachaRecord | null;
}

interface Nesting {
  header: NachaRecord | null;
  readonly batches: OpenBatch[];
  control: NachaRecord | null;
  recordCount: number;
  fillerCount: number;
  readonly faults: InboundFault[];
}

export function nachaFile(text: string): NachaFile {
  const file: Nesting = {
    header: null,
    batches: [],
    control: null,
    recordCount: 0,
    fillerCount: 0,
    faults: [],
  };
  for (const record of recordsOf(withoutEnd(text), file.faults)) {
    if (isEnough([], file.faults)) break;
    // The control of a file begins with a nine as well, and is never nines only.
    if (/^9+$/.test(record.text)) {
      file.fillerCount += 1;
      if (file.control === null) fault(file, record, "filler", "stands before the file control");
      continue;
    }
    file.recordCount += 1;
    if (file.control !== null) fault(file, record, "record", "follows the file control");
    else place(file, record);
  }
  if (file.header === null) missing(file, "file header");
  if (file.batches.at(-1)?.control === null) missing(file, "batch control");
  if (file.control === null) missing(file, "file control");
  return file;
}

function withoutEnd(text: string): string {
  const end = text.trimEnd();
  return end.endsWith(END_OF_FILE) ? end.slice(0, -1) : text;
}

function place(file: Nesting, record: NachaRecord): void {
  const batch = file.batches.at(-1);
  const open = batch?.control === null ? batch : undefined;
  const tell = (reason: string): void => fault(file, record, "record", reason);
  if (file.header === null && record.text[0] !== "1") tell("stands before the file header");
  switch (record.text[0]) {
    case "1":
      if (file.recordCount !== 1) tell("a second file header");
      else file.header = record;
      return;
    case "5":
      if (open !== undefined) tell("a batch begins before the control of the last one");
      file.batches.push({ header: record, entries: [], control: null });
      return;
    case "6":
      if (open === undefined) tell("an entry outside of a batch");
      else open.entries.push({ ...record, addenda: [] });
      return;
    case "7":
      if (open?.entries.at(-1) === undefined) tell("an addenda record without an entry");
      else open.entries.at(-1)?.addenda.push(record);
      return;
    case "8":
      if (open === undefined) tell("a batch control outside of a batch");
      else open.control = record;
      return;
    case "9":
      if (open !== undefined) tell("the file ends before the control of its last batch");
      file.control = record;
      return;
    default:
      tell(`no record is of type ${JSON.stringify(record.text[0] ?? "")}`);
  }
}

function* recordsOf(text: string, faults: InboundFault[]): Generator<NachaRecord> {
  const isUnbroken = !/[\r\n]/.test(text.trimEnd()) && text.length > RECORD_LENGTH;
  const lines = isUnbroken ? cut(text.trimEnd()) : text.split(/\r\n|\n|\r/);
  for (const [index, line] of lines.entries()) {
    if (line.replaceAll(END_OF_FILE, "").trim() === "") continue;
    const record = { line: index + 1, text: ofLength(line) };
    if (record.text.length === RECORD_LENGTH) yield record;
    else {
      const reason = `${line.length} characters instead of ${RECORD_LENGTH}`;
      faults.push({ line: record.line, place: "record", reason });
    }
  }
}

function cut(text: string): string[] {
  return text.match(new RegExp(`.{1,${RECORD_LENGTH}}`, "gu")) ?? [];
}

/** Blanks at the end of a line may be lost or added on the way; nothing else may. */
function ofLength(line: string): string {
  const end = line.trimEnd();
  const mayBeBlankFrom = end.startsWith("1") ? 40 : end.startsWith("9") ? 55 : RECORD_LENGTH;
  if (end.length > RECORD_LENGTH || end.length < mayBeBlankFrom) return line;
  return end.padEnd(RECORD_LENGTH);
}

function fault(file: Nesting, { line }: NachaRecord, place: string, reason: string): void {
  file.faults.push({ line, place, reason });
}

function missing(file: Nesting, name: string): void {
  file.faults.push({ line: null, place: name, reason: "is missing: the file is cut off" });
}
