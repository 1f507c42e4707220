/**
 * What a destination's answer to one line is as a move of its adjustment. A line that carries only
 * some entries, because others were executed before, answers for those alone: refused or returned,
 * the adjustment stays partly executed.
 */
import type { Move } from "../accounting/move-adjustments.ts";

import type { AnsweredLine } from "./line-views.ts";

export interface LineAnswer {
  readonly clientId: string;
  readonly fileId: string;
  /** The destination's reference or reason code. */
  readonly reference: string;
  readonly actor: string;
  /** When it posts, or came back. ISO date. */
  readonly postingDate: string;
  /** Of a posting: acknowledged, or found in a statement. */
  readonly basis?: "acknowledged" | "matched";
  /** More of what it said, masked. */
  readonly outside?: Readonly<Record<string, unknown>>;
}

/** For an execution: the entries of the line where they are not all. */
export function entriesOf({ entryIds }: Pick<AnsweredLine, "entryIds">) {
  return entryIds === null ? {} : { entryIds };
}

export function executedMove(answer: LineAnswer, line: AnsweredLine): Move {
  const basis = answer.basis ?? "acknowledged";
  return {
    ...common(answer, line, "accepted"),
    from: "inFile",
    event: basis,
    execution: {
      basis,
      reference: answer.reference,
      postingDate: answer.postingDate,
      ...entriesOf(line),
    },
  };
}

export function failedMove(answer: LineAnswer, line: AnsweredLine): Move {
  return {
    ...common(answer, line, "refused"),
    from: "inFile",
    event: line.entryIds === null ? "lineRefused" : "partlyPosted",
    reason: answer.reference,
    raiseKeyRevision: true,
  };
}

/** Executed until now: the money comes back. */
export function returnedMove(answer: LineAnswer, line: AnsweredLine): Move {
  return {
    ...common(answer, line, "refused"),
    from: "executed",
    event: line.entryIds === null ? "returned" : "partlyReturned",
    reason: answer.reference,
    raiseKeyRevision: true,
    execution: {
      basis: "returned",
      reference: answer.reference,
      postingDate: answer.postingDate,
      ...entriesOf(line),
    },
  };
}

/** Some entries of a line were posted, the others were not. */
export function partMove(
  answer: LineAnswer,
  line: AnsweredLine,
  part: { postedEntryIds: readonly string[]; isReturn: boolean },
): Move {
  const { reference, postingDate } = answer;
  const move = {
    ...common(answer, line, "refused"),
    reason: reference,
    raiseKeyRevision: true,
  };
  if (part.isReturn) {
    return {
      ...move,
      from: "executed",
      event: "partlyReturned",
      execution: {
        basis: "returned",
        reference,
        postingDate,
        ...entriesOf(line),
        keptEntryIds: part.postedEntryIds,
      },
    };
  }
  return {
    ...move,
    from: "inFile",
    event: "partlyPosted",
    execution: {
      basis: "acknowledged",
      reference,
      postingDate,
      entryIds: part.postedEntryIds,
    },
  };
}

function common(answer: LineAnswer, line: AnsweredLine, said: "accepted" | "refused") {
  return {
    clientId: answer.clientId,
    adjustmentId: line.adjustmentId,
    actor: answer.actor,
    outside: {
      file: answer.fileId,
      answer: said,
      reference: answer.reference,
      ...answer.outside,
    },
  };
}
