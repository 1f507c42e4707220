/** A line of JSON: one object whose properties are the fields, in order. */
import type { FieldText, Sources, ValueType, Values, WritingContext } from "./field-text.ts";
import {
  boundedLine,
  FieldRefused,
  fieldWriter,
  isNumeric,
  typeOf,
  withSign,
} from "./field-text.ts";
import { lengthOf } from "./fixed-cell.ts";
import type { JsonField, JsonLinesLayout } from "./layout.ts";

export function jsonLine(
  layout: JsonLinesLayout,
  fields: readonly JsonField[],
  sources: Sources,
  context: WritingContext,
): (values: Values) => string {
  const properties = fields.map((field) => {
    const type = typeOf(field, sources);
    const write = fieldWriter(field, type, context);
    const finish = valueWriter(layout, field, type);
    const name = JSON.stringify(field.name);
    return (values: Values): string | null => {
      const value = finish(write(values));
      return value === null ? null : `${name}:${value}`;
    };
  });
  return (values) => {
    const written = properties.map((write) => write(values)).filter((one) => one !== null);
    return boundedLine(`{${written.join(",")}}`);
  };
}

/** Null leaves the property out. */
function valueWriter(
  { absent }: JsonLinesLayout,
  field: JsonField,
  type: ValueType,
): (text: FieldText) => string | null {
  const numeric = isNumeric(field, type);
  return (value) => {
    if (value.text === "" && field.text === undefined) return absent === "null" ? "null" : null;
    const text = numeric ? withSign(field, value) : value.text;
    if (field.longest !== undefined && lengthOf(text) > field.longest) {
      throw new FieldRefused(field.name, `${lengthOf(text)} characters, at most ${field.longest}`);
    }
    if (field.as === "text" || !numeric) return JSON.stringify(text);
    return text;
  };
}
