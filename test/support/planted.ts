/** Violations put into a database as nobody may, and what `verify` says of them. */
import { expect } from "vitest";

import type { BatchDesk } from "../../src/batch/desk.ts";
import type { Statement } from "../../src/database/sql.ts";
import { sql } from "../../src/database/sql.ts";
import { verify } from "../../src/proof/verify/verify.ts";
import type { Violation } from "../../src/proof/verify/violation.ts";
import type { useDatabase } from "./use-database.ts";

/** Does what the application's role may not: no trigger fires, no key is checked. */
export function planterOf(database: ReturnType<typeof useDatabase>) {
  return async (...statements: readonly Statement[]): Promise<void> => {
    await database.owner.transaction(async (tx) => {
      await tx.execute(sql`set local session_replication_role = replica`);
      for (const statement of statements) {
        expect(await tx.execute(statement)).toBeGreaterThan(0);
      }
    });
  };
}

export async function violationsOf(desk: BatchDesk): Promise<Violation[]> {
  const found: Violation[] = [];
  await verify(desk, { onViolation: (violation) => found.push(violation) });
  return found;
}
