/** The text of one field of a fixed-width line: padded, aligned, signed, and never cut. */
import type { FieldText } from "./field-text.ts";
import { FieldRefused, withSign } from "./field-text.ts";
import type { FixedField } from "./layout.ts";

export function fixedCell(field: FixedField, numeric: boolean): (text: FieldText) => string {
  const right = (field.align ?? (numeric ? "right" : "left")) === "right";
  const fill = (text: string, room: number): string => {
    const missing = room - lengthOf(text);
    if (missing < 0) {
      throw new FieldRefused(field.name, `${lengthOf(text)} characters, room for ${room}`);
    }
    if (missing > 0 && field.exact === true) {
      throw new FieldRefused(field.name, `${lengthOf(text)} characters, exactly ${room} wanted`);
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
export function lengthOf(text: string): number {
  let length = text.length;
  for (let index = 0; index < text.length; index += 1) {
    if ((text.codePointAt(index) as number) > 0xffff) {
      length -= 1;
      index += 1;
    }
  }
  return length;
}
