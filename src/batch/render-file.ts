/**
 * Renders a batch file: header, details in order, trailer with control totals. A pure function of
 * the layout, the file's facts and the ordered movements: the same in, the same bytes out.
 *
 * A movement that does not fit is refused as a whole and leaves no trace in lines or totals.
 */
import type { Values } from "../formats/field-text.ts";
import type { Layout } from "../formats/layout.ts";
import type { LayoutSources, LayoutWriter } from "../formats/record.ts";
import { compileLayout } from "../formats/record.ts";

import type { FileSource, TotalsSource } from "./layout-sources.ts";
import { lineValues } from "./line-values.ts";
import type { Direction, Movement, Words } from "./line-values.ts";

export type FileFacts = Readonly<Record<FileSource, string | number | bigint | null>>;

export interface ControlTotals {
  readonly adjustmentCount: number;
  readonly detailCount: number;
  /** All lines of the file, header, titles and trailer included. */
  readonly lineCount: number;
  readonly debitCount: number;
  readonly debitMinor: bigint;
  readonly creditCount: number;
  readonly creditMinor: bigint;
  readonly hashTotal: bigint;
}

export interface RenderedMovement {
  /** Its lines, each with its ending. */
  readonly text: string;
  /** Of its first detail line, from 1. */
  readonly lineNumber: number;
  readonly detailCount: number;
  readonly direction: Direction;
  readonly amountMinor: bigint;
}

export interface FileRenderer {
  /** What comes before the details. */
  begin(): string;
  /**
   * Throws `FieldRefused`; the file then stands as if it had not been offered. So it does where
   * `fits` is given and says no to the text and to the file's totals with it: the answer is null.
   */
  add(movement: Movement): RenderedMovement;
  add(movement: Movement, fits: Fits): RenderedMovement | null;
  /** What comes after the details. */
  end(): string;
  totals(): ControlTotals;
}

/** Whether a file may grow by this text to these totals; `end` is what would come after it. */
export type Fits = (text: string, totals: ControlTotals, end: () => string) => boolean;

export interface RenderSettings {
  readonly layout: Layout;
  readonly sources: LayoutSources;
  readonly facts: FileFacts;
  /** IANA zone in which the file's instants are written. */
  readonly zone: string;
  readonly words: Words;
}

interface Running {
  adjustmentCount: number;
  detailCount: number;
  debitCount: number;
  debitMinor: bigint;
  creditCount: number;
  creditMinor: bigint;
  hashTotal: bigint;
}

export function fileRenderer(settings: RenderSettings): FileRenderer {
  const { layout, facts, zone } = settings;
  const currency = String(facts.currency);
  const writer = compileLayout(layout, settings.sources, { currency, zone });
  const running: Running = {
    adjustmentCount: 0,
    detailCount: 0,
    debitCount: 0,
    debitMinor: 0n,
    creditCount: 0,
    creditMinor: 0n,
    hashTotal: 0n,
  };
  const frame = frameLines(writer);
  const totalsOf = (at: Running): ControlTotals => ({ ...at, lineCount: at.detailCount + frame });
  const endOf = (totals: ControlTotals): string =>
    writer.trailer === null
      ? ""
      : writer.trailer({ ...facts, ...totalValues(totals) }) + writer.lineEnding;
  const always: Fits = () => true;
  const add = (movement: Movement, fits: Fits = always): RenderedMovement | null => {
    const { rendered, next } = render(settings, writer, running, movement);
    const totals = fits === always ? null : totalsOf(next);
    if (totals !== null && !fits(rendered.text, totals, () => endOf(totals))) return null;
    Object.assign(running, next);
    return rendered;
  };
  return {
    begin: () => beginning(writer, facts),
    add: add as FileRenderer["add"],
    end: () => endOf(totalsOf(running)),
    totals: () => totalsOf(running),
  };
}

function frameLines({ header, titles, trailer }: LayoutWriter): number {
  return [header, titles, trailer].filter((one) => one !== null).length;
}

function beginning({ header, titles, lineEnding }: LayoutWriter, facts: FileFacts): string {
  const first = header === null ? "" : header(facts) + lineEnding;
  return titles === null ? first : `${first}${titles}${lineEnding}`;
}

function render(
  { layout, facts, words }: RenderSettings,
  writer: LayoutWriter,
  running: Running,
  movement: Movement,
): { rendered: RenderedMovement; next: Running } {
  const first = running.detailCount + 1;
  const next = { ...running, adjustmentCount: running.adjustmentCount + 1 };
  let text = "";
  const lines = lineValues(movement, layout, words);
  for (const line of lines) {
    next.detailCount += 1;
    const values: Values = { ...facts, ...line.values, lineNumber: next.detailCount };
    text += writer.detail(values) + writer.lineEnding;
    count(next, line.direction, line.amountMinor);
    next.hashTotal = hashed(next.hashTotal, values, layout.hashTotal);
  }
  const rendered = {
    text,
    lineNumber: first,
    detailCount: lines.length,
    direction: lines[0]?.direction ?? "memo",
    amountMinor: movement.amountMinor,
  };
  return { rendered, next };
}

function count(running: Running, direction: Direction, amountMinor: bigint): void {
  if (direction === "debit") {
    running.debitCount += 1;
    running.debitMinor += amountMinor;
  }
  if (direction === "credit") {
    running.creditCount += 1;
    running.creditMinor += amountMinor;
  }
}

/** Adds a line's account digits as a number and keeps the lower ones, as receivers do. */
function hashed(sum: bigint, values: Values, rule: { from: string; digits: number }): bigint {
  const digits = String(values[rule.from] ?? "").replaceAll(/[^0-9]/g, "");
  return (sum + BigInt(digits === "" ? 0 : digits)) % 10n ** BigInt(rule.digits);
}

function totalValues(totals: ControlTotals): Readonly<Record<TotalsSource, number | bigint>> {
  return {
    adjustmentCount: totals.adjustmentCount,
    detailCount: totals.detailCount,
    lineCount: totals.lineCount,
    debitCount: totals.debitCount,
    debitSum: totals.debitMinor,
    creditCount: totals.creditCount,
    creditSum: totals.creditMinor,
    hashTotal: totals.hashTotal,
  };
}
