/** Reads a file that came back, by its format. Pure: bytes in, lines and faults out. */
import { z } from "zod";

import { faultsOf, refused } from "../../kernel/field-faults.ts";

import { readBai2 } from "./bai2.ts";
import { readCamt } from "./camt.ts";
import { csvReadingShape, readCsv } from "./csv.ts";
import type { InboundDocument, InboundFormat } from "./document.ts";
import { unread } from "./document.ts";
import { fixedWidthReadingShape, readFixedWidth, undecodable } from "./fixed-width.ts";
import { jsonLinesReadingShape, readJsonLines } from "./json-lines.ts";
import { longLine, tooManyElements, tooManyLines, unreadableBytes } from "./limits.ts";
import { readNacha } from "./nacha.ts";
import { readPain002 } from "./pain002.ts";
import { storable } from "./storable.ts";
import { bankTextOf, utf8Of, xmlTextOf } from "./text-of.ts";

/**
 * Throws `configuration-invalid` for a mapping that does not fit the format. A file that cannot be
 * read is a document with faults.
 */
export function readInbound(
  format: InboundFormat,
  bytes: Uint8Array,
  mapping: unknown = {},
): InboundDocument {
  const refused = unreadableBytes(format, bytes);
  if (refused !== null) return unread(refused);
  const document = readAs(format, bytes, mapping);
  const tooMany = tooManyLines(document);
  return storable(tooMany === null ? document : unread(tooMany));
}

/** What a profile says of formats whose columns are its own; the others say it all themselves. */
const MAPPINGS = {
  csv: csvReadingShape,
  jsonLines: jsonLinesReadingShape,
  fixedWidth: fixedWidthReadingShape,
};

const NOTHING = z.strictObject({});

/** Throws `configuration-invalid`, its places below `pointer`, where the mapping does not fit. */
export function checkMapping(format: InboundFormat, written: unknown, pointer: string): void {
  const shape = Object.hasOwn(MAPPINGS, format)
    ? MAPPINGS[format as keyof typeof MAPPINGS]
    : NOTHING;
  mappingOf(shape, written, pointer);
}

function readAs(format: InboundFormat, bytes: Uint8Array, mapping: unknown): InboundDocument {
  const reading = <Shape extends z.ZodType>(shape: Shape): z.output<Shape> =>
    mappingOf(shape, mapping, "/returnFile/mapping");
  switch (format) {
    case "csv":
      return readText(bytes, format, (text) => readCsv(text, reading(MAPPINGS.csv)));
    case "jsonLines":
      return readText(bytes, format, (text) => readJsonLines(text, reading(MAPPINGS.jsonLines)));
    case "fixedWidth":
      return readFixedWidth(bytes, reading(MAPPINGS.fixedWidth));
    case "bai2":
      return withoutLongLines(format, bankTextOf(bytes), readBai2);
    case "camt.053":
    case "camt.054":
      return readXml(bytes, (text) => readCamt(format, text));
    case "pain.002":
      return readXml(bytes, readPain002);
    case "nacha-return":
    case "nacha-acknowledgement":
      return readNacha(format, bankTextOf(bytes));
  }
}

type Reader = (text: string) => InboundDocument;

function readText(bytes: Uint8Array, format: InboundFormat, read: Reader): InboundDocument {
  const text = utf8Of(bytes);
  if (text === null) return undecodable("the bytes are not UTF-8");
  return withoutLongLines(format, text, read);
}

function withoutLongLines(format: InboundFormat, text: string, read: Reader): InboundDocument {
  const fault = longLine(format, text);
  return fault === null ? read(text) : unread(fault);
}

function readXml(bytes: Uint8Array, read: Reader): InboundDocument {
  const text = xmlTextOf(bytes);
  if ("reason" in text) return unread(text);
  const tooMany = tooManyElements(text.text);
  return tooMany === null ? read(text.text) : unread(tooMany);
}

function mappingOf<Shape extends z.ZodType>(
  shape: Shape,
  written: unknown,
  pointer: string,
): z.output<Shape> {
  const result = shape.safeParse(written);
  if (result.success) return result.data;
  throw refused("configuration-invalid", faultsOf(result.error, pointer));
}
