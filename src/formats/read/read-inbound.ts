/** Reads a file that came back, by its format. Pure: bytes in, lines and faults out. */
import { Failure } from "../../kernel/failure.ts";

import { readBai2 } from "./bai2.ts";
import { readCamt } from "./camt.ts";
import { csvReadingShape, readCsv } from "./csv.ts";
import type { InboundDocument, InboundFormat } from "./document.ts";
import { readNacha } from "./nacha.ts";
import { readPain002 } from "./pain002.ts";
import { bankTextOf, utf8Of } from "./text-of.ts";

/**
 * Throws `configuration-invalid` for a format without a reader, or a mapping that does not fit. A
 * file that cannot be read is a document with faults.
 */
export function readInbound(
  format: InboundFormat,
  bytes: Uint8Array,
  mapping: unknown = {},
): InboundDocument {
  switch (format) {
    case "csv": {
      const reading = csvReadingShape.safeParse(mapping);
      if (!reading.success) throw new Failure("configuration-invalid", "returnFile.mapping");
      const text = utf8Of(bytes);
      return text === null ? notUtf8() : readCsv(text, reading.data);
    }
    case "nacha-return":
    case "nacha-acknowledgement":
      return readNacha(format, bankTextOf(bytes));
    case "bai2":
      return readBai2(bankTextOf(bytes));
    case "camt.053":
    case "camt.054":
      return readCamt(format, bankTextOf(bytes));
    case "pain.002":
      return readPain002(bankTextOf(bytes));
    default:
      throw new Failure("configuration-invalid", `no reader of ${format} files`, { format });
  }
}

function notUtf8(): InboundDocument {
  return {
    identity: null,
    createdAt: null,
    account: null,
    currency: null,
    controls: {},
    lines: [],
    faults: [{ line: null, place: "encoding", reason: "the bytes are not UTF-8" }],
  };
}
