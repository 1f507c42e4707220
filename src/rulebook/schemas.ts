/**
 * The files of a rule book as JSON Schema: from the shapes that the loader itself uses, so an
 * editor complains where the loader would. Written to `schema/` by `tools/write-rule-schemas.ts`.
 */
import { z } from "zod";

import { accountTableShape } from "./accounts.ts";
import type { Section } from "./book.ts";
import { SECTIONS } from "./check-files.ts";
import { BOOK_FILE, bookHeaderShape } from "./declarations.ts";
import { ROUTES_FILE, routeTableShape } from "./routes.ts";

export interface FileSchema {
  /** In `schema/`, e.g. `routes.schema.json`. */
  readonly name: string;
  /** The book's files that it describes. */
  readonly describes: string;
  readonly schema: object;
}

/** One schema per kind of file, in order of name. */
export function fileSchemas(): readonly FileSchema[] {
  const files = new Map<string, Record<string, z.ZodType>>([[BOOK_FILE, { ...bookHeaderShape }]]);
  for (const one of SECTIONS) {
    const fields = files.get(one.file) ?? {};
    files.set(one.file, { ...fields, [one.key]: groupShape(one) });
  }
  const schemas = [...files].map(([file, fields]) => fileSchema(file, z.strictObject(fields)));
  return [
    ...schemas,
    fileSchema(ROUTES_FILE, routeTableShape),
    { ...fileSchema("account-table.yaml", accountTableShape), describes: "accounts/get-*.yaml" },
  ].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A book that extends another may give a part of a record, or take it out. */
function groupShape({ id, record, meaning }: Section<unknown>): z.ZodType {
  const whole = record instanceof z.ZodObject ? record.partial() : record;
  const entry = z.union([whole, z.strictObject({ disabled: z.literal(true) })]);
  return z.record(id, entry).optional().describe(meaning);
}

function fileSchema(file: string, shape: z.ZodType): FileSchema {
  const base = file.replace(/\.yaml$/, "").replaceAll("/", "-");
  const name = `${base}.schema.json`;
  const schema = z.toJSONSchema(shape, { target: "draft-2020-12", io: "input" });
  return { name, describes: file, schema: { ...schema, title: `A rule book's ${file}` } };
}
