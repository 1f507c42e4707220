/**
 * What is wrong with a layout before a file is written with it: an unknown source, a picture on
 * something without a date, a fixed field whose constant does not fit.
 */
import { namesNear } from "../kernel/near-names.ts";
import type { FieldFault } from "../kernel/failure.ts";
import { faultsOf } from "../kernel/field-faults.ts";

import type { Sources } from "./field-text.ts";
import { FieldRefused, isNumeric } from "./field-text.ts";
import { templateFaults } from "./check-template.ts";
import { encodingCheck } from "./encoding.ts";
import type { Field, FixedWidthLayout, Layout } from "./layout.ts";
import { frameLines, layoutShape } from "./layout.ts";
import { hasTime } from "./picture.ts";
import type { LayoutSources } from "./record.ts";
import { LINE_ENDINGS, widthOf } from "./record.ts";

export interface CheckedLayout {
  readonly layout: Layout | null;
  readonly faults: readonly FieldFault[];
}

const MOST_FAULTS = 100;
/** The longest record that mainframes have (LRECL). */
const WIDEST_LINE = 32_760;
const LARGEST_BLOCK = 1_000_000;

/** The layout as it will be used, or what is wrong with it, by JSON Pointer. */
export function checkLayout(written: unknown, sources: LayoutSources): CheckedLayout {
  const parsed = layoutShape.safeParse(written);
  if (!parsed.success) {
    return { layout: null, faults: faultsOf(parsed.error, "").slice(0, MOST_FAULTS) };
  }
  const layout = parsed.data;
  const faults = [
    ...frameFaults(layout, "header", sources.header),
    ...fieldFaults(layout.detail.fields, sources.detail, ["detail"]),
    ...frameFaults(layout, "trailer", sources.trailer),
    ...(layout.format === "xml" ? templateFaults(layout) : []),
    ...(layout.format === "fixedWidth" ? widthFaults(layout) : []),
    ...encodingFaults(layout),
  ];
  if (!sources.detail.has(layout.hashTotal.from)) {
    faults.push({
      pointer: "/hashTotal/from",
      detail: unknownSource(layout.hashTotal.from, sources.detail),
    });
  }
  return { layout: faults.length === 0 ? layout : null, faults: faults.slice(0, MOST_FAULTS) };
}

function frameFaults(layout: Layout, part: "header" | "trailer", sources: Sources): FieldFault[] {
  return frameLines(layout, part).flatMap(({ path, fields }) => fieldFaults(fields, sources, path));
}

/** No line is wider than a record can be; blocks, and lines without an end, need one width. */
function widthFaults(layout: FixedWidthLayout): FieldFault[] {
  const width = widthOf(layout.detail.fields);
  const frames = [...frameLines(layout, "header"), ...frameLines(layout, "trailer")];
  const lines = [{ path: ["detail"], fields: layout.detail.fields }, ...frames];
  const faults = lines
    .filter(({ fields }) => widthOf(fields) > WIDEST_LINE)
    .map(({ path, fields }) => ({
      pointer: pointerOf(path),
      detail: `is ${widthOf(fields)} characters wide, at most ${WIDEST_LINE}`,
    }));
  const block = width * (layout.blocking?.lines ?? 0);
  if (block > LARGEST_BLOCK) {
    const detail = `is a block of ${block} characters, at most ${LARGEST_BLOCK}`;
    faults.push({ pointer: "/blocking", detail });
  }
  if (layout.blocking === undefined && layout.lineEnding !== "none") return faults;
  for (const { path, fields } of frames) {
    if (widthOf(fields) === width) continue;
    const detail = `is ${widthOf(fields)} characters wide, and a detail ${width}`;
    faults.push({ pointer: pointerOf(path), detail });
  }
  return faults;
}

/** Fields are checked when they are written; what stands between them is the layout's alone. */
function encodingFaults(layout: Layout): FieldFault[] {
  const check = encodingCheck(layout.encoding);
  return [...betweenFields(layout)].flatMap(({ pointer, name, text }) => {
    try {
      check(name, text);
      return [];
    } catch (error) {
      if (!(error instanceof FieldRefused)) throw error;
      return [{ pointer, detail: error.message }];
    }
  });
}

function* betweenFields(
  layout: Layout,
): Generator<{ readonly pointer: string; readonly name: string; readonly text: string }> {
  const lineEnding = LINE_ENDINGS[layout.lineEnding];
  yield { pointer: "/lineEnding", name: "line ending", text: lineEnding };
  if (layout.format === "fixedWidth") {
    yield { pointer: "/blocking/filler", name: "filler", text: layout.blocking?.filler ?? "" };
  }
  if (layout.format !== "delimited") return;
  yield { pointer: "/delimiter", name: "delimiter", text: layout.delimiter };
  yield { pointer: "/quote", name: "quote", text: layout.quote };
  if (!layout.titles) return;
  for (const [index, { name }] of layout.detail.fields.entries()) {
    yield { pointer: pointerOf(["detail", "fields", index, "name"]), name: "title", text: name };
  }
}

function fieldFaults(
  fields: readonly Field[],
  sources: Sources,
  path: readonly (string | number)[],
): FieldFault[] {
  const seen = new Set<string>();
  return fields.flatMap((field, index) => {
    const pointer = pointerOf([...path, "fields", index]);
    const details = [...detailsOf(field, sources)];
    if (seen.has(field.name)) details.push(`two fields are named ${field.name}`);
    seen.add(field.name);
    return details.map((detail) => ({ pointer, detail: `${field.name}: ${detail}` }));
  });
}

function* detailsOf(field: Field, sources: Sources): Generator<string> {
  if (field.text !== undefined && "width" in field && field.text.length > field.width) {
    yield `the text does not fit its width of ${field.width}`;
  }
  if (field.from === undefined) return;
  const type = sources.get(field.from);
  if (type === undefined) {
    yield unknownSource(field.from, sources);
    return;
  }
  if ("align" in field && field.align === "left" && /[0-9]/.test(field.pad)) {
    if (isNumeric(field, type)) yield "digits after a number make another number of it";
  }
  if (field.picture === undefined) return;
  if (type !== "date" && type !== "instant") yield `a picture on ${field.from}, which is a ${type}`;
  if (type === "date" && hasTime(field.picture)) yield `${field.from} has no time of day`;
}

function unknownSource(name: string, sources: Sources): string {
  const names = [...sources.keys()];
  const near = namesNear(name, names);
  return near.length > 0
    ? `${name} is not a source here; is ${near.join(" or ")} meant?`
    : `${name} is not a source here; there are ${names.join(", ")}`;
}

function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part)}`).join("");
}
