/** Every statement that writes import runs and their rejects. */
import type { Queries, Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

export interface ImportRun {
  readonly id: string;
  readonly bytesDone: bigint;
  readonly bytesTotal: bigint;
  readonly linesDone: bigint;
  readonly claims: bigint;
  readonly operations: bigint;
  readonly duplicates: bigint;
  readonly rejected: bigint;
  readonly state: "running" | "done";
}

const RUN_COLUMNS = sql`
  id, bytes_done as "bytesDone", bytes_total as "bytesTotal", lines_done as "linesDone", claims,
  operations, duplicates, rejected, state
`;

export interface NewRun {
  readonly id: string;
  readonly contentSha256: Uint8Array;
  /** Whose lines are let in; null: everybody's. */
  readonly clients: readonly string[] | null;
  readonly name: string;
  readonly bytesTotal: bigint;
  readonly actor: string;
  readonly startedAt: string;
}

/**
 * The unfinished run of the same bytes and clients, or a new one. Two processes that start the same
 * file at once get the same run; the lock of `holdRun` lets only one of them go on.
 */
export async function openRun(db: Queries, run: NewRun): Promise<ImportRun> {
  const scope = run.clients?.toSorted().join(",") ?? "*";
  for (;;) {
    await db.execute(sql`
      insert into import_run (id, content_sha256, scope, name, bytes_total, actor, started_at)
      values (${run.id}, ${run.contentSha256}, ${scope}, ${run.name}, ${run.bytesTotal},
              ${run.actor}, ${run.startedAt})
      on conflict (content_sha256, scope) where state = 'running' do nothing
    `);
    const open = await db.maybe<ImportRun>(sql`
      select ${RUN_COLUMNS}
      from import_run
      where content_sha256 = ${run.contentSha256} and scope = ${scope} and state = 'running'
    `);
    // Where there is none, another process ended its own between the two statements.
    if (open !== undefined) return open;
  }
}

/** Locks the run until the transaction ends and reads it again: somebody else may be ahead. */
export async function holdRun(tx: Transaction, id: string): Promise<ImportRun> {
  return tx.one<ImportRun>(sql`select ${RUN_COLUMNS} from import_run where id = ${id} for update`);
}

export async function runById(db: Queries, id: string): Promise<ImportRun | undefined> {
  return db.maybe<ImportRun>(sql`select ${RUN_COLUMNS} from import_run where id = ${id}`);
}

export interface ChunkCounts {
  readonly bytes: number;
  readonly lines: number;
  readonly claims: number;
  readonly operations: number;
  readonly duplicates: number;
  readonly rejected: number;
}

export async function advanceRun(tx: Transaction, id: string, by: ChunkCounts): Promise<void> {
  await tx.execute(sql`
    update import_run
    set bytes_done = bytes_done + ${by.bytes}::bigint,
        lines_done = lines_done + ${by.lines}::bigint,
        claims = claims + ${by.claims}::bigint, operations = operations + ${by.operations}::bigint,
        duplicates = duplicates + ${by.duplicates}::bigint,
        rejected = rejected + ${by.rejected}::bigint
    where id = ${id}
  `);
}

export async function finishRun(db: Queries, id: string, finishedAt: string): Promise<void> {
  await db.execute(sql`
    update import_run
    set state = 'done', finished_at = ${finishedAt}
    where id = ${id} and state = 'running'
  `);
}

export interface Reject {
  readonly line: number;
  readonly key: string | null;
  readonly field: string | null;
  readonly code: string;
  readonly reason: string;
}

export async function insertRejects(
  tx: Transaction,
  runId: string,
  rows: readonly Reject[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into import_reject (run_id, line, key, field, code, reason)
    select ${runId}::uuid, added.*
    from unnest(
      ${rows.map((row) => row.line)}::bigint[],
      ${rows.map((row) => row.key)}::text[],
      ${rows.map((row) => row.field)}::text[],
      ${rows.map((row) => row.code)}::text[],
      ${rows.map((row) => row.reason)}::text[]) as added
  `);
}

export interface RejectRow extends Omit<Reject, "line"> {
  readonly line: bigint;
}

export function rejectsOf(db: Queries, runId: string): AsyncIterable<RejectRow> {
  return db.stream<RejectRow>(sql`
    select line, key, field, code, reason from import_reject where run_id = ${runId} order by line
  `);
}
