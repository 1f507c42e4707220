import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";
import { z } from "zod";

import { STANDARD_BOOK } from "./read.ts";
import { fileSchemas } from "./schemas.ts";
import { parseSource } from "./source.ts";
import type { Raw } from "./source.ts";

const PUBLISHED = join(import.meta.dirname, "schema");

/** A published schema as a checker, read from its file. */
async function checker(name: string): Promise<z.ZodType> {
  const text = await readFile(join(PUBLISHED, name), "utf8");
  return z.fromJSONSchema(JSON.parse(text) as z.core.JSONSchema.JSONSchema);
}

function value(text: string): Raw {
  return parseSource("x.yaml", text, []).value;
}

function schemaOf(file: string): string {
  const table = file.startsWith("accounts/") && file !== "accounts/chart.yaml";
  return table
    ? "account-table.schema.json"
    : `${file.replace(/\.yaml$/, "").replaceAll("/", "-")}.schema.json`;
}

describe("the published JSON Schemas", () => {
  it("are those of the loader: run tools/write-rule-schemas.ts", async () => {
    const expected = fileSchemas();

    expect((await readdir(PUBLISHED)).sort()).toEqual(expected.map(({ name }) => name).sort());
    for (const { name, schema } of expected) {
      expect(JSON.parse(await readFile(join(PUBLISHED, name), "utf8")), name).toEqual(
        JSON.parse(JSON.stringify(schema)),
      );
    }
  });

  it("accept every file of the standard book", async () => {
    const entries = await readdir(STANDARD_BOOK, { recursive: true });
    const files = entries.filter((name) => name.endsWith(".yaml"));

    expect(files.length).toBeGreaterThan(8);
    for (const file of files) {
      const schema = await checker(schemaOf(file));
      const text = await readFile(join(STANDARD_BOOK, file), "utf8");
      expect(schema.safeParse(value(text)).error, file).toBeUndefined();
    }
  });

  it.each([
    ["routes.yaml", "name: R\nhit: first\nrows: []\ndefault: { route: FAX }\n"],
    ["routes.yaml", "name: R\nhit: first\nrows: []\ndefaults: { route: MANUAL }\n"],
    ["accounts/get-x.yaml", "name: R\nhit: first\ncollections: []\nrows: []\n"],
    ["accounts/chart.yaml", "accounts: { a: { name: A, tranCodes: { debit: x } } }\n"],
    ["book.yaml", "id: Some Book\nversion: 1\ntitle: T\n"],
    ["book.yaml", "id: book\nversion: 1\ntitle: T\nfacts: { x: { type: money } }\n"],
  ])("refuse in %s: %s", async (file, text) => {
    const schema = await checker(schemaOf(file));

    expect(schema.safeParse(value(text)).success).toBe(false);
  });

  it("accept a part of a record, and one taken out, in a book that extends another", async () => {
    const schema = await checker("accounts-chart.schema.json");
    const text = "accounts:\n  a: { number: '1' }\n  b: { disabled: true }\n";

    expect(schema.safeParse(value(text)).success).toBe(true);
  });
});
