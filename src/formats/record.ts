/**
 * Compiles the fields of a layout's line to one function from values to text. Delimited lines
 * follow RFC 4180; fixed-width lines have every field exactly as wide as declared.
 */
import type { FieldText, Sources, ValueType, Values, WritingContext } from "./field-text.ts";
import { FieldRefused, fieldWriter, isNumeric, withSign } from "./field-text.ts";
import type { DelimitedField, DelimitedLayout, Field, FixedField, Layout } from "./layout.ts";

export type LineWriter = (values: Values) => string;

export interface LayoutWriter {
  readonly lineEnding: string;
  /** Null where the layout has none. Lines are without their ending. */
  readonly header: LineWriter | null;
  /** The line of column titles, of a delimited layout that wants one. */
  readonly titles: string | null;
  readonly detail: LineWriter;
  readonly trailer: LineWriter | null;
}

export interface LayoutSources {
  readonly header: Sources;
  readonly detail: Sources;
  readonly trailer: Sources;
}

/** Writers for a layout that was checked (`layoutFaults`). They throw `FieldRefused`. */
export function compileLayout(
  layout: Layout,
  sources: LayoutSources,
  context: WritingContext,
): LayoutWriter {
  const line = lineCompiler(layout, context);
  return {
    lineEnding: layout.lineEnding === "crlf" ? "\r\n" : "\n",
    header: layout.header === undefined ? null : line(layout.header.fields, sources.header),
    titles: layout.format === "delimited" && layout.titles ? titlesOf(layout) : null,
    detail: line(layout.detail.fields, sources.detail),
    trailer: layout.trailer === undefined ? null : line(layout.trailer.fields, sources.trailer),
  };
}

type LineCompiler = (fields: readonly Field[], sources: Sources) => LineWriter;

function lineCompiler(layout: Layout, context: WritingContext): LineCompiler {
  const encodable = layout.encoding === "ascii" ? refuseBeyondAscii : () => undefined;
  const separator = layout.format === "delimited" ? layout.delimiter : "";
  return (fields, sources) => {
    const cells = fields.map((field) => {
      const type = typeOf(field, sources);
      const write = fieldWriter(field, type, context);
      const finish =
        layout.format === "delimited"
          ? delimitedCell(layout, field, type)
          : fixedCell(field as FixedField, type);
      return (values: Values): string => {
        const text = finish(write(values));
        encodable(field, text);
        return text;
      };
    });
    return (values) => {
      let text = "";
      for (let index = 0; index < cells.length; index += 1) {
        text += (index === 0 ? "" : separator) + (cells[index] as LineWriter)(values);
      }
      return text;
    };
  };
}

function typeOf(field: Field, sources: Sources): ValueType {
  return field.from === undefined ? "text" : (sources.get(field.from) ?? "text");
}

type Finish = (text: FieldText) => string;

function delimitedCell(layout: DelimitedLayout, field: DelimitedField, type: ValueType): Finish {
  const quoted = quoter(layout);
  const numeric = isNumeric(field, type);
  return (value) => {
    const text = numeric && value.text !== "" ? withSign(field, value) : value.text;
    if (field.longest !== undefined && lengthOf(text) > field.longest) {
      throw new FieldRefused(field.name, `${lengthOf(text)} characters, at most ${field.longest}`);
    }
    return quoted(text);
  };
}

function quoter({ delimiter, quote, quoting }: DelimitedLayout): (text: string) => string {
  return (text) => {
    const needed = text.includes(delimiter) || text.includes(quote) || text !== text.trim();
    if (!needed && quoting === "whenNeeded") return text;
    return `${quote}${text.replaceAll(quote, quote + quote)}${quote}`;
  };
}

function titlesOf(layout: DelimitedLayout): string {
  const quoted = quoter(layout);
  return layout.detail.fields.map((field) => quoted(field.name)).join(layout.delimiter);
}

function fixedCell(field: FixedField, type: ValueType): Finish {
  const numeric = isNumeric(field, type);
  const right = (field.align ?? (numeric ? "right" : "left")) === "right";
  const fill = (text: string, room: number): string => {
    const missing = room - lengthOf(text);
    if (missing < 0) {
      throw new FieldRefused(field.name, `${lengthOf(text)} characters, room for ${room}`);
    }
    const padding = field.pad.repeat(missing);
    return right ? `${padding}${text}` : `${text}${padding}`;
  };
  if (!numeric) return (value) => fill(value.text, field.width);
  if (field.pad !== "0" || !right) {
    const trailing = field.sign === "trailing" && right;
    return (value) => {
      const positive = trailing && !value.negative && value.text !== "";
      // Digits stay in one column: where a minus may follow, a plus is a blank.
      return fill(`${withSign(field, value)}${positive ? " " : ""}`, field.width);
    };
  }
  return (value) => (value.text === "" ? fill("", field.width) : zeroFilled(field, value, fill));
}

/** Zeros go between a leading sign and the digits; a trailing sign has a place of its own. */
function zeroFilled(
  field: FixedField,
  value: FieldText,
  fill: (text: string, room: number) => string,
): string {
  switch (field.sign) {
    case "refused":
      return fill(value.text, field.width);
    case "leading":
      return value.negative
        ? `-${fill(value.text, field.width - 1)}`
        : fill(value.text, field.width);
    case "trailing":
      return `${fill(value.text, field.width - 1)}${value.negative ? "-" : " "}`;
    case "overpunch":
      return fill(withSign(field, value), field.width);
  }
}

/** Characters as people count them: code points, not UTF-16 units. */
function lengthOf(text: string): number {
  let length = text.length;
  for (let index = 0; index < text.length; index += 1) {
    if ((text.codePointAt(index) as number) > 0xffff) {
      length -= 1;
      index += 1;
    }
  }
  return length;
}

function refuseBeyondAscii(field: Field, text: string): void {
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) > 0x7e) {
      throw new FieldRefused(field.name, `${JSON.stringify(text[index])} is not ASCII`);
    }
  }
}
