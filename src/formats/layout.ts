/**
 * The shape of a layout: how a file of an institution looks, as data. Header, detail, trailer and
 * their fields, with widths, pictures and signs. What a value means is not known here: a field
 * names its source, and the room that writes the file declares the sources it has.
 */
import { z } from "zod";

import { dateTokens } from "./picture.ts";

const fieldCommon = {
  name: z.string().min(1).max(80).describe("Column title, and the name a refusal speaks of"),
  from: z.string().min(1).optional().describe("The source of the value; one of `from` and `text`"),
  text: z.string().optional().describe("The same text on every line; one of `from` and `text`"),
  map: z
    .record(z.string(), z.string())
    .optional()
    .describe("What is written instead of each value; a value that is not listed is refused"),
  required: z.boolean().default(true).describe("An absent value is refused, else left empty"),
  picture: z
    .string()
    .refine((picture) => dateTokens(picture) !== null, "not a picture like yyyyMMdd or HH:mm:ss")
    .optional()
    .describe("Of dates and instants: yyyy yy MM dd DDD HH mm ss and what stands between"),
  decimals: z
    .enum(["point", "implied", "none"])
    .default("point")
    .describe("Of amounts: 12.50, 1250, or whole units only (12.50 is refused)"),
  sign: z
    .enum(["refused", "leading", "trailing", "overpunch"])
    .default("leading")
    .describe("How a negative number is written; `refused` lets none through"),
};

function oneSource(field: { from?: string | undefined; text?: string | undefined }): boolean {
  return (field.from === undefined) !== (field.text === undefined);
}

const ONE_SOURCE = "a field has either `from` or `text`";

const delimitedField = z
  .strictObject({
    ...fieldCommon,
    longest: z.int().min(1).max(10_000).optional().describe("Characters; more is refused"),
  })
  .refine(oneSource, ONE_SOURCE);

const fixedField = z
  .strictObject({
    ...fieldCommon,
    width: z.int().min(1).max(10_000).describe("Characters; a value that needs more is refused"),
    align: z.enum(["left", "right"]).optional().describe("Text left, numbers right if left out"),
    pad: z.string().length(1).default(" "),
  })
  .refine(oneSource, ONE_SOURCE);

export const DETAIL_PER = ["adjustment", "entry", "step"] as const;

const fileCommon = {
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,60}$/),
  version: z.string().min(1).max(20).describe("Rises with every change; kept with every file"),
  meaning: z.string().optional(),
  encoding: z.enum(["utf-8", "ascii"]).default("utf-8"),
  lineEnding: z.enum(["crlf", "lf"]).default("crlf"),
  hashTotal: z
    .strictObject({
      from: z.string().min(1).describe("The source whose digits are added up"),
      digits: z.int().min(1).max(18).default(18).describe("Lower digits of the sum that are kept"),
    })
    .default({ from: "account", digits: 18 }),
};

function linesOf<Field extends z.ZodType>(field: Field) {
  const fields = z.array(field).min(1).max(500);
  return {
    header: z.strictObject({ fields }).optional(),
    detail: z.strictObject({ per: z.enum(DETAIL_PER).default("adjustment"), fields }),
    trailer: z.strictObject({ fields }).optional(),
  };
}

const delimitedLayout = z.strictObject({
  format: z.literal("delimited"),
  ...fileCommon,
  delimiter: z.string().length(1).default(","),
  quote: z.string().length(1).default('"'),
  quoting: z.enum(["whenNeeded", "always"]).default("whenNeeded").describe("RFC 4180 §2.5"),
  titles: z.boolean().default(true).describe("A line with the detail's field names before it"),
  ...linesOf(delimitedField),
});

const fixedWidthLayout = z.strictObject({
  format: z.literal("fixedWidth"),
  ...fileCommon,
  ...linesOf(fixedField),
});

export const layoutShape = z
  .discriminatedUnion("format", [delimitedLayout, fixedWidthLayout])
  .refine(
    (layout) => layout.format !== "delimited" || layout.delimiter !== layout.quote,
    "delimiter and quote are the same character",
  );

export type Layout = z.output<typeof layoutShape>;
export type DelimitedLayout = z.output<typeof delimitedLayout>;
export type FixedWidthLayout = z.output<typeof fixedWidthLayout>;
export type DelimitedField = z.output<typeof delimitedField>;
export type FixedField = z.output<typeof fixedField>;
export type Field = DelimitedField | FixedField;
export type DetailPer = (typeof DETAIL_PER)[number];
