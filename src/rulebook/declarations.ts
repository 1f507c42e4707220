/**
 * What a rule book declares before it decides anything: itself, its facts, its collections.
 */
import { z } from "zod";
import { section, wholeFile } from "./book.ts";
import type { Book, Located } from "./book.ts";
import { parseDecimal } from "./decimal.ts";
import { FACT_TYPES, isDate } from "./facts.ts";
import type { FactDeclaration, FactType, FactValue } from "./facts.ts";
import { nameShape } from "./shape.ts";
import type { Problem } from "./source.ts";

export const BOOK_FILE = "book.yaml";

export const bookHeaderShape = {
  id: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, "small letters, digits and -"),
  version: z
    .union([z.string().regex(/^[0-9]+(\.[0-9]+){0,2}$/, "a version is like 1.2.3"), z.int().min(0)])
    .transform((version) => String(version)),
  title: z.string().min(1),
  extends: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,62}$/)
    .optional()
    .describe("The id of the book below this one"),
};

const headerShape = z.object(bookHeaderShape);

export interface BookHeader {
  readonly id: string;
  readonly version: string;
  readonly title: string;
  readonly extends: string | null;
  /** All versions that speak in it, upper first: `first-bank 3 on standard 1.0.0`. */
  readonly edition: string;
}

/** The header of the topmost book; those below have to be what they are called by. */
export function readHeader(book: Book, problems: Problem[]): BookHeader | null {
  const editions: string[] = [];
  for (const [index, layer] of book.layers.entries()) {
    const single = { layers: [layer], isComplete: true };
    const header = wholeFile(single, BOOK_FILE, headerShape, problems);
    if (header === null) continue;
    const { id, version, title, extends: below = null } = header.data;
    editions.unshift(`${id} ${version}`);
    if (index === book.layers.length - 1) {
      return { id, version, title, extends: below, edition: editions.join(" on ") };
    }
    if (id === layer.id) continue;
    problems.push({ ...header.at(["id"]), reason: `the book "${layer.id}" calls itself "${id}"` });
  }
  return null;
}

const factShape = z.strictObject({
  type: z.enum(FACT_TYPES),
  meaning: z.string().min(1),
  values: z.array(z.string().min(1)).min(1).optional().describe("The only values; none: any"),
  default: z
    .union([z.string(), z.boolean(), z.int(), z.array(z.string())])
    .optional()
    .describe("Stands in where the value is not known. Without it the fact may be absent"),
});

export const factSection = section({
  file: BOOK_FILE,
  key: "facts",
  record: factShape,
  id: nameShape,
  meaning: "Facts of claims and disputes that rules and tables may read",
});

const RESERVED = ["where", "absent", "true", "false", "null", "in", "not", "min", "max", "size"];

/** A declared fact, or null with the reasons added to `problems`. */
export function declareFact(
  located: Located<z.infer<typeof factShape>>,
  supplied: readonly FactDeclaration[],
  problems: Problem[],
): FactDeclaration | null {
  const { id: name, data } = located;
  const complain = (key: string, reason: string): null => {
    problems.push({ ...located.at([key]), reason });
    return null;
  };
  if (RESERVED.includes(name)) return complain("type", `a fact cannot be called "${name}"`);
  if (supplied.some((fact) => fact.name === name)) {
    return complain("type", `"${name}" is a fact that Redress supplies itself`);
  }
  const { type, meaning, values = null } = data;
  if (values !== null && type !== "string" && type !== "list") {
    return complain("values", "only a string or a list has values to choose from");
  }
  const common = { name, type, meaning, values };
  if (data.default === undefined) return { ...common, mayBeAbsent: true, default: null };
  const value = defaultOf(data.default, common);
  if (value === null) return complain("default", `${name}: the default ${DEFAULTS[type](values)}`);
  return { ...common, mayBeAbsent: false, default: value };
}

type Allowed = readonly string[] | null;

/** What a default has to be, by type. */
const DEFAULTS: Readonly<Record<FactType, (values: Allowed) => string>> = {
  string: (values) => (values === null ? "is a text" : `is one of ${values.join(", ")}`),
  boolean: () => "is true or false",
  integer: () => "is a whole number",
  date: () => "is a date YYYY-MM-DD",
  amount: () => "can only be 0: any other worth depends on the currency",
  list: (values) => (values === null ? "is a list" : `is a list out of ${values.join(", ")}`),
};

type Declared = Pick<FactDeclaration, "type" | "values">;

function defaultOf(
  written: string | boolean | number | readonly string[],
  { type, values }: Declared,
): FactValue {
  const allowed = (text: string): boolean => values === null || values.includes(text);
  switch (type) {
    case "string":
      return typeof written === "string" && allowed(written) ? written : null;
    case "boolean":
      return typeof written === "boolean" ? written : null;
    case "integer":
      return typeof written === "number" ? BigInt(written) : null;
    case "date":
      return typeof written === "string" && isDate(written) ? written : null;
    case "amount":
      // Any other amount would depend on the currency.
      return parseDecimal(String(written)) === 0n ? 0n : null;
    case "list":
      return Array.isArray(written) && written.every(allowed) ? written : null;
  }
}

const collectionShape = z.strictObject({
  label: z.string().min(1),
  resolvesTo: z
    .enum(["gl", "holder"])
    .describe("holder: the dispute's own account or card; gl: an account of the chart"),
  meaning: z.string().min(1),
});

export type CollectionRecord = z.infer<typeof collectionShape>;

export const collectionSection = section({
  file: "collections.yaml",
  key: "collections",
  record: collectionShape,
  id: nameShape,
  meaning: "Buckets of accounts whose balance is kept per dispute",
});
