/**
 * Files of other kinds than a standard's examples: what senders, mainframes and spreadsheets make
 * of them. Each is read right, or refused with its line and the reason.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import { encodeEbcdic } from "../ebcdic.ts";

import type { InboundDocument, InboundFormat } from "./document.ts";
import { readInbound } from "./read-inbound.ts";

const FILES = join(import.meta.dirname, "..", "..", "..", "test", "fixtures", "bank-files");

function read(format: InboundFormat, bytes: string | Buffer, mapping = {}): InboundDocument {
  return readInbound(format, Buffer.from(bytes as string), mapping);
}

function fixture(name: string): string {
  return readFileSync(join(FILES, name), "utf8");
}

const TITLES = "record,reference,status,amount,side";

function csv(rows: readonly string[], { titles = TITLES, mapping = {} } = {}): InboundDocument {
  const text = ["AH,X,,,USD", titles, ...rows, `AT,${rows.length},,`, ""].join("\n");
  return read("csv", text, mapping);
}

describe("CSV", () => {
  test("of a spreadsheet: byte order mark, CRLF, breaks in quotes, a delimiter too much", () => {
    const text =
      "\u{feff}AH,X,,,USD,\r\nrecord,reference,status,amount,reason,\r\n" +
      'AD,a-1,refused,"12.50","two\r\nlines, ""quoted""",\r\nAT,1,,,\r\n';

    expect(read("csv", text)).toMatchObject({
      identity: "X",
      faults: [],
      lines: [
        {
          lineNumber: 3,
          reference: "a-1",
          amountMinor: 1250n,
          reason: 'two\r\nlines, "quoted"',
        },
      ],
    });
  });

  test.each([
    ["thousands apart", '"1,234.50"'],
    ["decimals behind a comma", '"1234,50"'],
    ["a currency sign", "$12.00"],
    ["a sign behind", "12.00-"],
    ["accounting brackets", "(12.00)"],
    ["a typographer's minus", "−12.00"],
    ["an exponent", "1e2"],
    ["wide digits", "１２.00"],
    ["a blank that does not break", "1\u00a0234.00"],
  ])("an amount with %s is refused on its line", (_, amount) => {
    expect(csv([`AD,a,accepted,${amount},credit`])).toMatchObject({
      lines: [],
      faults: [{ line: 3, place: "amount" }],
    });
  });

  test("a sign behind the amount turns the side where the profile says so", () => {
    const { lines } = csv(["AD,a,refused,12.00-,credit", "AD,b,refused,12.00,credit"], {
      mapping: { sign: "trailing" },
    });

    expect(lines).toMatchObject([
      { amountMinor: 1200n, side: "debit" },
      { amountMinor: 1200n, side: "credit" },
    ]);
  });

  test("thousands that are not quoted make a cell too many, which is not overlooked", () => {
    const titles = "record,reference,status,side,amount";

    expect(csv(["AD,a,accepted,credit,1,234.50"], { titles })).toMatchObject({
      lines: [],
      faults: [{ line: 3, place: "cells", reason: "are more than the titles" }],
    });
  });

  test("two columns of one title say nothing certain", () => {
    const titles = "record,reference,status,amount,amount";

    expect(csv(["AD,a,accepted,1.00,2.00"], { titles }).faults).toEqual([
      { line: 2, place: "titles", reason: "amount stands there twice" },
    ]);
  });

  test("a column that the profile names has to be there", () => {
    const mapping = { columns: { amount: "Betrag" } };

    expect(csv(["AD,a,accepted,1.00,credit"], { mapping }).faults).toEqual([
      { line: 2, place: "titles", reason: "Betrag is missing" },
    ]);
  });

  test.each([
    ["Windows-1252", Buffer.from(`AH,X\n${TITLES}\nAD,M\u00fcller,accepted\nAT,1,,\n`, "latin1")],
    ["UTF-16", Buffer.from(`\u{feff}AH,X\n${TITLES}\nAT,0,,\n`, "utf16le")],
  ])("in %s is refused: its letters would be others", (_, bytes) => {
    expect(read("csv", bytes)).toMatchObject({
      lines: [],
      faults: [{ line: null, place: "encoding", reason: "the bytes are not UTF-8" }],
    });
  });

  test("with the line ends of an old Macintosh has no trailer, and is refused", () => {
    const text = `AH,X,,,USD\r${TITLES}\rAD,a,accepted,1.00,credit\rAT,1,,\r`;

    expect(read("csv", text)).toMatchObject({ lines: [], faults: [{ place: "trailer" }] });
  });
});

describe("fixed width from a mainframe", () => {
  const mapping = {
    encoding: "ebcdic-037",
    recordLength: 20,
    currency: "USD",
    records: null,
    status: "accepted",
    detail: { reference: { start: 1, width: 10 }, amount: { start: 11, width: 10 } },
  };
  const ebcdic = (text: string): Buffer => encodeEbcdic(text) as Buffer;

  test("overpunched amounts are read", () => {
    const bytes = ebcdic("REF0000001000000012{REF0000002000000012}");

    expect(read("fixedWidth", bytes, { ...mapping, sign: "overpunch" })).toMatchObject({
      faults: [],
      lines: [
        { reference: "REF0000001", amountMinor: 120n, side: null },
        { reference: "REF0000002", amountMinor: 120n, side: "debit" },
      ],
    });
  });

  test("packed decimals are refused on their line, whatever sign ends them", () => {
    for (const sign of [0x0c, 0x0d, 0x0f]) {
      const packed = Buffer.from([0, 0, 0, 0, 0, 0, 0x01, 0x23, 0x45, 0x60 | sign]);
      const bytes = Buffer.concat([ebcdic("REF0000001"), packed]);

      const { faults, lines } = read("fixedWidth", bytes, mapping);

      expect(lines).toEqual([]);
      expect(faults[0]).toMatchObject({ line: 1 });
    }
  });

  test("a packed decimal that holds the byte of a line end breaks no record in two", () => {
    const packed = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0x15, 0x0d, 0x25]);
    const bytes = Buffer.concat([ebcdic("REF0000001"), packed, ebcdic("REF00000020000000120")]);

    const { faults, lines } = read("fixedWidth", bytes, mapping);

    expect(faults.length).toBeGreaterThan(0);
    expect(lines.every((line) => line.reference === "REF0000002")).toBe(true);
  });
});

describe("ISO 20022", () => {
  const HEAD = '<?xml version="1.0" encoding="UTF-8"?>';
  const statement = (version: string, status: string): string =>
    `${HEAD}<ns:Document xmlns:ns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.${version}">` +
    "<ns:BkToCstmrStmt><ns:GrpHdr><ns:MsgId>M-1</ns:MsgId></ns:GrpHdr><ns:Stmt><ns:Acct><ns:Id>" +
    "<ns:IBAN>DE89370400440532013000</ns:IBAN></ns:Id></ns:Acct><ns:Ntry>" +
    `<ns:Amt Ccy="EUR">12.5</ns:Amt><ns:CdtDbtInd>DBIT</ns:CdtDbtInd>${status}` +
    "<ns:NtryDtls><ns:TxDtls><ns:Refs><ns:EndToEndId>\u00e4-1</ns:EndToEndId></ns:Refs>" +
    "</ns:TxDtls></ns:NtryDtls></ns:Ntry></ns:Stmt></ns:BkToCstmrStmt></ns:Document>";
  const BOOKED = "<ns:Sts><ns:Cd>BOOK</ns:Cd></ns:Sts>";
  const LINE = {
    faults: [],
    lines: [{ amountMinor: 1250n, side: "debit", status: "posted", reference: "\u00e4-1" }],
  };

  test.each(["02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12"])(
    "camt.053.001.%s with a prefix",
    (version) => {
      const status = Number(version) < 7 ? "<ns:Sts>BOOK</ns:Sts>" : BOOKED;

      expect(read("camt.053", statement(version, status))).toMatchObject(LINE);
    },
  );

  test.each<[string, (text: string) => Buffer]>([
    ["UTF-8 with a mark", (text) => Buffer.from(`\u{feff}${text}`)],
    ["UTF-16, little end first", (text) => Buffer.from(`\u{feff}${text}`, "utf16le")],
    ["UTF-16, big end first", (text) => Buffer.from(`\u{feff}${text}`, "utf16le").swap16()],
    ["UTF-16 without a mark", (text) => Buffer.from(text, "utf16le")],
    [
      "Windows-1252 that says so",
      (text) => Buffer.from(text.replace("UTF-8", "Windows-1252"), "latin1"),
    ],
    [
      "ISO 8859-1 that says so, in single quotes",
      (text) => Buffer.from(text.replace('"UTF-8"', "'ISO-8859-1'"), "latin1"),
    ],
  ])("in %s", (_, bytes) => {
    expect(read("camt.053", bytes(statement("08", BOOKED)))).toMatchObject(LINE);
  });

  test.each([
    ["UTF-8", "the bytes are not UTF-8"],
    ["EBCDIC-CP-US", "ebcdic-cp-us is not read; send UTF-8"],
  ])("bytes that are not the %s that they say are refused", (said, reason) => {
    const bytes = Buffer.from(statement("08", BOOKED).replace("UTF-8", said), "latin1");

    expect(read("camt.053", bytes)).toMatchObject({
      lines: [],
      faults: [{ line: null, place: "encoding", reason }],
    });
  });

  test.each([
    ["an entity that grows", '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'],
    ["a file of ours", '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>'],
    ["a declaration in small letters", "<!doctype d>"],
  ])("%s is refused with its declaration", (_, declaration) => {
    const text = statement("08", BOOKED).replace(HEAD, HEAD + declaration);

    expect(read("camt.053", text)).toMatchObject({
      lines: [],
      faults: [{ place: "document", reason: "it has a document type declaration" }],
    });
  });

  const report = (group: string, within = ""): string =>
    `<Document><CstmrPmtStsRpt><GrpHdr><MsgId>R</MsgId></GrpHdr><OrgnlGrpInfAndSts>` +
    `<OrgnlMsgId>O-1</OrgnlMsgId>${group}</OrgnlGrpInfAndSts>${within}</CstmrPmtStsRpt></Document>`;

  test("pain.002 that says only that a part was accepted decides nothing, and is told", () => {
    const lines = [{ status: "unknown", code: "PART", original: { fileId: "O-1" } }];

    expect(read("pain.002", report("<GrpSts>PART</GrpSts>"))).toMatchObject({ faults: [], lines });
    const payment = "<OrgnlPmtInfAndSts><PmtInfSts>PART</PmtInfSts></OrgnlPmtInfAndSts>";
    expect(read("pain.002", report("", payment))).toMatchObject({ faults: [], lines });
  });

  test("pain.002 without any status is refused", () => {
    expect(read("pain.002", report(""))).toMatchObject({
      lines: [],
      faults: [{ line: 1, place: "GrpSts", reason: "is missing, and nothing else has a status" }],
    });
  });
});

describe("BAI2", () => {
  const text = fixture("sample1.txt");

  test("an account's summaries over several records 88 count for its control total", () => {
    const head = "01,S,R,260101,0100,1,,,2/\n02,R,S,1,260101,,USD,2/\n03,77,USD,010/\n";
    const account = "88,100,,,015/\n88,200,,/\n16,100,700,0,b,c,text/\n49,1000,5/\n";
    const file = `${head}${account}98,1000,1,7/\n`;

    expect(read("bai2", `${file}99,1000,1,9/\n`)).toMatchObject({
      faults: [],
      lines: [{ lineNumber: 6, amountMinor: 700n, reference: "c" }],
    });
  });

  test.each([
    ["the file's trailer", /^99,.*$/m, { line: null, place: "record 99" }],
    ["a group's trailer", /^98,.*$/m, { place: "record 99" }],
    ["an account's trailer", /^49,.*$/m, { place: "record 03" }],
  ])("without %s it is refused", (_, record, fault) => {
    const changed = text.replace(record, "");
    expect(changed).not.toBe(text);

    expect(read("bai2", changed).faults).toContainEqual(expect.objectContaining(fault));
  });

  test("cut off within a line it is refused", () => {
    expect(read("bai2", text.slice(0, text.length / 2)).faults).not.toEqual([]);
  });
});

describe("Nacha", () => {
  const text = fixture("return-WEB.ach");

  test("a return and a change in one batch say each their own", () => {
    const [head = "", batch = "", entry = "", addenda = "", control = ""] = text.split(/\r?\n/);
    const changed = `798C01${addenda.slice(6, 35)}1918171614`.padEnd(79) + addenda.slice(79);
    const second = entry.slice(0, 93) + "3";
    const records = [
      head,
      batch,
      entry,
      addenda,
      second.slice(0, 29) + "0000000000" + second.slice(39),
      changed.slice(0, 93) + "3",
      `${control.slice(0, 4)}0000040018280120${control.slice(20)}`,
      "9000001000001000000040018280120000000012354000000000000".padEnd(94),
      "9".repeat(94),
      "9".repeat(94),
    ];

    const { faults, lines } = read("nacha-return", records.join("\r\n"));

    expect(faults).toEqual([]);
    expect(lines).toMatchObject([
      { lineNumber: 3, status: "refused", code: "R01", amountMinor: 12354n },
      { lineNumber: 5, status: "unknown", code: "C01", amountMinor: null },
    ]);
    expect(lines[1]?.reason).not.toContain("1918171614");
  });

  test.each([
    ["an entry hash", /^(8200000002)0009140060/m, "$10009140061", "entry hash"],
    ["a block count", /^9000002000001/m, "9000002000002", "block count"],
    ["an addenda count", /^(8200)000002/m, "$1000003", "entry and addenda count"],
  ])("%s that is wrong is refused on its line", (_, found, wrong, place) => {
    const changed = text.replace(found, wrong);
    expect(changed).not.toBe(text);

    expect(read("nacha-return", changed).faults[0]).toMatchObject({
      line: expect.any(Number),
      place,
    });
  });

  test("a record that lost a character is refused, and none of the file is taken for right", () => {
    const changed = text.replace(/^(6.{40})./m, "$1");

    expect(read("nacha-return", changed).faults[0]).toEqual({
      line: 3,
      place: "record",
      reason: "93 characters instead of 94",
    });
  });
});
