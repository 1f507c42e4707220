/** Files that other projects wrote are read right; broken ones are refused with line and reason. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import type { InboundDocument, InboundFormat } from "./document.ts";
import { readInbound } from "./read-inbound.ts";

const FILES = join(import.meta.dirname, "..", "..", "..", "test", "fixtures", "bank-files");

function bytesOf(name: string): string {
  return readFileSync(join(FILES, name), "utf8");
}

function read(format: InboundFormat, text: string): InboundDocument {
  return readInbound(format, Buffer.from(text));
}

function sums(document: InboundDocument): [bigint, bigint] {
  const of = (side: string): bigint =>
    document.lines
      .filter((line) => line.side === side)
      .reduce((sum, line) => sum + (line.amountMinor ?? 0n), 0n);
  return [of("debit"), of("credit")];
}

test.each([
  ["nacha-return", "ccd-debit.ach", 2, [500_125n, 0n]],
  ["nacha-return", "dishonored-return.ach", 2, [48_000n, 0n]],
  ["nacha-return", "ppd-credit.ach", 1, [0n, 100_000_000n]],
  ["nacha-return", "ppd-debit.ach", 1, [200_000_000n, 0n]],
  ["nacha-return", "ppd-mixedDebitCredit.ach", 3, [200_000_000n, 200_000_000n]],
  ["nacha-return", "return-WEB.ach", 2, [12_354n, 4_565n]],
  ["bai2", "sample1.txt", 17, [320_000n, 320_000n]],
  ["bai2", "sample3.txt", 26, [59_418n, 39_713n]],
  ["camt.053", "camt053.v2.minimal.xml", 1, [0n, 885n]],
  ["camt.053", "camt053.v2.with-account-name.xml", 1, [0n, 885n]],
  ["camt.053", "camt053.v4.xml", 1, [0n, 885n]],
  ["camt.054", "camt054.v4.xml", 3, [0n, 950n]],
] as const)("%s %s: every line, both sums, no fault", (format, name, count, expected) => {
  const document = read(format, bytesOf(name));

  expect(document.faults).toEqual([]);
  expect(document.lines).toHaveLength(count);
  expect(sums(document)).toEqual(expected);
});

describe("Nacha", () => {
  const WEB = bytesOf("return-WEB.ach");

  test("a return says the original trace number, the code and the reason", () => {
    const { lines, identity } = read("nacha-return", WEB);

    expect(identity).toBe("091400606/691000134/181017/0306/A");
    expect(lines[0]).toMatchObject({
      lineNumber: 3,
      reference: "MjMxNDAwMjAtOGQ",
      amountMinor: 12_354n,
      currency: "USD",
      side: "debit",
      status: "refused",
      code: "R01",
      reason: "Insufficient funds",
      original: { traceNumber: "091400600000001" },
    });
  });

  test("a dishonored return decides nothing: it says which return was disputed, and why", () => {
    const { lines } = read("nacha-return", bytesOf("dishonored-return.ach"));

    expect(lines[0]).toMatchObject({
      status: "unknown",
      code: "R68",
      reason: "return R01 dishonored: Untimely Return",
      original: { traceNumber: "059999990000301" },
    });
  });

  test("a notification of change shows the end of the corrected number, and no amount", () => {
    const addenda = `798C01091400600000001      09100001${"1918171614".padEnd(29)}`.padEnd(79);
    const text = WEB.replace(/^799R01.*$/m, `${addenda}091000017611242`);

    expect(read("nacha-return", text).lines[0]).toMatchObject({
      status: "unknown",
      code: "C01",
      amountMinor: null,
      reason: "Incorrect DFI account number: ••••••1614",
      original: { traceNumber: "091400600000001" },
    });
  });

  test("an acknowledgement entry names the original trace number in its identification", () => {
    const lines = WEB.split("\n");
    const entry = (lines[2] as string).replace(
      /^626(.{26})0000012354.{15}/,
      "624$10000000000091400600000001",
    );
    const ack = [
      lines[0],
      (lines[1] as string).replace("WEBTRANSFER", "ACKTRANSFER"),
      `${entry.slice(0, 78)}0${entry.slice(79)}`,
      (lines[4] as string).replace("0000020009140060000000012354", "0000010009140060000000000000"),
      "9000001000001000000010009140060000000000000000000000000".padEnd(94),
    ].join("\r\n");

    const document = read("nacha-acknowledgement", ack);

    expect(document.faults).toEqual([]);
    expect(document.lines).toMatchObject([
      { status: "accepted", original: { traceNumber: "091400600000001" }, amountMinor: null },
    ]);
  });

  test("our header and its control alone acknowledge the whole file by its reference code", () => {
    const lines = WEB.split("\n");
    const head = (lines[0] as string).padEnd(94).slice(0, 86);
    const text = `${head}${"7".padEnd(8)}\n${(lines.at(-1) as string).padEnd(94)}\n`;

    expect(read("nacha-acknowledgement", text)).toMatchObject({
      faults: [],
      lines: [{ status: "accepted", original: { fileId: "7" }, reference: null }],
    });
  });

  test("without line breaks, and from a mainframe, it is the same file", () => {
    const lines = WEB.split("\n").map((line) => line.padEnd(94));

    expect(read("nacha-return", lines.join("")).lines).toEqual(read("nacha-return", WEB).lines);
    expect(read("nacha-return", lines.join("")).faults).toEqual([]);
  });

  test.each<[string, (text: string) => string, number | null, string, string]>([
    [
      "a wrong amount",
      (t) => t.replace("0000012354Mj", "0000012355Mj"),
      5,
      "total debit",
      "counted",
    ],
    [
      "a wrong hash",
      (t) => t.replace("820000000200091400600", "820000000200091400610"),
      5,
      "entry hash",
      "counted 9140060",
    ],
    ["a lost addenda", (t) => t.replace(/^799R01.*\n/m, ""), 3, "addenda indicator", "0 addenda"],
    ["a lost batch control", (t) => t.replace(/^8200.*\n/m, ""), 5, "record", "before the control"],
    ["a lost entry", (t) => t.replace(/^626.*\n/m, ""), 3, "record", "without an entry"],
    ["a cut line", (t) => t.replace("Paul Jones", "Paul"), 3, "record", "88 characters"],
    ["a cut file", (t) => t.slice(0, t.indexOf("\n9000")), null, "file control", "cut off"],
    [
      "a wrong check digit",
      (t) => t.replace("626091400606", "626091400605"),
      3,
      "receiving DFI",
      "check digit",
    ],
    [
      "a wrong batch number",
      (t) => t.replace("091000010000001\n5200", "091000010000009\n5200"),
      5,
      "batch number",
      "0000009",
    ],
    [
      "wrong blocks",
      (t) => t.replace("9000002000001", "9000002000002"),
      10,
      "block count",
      "counted 1",
    ],
    ["letters in an amount", (t) => t.replace("0000004565N", "000000456AN"), 7, "amount", "digits"],
    ["an unknown record", (t) => t.replace(/^5200/m, "4200"), 2, "record", "no record is of type"],
    ["something else", () => "hello, world", 1, "record", "12 characters"],
    ["nothing", () => "", null, "file header", "missing"],
  ])("%s is refused with its place", (_, broken, line, place, reason) => {
    const text = broken(WEB);
    expect(text).not.toBe(WEB);

    const { faults } = read("nacha-return", text);

    expect(faults).toContainEqual({ line, place, reason: expect.stringContaining(reason) });
  });
});

test("the account number of a returned international entry is nobody's reference", () => {
  const text = [
    "101 231380104 1210428822003271043A094101DESTINATION            ORIGIN",
    `5220                FF3               US${"123456789".padEnd(10)}` +
      "IATTRADEPAYMTCADUSD000000   1231380100000001",
    `6221210428820001             0000100000${"9988776655".padEnd(39)}1231380100000001`,
    `799R02231380100000001      121042880000100000${"Gone".padEnd(34)}231380100000001`,
    `82200000020012104288000000000000000000100000${" ".repeat(35)}231380100000001`,
    "9000001000001000000020012104288000000000000000000100000",
  ].join("\n");

  const { faults, lines } = read("nacha-return", text);

  expect(faults).toEqual([]);
  expect(lines).toMatchObject([
    { status: "refused", code: "R02", reason: "Account closed: Gone", reference: null },
  ]);
});

test("an empty file says that there was nothing; its short lines are as good as long ones", () => {
  const head = "101 231380104 1210428822003271043 094101DESTINATION            ORIGIN";
  const text = `${head}\n${"9000000000001".padEnd(55, "0")}\n${`${"9".repeat(94)}\n`.repeat(8)}`;

  expect(read("nacha-return", text)).toMatchObject({ faults: [], lines: [] });
  expect(read("nacha-return", text.replace("9000000", "9000001")).faults).toHaveLength(1);
});

test("trace numbers that do not rise within a batch are refused", () => {
  const text = bytesOf("ppd-mixedDebitCredit.ach").replace(
    "2\n622231380104837",
    "1\n622231380104837",
  );

  expect(read("nacha-return", text).faults).toEqual([
    { line: 4, place: "trace number", reason: "does not rise after 121042880000001" },
  ]);
});

describe("BAI2", () => {
  const ONE = bytesOf("sample1.txt");
  const THREE = bytesOf("sample3.txt");

  test("type codes give the sides; the text is what is left", () => {
    const { lines, identity, account } = read("bai2", ONE);

    expect([identity, account]).toEqual(["0004/12345/060321/0829/001", "10200123456"]);
    expect(lines[3]).toMatchObject({
      lineNumber: 8,
      amountMinor: 203_500n,
      currency: "CAD",
      side: "credit",
      status: "posted",
      code: "108",
      reason: "TFR 1020 0345678",
      bookedOn: "2006-03-17",
    });
  });

  test("several records on a line, and a text broken over lines", () => {
    const { lines } = read("bai2", THREE);

    expect(lines[1]).toMatchObject({ lineNumber: 3, amountMinor: 500n, code: "142" });
    const broken = lines.find((line) => line.lineNumber === 18);
    expect(broken).toMatchObject({ lineNumber: 18, amountMinor: 2_500n });
    expect(broken?.reason).toMatch(/^111111 {5}ACH_SETL .* 1111111111$/);
  });

  test("a distributed amount continues on record 88, and commas stay in a text", () => {
    const text = [
      "01,122099999,123456789,040621,0200,1,65,,2/",
      "02,031001234,122099999,1,040620,2359,,2/",
      "03,0123456789,,010,+4350000,,/",
      "16,115,10000000,S,5000000,4000000,1000000/",
      "88,AX13612,B096132,AMALGAMATED CORP. LOCKBOX, NORTH",
      "16,475,250000,D,2,0,150000,1,100000,,CHK9/",
      "49,14600000,5/",
      "98,14600000,1,7/",
      "99,14600000,1,9/",
    ].join("\n");

    const document = read("bai2", text);

    expect(document.faults).toEqual([]);
    expect(document.lines).toMatchObject([
      { reference: "B096132", reason: "AMALGAMATED CORP. LOCKBOX, NORTH", side: "credit" },
      { reference: "CHK9", reason: null, side: "debit", amountMinor: 250_000n },
    ]);
  });

  test.each<[string, (text: string) => string, number | null, string, string]>([
    [
      "a wrong amount",
      (t) => t.replace("000000000203500,V", "000000000203501,V"),
      16,
      "record 49",
      "control total",
    ],
    [
      "a lost detail",
      (t) => t.replace(/^16,108,000000000203500.*\n/m, ""),
      15,
      "record 49",
      "count of records",
    ],
    [
      "a wrong group total",
      (t) => t.replace("98,+00000000001280000", "98,+00000000001280001"),
      26,
      "record 98",
      "control total",
    ],
    [
      "a wrong count of groups",
      (t) => t.replace("1280000,1,27/", "1280000,2,27/"),
      27,
      "record 99",
      "count of what it holds",
    ],
    ["a cut file", (t) => t.slice(0, t.indexOf("99,+")), null, "record 99", "cut off"],
    [
      "a lost account trailer",
      (t) => t.replace(/^49,\+00000000000834000.*\n/m, ""),
      16,
      "record 03",
      "trailer",
    ],
    ["an unknown record", (t) => t.replace("02,12345", "05,12345"), 2, "record", "no record"],
    [
      "no amount",
      (t) => t.replace("16,409,000000000090000", "16,409,0000000O0090000"),
      6,
      "record 16",
      "amount",
    ],
    ["another version", (t) => t.replace("80,1,2/", "80,1,1/"), 1, "record 01", "version"],
    [
      "an unknown funds type",
      (t) => t.replace("000000000203500,V", "000000000203500,Q"),
      8,
      "record 16",
      "funds type",
    ],
    ["something else", () => "hello, world", 1, "record", "no record"],
  ])("%s is refused with its place", (_, broken, line, place, reason) => {
    const text = broken(ONE);
    expect(text).not.toBe(ONE);

    const { faults } = read("bai2", text);

    expect(faults).toContainEqual({ line, place, reason: expect.stringContaining(reason) });
  });
});
