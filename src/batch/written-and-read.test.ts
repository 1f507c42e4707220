/** What a layout writes is read back the same in every encoding; what does not fit is not cut. */
import fc from "fast-check";
import { expect, test } from "vitest";

import { trialBytes, trialMovement, trialRenderer } from "../../test/support/trial-file.ts";
import { FieldRefused } from "../formats/field-text.ts";
import type { InboundDocument } from "../formats/read/document.ts";
import { readInbound } from "../formats/read/read-inbound.ts";

const moves = fc.array(
  fc.tuple(fc.constantFrom("debit" as const, "credit" as const), fc.bigInt(1n, 10n ** 12n)),
  { minLength: 1, maxLength: 30 },
);

type Wanted = ["debit" | "credit", bigint][];

function said(document: InboundDocument): Wanted {
  return document.lines.map((line) => [line.side, line.amountMinor] as Wanted[number]);
}

function sum(wanted: Wanted, side: string): bigint {
  return wanted.reduce((total, one) => (one[0] === side ? total + one[1] : total), 0n);
}

const FIELDS = [
  { name: "record", text: "D", width: 1 },
  { name: "line", from: "lineNumber", width: 9, pad: "0" },
  { name: "side", from: "direction", map: { debit: "D", credit: "C" }, width: 1 },
  { name: "on", from: "plannedPostingDate", picture: "yyDDD", width: 5 },
  { name: "key", from: "key", width: 40 },
];

const READING = {
  status: "accepted",
  currency: "USD",
  dates: "yyDDD",
  detail: {
    side: { start: 11, width: 1 },
    bookedOn: { start: 12, width: 5 },
    reference: { start: 17, width: 40 },
    amount: { start: 57, width: 15 },
  },
  trailer: {
    count: { start: 2, width: 9 },
    debit: { start: 11, width: 18 },
    credit: { start: 29, width: 18 },
  },
};

function fixedLayout(field: object, more: object): Record<string, unknown> {
  const sums = [
    { name: "details", from: "detailCount", width: 9, pad: "0" },
    { name: "debits", from: "debitSum", width: 18, pad: "0", decimals: "implied" },
    { name: "credits", from: "creditSum", width: 18, pad: "0", decimals: "implied" },
    { name: "rest", text: "", width: 25 },
  ];
  return {
    format: "fixedWidth",
    name: "trial",
    version: "1",
    ...more,
    header: {
      fields: [
        { name: "record", text: "H", width: 1 },
        { name: "rest", text: "", width: 70 },
      ],
    },
    detail: {
      per: "entry",
      fields: [...FIELDS, { name: "amount", from: "amount", width: 15, ...field }],
    },
    trailer: { fields: [{ name: "record", text: "T", width: 1 }, ...sums] },
  };
}

test.each([
  ["zero filled", { pad: "0", decimals: "implied", sign: "refused" }, {}, {}],
  ["with a point", { decimals: "point" }, {}, { decimals: "point" }],
  ["trailing sign", { pad: "0", decimals: "implied", sign: "trailing" }, {}, { sign: "trailing" }],
  ["overpunch", { pad: "0", decimals: "implied", sign: "overpunch" }, {}, { sign: "overpunch" }],
  [
    "EBCDIC",
    { pad: "0", decimals: "implied", sign: "overpunch" },
    { encoding: "ebcdic-037", lineEnding: "nel" },
    { sign: "overpunch", encoding: "ebcdic-037" },
  ],
  [
    "EBCDIC without line ends",
    { pad: "0", decimals: "implied" },
    { encoding: "ebcdic-037", lineEnding: "none" },
    { encoding: "ebcdic-037", recordLength: 71 },
  ],
] as const)("fixed width, %s: written and read back the same", (_, field, more, reading) => {
  const layout = fixedLayout(field, more);
  const trailer =
    "decimals" in reading || "sign" in reading ? { trailer: { count: READING.trailer.count } } : {};
  fc.assert(
    fc.property(moves, (wanted) => {
      const bytes = trialBytes(
        { layout },
        wanted.map(([side, minor], index) => trialMovement(index, side, minor)),
      );

      const document = readInbound("fixedWidth", bytes, { ...READING, ...reading, ...trailer });

      expect(document.faults).toEqual([]);
      expect(said(document)).toEqual(wanted);
      expect(document.controls.count).toBe(wanted.length);
      if (!("trailer" in trailer)) {
        expect(document.controls.debitMinor).toBe(sum(wanted, "debit"));
        expect(document.controls.creditMinor).toBe(sum(wanted, "credit"));
      }
      expect(document.lines[0]).toMatchObject({
        bookedOn: "2026-11-25",
        reference: "0190a1b2-0000-7000-8000-a00000000000-1",
      });
    }),
    { numRuns: 30 },
  );
});

test("JSON Lines: the shipped layout is read back the same", () => {
  const mapping = {
    status: "posted",
    header: { identity: "fileId" },
    columns: { side: "direction", reference: "key", bookedOn: "postingDate" },
    trailer: { count: "details", debit: "debitSum", credit: "creditSum" },
  };
  fc.assert(
    fc.property(moves, fc.string({ unit: "grapheme", maxLength: 40 }), (wanted, text) => {
      const clear = text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, "") || "x";
      const movements = wanted.map(([side, minor], index) => trialMovement(index, side, minor));

      const bytes = trialBytes({ layout: "json-lines", text: clear }, movements);

      const document = readInbound("jsonLines", bytes, {
        ...mapping,
        columns: { ...mapping.columns, reason: "text" },
      });
      expect(document).toMatchObject({
        faults: [],
        identity: "0190a1b2-0000-7000-8000-00000000000f",
        controls: {
          count: wanted.length,
          debitMinor: sum(wanted, "debit"),
          creditMinor: sum(wanted, "credit"),
        },
      });
      expect(said(document)).toEqual(wanted);
      expect(document.lines[0]?.reason).toBe(clear.trim() || null);
    }),
    { numRuns: 60 },
  );
});

test("generic CSV: the shipped layout is read back the same, quotes and commas and all", () => {
  const mapping = {
    status: "posted",
    records: { header: "FH", detail: "DT", trailer: "FT" },
    trailer: ["record", "count", "lines", "debits", "debit", "credits", "credit"],
    header: ["record", "marker"],
    currency: "USD",
    columns: { side: "direction", reference: "key", reason: "text", bookedOn: "postingDate" },
  };
  fc.assert(
    fc.property(moves, fc.string({ maxLength: 40 }), (wanted, text) => {
      const clear = text.replaceAll(/\p{Cc}/gu, "") || "x";
      const movements = wanted.map(([side, minor], index) => trialMovement(index, side, minor));

      const document = readInbound(
        "csv",
        trialBytes({ layout: "generic-csv", text: clear }, movements),
        mapping,
      );

      expect(document.faults).toEqual([]);
      expect(said(document)).toEqual(wanted);
      expect(document.controls.creditMinor).toBe(sum(wanted, "credit"));
      expect(document.lines[0]?.reason).toBe(clear.trim() || null);
    }),
    { numRuns: 60 },
  );
});

test("a value is written whole or its movement is refused, and leaves no trace", () => {
  const layout = fixedLayout({ pad: "0", decimals: "implied", sign: "overpunch" }, {});
  const detail = {
    per: "entry",
    fields: [{ name: "text", from: "statementText", width: 12 }],
  };
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 }), (text) => {
      const renderer = trialRenderer({ layout: { ...layout, trailer: undefined, detail }, text });
      const before = renderer.totals();
      try {
        const written = renderer.add(trialMovement(1, "credit", 1n)).text;
        expect(written).toBe(`${text}${" ".repeat(12 - Array.from(text).length)}\r\n`);
      } catch (error) {
        if (!(error instanceof FieldRefused)) throw error;
        expect(error.field).toBe("text");
        expect(renderer.totals()).toEqual(before);
      }
    }),
    { numRuns: 300 },
  );
});

test.each([
  ["ebcdic-037", "Zoë Ünal 100 ¢", null],
  ["ebcdic-037", "5 €", '"€" is not EBCDIC 037'],
  ["ascii", "Zoë", '"ë" is not ASCII'],
])("%s writes %j or says why not", (encoding, text, refusal) => {
  const fields = [{ name: "text", from: "statementText", width: 20 }];
  const layout = {
    ...fixedLayout({}, { encoding, lineEnding: "lf" }),
    detail: { fields },
    trailer: undefined,
  };
  const renderer = trialRenderer({ layout, text });

  if (refusal === null) expect(renderer.add(trialMovement(1, "credit", 1n)).text).toContain(text);
  else expect(() => renderer.add(trialMovement(1, "credit", 1n))).toThrow(refusal);
});
