/**
 * `verify`: recomputes everything that is derived from what cannot change, and says what is wrong
 * and where. Reads one snapshot; the database does the sums, so that memory is flat.
 */
import type { BatchDesk } from "../../batch/desk.ts";
import type { Queries } from "../../database/database.ts";
import { sql } from "../../database/sql.ts";

import { ADJUSTMENT_CHECKS } from "./adjustment-checks.ts";
import { APPROVAL_CHECKS } from "./approval-checks.ts";
import { BALANCE_CHECKS } from "./balance-checks.ts";
import { BATCH_CHECKS, FILE_CHECK, filesFromRows } from "./batch-checks.ts";
import { booksDigest } from "./books-digest.ts";
import { INBOUND_BYTES_CHECK, INBOUND_CHECKS, inboundBytes } from "./inbound-checks.ts";
import { CREDIT_CHECKS } from "./credit-checks.ts";
import { DISPUTE_CHECKS, disputeChecks } from "./dispute-checks.ts";
import { ENTRY_CHECKS } from "./entry-checks.ts";
import { EVIDENCE_CHECK, EVIDENCE_CHECKS, evidenceAsKept } from "./evidence-checks.ts";
import { PART_CHECKS } from "./part-checks.ts";
import { STATE_CHECKS } from "./state-checks.ts";
import type { Check, Violation } from "./violation.ts";

const CHECKS: readonly Check[] = [
  ...BALANCE_CHECKS,
  ...ENTRY_CHECKS,
  ...ADJUSTMENT_CHECKS,
  ...PART_CHECKS,
  ...STATE_CHECKS,
  ...BATCH_CHECKS,
  ...INBOUND_CHECKS,
  ...APPROVAL_CHECKS,
  ...EVIDENCE_CHECKS,
  ...CREDIT_CHECKS,
];

/** Every check by name, with what holds while it finds nothing. */
export const CHECKED: readonly Pick<Check, "name" | "holds">[] = [
  ...CHECKS,
  ...DISPUTE_CHECKS,
  FILE_CHECK,
  INBOUND_BYTES_CHECK,
  EVIDENCE_CHECK,
];

export interface Verdict {
  readonly entries: bigint;
  readonly violations: number;
  /** SHA-256 over the books without ids and times. */
  readonly booksDigest: string;
}

export interface VerifyOptions {
  /** Told each violation as it is found. */
  readonly onViolation: (violation: Violation) => void;
}

export async function verify(desk: BatchDesk, options: VerifyOptions): Promise<Verdict> {
  let violations = 0;
  const count = async (found: AsyncIterable<Violation>): Promise<void> => {
    for await (const violation of found) {
      violations += 1;
      options.onViolation(violation);
    }
  };
  const books = await desk.engine.database.transaction(
    async (tx) => {
      // Sums over all entries stay in memory longer before they spill to disk.
      await tx.execute(sql`set local work_mem = '128MB'`);
      for (const check of [...CHECKS, ...disputeChecks(desk.engine)]) await count(check.find(tx));
      return { entries: await entryCount(tx), booksDigest: await booksDigest(tx) };
    },
    { isolation: "repeatable read", readOnly: true },
  );
  await count(filesFromRows(desk));
  await count(inboundBytes(desk));
  await count(evidenceAsKept(desk));
  return { ...books, violations };
}

async function entryCount(db: Queries): Promise<bigint> {
  const { entries } = await db.one<{ entries: bigint }>(sql`
    select count(*) as entries from entry`);
  return entries;
}
