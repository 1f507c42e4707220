/** What a return file waits for, by its state: one place for its listings and its faces. */
import { nothing, sql } from "../../database/sql.ts";
import type { Statement } from "../../database/sql.ts";

import type { InboundFileState } from "./store.ts";

export const WAITS_FOR = {
  reading: "It is stored, and read next.",
  matching: "Its lines are being matched.",
  anotherTry: "It was put off for a problem, and is tried again.",
  release: "Its totals differ: a person releases or refuses it.",
  decisions: "Lines of it are not matched: a person decides about each.",
} as const;

export type WaitsFor = keyof typeof WAITS_FOR;

/** Null where nothing is left to do. */
export function waitsFor(file: {
  readonly state: InboundFileState;
  readonly problem: string | null;
}): WaitsFor | null {
  switch (file.state) {
    case "received":
      return file.problem === null ? "reading" : "anotherTry";
    case "read":
      return file.problem === null ? "matching" : "anotherTry";
    case "held":
      return "release";
    case "partlyMatched":
      return "decisions";
    case "matched":
    case "refused":
      return null;
  }
}

/** Of `inbound_file f`; the first condition is that of `inbound_file_waiting`. */
export function waitsCondition(waits: WaitsFor | "any"): Statement {
  return sql`
    and f.state in ('received', 'read', 'held', 'partlyMatched')
    ${waits === "any" ? nothing : OF_ONE[waits]}`;
}

const OF_ONE: Readonly<Record<WaitsFor, Statement>> = {
  reading: sql`and f.state = 'received' and f.problem is null`,
  matching: sql`and f.state = 'read' and f.problem is null`,
  anotherTry: sql`and f.state in ('received', 'read') and f.problem is not null`,
  release: sql`and f.state = 'held'`,
  decisions: sql`and f.state = 'partlyMatched'`,
};
