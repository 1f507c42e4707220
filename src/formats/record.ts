/**
 * Compiles the fields of a layout's lines to functions from values to text. Delimited lines follow
 * RFC 4180; fixed-width lines have every field exactly as wide as declared.
 */
import type {
  FieldText,
  FieldValue,
  Sources,
  ValueType,
  Values,
  WritingContext,
} from "./field-text.ts";
import {
  boundedLine,
  FieldRefused,
  fieldWriter,
  isNumeric,
  typeOf,
  withSign,
} from "./field-text.ts";
import { encodingCheck } from "./encoding.ts";
import { fixedCell, lengthOf } from "./fixed-cell.ts";
import { jsonLine } from "./json-record.ts";
import type {
  DelimitedField,
  DelimitedLayout,
  Field,
  FixedField,
  JsonField,
  Layout,
} from "./layout.ts";
import { frameLines } from "./layout.ts";
import { templateLine } from "./xml-record.ts";

export type LineWriter = (values: Values) => string;

export interface LayoutWriter {
  readonly lineEnding: string;
  /** Null where the layout has none. Lines are without their ending. */
  readonly header: LineWriter | null;
  /** The line of column titles, of a delimited layout that wants one. */
  readonly titles: string | null;
  readonly detail: LineWriter;
  readonly trailer: LineWriter | null;
  /** Lines of header, titles and trailer together. */
  readonly frameLines: number;
  /** The line that fills up the last block, of a layout with blocks. */
  readonly filler: string | null;
}

export interface LayoutSources {
  readonly header: Sources;
  readonly detail: Sources;
  readonly trailer: Sources;
}

/** Writers for a layout that was checked (`checkLayout`). They throw `FieldRefused`. */
export function compileLayout(
  layout: Layout,
  sources: LayoutSources,
  context: WritingContext,
): LayoutWriter {
  const lineEnding = LINE_ENDINGS[layout.lineEnding];
  const line = lineCompiler(layout, context);
  const frame = (part: "header" | "trailer"): LineWriter | null => {
    const lines = frameLines(layout, part).map(({ fields }) => line(part, fields, sources[part]));
    if (lines.length === 0) return null;
    return (values) => lines.map((write) => write(values)).join(lineEnding);
  };
  const titles = layout.format === "delimited" && layout.titles ? titlesOf(layout) : null;
  const count = frameLines(layout, "header").length + frameLines(layout, "trailer").length;
  return {
    lineEnding,
    frameLines: count + (titles === null ? 0 : 1),
    header: frame("header"),
    titles,
    detail: line("detail", layout.detail.fields, sources.detail),
    trailer: frame("trailer"),
    filler: fillerOf(layout),
  };
}

export const LINE_ENDINGS = { crlf: "\r\n", lf: "\n", nel: "\u0085", none: "" } as const;

function fillerOf(layout: Layout): string | null {
  if (layout.format !== "fixedWidth" || layout.blocking === undefined) return null;
  return layout.blocking.filler.repeat(widthOf(layout.detail.fields));
}

export function widthOf(fields: readonly Field[]): number {
  return fields.reduce((sum, field) => sum + ("width" in field ? field.width : 0), 0);
}

type Part = "header" | "detail" | "trailer";
type LineCompiler = (part: Part, fields: readonly Field[], sources: Sources) => LineWriter;

function lineCompiler(layout: Layout, context: WritingContext): LineCompiler {
  if (layout.format === "jsonLines") {
    return (_, fields, sources) => jsonLine(layout, fields as JsonField[], sources, context);
  }
  if (layout.format === "xml") {
    return (part, fields, sources) => templateLine(layout[part].template, fields, sources, context);
  }
  const check = encodingCheck(layout.encoding);
  const separator = layout.format === "delimited" ? layout.delimiter : "";
  return (_, fields, sources) => {
    const cells = fields.map((field) => {
      const type = typeOf(field, sources);
      const write = fieldWriter(field, type, context);
      const finish =
        layout.format === "delimited"
          ? delimitedCell(layout, field, type)
          : fixedCell(field as FixedField, isNumeric(field, type));
      return remembered(field.from, (values) => {
        const text = finish(write(values));
        check(field.name, text);
        return text;
      });
    });
    return (values) => {
      let text = "";
      for (let index = 0; index < cells.length; index += 1) {
        text += (index === 0 ? "" : separator) + (cells[index] as LineWriter)(values);
      }
      return boundedLine(text);
    };
  };
}

/** Most fields say what they said on the line before, and a field says its source alone. */
function remembered(source: string | undefined, write: LineWriter): LineWriter {
  let last: { value: FieldValue; text: string } | null = null;
  return (values) => {
    const value = source === undefined ? null : values[source];
    if (last === null) last = { value, text: write(values) };
    else if (value !== last.value) {
      last.text = write(values);
      last.value = value;
    }
    return last.text;
  };
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
