/** Violations put into a database as nobody may, and what `verify` says of them. */
import { expect } from "vitest";

import type { BatchDesk } from "../../src/batch/desk.ts";
import type { Queries } from "../../src/database/database.ts";
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

/** The latest adjustment of a dispute, named by its number. */
export async function lastAdjustment(
  database: Queries,
  clientId: string,
  dispute: string,
): Promise<string> {
  const row = await database.one<{ id: string }>(sql`
    select a.id from adjustment a
    join dispute d on d.client_id = a.client_id and d.id = a.dispute_id
    where d.client_id = ${clientId} and d.number = ${dispute}
    order by a.ordinal desc limit 1`);
  return row.id;
}

export async function violationsOf(desk: BatchDesk): Promise<Violation[]> {
  const found: Violation[] = [];
  await verify(desk, { onViolation: (violation) => found.push(violation) });
  return found;
}
