/** Layouts that nobody should write: each is answered with its place, in bounded time. */
import { expect, test } from "vitest";

import { previewLayout } from "./preview-layout.ts";

const ABOUT = { values: {}, currency: "USD", zone: "UTC", facts: [] };

const AMOUNTS = Array.from({ length: 50 }, () => ({
  direction: "credit" as const,
  amountMinor: 1253n,
}));

const own = (more: Record<string, unknown>) => ({ name: "own", version: "1", ...more });
const constants = (count: number, more: Record<string, unknown> = {}) =>
  Array.from({ length: count }, (_, at) => ({ name: `f${at}`, text: "", ...more }));
const wide = (count: number) => constants(count, { width: 10_000 });
const ofXml = (template: string, fields: unknown[] = [], more: Record<string, unknown> = {}) =>
  own({
    format: "xml",
    header: { template: "<a>" },
    detail: { template, fields },
    trailer: { template: "</a>" },
    ...more,
  });

test.each([
  [
    "a line wider than any record",
    own({ format: "fixedWidth", detail: { fields: wide(500) } }),
    "/detail",
    /5000000 characters wide, at most 32760/,
  ],
  [
    "a header of twenty such lines",
    own({
      format: "fixedWidth",
      header: { lines: Array.from({ length: 20 }, () => ({ fields: wide(500) })) },
      detail: { fields: wide(1) },
    }),
    "/header/lines/0",
    /at most 32760/,
  ],
  [
    "blocks that are filled up for ever",
    own({ format: "fixedWidth", blocking: { lines: 1000 }, detail: { fields: wide(3) } }),
    "/blocking",
    /a block of 30000000 characters, at most 1000000/,
  ],
  [
    "ten thousand fields",
    own({ format: "delimited", detail: { fields: constants(10_000) } }),
    "/detail/fields",
    /500/,
  ],
  [
    "a template nested ten thousand deep",
    ofXml("{?x}".repeat(10_000) + "{/x}".repeat(10_000), [{ name: "x", text: "" }]),
    "/detail/template",
    /nested more than 32 deep/,
  ],
  [
    "elements nested ten thousand deep",
    ofXml("<b>".repeat(10_000) + "</b>".repeat(10_000)),
    "/header/template",
    /deep|nested|well-formed/,
  ],
  [
    "a source that is not there",
    own({ format: "delimited", detail: { fields: [{ name: "f", from: "__proto__" }] } }),
    "/detail/fields/0",
    /__proto__ is not a source here/,
  ],
])("%s is a fault with its place", (_, layout, pointer, detail) => {
  const preview = previewLayout({ ...ABOUT, layout, amounts: AMOUNTS });

  expect(preview.faults[0]).toMatchObject({ pointer, detail: expect.stringMatching(detail) });
  expect(preview.bytes).toHaveLength(0);
});

test("a thousand faults are answered with the first hundred", () => {
  const fields = Array.from({ length: 500 }, (_, at) => ({ name: `f${at}`, from: "nowhere" }));
  const lines = Array.from({ length: 20 }, () => ({ fields }));
  const layout = own({ format: "delimited", header: { lines }, detail: { fields } });

  const preview = previewLayout({ ...ABOUT, layout });

  expect(preview.faults).toHaveLength(100);
});

test("a line that a template blows up is refused with its row", () => {
  const layout = ofXml("{x}".repeat(30_000), [{ name: "x", text: "y".repeat(100_000) }]);

  const preview = previewLayout({ ...ABOUT, layout });

  expect(preview.faults).toEqual([]);
  expect(preview.refused[0]).toMatchObject({
    row: 1,
    field: "line",
    reason: "more than 1000000 characters",
  });
});

test("a preview larger than anybody reads is a fault", () => {
  const layout = own({
    format: "delimited",
    detail: { fields: [{ name: "f", text: "y".repeat(900_000) }] },
  });

  const preview = previewLayout({ ...ABOUT, layout, amounts: AMOUNTS });

  expect(preview.faults).toEqual([
    { pointer: "", detail: expect.stringContaining("more than 4 MiB") },
  ]);
});
