import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { Failure } from "../kernel/failure.ts";
import { parseImportLine } from "./import-line.ts";
import { IMPORT_SCHEMA_FILE, importSchemaText } from "./import-schema.ts";

const PROJECT = join(import.meta.dirname, "../..");

test("the published schema is that of the lines (node tools/write-import-schema.ts)", async () => {
  const published = await readFile(join(PROJECT, IMPORT_SCHEMA_FILE), "utf8");

  expect(JSON.parse(published)).toEqual(JSON.parse(importSchemaText()));
});

test("the two lines of the specification parse", () => {
  const claim = parseImportLine(
    '{"type":"claim","key":"c1","client":"harbor","claim":"2405230003C","claimType":"Card",' +
      '"noticeReceivedOn":"2026-11-16","disputes":[{"dispute":"2405230004D","amount":"100.00",' +
      '"currency":"USD","network":"visa","product":"debit","regulation":"E","account":"4000"}]}',
  );
  const operation = parseImportLine(
    '{"type":"operation","key":"o1","client":"harbor","dispute":"2405230004D",' +
      '"operation":"issueProvisionalCredit","input":{"amount":"100.00"},' +
      '"at":"2026-11-16T15:04:05Z"}',
  );

  expect(claim).toMatchObject({ type: "claim", claim: "2405230003C" });
  expect(operation).toMatchObject({ type: "operation", input: { amount: "100.00" } });
});

test.each([
  ["", "/"],
  ["[]", "/"],
  ['"text"', "/"],
  ['{"type":"other"}', "/type"],
  ['{"type":"operation","client":"a","dispute":"2405230004D","operation":"x"}', "/key"],
  ['{"type":"operation","key":"k","client":"a","dispute":"12","operation":"x"}', "/dispute"],
  [
    '{"type":"operation","key":"k","client":"a","dispute":"2405230004D","operation":"x","z":1}',
    "/z",
  ],
])("the line %s is refused at %s", (text, pointer) => {
  let refused: unknown;
  try {
    parseImportLine(text);
  } catch (error) {
    refused = error;
  }

  expect(refused).toBeInstanceOf(Failure);
  const { code, faults } = refused as Failure;
  expect(code).toBe("line-invalid");
  if (text !== "") expect(faults.map((fault) => fault.pointer)).toContain(pointer);
});
