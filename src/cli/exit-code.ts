/** Exit codes, for programs: 0 is done, and each other number says what may help. */
import { Failure } from "../kernel/failure.ts";

export const EXIT = {
  done: 0,
  failure: 1,
  usage: 2,
  notFound: 3,
  /** By permission or by state. */
  refused: 4,
  /** A conflict, or something changed meanwhile. */
  conflict: 5,
  /** Repeating later may help. */
  unavailable: 6,
  partlyDone: 7,
  interrupted: 130,
} as const;

const BY_STATUS: Readonly<Record<number, number>> = {
  401: EXIT.refused,
  403: EXIT.refused,
  404: EXIT.notFound,
  409: EXIT.conflict,
  412: EXIT.conflict,
  428: EXIT.conflict,
  503: EXIT.unavailable,
};

const BY_CODE: Readonly<Record<string, number>> = {
  "operation-not-allowed": EXIT.refused,
  "transition-refused": EXIT.refused,
  "approval-required": EXIT.refused,
};

export function exitCodeOf(error: unknown): number {
  if (!(error instanceof Failure)) return EXIT.failure;
  return BY_CODE[error.code] ?? BY_STATUS[error.status] ?? EXIT.failure;
}
