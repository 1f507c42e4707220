/**
 * A layout as it would look: a few made-up movements rendered by it, with the place of every field,
 * or what is wrong with it. Pure, nothing is stored: for an editor that shows it as it is typed.
 */
import { createHash } from "node:crypto";

import { isVaultAccount } from "../../accounting/vault-accounts.ts";
import { encoderOf } from "../../formats/encoding.ts";
import { FieldRefused } from "../../formats/field-text.ts";
import type { Field, Layout } from "../../formats/layout.ts";
import { frameLines } from "../../formats/layout.ts";
import type { FieldFault } from "../../kernel/failure.ts";

import type { LayoutSources } from "../../formats/record.ts";
import { layoutSources, VALUE_PREFIX } from "./layout-sources.ts";
import { checkWritten, shippedLayouts } from "./layouts.ts";
import type { Movement } from "./line-values.ts";
import type { ControlTotals, FileFacts, FileRenderer } from "./render-file.ts";
import { fileRenderer } from "./render-file.ts";
import type { SampleAmount } from "./sample-movements.ts";
import { SAMPLE_AMOUNTS, sampleFacts, sampleMovement } from "./sample-movements.ts";

export interface LayoutTrial {
  /** The name of a shipped layout, or a layout as it is written. */
  readonly layout: unknown;
  readonly values: Readonly<Record<string, string>>;
  readonly currency: string;
  readonly zone: string;
  /** Facts that the client's rule book declares. */
  readonly facts: readonly string[];
  readonly amounts?: readonly SampleAmount[] | undefined;
  /** Real ones instead of made-up ones. */
  readonly movements?: readonly Movement[] | undefined;
  /** Texts of rules, where real ones are shown. */
  readonly textOf?: ((rule: string) => string) | undefined;
  readonly accountNumber?: string | undefined;
  readonly statementText?: string | undefined;
}

export interface FieldPlace {
  readonly name: string;
  /** The source, or null for a constant. */
  readonly from: string | null;
  /** Of a fixed-width line: characters, from 1. */
  readonly start: number | null;
  readonly width: number | null;
}

export interface PreviewLine {
  readonly part: "header" | "detail" | "trailer";
  readonly text: string;
}

export interface LayoutPreview {
  readonly format: string | null;
  /** What is wrong with the layout; then there is nothing else. */
  readonly faults: readonly FieldFault[];
  readonly lines: readonly PreviewLine[];
  /** Made-up movements that did not fit, as they would be refused. */
  readonly refused: readonly {
    readonly row: number;
    readonly field: string;
    readonly reason: string;
  }[];
  /** The fields of each line of a part. */
  readonly fields: Readonly<Record<PreviewLine["part"], readonly (readonly FieldPlace[])[]>>;
  readonly totals: ControlTotals | null;
  /** The file as it would leave. */
  readonly bytes: Buffer;
  readonly sha256: string | null;
}

const NOTHING: LayoutPreview = {
  format: null,
  faults: [],
  lines: [],
  refused: [],
  fields: { header: [], detail: [], trailer: [] },
  totals: null,
  bytes: Buffer.alloc(0),
  sha256: null,
};

const MOST_CHARACTERS = 4 * 1024 ** 2;
const TOO_LARGE: FieldFault = {
  pointer: "",
  detail: "the preview has more than 4 MiB: shorten its fields, or show fewer amounts",
};

/** The sources that a layout's fields may name, by part, for people who write one. */
export function knownSources(facts: readonly string[]): LayoutSources {
  return layoutSources(facts);
}

export function previewLayout(trial: LayoutTrial): LayoutPreview {
  const written =
    typeof trial.layout === "string" ? shippedLayouts().get(trial.layout) : trial.layout;
  if (written === undefined) {
    const known = [...shippedLayouts().keys()].join(", ");
    const detail = `no layout ${String(trial.layout)}; there are ${known}`;
    return { ...NOTHING, faults: [{ pointer: "", detail }] };
  }
  const sources = layoutSources(trial.facts);
  const { layout, faults } = checkWritten(written, sources, trial.values);
  return layout === null ? { ...NOTHING, faults } : rendered(trial, layout, sources);
}

function rendered(trial: LayoutTrial, layout: Layout, sources: LayoutSources): LayoutPreview {
  const renderer = fileRenderer({
    layout,
    sources,
    facts: factsOf(trial, layout),
    zone: trial.zone,
    words: {
      textOf: (rule) =>
        trial.statementText ?? trial.textOf?.(rule) ?? "Provisional credit for your dispute",
      // A real holder's number is never read for a preview: the made-up one stands for it.
      numberOf: (account) =>
        isVaultAccount(account) ? (trial.accountNumber ?? "4000123412341234") : "1044",
    },
  });
  const refused: { row: number; field: string; reason: string }[] = [];
  const attempt = (write: () => string): string => {
    try {
      return write();
    } catch (error) {
      if (!(error instanceof FieldRefused)) throw error;
      const row = renderer.totals().detailCount + 1;
      refused.push({ row, field: error.field, reason: error.reason });
      return "";
    }
  };
  const movements =
    trial.movements ??
    (trial.amounts ?? SAMPLE_AMOUNTS).map((amount, index) =>
      sampleMovement(index, amount, trial.facts),
    );
  const details: string[] = [];
  let characters = 0;
  for (const movement of movements) {
    const text = attempt(() => renderer.add(movement).text);
    characters += text.length;
    if (characters > MOST_CHARACTERS) return { ...NOTHING, faults: [TOO_LARGE] };
    details.push(text);
  }
  return presented(layout, renderer, refused, [
    ["header", attempt(() => renderer.begin())],
    ...details.map((text): [PreviewLine["part"], string] => ["detail", text]),
    ["trailer", attempt(() => renderer.end())],
  ]);
}

function presented(
  layout: Layout,
  renderer: FileRenderer,
  refused: LayoutPreview["refused"],
  parts: readonly [PreviewLine["part"], string][],
): LayoutPreview {
  const bytes = encoderOf(layout.encoding)(parts.map(([, text]) => text).join(""));
  const { detail } = layout;
  return {
    format: layout.format,
    faults: [],
    lines: parts.flatMap(([part, text]) =>
      linesOf(layout, text).map((line) => ({ part, text: line })),
    ),
    refused,
    fields: {
      header: frameLines(layout, "header").map(({ fields }) => placesOf(fields)),
      detail: [placesOf(detail.fields)],
      trailer: frameLines(layout, "trailer").map(({ fields }) => placesOf(fields)),
    },
    totals: renderer.totals(),
    bytes,
    sha256: createHash("sha256").update(bytes).digest("hex"),
  };
}

function factsOf({ values, currency, zone }: LayoutTrial, { name, version }: Layout): FileFacts {
  const own = Object.entries(values).map(([key, value]) => [`${VALUE_PREFIX}${key}`, value]);
  const facts = sampleFacts({ currency, zone, layoutName: name, layoutVersion: version });
  return { ...facts, ...(Object.fromEntries(own) as Record<string, string>) };
}

function linesOf(layout: Layout, text: string): string[] {
  if (layout.lineEnding === "none") {
    const { fields } = layout.detail;
    const width = placesOf(fields).reduce((sum, field) => sum + (field.width ?? 0), 0);
    return text.match(new RegExp(`.{1,${width}}`, "gsu")) ?? [];
  }
  const lines = text.split(/\r\n|[\n\u0085]/);
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

function placesOf(fields: readonly Field[]): FieldPlace[] {
  let next = 1;
  return fields.map((field) => {
    const from = field.from ?? null;
    if (!("width" in field)) return { name: field.name, from, start: null, width: null };
    const start = next;
    next += field.width;
    return { name: field.name, from, start, width: field.width };
  });
}
