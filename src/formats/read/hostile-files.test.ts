/** Files of a careless or hostile sender: what is wrong is a fault with its place, never more. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import type { InboundDocument, InboundFormat } from "./document.ts";
import { readInbound } from "./read-inbound.ts";

const FILES = join(import.meta.dirname, "..", "..", "..", "test", "fixtures", "bank-files");
const TITLES = "record,reference,amount,side,status,code,reason,bookedOn";

function read(format: InboundFormat, text: string, mapping = {}): InboundDocument {
  return readInbound(format, Buffer.from(text), mapping);
}

function csv(row: string, identity = "ACK-1", currency = "USD"): InboundDocument {
  return read("csv", `AH,${identity},,,${currency}\n${TITLES}\n${row}\nAT,1,,\n`);
}

function camt(change: (text: string) => string): InboundDocument {
  const text = readFileSync(join(FILES, "camt053.v4.xml"), "utf8");
  const changed = change(text);
  expect(changed).not.toBe(text);
  return read("camt.053", changed);
}

describe("what no database holds is a fault of its line", () => {
  test("a NUL character", () => {
    expect(csv("AD,a\0b,1.00,credit,accepted").faults).toEqual([
      { line: 3, place: "reference", reason: "holds a NUL character" },
    ]);
    expect(csv("AD,a,1.00,credit,accepted", "ACK\0").faults).toEqual([
      { line: null, place: "identity", reason: "holds a NUL character" },
    ]);
    expect(
      read("jsonLines", '{"reference":"a","status":"refused","reason":"\\u0000"}', {
        records: null,
      }).faults,
    ).toEqual([{ line: 1, place: "reason", reason: "holds a NUL character" }]);
  });

  test("no fault repeats one", () => {
    const { faults } = csv("\0x,a");

    expect(faults).toHaveLength(1);
    expect(JSON.stringify(faults)).not.toContain("\\u0000");
  });

  test("an amount beyond what an amount can be", () => {
    expect(csv("AD,a,999999999999999.9999,credit,accepted", "ACK-1", "CLF").faults).toEqual([
      { line: 3, place: "amount", reason: "is more than any amount" },
    ]);
    const { faults } = camt((text) =>
      text.replace(
        /(<Ntry>\s*(?:<NtryRef>[^<]*<\/NtryRef>\s*)?<Amt[^>]*>)[^<]*/,
        "$1999999999999999999.99",
      ),
    );
    expect(faults).toContainEqual(
      expect.objectContaining({ place: "amount", reason: "is more than any amount" }),
    );
  });

  test("a day that no calendar has", () => {
    expect(csv("AD,a,1.00,credit,accepted,,,0000-01-01").faults).toEqual([
      { line: 3, place: "bookedOn", reason: "is no day" },
    ]);
    for (const day of ["2026-02-31", "yesterday"]) {
      const { faults } = camt((text) => text.replace(/(<BookgDt>\s*<Dt(?:Tm)?>)[^<]*/, `$1${day}`));
      expect(faults).toContainEqual(
        expect.objectContaining({ place: "bookedOn", reason: "is no day" }),
      );
    }
  });

  test("an identity too long to be looked up", () => {
    expect(csv("AD,a,1.00,credit,accepted", "A".repeat(5000)).faults).toEqual([
      { line: null, place: "identity", reason: "is longer than 255 characters" },
    ]);
  });
});

test.each(["constructor", "__proto__", "toString"])("%s is no word of ours", (word) => {
  const ofStatus = csv(`AD,a,1.00,credit,${word}`).faults;
  const ofSide = csv(`AD,a,1.00,${word},accepted`).faults;
  const ofReport = read(
    "pain.002",
    "<Document><CstmrPmtStsRpt><GrpHdr><MsgId>A</MsgId></GrpHdr><OrgnlGrpInfAndSts>" +
      `<OrgnlMsgId>B</OrgnlMsgId><GrpSts>${word}</GrpSts></OrgnlGrpInfAndSts>` +
      "</CstmrPmtStsRpt></Document>",
  ).faults;

  expect(ofStatus).toMatchObject([{ line: 3, place: "status" }]);
  expect(ofSide).toMatchObject([{ line: 3, place: "side" }]);
  expect(ofReport).toMatchObject([{ line: 1, reason: `${word} is none` }]);
});

describe("a quote that is never closed costs no more than its file is long", () => {
  test.each([
    ["rows", `AD,"a\n${"AD,a,1.00,credit,accepted\n".repeat(300_000)}`],
    ["cells", `AD,"a,${"a,".repeat(500_000)}`],
  ])("over many %s", { timeout: 30_000 }, (_, row) => {
    expect(csv(row).faults[0]).toEqual({
      line: 3,
      place: "quotes",
      reason: "a quote is not closed",
    });
  });
});
