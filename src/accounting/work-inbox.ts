/**
 * The operations inbox: takes what clocks wrote into it as due and executes it, before other due
 * work. A row is decided once, however many processes look: its dispute is locked, and what is no
 * longer due changes nothing.
 */
import type { Transaction } from "../database/database.ts";
import { Failure } from "../kernel/failure.ts";
import { putFirst } from "../work/store.ts";

import { allUsableClients } from "./client-runtime.ts";
import type { Engine } from "./engine.ts";
import type { OperationRequest } from "./execute-accounting.ts";
import { executeAccountingIn, operationHash, untilDecided } from "./execute-accounting.ts";
import type { OperationRow } from "./store-operations.ts";
import { insertOperations } from "./store-operations.ts";
import type { DueOperation } from "./views.ts";
import { dueOperations, recordedOperations } from "./views.ts";

export interface NewDueOperation {
  readonly clientId: string;
  readonly id: string;
  readonly key: string;
  readonly claimId: string;
  readonly disputeId: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly actor: string;
  /** ISO instant. */
  readonly at: string;
  readonly eventDate: string;
}

/** Writes due rows for the inbox but those whose key is there already; answers the ids. */
export async function writeDueOperations(
  tx: Transaction,
  rows: readonly NewDueOperation[],
  now: string,
): Promise<ReadonlySet<string>> {
  if (rows.length === 0) return new Set();
  const known = await recordedOperations(tx, rows);
  const taken = new Set(known.map((one) => `${one.clientId} ${one.key}`));
  const fresh = rows.filter((row) => !taken.has(`${row.clientId} ${row.key}`));
  await insertOperations(tx, fresh.map(dueRow), now);
  return new Set(fresh.map((row) => row.id));
}

function dueRow(row: NewDueOperation): OperationRow {
  const { disputeId, operation, input, clientId, key, actor } = row;
  const source = "clock";
  const bodyHash = operationHash({
    clientId,
    key,
    source,
    actor,
    dispute: disputeId,
    operation,
    input,
  });
  return { ...row, source, bodyHash, state: "due", outcome: null, stateBefore: null };
}

export interface InboxOptions {
  readonly limit?: number;
  /** Told what could not be worked; everything else is. */
  report?(problem: string, error: unknown): void;
}

/** Executes at most `limit` due operations; answers how many were decided. */
export async function workInbox(engine: Engine, options: InboxOptions = {}): Promise<number> {
  const { limit = 200, report } = options;
  const { usable } = await allUsableClients(engine);
  const now = engine.clock.now().toString();
  const ids = usable.map((one) => one.id);
  const due = await dueOperations(engine.database, ids, now, limit);
  return workSet(engine, due, report);
}

/** All in one transaction; where that fails, each in one of its own. */
async function workSet(
  engine: Engine,
  due: readonly DueOperation[],
  report: InboxOptions["report"],
): Promise<number> {
  if (due.length === 0) return 0;
  try {
    return await untilDecided(engine, (tx) => workIn(tx, engine, due));
  } catch (error) {
    if (error instanceof Failure && error.code === "database-unreachable") throw error;
    if (due.length === 1) {
      report?.(`the due operation ${due[0]?.id} is not worked`, error);
      return 0;
    }
    let done = 0;
    for (const one of due) done += await workSet(engine, [one], report);
    return done;
  }
}

async function workIn(
  tx: Transaction,
  engine: Engine,
  due: readonly DueOperation[],
): Promise<number> {
  const results = await executeAccountingIn(tx, engine, due.map(requestOf));
  const first = results.flatMap((result, index) =>
    result.status === "done"
      ? result.adjustments.map(({ id }) => ({
          clientId: (due[index] as DueOperation).clientId,
          adjustmentId: id,
        }))
      : [],
  );
  await putFirst(tx, first);
  return results.filter((one) => one.status !== "duplicate").length;
}

function requestOf(due: DueOperation): OperationRequest {
  const { clientId, key, source, actor, disputeId, operation, input } = due;
  const request = { clientId, key, source, actor, dispute: disputeId, operation, input };
  return { ...request, approvedAfterwards: source === "clock" };
}
