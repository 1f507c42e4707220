/**
 * Which line of ours a line of a return file speaks of. Pure. A line is never guessed: where
 * several fit, or amount, side or currency differ, a person decides.
 */
import type { FileSum } from "../line-views.ts";
import type { OurDetail, OurLine } from "./candidates.ts";
import type { Explanation } from "./explanations.ts";
import type { Pointer } from "./references.ts";
import type { InboundLineRow } from "./views.ts";

export type Sides = "same" | "opposite" | "ignored";

export interface Target {
  readonly line: OurLine;
  /** One of its several details, from 0; null: all of it. */
  readonly detail: number | null;
}

export type Found =
  | { readonly target: Target; readonly explanation: null }
  | { readonly target: Target | null; readonly explanation: Explanation };

export interface Search {
  readonly said: InboundLineRow;
  readonly pointer: Pointer;
  readonly candidates: readonly OurLine[];
  readonly details: (line: OurLine) => readonly OurDetail[];
  readonly sides: Sides;
}

export function findLine(search: Search): Found {
  const { pointer, candidates } = search;
  if (pointer.adjustment === null && pointer.detailNumber === null) return none("noReference");
  if (candidates.length === 0) return none("notFound");
  const line = theOne(search);
  return typeof line === "string" ? none(line) : compared(search, line);
}

/** The line with what is said compared to it; for a line that a person chose as well. */
export function compared(search: Search, line: OurLine): Found {
  const { said } = search;
  const detail = detailOf(search, line);
  if (detail === "unclear") return { target: { line, detail: null }, explanation: "amountDiffers" };
  const target = { line, detail };
  const expected = expectedOf(search, target);
  if (said.currency !== null && said.currency !== line.currency) {
    return { target, explanation: "currencyDiffers" };
  }
  if (said.amountMinor !== null && said.amountMinor !== expected.amountMinor) {
    return { target, explanation: "amountDiffers" };
  }
  if (!isSideRight(search, expected.direction)) return { target, explanation: "sideDiffers" };
  return { target, explanation: null };
}

/** What is said of a file has to be its sum: on one side, with or without what was refused. */
export function comparedToWhole(
  search: Pick<Search, "said" | "sides">,
  ours: { readonly currency: string; readonly sums: readonly FileSum[] },
): Explanation | null {
  const { currency, amountMinor } = search.said;
  if (currency !== null && currency !== ours.currency) return "currencyDiffers";
  if (amountMinor === null) return null;
  const [sum, ...others] = ours.sums;
  if (sum === undefined || others.length > 0) return "amountDiffers";
  if (amountMinor !== sum.allMinor && amountMinor !== sum.notRefusedMinor) return "amountDiffers";
  return isSideRight(search, sum.direction) ? null : "sideDiffers";
}

function none(explanation: Explanation): Found {
  return { target: null, explanation };
}

function theOne(search: Search): OurLine | Explanation {
  const { pointer } = search;
  const all = search.candidates.filter((line) => isMeant(line, pointer));
  const named = all.filter((line) => isOfFile(line, pointer.file));
  const fitting = thatLeft(named.length > 0 ? named : all, pointer);
  const [only] = fitting;
  if (only === undefined) return "notFound";
  if (fitting.length === 1) return only;
  const kept = fitting.filter((line) => line.outcome !== "released");
  const [first] = kept;
  if (first === undefined) return "fileVoid";
  // What has not left yet cannot be what is answered: it is the void file that answers late.
  if (kept.length === 1 && first.fileState === "generated") return "fileVoid";
  if (kept.length === 1) return fitsElsewhere(search, fitting, first) ? "inSeveralFiles" : first;
  if (pointer.adjustment !== null || search.said.amountMinor === null) return "inSeveralFiles";
  const alike = kept.filter((line) => compared(search, line).explanation === null);
  return alike.length === 1 ? (alike[0] as OurLine) : "inSeveralFiles";
}

/** A number alone fits a line in each of our files: the dispute beside it says which one. */
function isMeant(line: OurLine, { adjustment, dispute }: Pointer): boolean {
  if (adjustment === null) return dispute === null || dispute === line.dispute;
  return adjustment.revision === null || adjustment.revision === line.keyRevision;
}

/** By its number alone nothing is meant that has not left, unless nothing else can be. */
function thatLeft(lines: readonly OurLine[], { adjustment, file }: Pointer): readonly OurLine[] {
  if (adjustment !== null || file !== null) return lines;
  const left = lines.filter((line) => line.fileState !== "generated");
  return left.length > 0 ? left : lines;
}

/** A void file that was processed all the same had another adjustment under this number. */
function fitsElsewhere(search: Search, fitting: readonly OurLine[], first: OurLine): boolean {
  if (search.pointer.adjustment !== null) return false;
  return fitting.some(
    (line) =>
      line.adjustmentId !== first.adjustmentId && compared(search, line).explanation === null,
  );
}

function isOfFile(line: OurLine, file: string | null): boolean {
  if (file === null) return true;
  const name = file.toLowerCase();
  return (
    line.fileId === name ||
    line.fileId.replaceAll("-", "") === name ||
    line.fileName === file ||
    (/^[0-9]{1,15}$/.test(file) && BigInt(file) === line.sequence)
  );
}

function detailOf(search: Search, line: OurLine): number | null | "unclear" {
  const { pointer, said } = search;
  if (line.detailCount === 1) return null;
  if (pointer.adjustment === null && pointer.detailNumber !== null) {
    return Number(pointer.detailNumber - line.lineNumber);
  }
  if (said.amountMinor === null || said.amountMinor === line.amountMinor) return null;
  const alike = search
    .details(line)
    .flatMap((detail, index) => (detail.amountMinor === said.amountMinor ? [index] : []));
  return alike.length === 1 ? (alike[0] as number) : "unclear";
}

function expectedOf(
  search: Search,
  { line, detail }: Target,
): { amountMinor: bigint; direction: OurLine["direction"] | null } {
  const one = detail === null ? undefined : search.details(line)[detail];
  if (one !== undefined) return one;
  // Several details on both sides have no side together.
  return {
    amountMinor: line.amountMinor,
    direction: line.detailCount === 1 ? line.direction : null,
  };
}

function isSideRight(
  { said, sides }: Pick<Search, "said" | "sides">,
  direction: OurLine["direction"] | null,
): boolean {
  if (said.side === null || sides === "ignored" || direction === null) return true;
  if (direction === "memo") return true;
  return (said.side === direction) === (sides === "same");
}
