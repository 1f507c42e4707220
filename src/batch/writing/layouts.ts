/**
 * Finds the layout of a profile: one of the shipped ones by name, or the client's own. What a file
 * was written with is kept by content, so that a later change of a layout changes no old file.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

import type { CheckedLayout } from "../../formats/check-layout.ts";
import { checkLayout } from "../../formats/check-layout.ts";
import type { Field, Layout } from "../../formats/layout.ts";
import { frameLines, layoutShape } from "../../formats/layout.ts";
import type { LayoutSources } from "../../formats/record.ts";
import type { FieldFault } from "../../kernel/failure.ts";
import { Failure } from "../../kernel/failure.ts";

import { VALUE_PREFIX } from "./layout-sources.ts";

const SHIPPED_DIRECTORY = join(import.meta.dirname, "..", "..", "..", "layouts");

export interface KeptLayout {
  readonly layout: Layout;
  readonly sha256: Buffer;
  /** Canonical JSON: what the hash is of. */
  readonly definition: string;
}

let shipped: ReadonlyMap<string, unknown> | undefined;

/** The layouts that come with Redress, as written, by name. */
export function shippedLayouts(): ReadonlyMap<string, unknown> {
  shipped ??= new Map(
    readdirSync(SHIPPED_DIRECTORY)
      .filter((file) => file.endsWith(".yaml"))
      .sort()
      .map((file) => [
        file.slice(0, -".yaml".length),
        parse(readFileSync(join(SHIPPED_DIRECTORY, file), "utf8")) as unknown,
      ]),
  );
  return shipped;
}

export interface ProfileOfLayout {
  readonly name: string;
  readonly layout: string | Readonly<Record<string, unknown>>;
  readonly values?: Readonly<Record<string, string>>;
}

/** Throws `configuration-invalid` with the places where the layout is wrong. */
export function layoutOf(profile: ProfileOfLayout, sources: LayoutSources): KeptLayout {
  const written =
    typeof profile.layout === "string" ? shippedLayouts().get(profile.layout) : profile.layout;
  if (written === undefined) {
    const known = [...shippedLayouts().keys()].join(", ");
    throw new Failure(
      "configuration-invalid",
      `batch profile ${profile.name}: no layout ${String(profile.layout)}; there are ${known}`,
      { profile: profile.name },
    );
  }
  const { layout, faults } = checkWritten(written, sources, profile.values ?? {});
  if (layout === null) {
    throw new Failure(
      "configuration-invalid",
      `the layout of batch profile ${profile.name} is not right: ${firstOf(faults)}`,
      { profile: profile.name },
      faults,
    );
  }
  const definition = canonicalJson(layout);
  return { layout, definition, sha256: createHash("sha256").update(definition).digest() };
}

/** For where one line has room; all of them stand beside it. */
function firstOf(faults: readonly FieldFault[]): string {
  const [first] = faults;
  const more = faults.length > 1 ? `, and ${faults.length - 1} more` : "";
  return first === undefined ? "" : `${first.pointer} – ${first.detail}${more}`;
}

/** The layout as it would be used with these values of a profile, or what is wrong with it. */
export function checkWritten(
  written: unknown,
  sources: LayoutSources,
  values: Readonly<Record<string, string>>,
): CheckedLayout {
  const parsed = layoutShape.safeParse(written);
  if (!parsed.success) return checkLayout(written, sources);
  const fields = fieldsOf(parsed.data);
  const names = [parsed.data.hashTotal.from, ...fields.map((field) => field.from)].filter(
    (name): name is string => name?.startsWith(VALUE_PREFIX) ?? false,
  );
  const own = new Map(names.map((name) => [name, "text" as const]));
  const checked = checkLayout(written, {
    header: new Map([...sources.header, ...own]),
    detail: new Map([...sources.detail, ...own]),
    trailer: new Map([...sources.trailer, ...own]),
  });
  const missing = valueFaults(fields, values);
  return missing.length === 0 ? checked : { layout: null, faults: [...checked.faults, ...missing] };
}

/** All fields of a layout. */
export function fieldsOf(layout: Layout): readonly Field[] {
  const frames = [...frameLines(layout, "header"), ...frameLines(layout, "trailer")];
  return [...frames.flatMap(({ fields }) => fields), ...layout.detail.fields];
}

function valueFaults(
  fields: readonly Field[],
  values: Readonly<Record<string, string>>,
): FieldFault[] {
  const wanted = fields.flatMap(({ from, required }) =>
    required && from?.startsWith(VALUE_PREFIX) ? from.slice(VALUE_PREFIX.length) : [],
  );
  return [...new Set(wanted)]
    .filter((name) => !Object.hasOwn(values, name))
    .map((name) => ({ pointer: `/values/${name}`, detail: "the layout needs it" }));
}

/** The layout as it was kept; its sources were checked when the file was written. */
export function keptLayout(definition: string): Layout {
  return layoutShape.parse(JSON.parse(definition));
}

/** JSON with sorted keys and no spaces: equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
