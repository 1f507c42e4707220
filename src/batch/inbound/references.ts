/**
 * What a line of a return file points at, by the ids that our own files carry: an adjustment's id
 * (with or without dashes, with or without the revision of its key), or a line's number, alone, as
 * the end of a trace number, or with the file's name. Pure.
 */
import type { InboundLineRow } from "./views.ts";

export interface Pointer {
  readonly adjustment: { readonly id: string; readonly revision: number | null } | null;
  /** The detail's number in the file, from 1. */
  readonly detailNumber: bigint | null;
  /** The number of a dispute, where an entry's identification is one. */
  readonly dispute: string | null;
  /** Id, sequence or name of our file. */
  readonly file: string | null;
}

type Said = Pick<InboundLineRow, "reference" | "traceNumber" | "originalFile" | "endToEndId">;

const HEX = "[0-9a-f]";
/** A UUIDv7 in its five groups, then the revision of a key. */
const ID = new RegExp(
  `(?<!${HEX})(${HEX}{8})-?(${HEX}{4})-?(7${HEX}{3})-?([89ab]${HEX}{3})-?(${HEX}{12})` +
    `(?:-([0-9]{1,5}))?(?!${HEX})`,
  "iu",
);
const DISPUTE = /^[0-9]{10,}D$/iu;
const DIGITS = /^[0-9]{1,15}$/;
const DIGITS_OF_A_TRACE_NUMBER = 7;

export function pointerOf(said: Said): Pointer {
  const texts = [said.endToEndId, said.reference, said.traceNumber];
  return {
    adjustment: adjustmentIn(texts),
    detailNumber: detailIn(said),
    dispute: DISPUTE.test(said.reference ?? "") ? (said.reference as string).toUpperCase() : null,
    file: said.originalFile,
  };
}

/** It names a file of ours and nothing in it: it speaks of the whole. */
export function isOfWholeFile(said: Said): boolean {
  return (
    said.originalFile !== null &&
    said.reference === null &&
    said.traceNumber === null &&
    said.endToEndId === null
  );
}

function adjustmentIn(texts: readonly (string | null)[]): Pointer["adjustment"] {
  for (const text of texts) {
    const found = text === null ? null : ID.exec(text);
    if (found === null) continue;
    const revision = found[6];
    return {
      id: found.slice(1, 6).join("-").toLowerCase(),
      revision: revision === undefined ? null : Number(revision),
    };
  }
  return null;
}

function detailIn({ traceNumber, reference, originalFile }: Said): bigint | null {
  if (traceNumber !== null && DIGITS.test(traceNumber)) {
    return BigInt(traceNumber.slice(-DIGITS_OF_A_TRACE_NUMBER));
  }
  const isLineNumber = originalFile !== null && reference !== null && DIGITS.test(reference);
  return isLineNumber ? BigInt(reference) : null;
}
