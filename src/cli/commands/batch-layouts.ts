/**
 * `redress batch preview` and `redress batch layouts`: what a layout makes of made-up adjustments,
 * or what is wrong with it; the layouts there are, and the schema of them. Needs no database.
 */
import { readFile } from "node:fs/promises";

import type { Command } from "commander";
import { parse } from "yaml";

import { shippedLayouts } from "../../batch/writing/layouts.ts";
import type { LayoutPreview } from "../../batch/writing/preview-layout.ts";
import { previewLayout } from "../../batch/writing/preview-layout.ts";
import { json } from "../../database/sql.ts";
import { layoutSchemaText } from "../../formats/layout-schema.ts";
import { Failure } from "../../kernel/failure.ts";
import { exponentOf } from "../../kernel/money.ts";
import type { CommandContext } from "../context.ts";
import { EXIT } from "../exit-code.ts";
import { printListing } from "../output.ts";

interface Chosen {
  readonly value?: string[];
  readonly currency: string;
  readonly zone: string;
  readonly json?: boolean;
  readonly schema?: boolean;
}

export function layoutCommands(group: Command, context: CommandContext): void {
  group
    .command("preview")
    .description("show what a layout makes of made-up adjustments, or what is wrong with it")
    .argument("<layout>", "name of a shipped layout, or a YAML or JSON file")
    .option("--value <name=text...>", "a value of the profile that the layout asks for")
    .option("--currency <code>", "of the amounts", "USD")
    .option("--zone <zone>", "time zone of the file's times", "UTC")
    .option("--json", "print the result as JSON")
    .action((layout: string, chosen: Chosen) => runPreview(context, layout, chosen));
  group
    .command("layouts")
    .description("the layouts that come with Redress")
    .option("--schema", "print the JSON Schema of layouts instead")
    .option("--json", "print the result as JSON")
    .action((chosen: Chosen) => runLayouts(context, chosen));
}

async function runPreview(context: CommandContext, layout: string, chosen: Chosen): Promise<void> {
  exponentOf(chosen.currency);
  const preview = previewLayout({
    layout: shippedLayouts().has(layout) ? layout : await writtenIn(layout),
    values: valuesOf(chosen.value ?? []),
    currency: chosen.currency,
    zone: chosen.zone,
    facts: [],
  });
  if (chosen.json === true) {
    const { bytes, ...rest } = preview;
    context.print(json({ ...rest, base64: bytes.toString("base64") }));
  } else tell(context, preview);
  if (preview.faults.length > 0) context.finish(EXIT.failure);
}

function tell(context: CommandContext, { faults, lines, refused }: LayoutPreview): void {
  for (const { pointer, detail } of faults) context.remark(`${pointer}: ${detail}`);
  for (const { text } of lines) context.print(text);
  for (const { row, field, reason } of refused) {
    context.remark(`row ${row}, field ${field}: ${reason}: this adjustment would be refused`);
  }
}

/** Throws `input-invalid` for what cannot be read. */
async function writtenIn(path: string): Promise<unknown> {
  try {
    return parse(await readFile(path, "utf8")) as unknown;
  } catch (error) {
    const known = [...shippedLayouts().keys()].join(", ");
    const problem = error instanceof Error ? error.message : String(error);
    throw new Failure("input-invalid", `${path} is no layout (${known}) and no file: ${problem}`);
  }
}

function valuesOf(written: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    written.map((one) => {
      const [, name, value] = /^([A-Za-z][A-Za-z0-9]*)=(.+)$/s.exec(one) ?? [];
      if (name === undefined || value === undefined) {
        throw new Failure("input-invalid", `--value ${one} is not name=text`);
      }
      return [name, value];
    }),
  );
}

function runLayouts(context: CommandContext, chosen: Chosen): void {
  if (chosen.schema === true) return context.print(layoutSchemaText().trimEnd());
  const rows = [...shippedLayouts()].map(([name, written]) => {
    const { format, meaning } = written as { format: string; meaning?: string };
    return { name, format, meaning: meaning ?? "" };
  });
  printListing(context, rows, {
    json: chosen.json === true,
    columns: ["name", "format", "meaning"],
  });
}
