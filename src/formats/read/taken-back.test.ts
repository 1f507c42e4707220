/** What a statement shows as taken back, as pending or without an amount is no posting of ours. */
import { describe, expect, test } from "vitest";

import type { InboundDocument } from "./document.ts";
import { readInbound } from "./read-inbound.ts";

function bai2(details: readonly string[], total: bigint): InboundDocument {
  const count = details.length;
  const text = [
    "01,BANK,US,261116,0100,1,,,2/",
    "02,US,BANK,1,261116,,USD,2/",
    "03,77,USD,010,,,/",
    ...details,
    `49,${total},${count + 2}/`,
    `98,${total},1,${count + 4}/`,
    `99,${total},1,${count + 6}/`,
  ].join("\n");
  return readInbound("bai2", Buffer.from(text));
}

describe("BAI2", () => {
  test.each([
    ["257", "credit", "refused"],
    ["258", "credit", "refused"],
    ["255", "credit", "refused"],
    ["557", "debit", "refused"],
    ["555", "debit", "refused"],
    ["552", "debit", "refused"],
    ["567", "debit", "posted"],
    ["451", "debit", "posted"],
    ["165", "credit", "posted"],
  ])("code %s is a %s that is %s", (code, side, status) => {
    const { faults, lines } = bai2([`16,${code},1000,Z,B1,REF-1,TEXT/`], 1000n);

    expect(faults).toEqual([]);
    expect(lines).toMatchObject([{ code, side, status, reference: "REF-1", amountMinor: 1000n }]);
  });

  test.each(["16,890,,,B1,REF-1,NOTE/", "16,451,,,B1,REF-1,NOTE/"])(
    "%s tells something and posts nothing",
    (detail) => {
      expect(bai2([detail], 0n)).toMatchObject({
        faults: [],
        lines: [{ status: "unknown", amountMinor: null }],
      });
    },
  );

  test("a negative amount in a detail is refused on its line", () => {
    expect(bai2(["16,451,-1000,Z,B1,REF-1,TEXT/"], -1000n).faults).toEqual([
      {
        line: 4,
        place: "record 16",
        reason: "its amount is negative: its code says its side",
      },
    ]);
  });
});

describe("camt", () => {
  const RETURN = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>";

  function camt(status: string, entry: string, detail: string): InboundDocument {
    const text =
      '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn>' +
      "<GrpHdr><MsgId>M</MsgId></GrpHdr><Ntfctn><Acct><Id><Othr><Id>77</Id></Othr></Id></Acct>" +
      '<Ntry><Amt Ccy="USD">10</Amt><CdtDbtInd>CRDT</CdtDbtInd>' +
      `${entry}<Sts><Cd>${status}</Cd></Sts><NtryDtls><TxDtls><Refs><EndToEndId>E-1</EndToEndId>` +
      `</Refs>${detail}</TxDtls></NtryDtls></Ntry></Ntfctn></BkToCstmrDbtCdtNtfctn></Document>`;
    return readInbound("camt.054", Buffer.from(text));
  }

  test.each([
    ["a return that is booked", "BOOK", "", RETURN, "refused"],
    ["a return that is only told", "INFO", "", RETURN, "refused"],
    ["a return that is pending", "PDNG", "", RETURN, "unknown"],
    ["a return in the future", "FUTR", "", RETURN, "unknown"],
    ["a reversal", "BOOK", "<RvslInd>true</RvslInd>", "", "refused"],
    ["a reversal in figures", "BOOK", "<RvslInd>1</RvslInd>", "", "refused"],
    ["no reversal", "BOOK", "<RvslInd>false</RvslInd>", "", "posted"],
    ["a reversal that is pending", "PDNG", "<RvslInd>true</RvslInd>", "", "unknown"],
  ])("%s", (_, status, entry, detail, expected) => {
    const { faults, lines } = camt(status, entry, detail);

    expect(faults).toEqual([]);
    expect(lines).toMatchObject([{ status: expected, reference: "E-1", side: "credit" }]);
  });
});
