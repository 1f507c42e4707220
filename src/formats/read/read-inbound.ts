/** Reads a file that came back, by its format. Pure: bytes in, lines and faults out. */
import type { z } from "zod";

import { Failure } from "../../kernel/failure.ts";

import { readBai2 } from "./bai2.ts";
import { readCamt } from "./camt.ts";
import { csvReadingShape, readCsv } from "./csv.ts";
import type { InboundDocument, InboundFormat } from "./document.ts";
import { fixedWidthReadingShape, readFixedWidth, undecodable } from "./fixed-width.ts";
import { jsonLinesReadingShape, readJsonLines } from "./json-lines.ts";
import { readNacha } from "./nacha.ts";
import { readPain002 } from "./pain002.ts";
import { storable } from "./storable.ts";
import { bankTextOf, utf8Of } from "./text-of.ts";

/**
 * Throws `configuration-invalid` for a mapping that does not fit the format. A file that cannot be
 * read is a document with faults.
 */
export function readInbound(
  format: InboundFormat,
  bytes: Uint8Array,
  mapping: unknown = {},
): InboundDocument {
  return storable(readAs(format, bytes, mapping));
}

function readAs(format: InboundFormat, bytes: Uint8Array, mapping: unknown): InboundDocument {
  switch (format) {
    case "csv":
      return readText(bytes, (text) => readCsv(text, mappingOf(csvReadingShape, mapping)));
    case "jsonLines":
      return readText(bytes, (text) =>
        readJsonLines(text, mappingOf(jsonLinesReadingShape, mapping)),
      );
    case "fixedWidth":
      return readFixedWidth(bytes, mappingOf(fixedWidthReadingShape, mapping));
    case "bai2":
      return readBai2(bankTextOf(bytes));
    case "camt.053":
    case "camt.054":
      return readCamt(format, bankTextOf(bytes));
    case "pain.002":
      return readPain002(bankTextOf(bytes));
    case "nacha-return":
    case "nacha-acknowledgement":
      return readNacha(format, bankTextOf(bytes));
  }
}

function readText(bytes: Uint8Array, read: (text: string) => InboundDocument): InboundDocument {
  const text = utf8Of(bytes);
  return text === null ? undecodable("the bytes are not UTF-8") : read(text);
}

function mappingOf<Shape extends z.ZodType>(shape: Shape, written: unknown): z.output<Shape> {
  const reading = shape.safeParse(written);
  if (reading.success) return reading.data;
  const faults = reading.error.issues.map((issue) => ({
    pointer: `/returnFile/mapping${issue.path.map((part) => `/${String(part)}`).join("")}`,
    detail: issue.message,
  }));
  throw new Failure("configuration-invalid", "returnFile.mapping", {}, faults);
}
