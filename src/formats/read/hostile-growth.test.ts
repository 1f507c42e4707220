/**
 * Files made to be slow to read: each is so long that a reader whose work grows with the square of
 * its length does not end in time.
 */
import { expect, test } from "vitest";

import type { InboundFormat } from "./document.ts";
import { LONGEST_LINE, MOST_ELEMENTS, MOST_LINES } from "./limits.ts";
import { readInbound } from "./read-inbound.ts";

const MANY = 100_000;
const IN_TIME = { timeout: 30_000 };

function camt(body: string): string {
  return (
    "<Document><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr>" +
    `<Stmt><Acct><Id><IBAN>1</IBAN></Id></Acct>${body}</Stmt></BkToCstmrStmt></Document>`
  );
}

function entry(details: string, amount = "1.00"): string {
  const head = `<Amt Ccy="USD">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>`;
  return `<Ntry>${head}${details}</Ntry>`;
}

function report(payments: string, group = ""): string {
  return (
    "<Document><CstmrPmtStsRpt><GrpHdr><MsgId>A</MsgId></GrpHdr><OrgnlGrpInfAndSts>" +
    `<OrgnlMsgId>B</OrgnlMsgId>${group}</OrgnlGrpInfAndSts>${payments}</CstmrPmtStsRpt></Document>`
  );
}

function bai2(account: string): string {
  return `01,S,R,260101,0100,1,,,2/\n02,R,S,1,260101,,USD,2/\n${account}\n98,0,1,3/\n99,0,1,5/\n`;
}

function csv(row: string): string {
  return `AH,X,,,USD\nrecord,reference,amount,side,status\n${row}\nAT,1,,\n`;
}

const COUNT = "<NbOfTxsPerSts><DtldNbOfTxs>9</DtldNbOfTxs><DtldSts>RJCT</DtldSts></NbOfTxsPerSts>";
const REFUSED = "<TxInfAndSts><TxSts>RJCT</TxSts></TxInfAndSts>";

/** What is slow in it, the format, the text, how many lines it gives. */
const CASES: readonly (readonly [string, InboundFormat, () => string, number])[] = [
  [
    "transactions that are closed at once",
    "camt.053",
    () => camt(entry(`<NtryDtls>${"<TxDtls/>".repeat(MANY)}</NtryDtls>`)),
    MANY,
  ],
  [
    "an entry of many details that has no date",
    "camt.054",
    () =>
      camt(entry("<NtryDtls><TxDtls><A/></TxDtls></NtryDtls>".repeat(MANY)))
        .replaceAll("BkToCstmrStmt", "BkToCstmrDbtCdtNtfctn")
        .replaceAll("Stmt>", "Ntfctn>"),
    MANY,
  ],
  ["decimals of zeros", "camt.053", () => camt(entry("", `1.${"0".repeat(4 * MANY)}1`)), 0],
  ["elements within each other", "camt.053", () => camt("<A>".repeat(MANY)), 0],
  [
    "attributes",
    "camt.053",
    () => camt(`<A ${Array.from({ length: MANY }, (_, at) => `a${at}="1"`).join(" ")}/>`),
    0,
  ],
  ["one long text", "camt.053", () => camt(entry(`<A>${"x &lt; ".repeat(MANY)}</A>`)), 1],
  [
    "a payment's status over many transactions",
    "pain.002",
    () =>
      report(
        `<OrgnlPmtInfAndSts><PmtInfSts>RJCT</PmtInfSts>${"<TxInfAndSts/>".repeat(MANY)}` +
          "</OrgnlPmtInfAndSts>",
      ),
    MANY,
  ],
  [
    "a payment's reasons for each of its transactions",
    "pain.002",
    () => {
      const reason = (_: unknown, at: number): string =>
        `<StsRsnInf><AddtlInf>reason ${at}</AddtlInf></StsRsnInf>`;
      const reasons = Array.from({ length: 30_000 }, reason).join("");
      const within = reasons + "<TxInfAndSts></TxInfAndSts>".repeat(30_000);
      const status = "<PmtInfSts>RJCT</PmtInfSts>";
      return report(`<OrgnlPmtInfAndSts>${status}${within}</OrgnlPmtInfAndSts>`);
    },
    30_000,
  ],
  [
    "counts over as many transactions",
    "pain.002",
    () =>
      report(
        `<OrgnlPmtInfAndSts>${REFUSED.repeat(30_000)}</OrgnlPmtInfAndSts>`,
        COUNT.repeat(30_000),
      ),
    30_000,
  ],
  [
    "a text over many lines",
    "bai2",
    () => bai2(`03,1,,/\n16,100,1,0,a,b,${"text\n".repeat(4 * MANY)}49,1,3/`),
    1,
  ],
  [
    "an account of many summaries",
    "bai2",
    () => bai2(`03,1,\n${"88,010,1,,\n".repeat(MANY)}49,1,2/`),
    0,
  ],
  [
    "many details of an account of many summaries",
    "bai2",
    () =>
      bai2(`03,1,\n${"88,010,1,,\n".repeat(30_000)}${"16,100,1,0,a,b/\n".repeat(30_000)}49,1,2/`),
    30_000,
  ],
  [
    "blanks within an amount",
    "csv",
    () => csv(`AD,a,1${" ".repeat(9 * MANY)}x,credit,accepted`),
    0,
  ],
  [
    "a quoted cell that a pattern would be too deep for",
    "csv",
    () => csv(`AD,a,1,credit,"${'""\n'.repeat(20 * MANY)}"`),
    0,
  ],
  ["arrays within each other", "jsonLines", () => `{"a":${"[".repeat(9 * MANY)}}\n`, 0],
];

test.each(CASES)("%s (%s)", IN_TIME, (_, format, text, lines) => {
  const document = readInbound(format, Buffer.from(text()));

  expect(document.lines).toHaveLength(lines);
});

test("a line that is too long is refused by its number", () => {
  const row = `AD,a,1.00,credit,accepted\nAD,${"a".repeat(LONGEST_LINE)},1.00,credit,accepted`;

  expect(readInbound("csv", Buffer.from(csv(row)))).toMatchObject({
    lines: [],
    faults: [{ line: 4, place: "line", reason: "is longer than 1048576 characters" }],
  });
});

test.each([
  ["zip", [0x50, 0x4b, 3, 4]],
  ["gzip", [0x1f, 0x8b, 8, 0]],
])("a packed file (%s) is refused, not unpacked", (name, first) => {
  const { faults } = readInbound("camt.053", Buffer.concat([Buffer.from(first), Buffer.alloc(99)]));

  expect(faults).toEqual([
    { line: null, place: "encoding", reason: `is packed (${name}): send it unpacked` },
  ]);
});

test.each([
  ["camt.053", 32],
  ["csv", 128],
] as const)("%s of more than %d MiB is refused before it is read", (format, mebibytes) => {
  const { faults } = readInbound(format, Buffer.alloc(mebibytes * 1024 ** 2 + 1));

  expect(faults).toEqual([{ line: null, place: "size", reason: `is more than ${mebibytes} MiB` }]);
});

test("a tree of too many elements is refused before it is built", () => {
  const { faults } = readInbound("camt.053", Buffer.from(camt("<a/>".repeat(MOST_ELEMENTS))));

  expect(faults).toEqual([{ line: null, place: "elements", reason: "are more than 1000000" }]);
});

test("rows beyond the most, and faults beyond the most, are not gathered", IN_TIME, () => {
  const titles = "AH,X,,,USD\nrecord,status\n";
  const lines = readInbound("csv", Buffer.from(titles + "AD,accepted\n".repeat(MOST_LINES + 2)));
  const wrong = readInbound("csv", Buffer.from(titles + "AD,wrong\n".repeat(50_000)));

  expect(lines).toMatchObject({
    lines: [],
    faults: [{ place: "lines", reason: "are more than 2000000" }],
  });
  expect(wrong.faults.length).toBeLessThan(10_010);
});

test("words of a fault and of a reason are shortened, a reference is not", () => {
  const titles = "record,reference,status,reason";
  const file = (row: string): string => `AH,X,,,USD\n${titles}\n${row}\nAT,1,,\n`;
  const long = "x".repeat(5000);

  const { lines } = readInbound("csv", Buffer.from(file(`AD,a,refused,${long}`)));
  const { faults } = readInbound("csv", Buffer.from(file(`AD,${long},refused,`)));

  expect(lines[0]?.reason).toBe(`${"x".repeat(1999)}…`);
  expect(faults).toEqual([
    { line: 3, place: "reference", reason: "is longer than 255 characters" },
  ]);
});
