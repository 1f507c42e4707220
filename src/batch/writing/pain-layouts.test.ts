/** What the ISO 20022 layouts write is valid by the schemas, as xmllint sees it. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

import {
  PAIN_VALUES,
  trialBytes,
  trialMovement,
  trialRenderer,
} from "../../../test/support/trial-file.ts";
import { readElements } from "../../formats/xml-elements.ts";

const SCHEMAS = join(import.meta.dirname, "..", "..", "..", "test", "fixtures", "xsd");
const hasXmllint = spawnSync("xmllint", ["--version"]).status === 0;

/** Empty where it is valid. */
function faultsOf(bytes: Buffer, schema: string): string {
  const run = spawnSync("xmllint", ["--noout", "--schema", join(SCHEMAS, schema), "-"], {
    input: bytes,
    encoding: "utf8",
  });
  return run.status === 0 ? "" : run.stderr;
}

const CASES = [
  ["pain-001", "credit", "pain.001.001.09.xsd"],
  ["pain-008", "debit", "pain.008.001.08.xsd"],
] as const;

test.skipIf(!hasXmllint).each(CASES)("xmllint accepts %s", (layout, side, schema) => {
  const movements = [1, 2, 3].map((ordinal) => trialMovement(ordinal, side, 12_345n));
  const iban = { ...PAIN_VALUES, iban: "DE89370400440532013000", bic: "COBADEFFXXX" };
  const { account: _, ...withIban } = { ...iban, holderBic: "DEUTDEFF" };
  const text = `Müller & Söhne <"refund">`;

  expect(faultsOf(trialBytes({ layout, values: PAIN_VALUES }, movements), schema)).toBe("");
  expect(faultsOf(trialBytes({ layout, values: withIban, text }, movements), schema)).toBe("");
});

test.skipIf(!hasXmllint)("xmllint refuses what is not valid: the proof can fail", () => {
  const bytes = trialBytes({ layout: "pain-001", values: PAIN_VALUES }, [
    trialMovement(1, "credit", 1n),
  ]);
  const broken = bytes.toString("utf8").replace(/<NbOfTxs>.*?<\/NbOfTxs>/, "");

  expect(faultsOf(Buffer.from(broken), "pain.001.001.09.xsd")).toContain("CtrlSum");
});

test.skipIf(!hasXmllint).each(CASES)("%s: the schema refuses it too", (layout, side, schema) => {
  const movements = [trialMovement(1, side, 1n)];
  const { account: _, ...none } = PAIN_VALUES;
  const faults = (values: Record<string, string>, of = movements): string =>
    faultsOf(trialBytes({ layout, values }, of), schema);

  // What a profile is not saved with: see check-payment.ts.
  expect(faults(PAIN_VALUES, [])).toMatch(/(CdtTrf|DrctDbt)TxInf/);
  expect(faults({ ...PAIN_VALUES, iban: "DE89370400440532013000" })).toContain("Othr");
  expect(faults({ ...none, iban: "DE89 3704 0044 0532 0130 00" })).toContain("IBAN");
  expect(faults({ ...PAIN_VALUES, bic: "cobadeff" })).toContain("BICFI");
  expect(faults(none)).toContain("Id");
});

test.each(CASES)("%s: the header's count and sum are those of all its details", (layout, side) => {
  const renderer = trialRenderer({ layout, values: PAIN_VALUES });

  const details = [12_345n, 655n, 99n].map(
    (minor, index) => renderer.add(trialMovement(index, side, minor)).text,
  );
  const text = renderer.begin() + details.join("") + renderer.end();

  expect(renderer.beginsLast).toBe(true);
  expect(readElements(text).name).toBe("Document");
  expect(text.match(/<NbOfTxs>3<\/NbOfTxs>/g)).toHaveLength(2);
  expect(text.match(/<CtrlSum>130\.99<\/CtrlSum>/g)).toHaveLength(2);
  expect(text).toContain("<EndToEndId>0190a1b2000070008000a00000000001-1</EndToEndId>");
});

test.each(CASES)("%s refuses the other direction, and texts that are too long", (layout, side) => {
  const other = side === "credit" ? "debit" : "credit";
  const renderer = trialRenderer({ layout, values: PAIN_VALUES });
  const wide = trialRenderer({ layout, values: PAIN_VALUES, number: "1".repeat(35) });

  expect(() => renderer.add(trialMovement(1, other, 100n))).toThrow(
    `direction: "${other}" is not in its map`,
  );
  expect(() => wide.add(trialMovement(1, side, 100n))).toThrow(
    "account: 35 characters, at most 34",
  );
  expect(renderer.totals().detailCount).toBe(0);
});
