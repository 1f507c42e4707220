/** Encodings that files are written in: what each can say, and its bytes. */
import { ebcdicByte, encodeEbcdic } from "./ebcdic.ts";
import { FieldRefused } from "./field-text.ts";
import type { Layout } from "./layout.ts";

export type Encoding = Layout["encoding"];

/** Throws `FieldRefused` for a text that the encoding cannot say. */
export type EncodingCheck = (field: string, text: string) => void;

const LAST_PRINTABLE_ASCII = 0x7e;

export function encodingCheck(encoding: Encoding): EncodingCheck {
  switch (encoding) {
    case "utf-8":
      return () => undefined;
    case "ascii":
      return checkCharacters("ASCII", (code) => code <= LAST_PRINTABLE_ASCII);
    case "ebcdic-037":
      return checkCharacters("EBCDIC 037", (code) => ebcdicByte(code) !== undefined);
  }
}

function checkCharacters(name: string, isKnown: (code: number) => boolean): EncodingCheck {
  return (field, text) => {
    for (let index = 0; index < text.length; index += 1) {
      if (!isKnown(text.charCodeAt(index))) {
        const character = String.fromCodePoint(text.codePointAt(index) as number);
        throw new FieldRefused(field, `${JSON.stringify(character)} is not ${name}`);
      }
    }
  };
}

/** The bytes of a text all of whose fields were checked. */
export function encoderOf(encoding: Encoding): (text: string) => Buffer {
  if (encoding !== "ebcdic-037") return (text) => Buffer.from(text, "utf8");
  return (text) => {
    const bytes = encodeEbcdic(text);
    if (bytes === null) throw new Error("a text that was checked has no EBCDIC bytes");
    return bytes;
  };
}
