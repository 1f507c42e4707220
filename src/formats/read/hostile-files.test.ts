/** Files of a careless or hostile sender: what is wrong is a fault with its place, never more. */
import { describe, expect, test } from "vitest";

import type { InboundDocument, InboundFormat } from "./document.ts";
import { readInbound } from "./read-inbound.ts";

const TITLES = "record,reference,amount,side,status,code,reason,bookedOn";

function read(format: InboundFormat, text: string, mapping = {}): InboundDocument {
  return readInbound(format, Buffer.from(text), mapping);
}

function csv(row: string, identity = "ACK-1", currency = "USD"): InboundDocument {
  return read("csv", `AH,${identity},,,${currency}\n${TITLES}\n${row}\nAT,1,,\n`);
}

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
    ["cells", `AD,"a,${"a,".repeat(1_000_000)}`],
  ])("over many %s", { timeout: 30_000 }, (_, row) => {
    expect(csv(row).faults[0]).toEqual({
      line: 3,
      place: "quotes",
      reason: "a quote is not closed",
    });
  });
});
