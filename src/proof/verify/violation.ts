/** What a check of `verify` finds: which rule is broken, where, and how, in words. */
import type { Queries } from "../../database/database.ts";
import type { Statement } from "../../database/sql.ts";

export interface Violation {
  /** Name of the check, e.g. `balance-booked`. */
  readonly check: string;
  readonly client: string;
  /** Outside numbers where there are some: `dispute 2405230004D, suspense/1410-0100`. */
  readonly at: string;
  readonly what: string;
}

export interface Check {
  readonly name: string;
  /** What holds, in one sentence: what is printed when it does not. */
  readonly holds: string;
  find(db: Queries): AsyncIterable<Violation>;
}

/** Columns `client`, `at` and `what`, a row for each violation. */
interface FoundRow {
  readonly client: string;
  readonly at: string;
  readonly what: string;
}

/** A check that is one statement: whatever it answers is wrong. Rows are streamed. */
export function statementCheck(name: string, holds: string, statement: Statement): Check {
  return {
    name,
    holds,
    find: async function* (db) {
      for await (const row of db.stream<FoundRow>(statement)) yield { check: name, ...row };
    },
  };
}
