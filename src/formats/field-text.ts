/**
 * Turns one value into the text of one field. A value that cannot be written exactly is refused
 * with the field's name and the reason; nothing is ever cut, rounded or replaced.
 */
import { exponentOf } from "../kernel/money.ts";

import type { Field } from "./layout.ts";
import { overpunched } from "./overpunch.ts";
import { dateWriter, instantWriter } from "./picture.ts";

/** Amounts are bigint minor units of the record's currency, dates `YYYY-MM-DD`, instants ISO. */
export type FieldValue = string | number | bigint | null | undefined;
export type Values = Readonly<Record<string, FieldValue>>;
export type ValueType = "text" | "integer" | "amount" | "date" | "instant";

/** What the room that writes a file can give, by name. */
export type Sources = ReadonlyMap<string, ValueType>;

export interface WritingContext {
  /** ISO 4217; decides the decimals of amounts. */
  readonly currency: string;
  /** IANA zone in which instants are written. */
  readonly zone: string;
}

/** A value that does not fit its field. The row it belongs to is not written. */
export class FieldRefused extends Error {
  override readonly name = "FieldRefused";
  readonly field: string;
  readonly reason: string;

  constructor(field: string, reason: string) {
    super(`${field}: ${reason}`);
    this.field = field;
    this.reason = reason;
  }
}

/** Longer than any line that a receiver reads; what a template multiplies ends here. */
const LONGEST_LINE = 1_000_000;

/** The line so far. Throws `FieldRefused` where it grew beyond every bound. */
export function boundedLine(text: string): string {
  if (text.length <= LONGEST_LINE) return text;
  throw new FieldRefused("line", `more than ${LONGEST_LINE} characters`);
}

/** A field's text before sign, padding or quoting: the digits or words, and the sign by itself. */
export interface FieldText {
  readonly text: string;
  readonly negative: boolean;
}

export type FieldWriter = (values: Values) => FieldText;

/** Throws `FieldRefused` from the writer it returns, never by itself. */
export function fieldWriter(field: Field, type: ValueType, context: WritingContext): FieldWriter {
  if (field.text !== undefined) {
    const constant = plain(field.text);
    return () => constant;
  }
  const source = field.from as string;
  const write = mapped(field, typeWriter(field, type, context));
  return (values) => {
    const value = values[source];
    if (value === null || value === undefined || value === "") {
      if (field.required) throw new FieldRefused(field.name, `${source} is absent`);
      return EMPTY;
    }
    return write(value);
  };
}

/** Constants are text, and so is what only the writing room knows. */
export function typeOf(field: Field, sources: Sources): ValueType {
  return field.from === undefined ? "text" : (sources.get(field.from) ?? "text");
}

export function isNumeric(field: Field, type: ValueType): boolean {
  return field.map === undefined && (type === "amount" || type === "integer");
}

const EMPTY: FieldText = { text: "", negative: false };

type ValueWriter = (value: Exclude<FieldValue, null | undefined>) => FieldText;

function plain(text: string): FieldText {
  return { text, negative: false };
}

function mapped(field: Field, write: ValueWriter): ValueWriter {
  const { map } = field;
  if (map === undefined) return write;
  return (value) => {
    const key = String(value);
    if (!Object.hasOwn(map, key)) {
      throw new FieldRefused(field.name, `${JSON.stringify(key)} is not in its map`);
    }
    return plain(map[key] as string);
  };
}

function typeWriter(field: Field, type: ValueType, context: WritingContext): ValueWriter {
  switch (type) {
    case "text":
      return (value) => plain(printable(field, String(value)));
    case "integer":
      return (value) => numberText(field, BigInt(value));
    case "amount":
      return amountWriter(field, context.currency);
    case "date":
      return timeWriter(field, dateWriter(field.picture ?? "yyyy-MM-dd"));
    case "instant":
      return timeWriter(field, instantWriter(field.picture ?? "yyyy-MM-ddTHH:mm:ss", context.zone));
  }
}

function timeWriter(field: Field, write: (text: string) => string | null): ValueWriter {
  return (value) => {
    const text = write(String(value));
    if (text === null) throw new FieldRefused(field.name, `${String(value)} is no date or time`);
    return plain(text);
  };
}

function amountWriter(field: Field, currency: string): ValueWriter {
  const exponent = exponentOf(currency);
  const unit = 10n ** BigInt(exponent);
  return (value) => {
    const minor = BigInt(value);
    if (field.decimals === "implied" || exponent === 0) return numberText(field, minor);
    if (field.decimals === "none") {
      if (minor % unit !== 0n) {
        throw new FieldRefused(field.name, "the amount has decimals and the field has none");
      }
      return numberText(field, minor / unit);
    }
    const { text, negative } = numberText(field, minor);
    const digits = text.padStart(exponent + 1, "0");
    return { text: `${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`, negative };
  };
}

function numberText(field: Field, value: bigint): FieldText {
  if (value >= 0n) return plain(value.toString());
  if (field.sign === "refused") throw new FieldRefused(field.name, `${value} is negative`);
  return { text: (-value).toString(), negative: true };
}

// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

function printable(field: Field, text: string): string {
  if (CONTROL.test(text)) throw new FieldRefused(field.name, "it holds a control character");
  return text;
}

/** The digits with their sign, where padding is not zeros: the sign stands at the digits. */
export function withSign(field: Field, { text, negative }: FieldText): string {
  switch (field.sign) {
    case "refused":
      return text;
    case "leading":
      return negative ? `-${text}` : text;
    case "trailing":
      return negative ? `${text}-` : text;
    case "overpunch":
      return overpunched(text, negative);
  }
}
