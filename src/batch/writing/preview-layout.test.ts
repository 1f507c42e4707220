import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

import { NACHA_VALUES, PAIN_VALUES } from "../../../test/support/trial-file.ts";
import { decodeEbcdic } from "../../formats/ebcdic.ts";
import { LAYOUT_SCHEMA_FILE, layoutSchemaText } from "../../formats/layout-schema.ts";
import { readInbound } from "../../formats/read/read-inbound.ts";
import { shippedLayouts } from "./layouts.ts";
import { previewLayout } from "./preview-layout.ts";

const ABOUT = {
  values: { ...NACHA_VALUES, ...PAIN_VALUES },
  currency: "USD",
  zone: "America/New_York",
  facts: [],
};

test.each([...shippedLayouts().keys()])("the shipped layout %s has a preview", (layout) => {
  const preview = previewLayout({ ...ABOUT, layout });

  expect(preview.faults).toEqual([]);
  expect(preview.lines.map((line) => line.part)).toContain("detail");
  expect(preview.bytes.length).toBeGreaterThan(100);
  // A pain file holds one direction only.
  expect(preview.refused).toHaveLength(layout.startsWith("pain") ? 2 : 0);
});

test("places of fixed-width fields are told, and the bytes are those of the file", () => {
  const preview = previewLayout({ ...ABOUT, layout: "nacha-ppd" });

  expect(preview.fields.header).toHaveLength(2);
  expect(preview.fields.detail[0]).toContainEqual({
    name: "amount",
    from: "amount",
    start: 30,
    width: 10,
  });
  expect(preview.totals).toMatchObject({ detailCount: 4, lineCount: 10 });
  expect(readInbound("nacha-return", preview.bytes)).toMatchObject({ faults: [] });
});

test("what is wrong with a layout is told by its place, and nothing is rendered", () => {
  const layout = {
    format: "xml",
    name: "trial",
    version: "1",
    header: { template: "<a><b>" },
    detail: { template: "<c>{amount}</c>", fields: [{ name: "amount", from: "amonut" }] },
    trailer: { template: "</a>" },
  };
  const misspelled = previewLayout({ ...ABOUT, layout });
  const fixed = {
    ...layout,
    detail: { ...layout.detail, fields: [{ name: "amount", from: "amount" }] },
  };

  expect(misspelled.faults).toContainEqual({
    pointer: "/detail/fields/0",
    detail: expect.stringContaining("amonut is not a source"),
  });
  expect(misspelled.lines).toEqual([]);
  expect(previewLayout({ ...ABOUT, layout: fixed }).faults).toEqual([
    { pointer: "/header/template", detail: expect.stringContaining("not well-formed") },
  ]);
  expect(previewLayout({ ...ABOUT, layout: "nacha-pdp" }).faults[0]?.detail).toContain("nacha-ppd");
});

test("what does not fit is shown as it would be refused, beside what fits", () => {
  const layout = {
    format: "fixedWidth",
    name: "narrow",
    version: "1",
    encoding: "ebcdic-037",
    lineEnding: "none",
    detail: {
      fields: [{ name: "amount", from: "amount", width: 6, pad: "0", decimals: "implied" }],
    },
  };

  const preview = previewLayout({ ...ABOUT, layout });

  expect(preview.refused).toEqual([
    { row: 4, field: "amount", reason: "9 characters, room for 6" },
  ]);
  expect(preview.lines.map((line) => line.text)).toEqual(["012500", "008765", "000001"]);
  expect(decodeEbcdic(preview.bytes)).toBe("012500008765000001");
});

test.each([
  ["two kinds of frame", { header: { fields: [], lines: [] } }, "/header"],
  [
    "blocks of other widths",
    { blocking: { lines: 10 }, header: { fields: [{ name: "h", text: "H", width: 3 }] } },
    "/header",
  ],
  ["an unknown encoding", { encoding: "utf-16" }, "/encoding"],
])("a layout with %s is refused with the place", (_, more, pointer) => {
  const layout = {
    format: "fixedWidth",
    name: "trial",
    version: "1",
    detail: { fields: [{ name: "amount", from: "amount", width: 6 }] },
    ...more,
  };

  const { faults } = previewLayout({ ...ABOUT, layout });

  expect(faults.map((fault) => fault.pointer)).toContainEqual(expect.stringContaining(pointer));
});

test("the published schema is the one that validates", () => {
  const path = join(import.meta.dirname, "..", "..", "..", LAYOUT_SCHEMA_FILE);

  expect(readFileSync(path, "utf8"), "node tools/write-layout-schema.ts").toBe(layoutSchemaText());
});
