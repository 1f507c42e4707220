/** What one sender writes otherwise than another, and means the same. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import type { InboundDocument, InboundFormat } from "./document.ts";
import { readInbound } from "./read-inbound.ts";

const FILES = join(import.meta.dirname, "..", "..", "..", "test", "fixtures", "bank-files");

function read(format: InboundFormat, text: string, mapping = {}): InboundDocument {
  return readInbound(format, Buffer.from(text), mapping);
}

function fixture(name: string): string {
  return readFileSync(join(FILES, name), "utf8");
}

describe("CSV", () => {
  const LINE = {
    faults: [],
    lines: [{ reference: "a", amountMinor: 1250n, side: "debit", status: "refused" }],
  };

  test.each([
    ["capitals", "RECORD,REFERENCE,AMOUNT,SIDE,STATUS", "AD,a,12.50,DEBIT,REFUSED"],
    ["mixed letters", "Record,Reference,Amount,Side,Status", "AD,a,12.5,d,Refused"],
    ["zeros behind", "record,reference,amount,side,status", "AD,a,12.5000,D,refused"],
  ])("titles and words in %s", (_, titles, row) => {
    expect(read("csv", `AH,X,,,USD\n${titles}\n${row}\nAT,1,12.50,0\n`)).toMatchObject(LINE);
  });

  test("an amount in a column that the profile names in other letters", () => {
    const titles = "record,reference,BETRAG,side,status";
    const mapping = { columns: { amount: "Betrag" } };

    const text = `AH,X,,,USD\n${titles}\nAD,a,12.50,D,refused\nAT,1,,\n`;

    expect(read("csv", text, mapping)).toMatchObject(LINE);
  });

  test("two titles that differ in their letters alone say nothing certain", () => {
    const text = "AH,X,,,USD\nrecord,Amount,amount,status\nAD,1.00,2.00,refused\nAT,1,,\n";

    expect(read("csv", text).faults).toEqual([
      { line: 2, place: "titles", reason: "amount stands there twice" },
    ]);
  });

  test("yen with decimals that are zero, and with others", () => {
    const yen = (amount: string): InboundDocument =>
      read("csv", `AH,X,,,JPY\nrecord,amount,status\nAD,${amount},refused\nAT,1,,\n`);

    expect(yen("1000.00")).toMatchObject({ faults: [], lines: [{ amountMinor: 1000n }] });
    expect(yen("1000.50").faults).toMatchObject([{ line: 3, place: "amount" }]);
  });

  test("empty rows of a spreadsheet, and the end of a text file", () => {
    const text = "AH,X,,,USD\nrecord,status\nAD,refused\n,,,\nAT,1,,\n,,,,\n , \n\u001a";

    expect(read("csv", text)).toMatchObject({ faults: [], lines: [{ lineNumber: 3 }] });
  });
});

describe("Nacha", () => {
  const WEB = fixture("return-WEB.ach");

  test("a code in small letters is that code: what disputes a return returns nothing", () => {
    const dishonored = fixture("dishonored-return.ach").replace("799R68", "799r68");

    expect(read("nacha-return", dishonored).lines[0]).toMatchObject({
      status: "unknown",
      code: "R68",
      reason: "return R01 dishonored: Untimely Return",
    });
  });

  test("the end of a text file may stand right behind the last record", () => {
    const text = `${WEB.trimEnd()}\n${"9".repeat(94)}`;

    expect(read("nacha-return", `${text}\u001a`)).toEqual(read("nacha-return", text));
    expect(read("nacha-return", `${text}\u001a\r\n`).faults).toEqual([]);
  });

  test("an empty acknowledgement acknowledges no file, whatever its reference code", () => {
    const head = (WEB.split("\n")[0] as string).padEnd(94).slice(0, 86);
    const text = `${head}${"7".padEnd(8)}\n${"9000000000001".padEnd(55, "0")}\n`;

    expect(read("nacha-acknowledgement", text)).toMatchObject({ faults: [], lines: [] });
  });

  test("a change to an international entry shows no account number as its reference", () => {
    const text = [
      "101 231380104 1210428822003271043A094101DESTINATION            ORIGIN",
      `5220IATCOR          FF3               US${"123456789".padEnd(10)}` +
        "CORTRADEPAYMTCADUSD000000   1231380100000001",
      `6211210428820001             0000000000${"9988776655".padEnd(39)}1231380100000001`,
      `798C01231380100000001      12104288${"1918171614".padEnd(44)}231380100000001`,
      `82200000020012104288000000000000000000000000${" ".repeat(35)}231380100000001`,
      "9000001000001000000020012104288000000000000000000000000",
    ].join("\n");

    const { faults, lines } = read("nacha-return", text);

    expect(faults).toEqual([]);
    expect(lines).toMatchObject([{ status: "unknown", code: "C01", reference: null }]);
  });
});

describe("ISO 20022 in an envelope", () => {
  const within = (text: string, [open, close]: readonly [string, string]): string =>
    `${open}${text.replace(/<\?xml[^>]*\?>/, "")}${close}`;
  const HEADER = "<AppHdr xmlns='urn:iso:std:iso:20022:tech:xsd:head.001.001.02'/>";

  test.each<[string, readonly [string, string]]>([
    ["of a business message", [`<BizMsgEnvlp>${HEADER}`, "</BizMsgEnvlp>"]],
    ["of SOAP", ["<s:Envelope xmlns:s='urn:s'><s:Body>", "</s:Body></s:Envelope>"]],
  ])("%s", (_, envelope) => {
    for (const [format, name] of [
      ["camt.054", "camt054.v4.xml"],
      ["pain.002", "pain002-v10-report.xml"],
    ] as const) {
      const { faults, identity, lines } = read(format, within(fixture(name), envelope));

      expect(faults).toEqual([]);
      expect(identity).toBe(read(format, fixture(name)).identity);
      expect(lines).toHaveLength(3);
    }
  });

  test("with two messages is refused: which one is meant?", () => {
    const one = fixture("camt054.v4.xml").replace(/<\?xml[^>]*\?>/, "");

    expect(read("camt.054", `<Envelope>${one}${one}</Envelope>`)).toMatchObject({
      lines: [],
      faults: [{ place: "document", reason: "is no camt.054 message" }],
    });
  });
});
