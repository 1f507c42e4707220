/**
 * The logical records of a BAI2 file: comma separated fields after a two-digit code, continued by
 * records 88. Files in the wild put several records on one line, break lines within a text, and
 * leave the closing slash away; a record is told by how the next one begins.
 */
import type { InboundFault } from "./document.ts";

export interface Bai2Record {
  /** The line on which it begins, from 1. */
  readonly line: number;
  readonly code: string;
  readonly fields: readonly string[];
  /** Physical records: itself and its continuations. */
  readonly count: number;
}

interface Part {
  readonly line: number;
  readonly code: string;
  /** From behind the code and its comma, with the lines that continue it. */
  readonly bodies: string[];
}

const CODES = new Set(["01", "02", "03", "16", "49", "88", "98", "99"]);

/** A record behind another one's slash on the same line: told apart from a text by its fields. */
const FURTHER = new RegExp(
  `(?<=/)[ \\t]*(?=${[
    "0[12],[^,]*,",
    "03,[^,/]*,",
    "16,[0-9]{3},[+-]?[0-9]*,",
    "88,",
    "49,[+-]?[0-9]*,[0-9]+ *(?:/|$)",
    "9[89],[+-]?[0-9]*,[0-9]+,[0-9]+ *(?:/|$)",
  ].join("|")})`,
);

/** Only texts continue on a line that begins no record. */
const WITH_TEXT = new Set(["16", "88"]);

/** One after the other: all of them at once would take many times the room of their text. */
export function* bai2Records(text: string, faults: InboundFault[]): Generator<Bai2Record> {
  let last: Part | null = null;
  for (const { line, code, bodies } of partsOf(text, faults)) {
    const body = bodies.join(" ");
    if (code !== "88") {
      if (last !== null) yield recordOf(last);
      last = { line, code, bodies: [body] };
    } else if (last === null) {
      faults.push({ line, place: "record 88", reason: "continues nothing" });
    } else last.bodies.push(body);
  }
  if (last !== null) yield recordOf(last);
}

function recordOf({ line, code, bodies }: Part): Bai2Record {
  return { line, code, fields: fieldsOf(code, bodies), count: bodies.length };
}

function* partsOf(text: string, faults: InboundFault[]): Generator<Part> {
  let last: Part | null = null;
  let line = 0;
  for (const wholeLine of text.split(/\r\n|\n|\r/)) {
    line += 1;
    for (const piece of wholeLine.split(FURTHER)) {
      const raw = piece.trim();
      if (raw === "" || raw === "\u001a") continue;
      const code = raw.slice(0, 2);
      if (CODES.has(code) && (raw[2] === "," || raw[2] === "/")) {
        if (last !== null) yield last;
        last = { line, code, bodies: [raw.slice(3)] };
      } else if (last !== null && WITH_TEXT.has(last.code) && !isClosed(last)) {
        last.bodies.push(raw);
      } else {
        faults.push({
          line,
          place: "record",
          reason: `no record is of type ${JSON.stringify(code)}`,
        });
      }
    }
  }
  if (last !== null) yield last;
}

/** Only its last line is looked at: a text of many lines would be quadratic. */
function isClosed({ bodies }: Part): boolean {
  return bodies.at(-1)?.endsWith("/") === true;
}

/** Stands before what a continuation adds, where a text may go on within itself. */
export const CONTINUED = "\u0001";

/** A slash ends a record; in the middle of a text it is only a slash. */
function fieldsOf(code: string, bodies: readonly string[]): string[] {
  const clear = bodies.map((body) => body.trimEnd().replace(/\/$/, ""));
  return clear.join(code === "16" ? `,${CONTINUED}` : ",").split(",");
}
