/** Whatever is done to a sound book, loading it ends in a rule book or in problems with places. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { parseLayer } from "./book.ts";
import { loadBook, requireRuleBook } from "./load.ts";
import { STANDARD_BOOK } from "./read.ts";
import type { Problem } from "./source.ts";

const names = (await readdir(STANDARD_BOOK, { recursive: true })).filter((name) =>
  name.endsWith(".yaml"),
);
const sound = new Map<string, string>();
for (const name of names) sound.set(name, await readFile(join(STANDARD_BOOK, name), "utf8"));

const scraps = ["", " ", "-", ":", "{", "}", "[", "]", "'", '"', "|", "=", ">", "&a", "*a", "!t"];
const words = ["true", "null", "7", "5.5", "visa", "holder", "first", "rows", "= 1 / 0", "\n", "#"];

const damage = fc.record({
  file: fc.constantFrom(...names),
  from: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.integer({ min: 0, max: 30 }),
  scrap: fc.oneof(fc.constantFrom(...scraps, ...words), fc.string({ maxLength: 8 })),
});

describe("a damaged book", () => {
  it("loads, or says where it is damaged, and never fails", () => {
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 3 }), (hits) => {
        const files = new Map(sound);
        for (const { file, from, length, scrap } of hits) {
          const text = files.get(file) ?? "";
          const start = Math.floor(from * text.length);
          files.set(file, `${text.slice(0, start)}${scrap}${text.slice(start + length)}`);
        }
        const reading: Problem[] = [];
        const layer = parseLayer("standard", files, reading);

        const { rulebook, problems } = loadBook({ layers: [layer], isComplete: true }, reading);

        expect(rulebook === null).toBe(problems.length > 0);
        for (const { file, line, column, reason } of problems) {
          const lines = files.get(file)?.split("\n") ?? [];
          expect(names).toContain(file);
          expect(line).toBeLessThanOrEqual(Math.max(lines.length, 1));
          expect(column).toBeGreaterThan(0);
          expect(reason).not.toBe("");
        }
      }),
      { numRuns: 60 },
    );
  });

  it("is one that names the file it lacks", () => {
    for (const missing of ["collections.yaml", "accounts/chart.yaml", "routes.yaml", "book.yaml"]) {
      const files = new Map(sound);
      files.delete(missing);
      const layer = parseLayer("standard", files, []);

      const { rulebook, problems } = loadBook({ layers: [layer], isComplete: true });

      expect(rulebook).toBeNull();
      expect(() => requireRuleBook({ rulebook, problems })).toThrowError(
        expect.objectContaining({
          code: "rulebook-invalid",
          message: expect.stringContaining(`the book has no ${missing}`),
        }),
      );
      expect(problems.map(({ reason }) => reason)).toContain(`the book has no ${missing}`);
    }
  });
});
