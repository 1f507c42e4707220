import { expect, test } from "vitest";

import { checkLayout } from "./check-layout.ts";
import type { FieldValue, Sources } from "./field-text.ts";
import { FieldRefused } from "./field-text.ts";
import { compileLayout } from "./record.ts";

const SOURCES: Sources = new Map([
  ["account", "text"],
  ["amount", "amount"],
  ["count", "integer"],
  ["on", "date"],
  ["at", "instant"],
]);
const ALL = { header: SOURCES, detail: SOURCES, trailer: SOURCES };
const CONTEXT = { currency: "USD", zone: "America/New_York" };

function line(layout: object, values: Record<string, FieldValue>, currency = "USD"): string {
  const { layout: checked, faults } = checkLayout(layout, ALL);
  expect(faults).toEqual([]);
  if (checked === null) throw new Error("not a layout");
  return compileLayout(checked, ALL, { ...CONTEXT, currency }).detail(values);
}

function delimited(field: object, more: object = {}): object {
  return {
    format: "delimited",
    name: "trial",
    version: "1",
    ...more,
    detail: { fields: [{ name: "x", ...field }] },
  };
}

function fixed(...fields: object[]): object {
  return {
    format: "fixedWidth",
    name: "trial",
    version: "1",
    detail: { fields: fields.map((field, index) => ({ name: `f${index}`, ...field })) },
  };
}

test.each([
  ["plain", "plain", {}],
  ["a,b", '"a,b"', {}],
  ['say "no"', '"say ""no"""', {}],
  [" edge", '" edge"', {}],
  ["plain", '"plain"', { quoting: "always" }],
  ["a,b", "a,b", { delimiter: ";" }],
  ["it's", "'it''s'", { quote: "'" }],
])("a delimited value %j is written %j", (value, expected, more) => {
  const text = line(delimited({ from: "account" }, more), { account: value });

  expect(text).toBe(expected);
});

test("titles are the detail's field names, quoted like values", () => {
  const { layout } = checkLayout(delimited({ name: "Amount, USD", from: "amount" }), ALL);
  if (layout === null) throw new Error("not a layout");

  const { titles } = compileLayout(layout, ALL, CONTEXT);

  expect(titles).toBe('"Amount, USD"');
});

test.each([
  [1250n, {}, "      12.50"],
  [-1250n, {}, "     -12.50"],
  [5n, {}, "       0.05"],
  [1250n, { pad: "0" }, "00000012.50"],
  [-1250n, { pad: "0" }, "-0000012.50"],
  [1250n, { pad: "0", decimals: "implied" }, "00000001250"],
  [1200n, { pad: "0", decimals: "none" }, "00000000012"],
  [1250n, { pad: "0", decimals: "implied", sign: "trailing" }, "0000001250 "],
  [-1250n, { pad: "0", decimals: "implied", sign: "trailing" }, "0000001250-"],
  [1250n, { decimals: "implied", sign: "trailing" }, "      1250 "],
  [-1250n, { decimals: "implied", sign: "trailing" }, "      1250-"],
  [1253n, { pad: "0", decimals: "implied", sign: "overpunch" }, "0000000125C"],
  [-1253n, { pad: "0", decimals: "implied", sign: "overpunch" }, "0000000125L"],
  [-1250n, { pad: "0", decimals: "implied", sign: "overpunch" }, "0000000125}"],
  [1250n, { align: "left" }, "12.50      "],
])("the amount %s with %j is written %j in eleven characters", (amount, field, expected) => {
  const text = line(fixed({ from: "amount", width: 11, ...field }), { amount });

  expect(text).toBe(expected);
});

test.each([
  ["JPY", 1250n, "1250"],
  ["KWD", 1250n, "1.250"],
  ["USD", 99999999999999999n, "999999999999999.99"],
])("decimals are those of the currency %s", (currency, amount, expected) => {
  const text = line(delimited({ from: "amount" }), { amount }, currency);

  expect(text).toBe(expected);
});

test.each([
  ["yyyyMMdd", "20261101"],
  ["yyMMdd", "261101"],
  ["yyyyDDD", "2026305"],
  ["dd.MM.yyyy", "01.11.2026"],
])("the picture %s writes a date as %s", (picture, expected) => {
  const text = line(fixed({ from: "on", picture, width: expected.length }), { on: "2026-11-01" });

  expect(text).toBe(expected);
});

test("an instant is written in the file's zone", () => {
  const layout = fixed({ from: "at", picture: "yyyyMMddHHmmss", width: 14 });

  // One hour apart, on both sides of the change of clocks: the same local time.
  expect(line(layout, { at: "2026-11-01T05:30:00Z" })).toBe("20261101013000");
  expect(line(layout, { at: "2026-11-01T06:30:00Z" })).toBe("20261101013000");
});

test("a fixed-width line joins its fields without a gap, constants and maps included", () => {
  const layout = fixed(
    { text: "D", width: 1 },
    { from: "account", width: 6 },
    { from: "count", width: 4, pad: "0" },
    { from: "account", width: 2, map: { A1: "27" } },
  );

  expect(line(layout, { account: "A1", count: 12 })).toBe("DA1    001227");
});

test.each([
  ["too wide", { from: "account", width: 4 }, { account: "12345" }, "5 characters, room for 4"],
  ["sign has no room", { from: "amount", width: 4, pad: "0" }, { amount: -1250n }, "room for 3"],
  ["absent", { from: "account", width: 4 }, { account: null }, "account is absent"],
  ["not in the map", { from: "account", width: 4, map: { A: "B" } }, { account: "Z" }, '"Z"'],
  ["negative", { from: "amount", width: 9, sign: "refused" }, { amount: -1n }, "negative"],
  ["decimals", { from: "amount", width: 9, decimals: "none" }, { amount: 1250n }, "has decimals"],
  ["line break", { from: "account", width: 9 }, { account: "a\nb" }, "control character"],
  ["no date", { from: "on", width: 10 }, { on: "2026-02-30" }, "no date"],
])("a value that does not fit (%s) is refused by field, never cut", (_, field, values, reason) => {
  const write = (): string => line(fixed(field), values);

  expect(write).toThrow(FieldRefused);
  expect(write).toThrow(`f0: `);
  expect(write).toThrow(reason);
});

test("a delimited value longer than the field allows is refused", () => {
  const write = (): string => line(delimited({ from: "account", longest: 3 }), { account: "1234" });

  expect(write).toThrow("4 characters, at most 3");
});

test("ASCII refuses what it cannot write; UTF-8 counts characters, not bytes", () => {
  const layout = fixed({ from: "account", width: 4 });
  const ascii = { ...layout, encoding: "ascii" };

  expect(line(layout, { account: "Zoë😀" })).toBe("Zoë😀");
  expect(() => line(ascii, { account: "Zoë" })).toThrow("not ASCII");
});

test("an absent value that is not required leaves its place empty", () => {
  const layout = fixed(
    { from: "amount", width: 5, pad: "0", required: false },
    { text: "|", width: 1 },
  );

  expect(line(layout, { amount: null })).toBe("00000|");
});

test.each([
  ["unknown source", { from: "balance", width: 4 }, "/detail/fields/0", "not a source"],
  ["neither", { width: 4 }, "/detail/fields/0", "either"],
  ["both", { from: "account", text: "x", width: 4 }, "/detail/fields/0", "either"],
  ["bad picture", { from: "on", picture: "yyyyQQ", width: 6 }, "/picture", "not a picture"],
  ["picture on text", { from: "account", picture: "yyyy", width: 4 }, "/fields/0", "is a text"],
  ["time of a date", { from: "on", picture: "HHmm", width: 4 }, "/fields/0", "no time of day"],
  ["long constant", { text: "HEADER", width: 3 }, "/fields/0", "does not fit"],
  ["no width", { from: "account" }, "/detail/fields/0/width", "expected number"],
  ["unknown key", { from: "account", width: 4, pading: "0" }, "/fields/0", "pading"],
])("a layout with %s is refused with the place", (_, field, pointer, detail) => {
  const { layout, faults } = checkLayout(fixed(field), ALL);

  expect(layout).toBeNull();
  expect(faults[0]?.pointer).toContain(pointer);
  expect(faults[0]?.detail).toContain(detail);
});

test("a field repeats what it said, and is written anew where it changes or was refused", () => {
  const { layout } = checkLayout(delimited({ from: "account", longest: 4 }), ALL);
  if (layout === null) throw new Error("not a layout");
  const { detail } = compileLayout(layout, ALL, CONTEXT);
  const said = (account: FieldValue): string => {
    try {
      return detail({ account });
    } catch (error) {
      return (error as Error).name;
    }
  };

  const values = ["too long", "too long", "a,b", "a,b", "c", "too long", "c", "", "a,b"];

  const refused = "FieldRefused";
  const lines = [refused, refused, '"a,b"', '"a,b"', "c", refused, "c", refused, '"a,b"'];
  expect(values.map(said)).toEqual(lines);
});

test.each([
  ["a title", delimited({ name: "Überweisung €", from: "account" }, { encoding: "ebcdic-037" })],
  ["a title", delimited({ name: "Konto Müller", from: "account" }, { encoding: "ascii" })],
  ["a delimiter", delimited({ from: "account" }, { encoding: "ascii", delimiter: "¦" })],
  ["a quote", delimited({ from: "account" }, { encoding: "ebcdic-037", quote: "”" })],
  [
    "a filler",
    {
      ...fixed({ from: "account", width: 9 }),
      encoding: "ascii",
      blocking: { lines: 2, filler: "·" },
    },
  ],
  ["a line end", { ...fixed({ from: "account", width: 9 }), encoding: "ascii", lineEnding: "nel" }],
])("%s that the encoding cannot say is a fault of the layout", (_, written) => {
  expect(checkLayout(written, ALL).faults).toHaveLength(1);
});

test("a number is not filled up with zeros behind it", () => {
  const field = { from: "amount", width: 10, align: "left", pad: "0", decimals: "implied" };

  const { faults } = checkLayout(fixed(field), ALL);

  expect(faults[0]?.detail).toContain("digits after a number");
});
