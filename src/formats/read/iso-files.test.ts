/** camt.053, camt.054 and pain.002 of several versions: read right, or refused with the line. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import type { InboundDocument, InboundFormat } from "./document.ts";
import { readInbound } from "./read-inbound.ts";

const FILES = join(import.meta.dirname, "..", "..", "..", "test", "fixtures", "bank-files");

function read(format: InboundFormat, text: string): InboundDocument {
  return readInbound(format, Buffer.from(text));
}

/** A version 8 statement: one status deeper, a summary, balances that add up. */
const STATEMENT = readFileSync(join(FILES, "camt053-v8-statement.xml"), "utf8");

describe("camt", () => {
  test("a version 8 statement with prefixes: posted, pending, returned", () => {
    const document = read("camt.053", STATEMENT);

    expect(document.faults).toEqual([]);
    expect(document).toMatchObject({ identity: "M-1", account: "99887766", currency: "USD" });
    expect(document.lines).toMatchObject([
      {
        lineNumber: 12,
        reference: "0190a1b2000070008000a00000000001-1",
        amountMinor: 1250n,
        side: "debit",
        status: "posted",
        bookedOn: "2026-11-24",
        reason: "Tom & Co",
        original: {
          endToEndId: "0190a1b2000070008000a00000000001-1",
          fileId: "0190a1b200007000800000000000000f",
        },
      },
      { lineNumber: 14, amountMinor: 5000n, side: "credit", status: "unknown", original: {} },
      { reference: "T9", status: "refused", code: "AC04", reason: "Account closed", original: {} },
    ]);
  });

  test("a collective entry gives a line for each of its transactions", () => {
    const { lines } = read("camt.054", readFileSync(join(FILES, "camt054.v4.xml"), "utf8"));

    expect(lines.map((line) => [line.amountMinor, line.currency])).toEqual([
      [310n, "CHF"],
      [320n, "CHF"],
      [320n, "CHF"],
    ]);
    expect(lines[0]).toMatchObject({
      reference: "UXC06170000006PI00001EE00001",
      original: { fileId: "UXC06170000006" },
      bookedOn: "2007-10-18",
    });
  });

  test("written on one line it says the same", () => {
    const one = read("camt.053", STATEMENT.replaceAll("\n", ""));
    const many = read("camt.053", STATEMENT);

    const withoutPlace = (document: InboundDocument) =>
      document.lines.map((line) => ({ ...line, lineNumber: 0 }));
    expect(withoutPlace(one)).toEqual(withoutPlace(many));
  });

  test.each<[string, (text: string) => string, number | null, string, string]>([
    [
      "a count that differs",
      (t) => t.replace("<c:NbOfNtries>3<", "<c:NbOfNtries>4<"),
      8,
      "TxsSummry/TtlNtries/NbOfNtries",
      "says 4, counted 3",
    ],
    [
      "a sum that differs",
      (t) => t.replace("<c:Sum>12.5<", "<c:Sum>12.51<"),
      9,
      "TxsSummry/TtlDbtNtries/Sum",
      "counted 1250",
    ],
    ["an amount with a comma", (t) => t.replace(">50.00<", ">50,00<"), 14, "Ntry/Amt", "no amount"],
    [
      "too many decimals",
      (t) => t.replace(">50.00<", ">50.001<"),
      14,
      "Ntry/Amt",
      "more decimals than USD",
    ],
    [
      "an unknown currency",
      (t) => t.replace('"USD">50.00', '"US">50.00'),
      14,
      "Ntry/Amt",
      "currency US",
    ],
    [
      "no side",
      (t) => t.replace("<c:CdtDbtInd>DBIT</c:CdtDbtInd>", ""),
      10,
      "Ntry/CdtDbtInd",
      "neither",
    ],
    [
      "no status",
      (t) => t.replace("<c:Sts><c:Cd>PDNG</c:Cd></c:Sts>", ""),
      14,
      "Ntry/Sts",
      "missing",
    ],
    ["no message id", (t) => t.replace("<c:MsgId>M-1</c:MsgId>", ""), 3, "GrpHdr/MsgId", "missing"],
    ["no account", (t) => t.replace(/<c:Acct>.*<\/c:Acct>/, ""), 5, "Acct/Id", "missing"],
    ["a cut end", (t) => t.slice(0, t.indexOf("</c:Stmt>")), 17, "document", "well-formed"],
    [
      "a tag that is not closed",
      (t) => t.replace("</c:RmtInf>", ""),
      13,
      "document",
      "well-formed",
    ],
    [
      "an entity",
      (t) => t.replace("<c:Document", "<!DOCTYPE x>\n<c:Document"),
      null,
      "document",
      "document type",
    ],
    [
      "another message",
      (t) => t.replace("camt.053.001.08", "camt.052.001.08"),
      1,
      "document",
      "camt.052",
    ],
    ["something else", () => "hello, world", null, "document", "well-formed"],
  ])("%s is refused with its place", (_, broken, line, place, reason) => {
    const text = broken(STATEMENT);
    expect(text).not.toBe(STATEMENT);

    const { faults } = read("camt.053", text);

    expect(faults).toContainEqual({
      line: line ?? (expect.toSatisfy(() => true) as number),
      place,
      reason: expect.stringContaining(reason),
    });
  });

  test("a closing balance that the entries do not make is a sum that differs", () => {
    const [less, more] = [">87.49<", ">87.51<"].map((closing) =>
      read("camt.053", STATEMENT.replace(">87.5<", closing)),
    );

    expect(less).toMatchObject({ faults: [], controls: { debitMinor: 1251n } });
    expect(more).toMatchObject({ faults: [], controls: { creditMinor: 5101n } });
    expect(read("camt.053", STATEMENT).controls).toEqual({});
  });

  test("of a page of several, neither summary nor balances can be checked", () => {
    const page = "<c:StmtPgntn><c:PgNb>1</c:PgNb><c:LastPgInd>false</c:LastPgInd></c:StmtPgntn>";
    const text = STATEMENT.replace("<c:Id>S-1</c:Id>", `<c:Id>S-1</c:Id>${page}`).replace(
      "<c:NbOfNtries>3<",
      "<c:NbOfNtries>9<",
    );

    expect(read("camt.053", text).faults).toEqual([]);
  });
});

const REPORT = readFileSync(join(FILES, "pain002-v10-report.xml"), "utf8");

describe("pain.002", () => {
  test("accepted, refused with code and words, and pending", () => {
    const document = read("pain.002", REPORT);
    const fileId = "0190a1b200007000800000000000000f";

    expect(document).toMatchObject({ faults: [], identity: "R-1", currency: "USD" });
    expect(document.lines).toMatchObject([
      {
        lineNumber: 9,
        status: "accepted",
        code: "ACSC",
        amountMinor: 12_500n,
        original: { fileId, endToEndId: "E-1" },
      },
      {
        lineNumber: 11,
        status: "refused",
        code: "AC01",
        reason: "Account unknown",
        reference: "E-2",
      },
      { lineNumber: 13, status: "unknown", code: "PDNG", amountMinor: null },
    ]);
    expect(document.lines).toHaveLength(3);
  });

  test.each([
    ["RJCT", "refused", "AM05"],
    ["ACCP", "accepted", "AM05"],
    ["ACTC", "unknown", "AM05"],
  ])("a whole message of status %s is one line that names the file", (code, status, reason) => {
    const text = REPORT.replace(/<OrgnlPmtInfAndSts>[^]*<\/OrgnlPmtInfAndSts>/, "").replace(
      /<GrpSts>[^]*<\/NbOfTxsPerSts>/,
      `<GrpSts>${code}</GrpSts><StsRsnInf><Rsn><Cd>${reason}</Cd></Rsn></StsRsnInf>`,
    );

    expect(read("pain.002", text)).toMatchObject({
      faults: [],
      lines: [
        {
          status,
          code: reason,
          reference: null,
          original: { fileId: "0190a1b200007000800000000000000f" },
        },
      ],
    });
  });

  test.each<[string, (text: string) => string, number, string, string]>([
    [
      "an unknown status",
      (t) => t.replace(">PDNG<", ">MAYB<"),
      13,
      "TxInfAndSts status",
      "MAYB is none",
    ],
    [
      "a count that differs",
      (t) => t.replace("<DtldNbOfTxs>1<", "<DtldNbOfTxs>2<"),
      7,
      "DtldNbOfTxs",
      "says 2, counted 1",
    ],
    [
      "no original message",
      (t) => t.replace(/<OrgnlMsgId>.*<\/OrgnlMsgId>/, ""),
      5,
      "OrgnlMsgId",
      "missing",
    ],
    [
      "another message",
      (t) => t.replaceAll("pain.002.001.10", "pacs.002.001.10"),
      1,
      "document",
      "pacs.002",
    ],
  ])("%s is refused with its place", (_, broken, line, place, reason) => {
    const { faults } = read("pain.002", broken(REPORT));

    expect(faults).toContainEqual({ line, place, reason: expect.stringContaining(reason) });
  });
});
