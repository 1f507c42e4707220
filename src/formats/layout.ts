/**
 * The shape of a layout: how a file of an institution looks, as data. Header, detail, trailer and
 * their fields, with widths, pictures and signs; delimited, fixed width, JSON Lines or XML. What a
 * value means is not known here: a field names its source, and the room that writes the file
 * declares the sources it has.
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
    exact: z.boolean().optional().describe("A text that needs less than the width is refused too"),
  })
  .refine(oneSource, ONE_SOURCE);

const textField = z
  .strictObject({
    ...fieldCommon,
    longest: z.int().min(1).max(10_000).optional().describe("Characters; more is refused"),
    as: z
      .enum(["text", "number"])
      .default("text")
      .describe("Of amounts and integers in JSON: in quotes, or as a JSON number"),
  })
  .refine(oneSource, ONE_SOURCE);

const templateField = z
  .strictObject({
    ...fieldCommon,
    name: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9]{0,79}$/)
      .describe("What {name} in the template stands for, and the name a refusal speaks of"),
    longest: z.int().min(1).max(10_000).optional().describe("Characters; more is refused"),
  })
  .refine(oneSource, ONE_SOURCE);

export const DETAIL_PER = ["adjustment", "entry", "step"] as const;

const LINE_ENDINGS = ["crlf", "lf"] as const;

const fileCommon = {
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,60}$/),
  version: z.string().min(1).max(20).describe("Rises with every change; kept with every file"),
  meaning: z.string().optional(),
  encoding: z.enum(["utf-8", "ascii", "ebcdic-037"]).default("utf-8"),
  lineEnding: z.enum(LINE_ENDINGS).default("crlf"),
  maximumLines: z
    .int()
    .min(3)
    .optional()
    .describe("Of a file, all lines counted; the rest goes into another"),
  hashTotal: z
    .strictObject({
      from: z.string().min(1).describe("The source whose digits are added up"),
      first: z.int().min(1).max(18).optional().describe("Only so many of its first digits"),
      digits: z.int().min(1).max(18).default(18).describe("Lower digits of the sum that are kept"),
    })
    .default({ from: "account", digits: 18 }),
};

function frameOf<Field extends z.ZodType>(field: Field) {
  const fields = z.array(field).min(1).max(500);
  return z
    .strictObject({
      fields: fields.optional().describe("Of one line"),
      lines: z.array(z.strictObject({ fields })).min(1).max(20).optional().describe("Of several"),
    })
    .refine(
      (frame) => (frame.fields === undefined) !== (frame.lines === undefined),
      "either the `fields` of one line or several `lines`",
    )
    .optional();
}

function linesOf<Field extends z.ZodType>(field: Field) {
  return {
    header: frameOf(field),
    detail: z.strictObject({
      per: z.enum(DETAIL_PER).default("adjustment"),
      fields: z.array(field).min(1).max(500),
    }),
    trailer: frameOf(field),
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
  lineEnding: z
    .enum([...LINE_ENDINGS, "nel", "none"])
    .default("crlf")
    .describe("nel: of mainframes; none: every line has the same width"),
  blocking: z
    .strictObject({
      lines: z.int().min(2).max(1000),
      filler: z.string().length(1).default("9"),
    })
    .optional()
    .describe("The file is filled up with lines of one character to whole blocks"),
  ...linesOf(fixedField),
});

const jsonLinesLayout = z.strictObject({
  format: z.literal("jsonLines"),
  ...fileCommon,
  encoding: z.literal("utf-8").default("utf-8"),
  lineEnding: z.enum(LINE_ENDINGS).default("lf"),
  absent: z.enum(["leaveOut", "null"]).default("leaveOut").describe("Of values that are not there"),
  ...linesOf(textField),
});

const TEMPLATE =
  "XML with {name} for a field, and {?name}…{/name} around what is left out without its value";

const templatePart = {
  template: z.string().min(1).max(100_000).describe(TEMPLATE),
  fields: z.array(templateField).max(500).default([]),
};

const xmlLayout = z.strictObject({
  format: z.literal("xml"),
  ...fileCommon,
  encoding: z.literal("utf-8").default("utf-8"),
  lineEnding: z.enum(LINE_ENDINGS).default("lf"),
  header: z.strictObject(templatePart),
  detail: z.strictObject({ per: z.enum(DETAIL_PER).default("adjustment"), ...templatePart }),
  trailer: z.strictObject(templatePart),
});

export const layoutShape = z
  .discriminatedUnion("format", [delimitedLayout, fixedWidthLayout, jsonLinesLayout, xmlLayout])
  .refine(
    (layout) => layout.format !== "delimited" || layout.delimiter !== layout.quote,
    "delimiter and quote are the same character",
  );

export type Layout = z.output<typeof layoutShape>;
export type DelimitedLayout = z.output<typeof delimitedLayout>;
export type FixedWidthLayout = z.output<typeof fixedWidthLayout>;
export type JsonLinesLayout = z.output<typeof jsonLinesLayout>;
export type XmlLayout = z.output<typeof xmlLayout>;
export type DelimitedField = z.output<typeof delimitedField>;
export type FixedField = z.output<typeof fixedField>;
export type JsonField = z.output<typeof textField>;
export type TemplateField = z.output<typeof templateField>;
export type Field = DelimitedField | FixedField | JsonField | TemplateField;
export type DetailPer = (typeof DETAIL_PER)[number];

/** The lines of a header or trailer, each with its fields and where they stand in the layout. */
export function frameLines(
  layout: Layout,
  part: "header" | "trailer",
): { readonly path: readonly (string | number)[]; readonly fields: readonly Field[] }[] {
  const frame = layout[part];
  if (frame === undefined) return [];
  if ("lines" in frame && frame.lines !== undefined) {
    return frame.lines.map((line, index) => ({ path: [part, "lines", index], ...line }));
  }
  return [{ path: [part], fields: frame.fields ?? [] }];
}
