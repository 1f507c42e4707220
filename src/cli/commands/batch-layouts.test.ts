import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { aDirectory } from "../../../test/support/batch.ts";
import { withoutDatabase } from "../../../test/support/cli.ts";
import { layoutCommands } from "./batch-layouts.ts";

const run = (...words: string[]) => withoutDatabase(layoutCommands, ...words);

test("preview shows a shipped layout with made-up adjustments", async () => {
  const { lines, remarks, code } = await run("preview", "generic-csv");

  expect(code).toBe(0);
  expect(lines[0]).toMatch(/^FH,TEST,Sample Bank,/);
  expect(lines.at(-1)).toMatch(/^FT,4,7,2,1234655\.54,2,125\.01,/);
  expect(remarks).toEqual([]);
});

test("preview says what a layout lacks, and takes it by --value", async () => {
  const without = await run("preview", "pain-001");
  const named = await run("preview", "pain-001", "--value", "debtorName=North Bank", "account=1");

  expect(without.remarks).toEqual(["/values/debtorName: the layout needs it"]);
  expect(without.code).toBe(1);
  expect(named.lines.join("\n")).toContain("<Dbtr><Nm>North Bank</Nm></Dbtr>");
  expect(named.remarks[0]).toContain('row 2, field direction: "debit" is not in its map');
});

test("preview reads a layout from a file, and refuses what is none", async () => {
  const path = join(await aDirectory(), "own.yaml");
  await writeFile(
    path,
    "format: jsonLines\nname: own\nversion: '1'\ndetail:\n  fields: [{ name: a, from: amount }]\n",
  );

  const { lines } = await run("preview", path, "--currency", "JPY");

  expect(lines).toEqual(['{"a":"12500"}', '{"a":"8765"}', '{"a":"1"}', '{"a":"123456789"}']);
  await expect(run("preview", `${path}.gone`)).rejects.toThrow("is no layout");
  await expect(run("preview", "pain-001", "--value", "x")).rejects.toThrow("not name=text");
});

test("layouts lists what there is, and prints the schema", async () => {
  const listed = await run("layouts", "--json");
  const schema = await run("layouts", "--schema");

  expect(listed.lines.join("")).toContain('"nacha-ccd"');
  expect(JSON.parse(schema.lines.join("\n"))).toMatchObject({ title: "A layout of batch files" });
});
