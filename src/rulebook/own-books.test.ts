/** Rule books of the institution's own: read at the start, all of them sound or none served. */
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { expect, test } from "vitest";

import { servedBooks } from "./own-books.ts";

/** A shelf with the files given, by their path in it. */
async function shelf(files: Readonly<Record<string, string>>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "redress-books-"));
  for (const [path, text] of Object.entries(files)) {
    const file = join(directory, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return directory;
}

const head = (id: string) => `id: ${id}\nversion: 1\ntitle: Harbor's\nextends: standard\n`;
const CHART = "accounts:\n  suspenseDebit:\n    number: 99-1410\n";

test("beside the standard book each directory is a book, by its id", async () => {
  const own = await shelf({
    "harbor/book.yaml": head("harbor"),
    "harbor/accounts/chart.yaml": CHART,
    "lakeside/book.yaml": head("lakeside"),
  });

  const books = await servedBooks(own);

  expect([...books.keys()]).toEqual(["standard", "harbor", "lakeside"]);
  expect(books.get("harbor")?.changes).toMatchObject([
    { record: "suspenseDebit", kind: "changed", keys: ["number"] },
  ]);
});

test("nothing named is the standard book alone", async () => {
  expect([...(await servedBooks(undefined)).keys()]).toEqual(["standard"]);
});

test("every problem of every book is told with file, line and column", async () => {
  const own = await shelf({
    "harbor/book.yaml": `${head("harbor")}facts:\n  branch: { type: colour }\n`,
    "lakeside/book.yaml": head("lakeside"),
    "lakeside/accounts/chart.yaml": "accounts:\n  suspenseDebit:\n    nummer: 99-1410\n",
  });

  const books = servedBooks(own);

  await expect(books).rejects.toMatchObject({ code: "rulebook-invalid" });
  await expect(books).rejects.toThrow(/harbor\/book\.yaml:6:\d+ /);
  await expect(books).rejects.toThrow(/lakeside\/accounts\/chart\.yaml:3:\d+ /);
});

test.each([
  ["a directory of another name", { "bay/book.yaml": head("harbor") }, /holds the book harbor/],
  ["the shipped book's name", { "standard/book.yaml": head("standard") }, /standard/],
  ["no book", { "readme.txt": "nothing" }, /holds no directory of a rule book/],
])("%s is refused", async (_, files, why) => {
  await expect(servedBooks(await shelf(files))).rejects.toThrow(why);
});

test("a directory that is not there is refused by the setting's name", async () => {
  await expect(servedBooks("/nowhere/at/all")).rejects.toThrow(/^REDRESS_RULEBOOKS: /);
});
