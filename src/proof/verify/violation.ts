/** What a check of `verify` finds: which rule is broken, where, and how, in words. */
import type { Queries } from "../../database/database.ts";
import type { Statement } from "../../database/sql.ts";
import { sql } from "../../database/sql.ts";

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

/**
 * A check that is one statement, of the columns `client`, `at` and `what`: whatever it answers is
 * wrong. Read as a copy, which streams and, unlike a cursor, lets the database work in parallel.
 */
export function statementCheck(name: string, holds: string, statement: Statement): Check {
  return {
    name,
    holds,
    find: async function* (db) {
      const copied = db.copyOut(sql`
        copy (select client, at, what from (${statement}) found) to stdout`);
      for await (const line of linesOf(copied)) {
        const [client = "", at = "", what = ""] = line.split("\t").map(unescaped);
        yield { check: name, client, at, what };
      }
    },
  };
}

async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let open = "";
  for await (const chunk of chunks) {
    const lines = (open + decoder.decode(chunk, { stream: true })).split("\n");
    open = lines.pop() ?? "";
    yield* lines;
  }
}

const ESCAPED: Readonly<Record<string, string>> = { t: "\t", n: "\n", r: "\r" };

/** The text format of `copy`: a backslash stands before what would end a column or a line. */
function unescaped(column: string): string {
  return column.replaceAll(/\\(.)/g, (_, letter: string) => ESCAPED[letter] ?? letter);
}
