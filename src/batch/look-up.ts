/** How the database looks rows up while a large file is written or answered. */
import type { Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

/**
 * For what is left of the transaction rows are looked up one by one in their indexes: the tables
 * of a large file have grown beyond what the planner knows of them.
 */
export async function lookUpOneByOne(tx: Transaction): Promise<void> {
  await tx.execute(sql`
    select set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
           set_config('enable_mergejoin', 'off', true)
  `);
}
