/**
 * Runs jobs, a chunk at a time: the verb's effect and the results of its items are one
 * transaction, so that a worker that dies has done a chunk or not begun it. Whoever has the lease
 * goes on where the last result stands.
 *
 * The rule it protects: an item is done at most once, by the person who asked, with the rights
 * they have when it is done.
 */
import { callerNamed } from "../access/authenticate.ts";
import type { Caller } from "../access/caller.ts";
import { isAllowed } from "../access/caller.ts";
import type { Transaction } from "../database/database.ts";
import { isConflict } from "../database/errors.ts";
import { assert } from "../kernel/assert.ts";
import type { Failpoints } from "../kernel/failpoints.ts";
import type { FailureCode } from "../kernel/failure.ts";
import { Failure } from "../kernel/failure.ts";
import { repeatedly } from "../kernel/repeatedly.ts";

import type { JobDesk } from "./ask-job.ts";
import type { JobItem, JobKind, JobKinds } from "./job-kinds.ts";
import type { JobRow } from "./job-views.ts";
import { itemsFrom, lockJob } from "./job-views.ts";
import type { ItemOutcome } from "./store.ts";
import { leaseNextJob, recordItems, releaseJob, renewJobLease } from "./store.ts";

export interface JobWorkerDesk extends JobDesk {
  readonly failpoints: Failpoints;
  /** What went wrong on our own side, for the log. */
  report(problem: string, error: unknown): void;
}

export interface JobWorkerOptions {
  readonly worker: string;
  readonly leaseSeconds?: number;
  readonly chunk?: number;
  readonly pollSeconds?: number;
}

export interface JobWorker {
  wake(): void;
  /** Ends the chunk under way, gives the job back, begins nothing else. */
  stop(): Promise<void>;
}

const LEASE_SECONDS = 30;
const CHUNK = 100;
/** So many chunks, then another job has its turn: a small one does not wait for a large one. */
const CHUNKS_A_TURN = 10;

export function startJobWorker(
  desk: JobWorkerDesk,
  kinds: JobKinds,
  options: JobWorkerOptions,
): JobWorker {
  let isStopping = false;
  const goesOn = (): boolean => !isStopping;
  const loop = repeatedly(
    async () => {
      while (goesOn() && (await runTurn(desk, kinds, options, goesOn)));
    },
    {
      seconds: options.pollSeconds ?? 1,
      failed: (error) => desk.report("a job could not go on", error),
    },
  );
  return {
    wake: () => loop.wake(),
    stop: async () => {
      isStopping = true;
      await loop.stop();
    },
  };
}

/** One job's turn; false when no job waits. */
export async function runTurn(
  desk: JobWorkerDesk,
  kinds: JobKinds,
  options: JobWorkerOptions,
  goesOn: () => boolean = () => true,
): Promise<boolean> {
  const { worker, chunk = CHUNK } = options;
  const leased = await desk.database.transaction((tx) =>
    leaseNextJob(tx, [...kinds.keys()], leaseOf(desk, options)),
  );
  if (leased === undefined) return false;
  const { id } = leased;
  const heartbeat = repeatedly(
    () => desk.database.transaction((tx) => renewJobLease(tx, id, leaseOf(desk, options))),
    {
      seconds: (options.leaseSeconds ?? LEASE_SECONDS) / 3,
      failed: (error) => desk.report("renewing the lease of a job failed", error),
    },
  );
  try {
    for (let chunks = 0; chunks < CHUNKS_A_TURN && goesOn(); chunks += 1) {
      if (!(await runChunk(desk, kinds, { id, worker, chunk }))) return true;
    }
  } finally {
    await heartbeat.stop();
    const now = desk.clock.now().toString();
    await desk.database.transaction((tx) => releaseJob(tx, id, worker, now));
  }
  return true;
}

function leaseOf(desk: JobWorkerDesk, { worker, leaseSeconds = LEASE_SECONDS }: JobWorkerOptions) {
  const now = desk.clock.now();
  const leasedUntil = now.add({ milliseconds: Math.round(leaseSeconds * 1000) });
  return { worker, now: now.toString(), leasedUntil: leasedUntil.toString() };
}

/** False when the job is over, cancelled, or somebody else's by now. */
async function runChunk(
  desk: JobWorkerDesk,
  kinds: JobKinds,
  { id, worker, chunk }: { id: string; worker: string; chunk: number },
): Promise<boolean> {
  const ended = await desk.database.transaction(async (tx) => {
    const job = await lockJob(tx, id, worker);
    if (job === undefined) return null;
    const kind = kinds.get(job.kind);
    assert(kind !== undefined, `${job.kind} was asked for`);
    const begun = Number(job.doneCount + job.failedCount + job.skippedCount);
    const items = await itemsFrom(tx, id, begun + 1, chunk);
    const caller = await callerNamed(tx, job.askedBy, desk.clock.now().toString());
    const outcomes = await outcomesOf(tx, desk, { kind, job, items, caller });
    await recordItems(tx, id, outcomes, desk.clock.now().toString());
    desk.failpoints.at("job.chunk.uncommitted");
    return { kind, isLast: begun + items.length >= Number(job.totalCount) };
  });
  if (ended === null) return false;
  desk.failpoints.at("job.chunk.committed");
  ended.kind.done?.();
  return !ended.isLast;
}

interface Chunk {
  readonly kind: JobKind;
  readonly job: JobRow;
  readonly items: readonly JobItem[];
  readonly caller: Caller | undefined;
}

async function outcomesOf(
  tx: Transaction,
  desk: JobWorkerDesk,
  { kind, job, items, caller }: Chunk,
): Promise<ItemOutcome[]> {
  const refusals = items.map((item) => refusalOf(kind, caller, item));
  const refused = items.flatMap((item, index) => {
    const reason = refusals[index] ?? null;
    return reason === null ? [] : [{ ...skipped(item), code: "forbidden", reason }];
  });
  const allowed = items.filter((_, index) => (refusals[index] ?? null) === null);
  const tried = await tryAll(tx, desk, { kind, job, items: allowed, caller });
  return [...refused, ...tried].sort((one, other) => one.ordinal - other.ordinal);
}

function refusalOf(kind: JobKind, caller: Caller | undefined, item: JobItem): string | null {
  if (caller === undefined) return "whoever asked may not come in any more";
  if (!isAllowed(caller, kind.right)) return "whoever asked no longer has the right to do this";
  if (caller.clients !== null && !caller.clients.includes(item.clientId)) {
    return "whoever asked no longer sees this client";
  }
  return null;
}

/** The whole set at once; where it is refused its halves, down to the one that is the reason. */
async function tryAll(tx: Transaction, desk: JobWorkerDesk, given: Chunk): Promise<ItemOutcome[]> {
  const { kind, job, items } = given;
  if (items.length === 0) return [];
  try {
    await tx.savepoint(async () => kind.perform(tx, items, job.askedBy, job.input));
    return items.map((item) => ({
      ordinal: item.ordinal,
      outcome: "done" as const,
      code: null,
      reason: null,
    }));
  } catch (error) {
    if (isOfTheDatabase(error)) throw error;
    const [only] = items;
    if (items.length === 1 && only !== undefined) return [outcomeOfError(desk, only, error)];
    const middle = Math.ceil(items.length / 2);
    return [
      ...(await tryAll(tx, desk, { ...given, items: items.slice(0, middle) })),
      ...(await tryAll(tx, desk, { ...given, items: items.slice(middle) })),
    ];
  }
}

/** Says nothing of the item: the chunk is tried again as a whole. */
function isOfTheDatabase(error: unknown): boolean {
  return isConflict(error) || (error instanceof Failure && error.code === "database-unreachable");
}

/** It moved on, or it is not theirs to do: nothing is wrong with it. */
const SKIPPING: ReadonlySet<FailureCode> = new Set([
  "not-found",
  "assignment-closed",
  "assignment-taken",
  "stale-version",
  "transition-refused",
  "forbidden",
  "self-approval",
]);

function outcomeOfError(desk: JobWorkerDesk, item: JobItem, error: unknown): ItemOutcome {
  if (!(error instanceof Failure)) {
    desk.report(`item ${item.ordinal} of a job failed for a reason of ours`, error);
    const reason = "it failed for a reason of ours; the log has it";
    return { ...skipped(item), outcome: "failed", code: "internal-error", reason };
  }
  const { code, message: reason } = error;
  const outcome = SKIPPING.has(code) ? ("skipped" as const) : ("failed" as const);
  return { ordinal: item.ordinal, outcome, code, reason };
}

function skipped({ ordinal }: JobItem) {
  return { ordinal, outcome: "skipped" as const };
}
