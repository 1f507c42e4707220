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
  readonly raw: string;
}

interface Part {
  readonly line: number;
  readonly code: string;
  /** From behind the code and its comma. */
  body: string;
  raw: string;
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

export function bai2Records(text: string, faults: InboundFault[]): Bai2Record[] {
  const records: { line: number; code: string; bodies: string[]; raw: string }[] = [];
  for (const { line, code, body, raw } of partsOf(text, faults)) {
    const last = records.at(-1);
    if (code !== "88") records.push({ line, code, bodies: [body], raw });
    else if (last === undefined) {
      faults.push({ line, place: "record 88", reason: "continues nothing" });
    } else {
      last.bodies.push(body);
      last.raw += `\n${raw}`;
    }
  }
  return records.map(({ line, code, bodies, raw }) => ({
    line,
    code,
    fields: fieldsOf(code, bodies),
    count: bodies.length,
    raw,
  }));
}

function partsOf(text: string, faults: InboundFault[]): Part[] {
  const parts: Part[] = [];
  text.split(/\r\n|\n|\r/).forEach((wholeLine, index) => {
    const line = index + 1;
    for (const piece of wholeLine.split(FURTHER)) {
      const raw = piece.trim();
      if (raw === "" || raw === "\u001a") continue;
      const code = raw.slice(0, 2);
      const last = parts.at(-1);
      if (CODES.has(code) && (raw[2] === "," || raw[2] === "/")) {
        parts.push({ line, code, body: raw.slice(3), raw });
      } else if (last !== undefined && WITH_TEXT.has(last.code) && !isClosed(last.body)) {
        last.body += ` ${raw}`;
        last.raw += `\n${raw}`;
      } else {
        faults.push({
          line,
          place: "record",
          reason: `no record is of type ${JSON.stringify(code)}`,
        });
      }
    }
  });
  return parts;
}

function isClosed(body: string): boolean {
  return body.trimEnd().endsWith("/");
}

/** Stands before what a continuation adds, where a text may go on within itself. */
export const CONTINUED = "\u0001";

/** A slash ends a record; in the middle of a text it is only a slash. */
function fieldsOf(code: string, bodies: readonly string[]): string[] {
  const clear = bodies.map((body) => body.trimEnd().replace(/\/$/, ""));
  return clear.join(code === "16" ? `,${CONTINUED}` : ",").split(",");
}
