/**
 * Renders a batch file: header, details in order, trailer with control totals. A pure function of
 * the layout, the file's facts and the ordered movements: the same in, the same bytes out.
 *
 * A movement that does not fit is refused as a whole and leaves no trace in lines or totals.
 */
import type { FieldValue, Values } from "../../formats/field-text.ts";
import { FieldRefused } from "../../formats/field-text.ts";
import type { Layout } from "../../formats/layout.ts";
import { frameLines } from "../../formats/layout.ts";
import type { LayoutSources, LayoutWriter } from "../../formats/record.ts";
import { compileLayout } from "../../formats/record.ts";

import type { FileSource, TotalsSource } from "./layout-sources.ts";
import { isTotal } from "./layout-sources.ts";
import { linePicker } from "./line-values.ts";
import type { Direction, LinePicker, Movement, Words } from "./line-values.ts";

type Fact = string | number | bigint | null;

/** Beside the sources of a file, the values of its profile by `value.NAME`. */
export type FileFacts = Readonly<
  Record<Exclude<FileSource, "fileOfDay" | "messageId">, Fact> & Partial<Record<string, Fact>>
>;

export interface ControlTotals {
  readonly adjustmentCount: number;
  readonly detailCount: number;
  /** All lines of the file: header, titles, trailer and what fills its last block included. */
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
  /** What comes before the details says totals: it is only known after the last of them. */
  readonly beginsLast: boolean;
  /** What comes before the details; by the totals so far if left out. */
  begin(totals?: ControlTotals): string;
  /**
   * Throws `FieldRefused`; the file then stands as if it had not been offered. So it does where
   * `fits` is given and says no to the text and to the file's totals with it, or where the totals
   * would no more fit into its header or trailer: the answer is null.
   */
  add(movement: Movement): RenderedMovement;
  add(movement: Movement, fits: Fits): RenderedMovement | null;
  /** What comes after the details. */
  end(): string;
  totals(): ControlTotals;
}

/** Whether a file may grow by this text to these totals; `end` is what would come after it. */
export type Fits = (text: string, totals: ControlTotals, end: () => string) => boolean;

/** For files without limits of their own: costs nothing, and keeps the frame's sums in bounds. */
export const ALWAYS_FITS: Fits = () => true;

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

const NOTHING_YET: Readonly<Running> = {
  adjustmentCount: 0,
  detailCount: 0,
  debitCount: 0,
  debitMinor: 0n,
  creditCount: 0,
  creditMinor: 0n,
  hashTotal: 0n,
};

export function fileRenderer(settings: RenderSettings): FileRenderer {
  const { layout, facts, zone } = settings;
  const currency = String(facts.currency);
  const writer = compileLayout(layout, settings.sources, { currency, zone });
  const running: Running = { ...NOTHING_YET };
  const beginsLast = frameLines(layout, "header").some(({ fields }) =>
    fields.some((field) => isTotal(field.from)),
  );
  const totalsOf = (at: Running): ControlTotals => totalsIn(layout, writer, at);
  const beginOf = (totals: ControlTotals): string =>
    beginning(writer, beginsLast ? { ...facts, ...totalValues(layout, totals) } : facts);
  const endOf = (totals: ControlTotals): string => ending(layout, writer, facts, totals);
  const linesOf = (details: number): number => linesIn(layout, writer, details);
  const frame = frameGuard(layout, linesOf, (totals) => {
    endOf(totals);
    if (beginsLast) beginOf(totals);
  });
  const render = movementWriter(settings, writer, linePicker(layout, settings.words));
  const add = (movement: Movement, fits?: Fits): RenderedMovement | null => {
    const { rendered, next } = render(running, movement);
    if (frame.mayOverflow(next)) {
      const refused = frame.refusal(totalsOf(next));
      if (refused !== null && fits === undefined) throw refused;
      if (refused !== null) return null;
    }
    if (fits !== undefined && fits !== ALWAYS_FITS) {
      const totals = totalsOf(next);
      if (!fits(rendered.text, totals, () => endOf(totals))) return null;
    }
    Object.assign(running, next);
    return rendered;
  };
  return {
    beginsLast,
    begin: (totals = totalsOf(running)) => beginOf(totals),
    add: add as FileRenderer["add"],
    end: () => endOf(totalsOf(running)),
    totals: () => totalsOf(running),
  };
}

interface FrameGuard {
  /** True when a total has a digit more than when the frame was tried last. */
  mayOverflow(next: Running): boolean;
  refusal(totals: ControlTotals): FieldRefused | null;
}

/** Finds totals that have outgrown their fields, without writing the frame for every movement. */
function frameGuard(
  layout: Layout,
  linesOf: (details: number) => number,
  tryFrame: (totals: ControlTotals) => void,
): FrameGuard {
  let limits: ControlTotals = { ...NOTHING_YET, lineCount: 0 };
  return {
    mayOverflow: (next) =>
      next.debitMinor >= limits.debitMinor ||
      next.creditMinor >= limits.creditMinor ||
      next.hashTotal >= limits.hashTotal ||
      next.detailCount >= limits.detailCount ||
      next.debitCount >= limits.debitCount ||
      next.creditCount >= limits.creditCount ||
      next.adjustmentCount >= limits.adjustmentCount ||
      linesOf(next.detailCount) >= limits.lineCount,
    refusal: (totals) => {
      try {
        tryFrame(totals);
      } catch (error) {
        if (!(error instanceof FieldRefused)) throw error;
        return error;
      }
      limits = limitsOf(layout, totals);
      return null;
    },
  };
}

/** Of each total the least that has a digit more. */
function limitsOf(layout: Layout, totals: ControlTotals): ControlTotals {
  const ofCount = (count: number): number => 10 ** String(count).length;
  const ofSum = (sum: bigint): bigint => 10n ** BigInt(sum.toString().length);
  const { lineCount } = totals;
  const blocks = blocksOf(layout, lineCount);
  return {
    adjustmentCount: ofCount(totals.adjustmentCount),
    detailCount: ofCount(totals.detailCount),
    lineCount: Math.min(ofCount(lineCount), ofCount(blocks) * linesOfBlock(layout)),
    debitCount: ofCount(totals.debitCount),
    debitMinor: ofSum(totals.debitMinor),
    creditCount: ofCount(totals.creditCount),
    creditMinor: ofSum(totals.creditMinor),
    hashTotal: ofSum(totals.hashTotal),
  };
}

function totalsIn(layout: Layout, writer: LayoutWriter, at: Running): ControlTotals {
  return { ...at, lineCount: linesIn(layout, writer, at.detailCount) };
}

function linesIn(layout: Layout, writer: LayoutWriter, details: number): number {
  const lines = details + writer.frameLines;
  return lines + missingLines(layout, lines);
}

/** How many lines of filler the last block needs. */
function missingLines(layout: Layout, lines: number): number {
  const ofBlock = linesOfBlock(layout);
  return (ofBlock - (lines % ofBlock)) % ofBlock;
}

/** Of a layout without blocks, each line is one. */
function linesOfBlock(layout: Layout): number {
  return layout.format === "fixedWidth" ? (layout.blocking?.lines ?? 1) : 1;
}

function beginning({ header, titles, lineEnding }: LayoutWriter, values: Values): string {
  const first = header === null ? "" : header(values) + lineEnding;
  return titles === null ? first : `${first}${titles}${lineEnding}`;
}

function ending(
  layout: Layout,
  { trailer, filler, lineEnding, frameLines: frame }: LayoutWriter,
  facts: FileFacts,
  totals: ControlTotals,
): string {
  const last =
    trailer === null ? "" : trailer({ ...facts, ...totalValues(layout, totals) }) + lineEnding;
  if (filler === null) return last;
  return last + `${filler}${lineEnding}`.repeat(missingLines(layout, totals.detailCount + frame));
}

/** `next` is good until the writer is asked again. */
type MovementWriter = (
  running: Running,
  movement: Movement,
) => { rendered: RenderedMovement; next: Running };

function movementWriter(
  { layout, facts }: RenderSettings,
  writer: LayoutWriter,
  { asked, linesOf }: LinePicker,
): MovementWriter {
  // One object for all lines of the file: what a line says takes the place of the one before.
  const values: Record<string, FieldValue> = { ...facts };
  const next: Running = { ...NOTHING_YET };
  const hashed = hashTotal(layout.hashTotal);
  return (running, movement) => {
    Object.assign(next, running);
    next.adjustmentCount += 1;
    let text = "";
    const lines = linesOf(movement);
    for (const line of lines) {
      next.detailCount += 1;
      for (let index = 0; index < asked.length; index += 1) {
        values[asked[index] as string] = line.values[index];
      }
      values["lineNumber"] = next.detailCount;
      text += writer.detail(values) + writer.lineEnding;
      count(next, line.direction, line.amountMinor);
      next.hashTotal = hashed(next.hashTotal, values[layout.hashTotal.from]);
    }
    const rendered = {
      text,
      lineNumber: running.detailCount + 1,
      detailCount: lines.length,
      direction: lines[0]?.direction ?? "memo",
      amountMinor: movement.amountMinor,
    };
    return { rendered, next };
  };
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
function hashTotal(rule: Layout["hashTotal"]): (sum: bigint, value: FieldValue) => bigint {
  const modulus = 10n ** BigInt(rule.digits);
  const first = rule.first ?? Number.POSITIVE_INFINITY;
  return (sum, value) => (sum + digitsOf(String(value ?? ""), first)) % modulus;
}

const DIGIT_ZERO = 48;
const HALF = 1_000_000_000;

/** The first digits of a text as a number of at most 18: the halves of it, since each line asks. */
function digitsOf(text: string, first: number): bigint {
  let [high, low, seen] = [0, 0, 0];
  for (let index = 0; index < text.length && seen < first; index += 1) {
    const digit = text.charCodeAt(index) - DIGIT_ZERO;
    if (digit < 0 || digit > 9) continue;
    low = low * 10 + digit;
    const carried = Math.floor(low / HALF);
    low -= carried * HALF;
    // Higher digits than the receiver keeps are lost in the sum anyway.
    high = (high * 10 + carried) % HALF;
    seen += 1;
  }
  return high === 0 ? BigInt(low) : BigInt(high) * BigInt(HALF) + BigInt(low);
}

function totalValues(
  layout: Layout,
  totals: ControlTotals,
): Readonly<Record<TotalsSource, number | bigint>> {
  return {
    adjustmentCount: totals.adjustmentCount,
    detailCount: totals.detailCount,
    lineCount: totals.lineCount,
    debitCount: totals.debitCount,
    debitSum: totals.debitMinor,
    creditCount: totals.creditCount,
    creditSum: totals.creditMinor,
    hashTotal: totals.hashTotal,
    blockCount: blocksOf(layout, totals.lineCount),
  };
}

function blocksOf(layout: Layout, lines: number): number {
  return lines / linesOfBlock(layout);
}
