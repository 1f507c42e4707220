/**
 * Every statement that writes windows, files, lines, bytes and transmissions. The database keeps
 * the rules: sequences without a gap, one live line per adjustment, content that never changes.
 */
import type { Moving } from "../accounting/store.ts";
import type { SealedBy } from "../access/sealed-chunks.ts";
import type { Queries, Transaction } from "../database/database.ts";
import { json, sql } from "../database/sql.ts";

import type { FileState } from "./file-machine.ts";
import type { ControlTotals, FileFacts } from "./writing/render-file.ts";

/** Waits for another generation of the profile to commit; answers the last sequence given out. */
export async function lockSequence(
  tx: Transaction,
  clientId: string,
  profile: string,
): Promise<bigint> {
  const row = await tx.one<{ last: bigint }>(sql`
    select lock_batch_sequence(${clientId}, ${profile}) as last
  `);
  return row.last;
}

/** Stored with the file beside its rows; with them it is all that rendering needs. */
export interface KeptFacts {
  readonly file: FileFacts;
  readonly zone: string;
  readonly texts: Readonly<Record<string, string>>;
  /** Numbers of the institution's own accounts; never a holder's. */
  readonly numbers: Readonly<Record<string, string>>;
}

export interface NewFile {
  readonly clientId: string;
  readonly id: string;
  readonly profile: string;
  readonly sequence: bigint;
  readonly windowId: string;
  readonly part: number;
  readonly supersedesId: string | null;
  readonly marker: string;
  readonly fileName: string;
  readonly layoutSha256: Uint8Array;
  readonly facts: KeptFacts;
  readonly currency: string;
  readonly postingDate: string;
  readonly sha256: Uint8Array;
  readonly sizeBytes: number;
  readonly sealedBy: SealedBy | null;
  readonly totals: ControlTotals;
  /** Null where a person carries it. */
  readonly dueAt: string | null;
  readonly release: "free" | "waiting";
  readonly createdBy: string;
}

export async function insertFile(tx: Transaction, file: NewFile, now: string): Promise<void> {
  const { totals } = file;
  await tx.execute(sql`
    insert into batch_file (
      client_id, id, profile, sequence, window_id, part, supersedes_id, state, marker, file_name,
      layout_sha256, facts, currency, posting_date, sha256, size_bytes, wrapped_key, wrapping_key,
      adjustment_count, detail_count, line_count, debit_count, debit_minor, credit_count,
      credit_minor, hash_total, due_at, release, created_by, created_at, updated_at)
    values (
      ${file.clientId}, ${file.id}, ${file.profile}, ${file.sequence}, ${file.windowId},
      ${file.part}, ${file.supersedesId}, 'generated', ${file.marker}, ${file.fileName},
      ${file.layoutSha256}, ${json(file.facts)}, ${file.currency}, ${file.postingDate},
      ${file.sha256}, ${file.sizeBytes}, ${file.sealedBy?.wrappedKey ?? null},
      ${file.sealedBy?.wrappingKey ?? null}, ${totals.adjustmentCount},
      ${totals.detailCount}, ${totals.lineCount}, ${totals.debitCount}, ${totals.debitMinor},
      ${totals.creditCount}, ${totals.creditMinor}, ${totals.hashTotal}, ${file.dueAt},
      ${file.release},
      ${file.createdBy}, ${now}, ${now})
  `);
}

export async function insertChunk(
  tx: Transaction,
  chunk: { clientId: string; fileId: string; ordinal: number; bytes: Uint8Array },
): Promise<void> {
  await tx.execute(sql`
    insert into batch_file_bytes (client_id, file_id, ordinal, bytes)
    values (${chunk.clientId}, ${chunk.fileId}, ${chunk.ordinal}, ${chunk.bytes})
  `);
}

export interface NewLine {
  readonly lineNumber: number;
  readonly detailCount: number;
  readonly adjustmentId: string;
  readonly amountMinor: bigint;
  readonly direction: string;
  readonly keyRevision: number;
  readonly firstPostingDate: string;
  /** Null: all of the adjustment's entries. */
  readonly entryIds: readonly string[] | null;
}

/** Moves adjustments into a file, each with its line, as an expression that answers how many. */
export function takingIntoFile(fileId: string, lines: readonly NewLine[]): Moving {
  return (move, rows, now) => sql`
    take_into_file(
      ${move.clientId}, ${move.from}, ${move.to}, ${move.event}, ${move.actor},
      ${json(move.outside)}::jsonb, ${now}::timestamptz, ${rows.ids}::uuid[],
      ${rows.lines}::int[], ${rows.transitionIds}::uuid[], ${fileId}::uuid,
      ${lines.map((line) => line.detailCount)}::int[],
      ${lines.map((line) => line.amountMinor)}::bigint[],
      ${lines.map((line) => line.direction)}::text[],
      ${lines.map((line) => line.keyRevision)}::smallint[],
      ${lines.map((line) => line.firstPostingDate)}::date[],
      ${lines.map((line) => line.entryIds?.join(" ") ?? null)}::text[])`;
}

/**
 * Says what became of lines; a released one is no longer live. Served by `batch_line_one_live`: no
 * join and the file compared as text, since of a file just written the planner knows nothing and
 * would hold each of its lines against each adjustment.
 */
export async function settleLines(
  tx: Transaction,
  clientId: string,
  fileId: string,
  adjustmentIds: readonly string[],
  settled: { outcome: "acknowledged" | "refused" | "released"; reference: string | null },
): Promise<number> {
  return tx.execute(sql`
    update batch_line
    set outcome = ${settled.outcome}, outcome_reference = ${settled.reference},
        live = ${settled.outcome === "acknowledged"}
    where client_id = ${clientId} and adjustment_id = any (${adjustmentIds}::uuid[])
      and file_id::text = (${fileId}::uuid)::text
      and live and (outcome is null or ${settled.outcome} = 'refused')
  `);
}

/** Says what became of single lines, each with its own reference; a refused one leaves the file. */
export async function settleEachLine(
  tx: Transaction,
  clientId: string,
  rows: readonly {
    readonly fileId: string;
    readonly lineNumber: bigint;
    readonly outcome: "acknowledged" | "refused";
    readonly reference: string | null;
  }[],
): Promise<number> {
  if (rows.length === 0) return 0;
  return tx.execute(sql`
    update batch_line l
    set outcome = n.outcome, outcome_reference = n.reference, live = n.outcome = 'acknowledged'
    from unnest(
      ${rows.map((row) => row.fileId)}::uuid[],
      ${rows.map((row) => row.lineNumber)}::bigint[],
      ${rows.map((row) => row.outcome)}::text[],
      ${rows.map((row) => row.reference)}::text[]) as n (file_id, line_number, outcome, reference)
    where l.client_id = ${clientId} and l.file_id = n.file_id and l.line_number = n.line_number
      and l.live and (l.outcome is null or n.outcome = 'refused')
  `);
}

export interface FileChange {
  readonly state?: FileState;
  readonly dueAt?: string | null;
  readonly release?: "approved" | "declined";
  readonly attempts?: number;
  readonly transmission?: number;
  readonly problem?: string | null;
  readonly handedOverAt?: string;
  readonly acknowledgedAt?: string;
  readonly voided?: {
    readonly statement: string;
    readonly reason: string;
    readonly by: string;
    readonly secondedBy: string | null;
  };
}

/** Changes what may change of a file, and gives a lease on it back. The row is locked already. */
export async function changeFile(
  tx: Transaction,
  file: { clientId: string; id: string },
  change: FileChange,
  now: string,
): Promise<void> {
  await tx.execute(sql`
    update batch_file
    set state = coalesce(${change.state ?? null}, state),
        due_at = case when ${change.dueAt !== undefined}
          then ${change.dueAt ?? null}::timestamptz else due_at end,
        release = coalesce(${change.release ?? null}, release),
        attempts = coalesce(${change.attempts ?? null}::smallint, attempts),
        transmission = coalesce(${change.transmission ?? null}::smallint, transmission),
        problem = case when ${change.problem !== undefined}
          then ${change.problem ?? null} else problem end,
        handed_over_at = coalesce(${change.handedOverAt ?? null}::timestamptz, handed_over_at),
        acknowledged_at = coalesce(${change.acknowledgedAt ?? null}::timestamptz, acknowledged_at),
        void_statement = coalesce(${change.voided?.statement ?? null}, void_statement),
        void_reason = coalesce(${change.voided?.reason ?? null}, void_reason),
        voided_by = coalesce(${change.voided?.by ?? null}, voided_by),
        void_seconded_by = coalesce(${change.voided?.secondedBy ?? null}, void_seconded_by),
        leased_by = null, leased_until = null, version = version + 1, updated_at = ${now}
    where client_id = ${file.clientId} and id = ${file.id}
  `);
}

/** Leases the next file that is due to be sent, or none. Served by `batch_file_due`. */
export function leaseDueFile(
  tx: Transaction,
  worker: string,
  now: string,
  leasedUntil: string,
): Promise<{ clientId: string; id: string } | undefined> {
  return tx.maybe(sql`
    with due as (
      select client_id, id
      from batch_file
      where due_at <= ${now} and (leased_until is null or leased_until < ${now})
      order by due_at, sequence
      limit 1
      for update skip locked
    )
    update batch_file f
    set leased_by = ${worker}, leased_until = ${leasedUntil}
    from due
    where f.client_id = due.client_id and f.id = due.id
    returning f.client_id as "clientId", f.id
  `);
}

/** Begins a try and keeps the lease: the number of the try fences off an older one. */
export async function beginTry(
  tx: Transaction,
  file: { clientId: string; id: string },
  attempt: number,
  now: string,
): Promise<void> {
  await tx.execute(sql`
    update batch_file
    set state = 'sending', attempts = ${attempt}, version = version + 1, updated_at = ${now}
    where client_id = ${file.clientId} and id = ${file.id}
  `);
}

/** Keeps a file for the try that sends it; answers false when a newer one has begun. */
export async function keepLease(
  db: Queries,
  file: { clientId: string; id: string; transmission: number },
  attempt: number,
  leasedUntil: string,
): Promise<boolean> {
  const count = await db.execute(sql`
    update batch_file
    set leased_until = ${leasedUntil}
    where client_id = ${file.clientId} and id = ${file.id}
      and transmission = ${file.transmission} and attempts = ${attempt}
  `);
  return count === 1;
}
