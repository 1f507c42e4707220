/** Every page has its keyboard path: in the reference, and walked by a test with keys alone. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..", "..");
const ROUTE = /^ {2}path: "([^"]+)"/gm;
const WALK = /\bwalk\(\s*\[([^\]]*)\]/g;

const read = (...path: string[]): Promise<string> => readFile(join(ROOT, ...path), "utf8");

async function routes(): Promise<string[]> {
  const text = await read("portal", "src", "app", "router.tsx");
  return [...text.matchAll(ROUTE)].map(([, path = ""]) => path).toSorted();
}

/** The routes that walks name; each walk fails by itself where it never comes there. */
async function walked(): Promise<string[]> {
  const files = await readdir(import.meta.dirname);
  const texts = await Promise.all(
    files
      .filter((file) => file.endsWith(".test.ts") && !file.startsWith("keyboard-paths"))
      .map((file) => readFile(join(import.meta.dirname, file), "utf8")),
  );
  const named = texts.flatMap((text) =>
    [...text.matchAll(WALK)].flatMap(([, list = ""]) =>
      [...list.matchAll(/"([^"]+)"/g)].map(([, path = ""]) => path),
    ),
  );
  return [...new Set(named)].toSorted();
}

/** The first column of the table under *The keyboard path of each page*. */
async function documented(): Promise<string[]> {
  const page = await read("docs", "reference", "portal.md");
  const [, section = ""] = page.split("### The keyboard path of each page");
  const rows = [...section.matchAll(/^\| `([^`]+)` +\| [^|]+ +\| ([^|]+?) +\|$/gm)];
  return rows.map(([, path = ""]) => path).toSorted();
}

test("the table of routes is read", async () => {
  const found = await routes();

  expect(found).toContain("/batches/returns/$return");
  expect(found.length).toBeGreaterThan(20);
});

test("each page is walked with the keyboard alone", async () => {
  expect(await walked()).toEqual(await routes());
});

test("each page has its path in the reference", async () => {
  expect(await documented()).toEqual(await routes());
});
