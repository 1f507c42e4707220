/** Every statement that writes return files, their bytes, their lines and what became of them. */
import type { SealedBy } from "../../access/sealed-chunks.ts";
import type { Transaction } from "../../database/database.ts";
import { json, sql } from "../../database/sql.ts";
import type { InboundFault, InboundLine } from "../../formats/read/document.ts";

import type { ControlDifference } from "./check-controls.ts";
import { safeFileName, safeText, safeTraceNumber } from "./safe-text.ts";

export type InboundSource = "upload" | "command" | "directory" | "sftp" | "s3";

export type InboundFileState =
  "received" | "read" | "held" | "matched" | "partlyMatched" | "refused";

export interface NewInboundFile {
  readonly clientId: string;
  readonly id: string;
  readonly profile: string;
  readonly name: string;
  readonly source: InboundSource;
  readonly format: string;
  readonly sha256: Uint8Array;
  readonly sizeBytes: number;
  readonly sealedBy: SealedBy;
  readonly actor: string;
}

/** False where the profile has these bytes already: whoever was first has committed. */
export async function insertInboundFile(
  tx: Transaction,
  file: NewInboundFile,
  now: string,
): Promise<boolean> {
  const inserted = await tx.execute(sql`
    insert into inbound_file (
      client_id, id, profile, name, source, format, sha256, size_bytes, wrapped_key, wrapping_key,
      state, received_by, received_at, due_at, updated_at)
    values (
      ${file.clientId}, ${file.id}, ${file.profile}, ${file.name}, ${file.source}, ${file.format},
      ${file.sha256}, ${file.sizeBytes}, ${file.sealedBy.wrappedKey},
      ${file.sealedBy.wrappingKey}, 'received', ${file.actor}, ${now}, ${now}, ${now})
    on conflict (client_id, profile, sha256) do nothing
  `);
  return inserted === 1;
}

export async function insertInboundChunk(
  tx: Transaction,
  chunk: { clientId: string; fileId: string; ordinal: number; bytes: Uint8Array },
): Promise<void> {
  await tx.execute(sql`
    insert into inbound_bytes (client_id, file_id, ordinal, bytes)
    values (${chunk.clientId}, ${chunk.fileId}, ${chunk.ordinal}, ${chunk.bytes})
  `);
}

export async function insertRepeat(
  tx: Transaction,
  row: {
    clientId: string;
    id: string;
    fileId: string;
    name: string;
    source: InboundSource;
    actor: string;
  },
  now: string,
): Promise<void> {
  await tx.execute(sql`
    insert into inbound_repeat (client_id, id, file_id, name, source, actor, recorded_at)
    values (${row.clientId}, ${row.id}, ${row.fileId}, ${row.name}, ${row.source}, ${row.actor},
      ${now})
  `);
}

/** Lines as the file says them; a number that looks like a card's is masked. */
export async function insertInboundLines(
  tx: Transaction,
  place: { clientId: string; fileId: string },
  firstOrdinal: number,
  lines: readonly InboundLine[],
): Promise<void> {
  if (lines.length === 0) return;
  await tx.execute(sql`
    insert into inbound_line (
      client_id, file_id, ordinal, line, status, reference, trace_number, original_file,
      end_to_end_id, amount_minor, currency, side, booked_on, code, reason)
    select ${place.clientId}, ${place.fileId}, added.*
    from unnest(
      ${lines.map((_, index) => firstOrdinal + index)}::bigint[],
      ${lines.map((line) => line.lineNumber)}::bigint[],
      ${lines.map((line) => line.status)}::text[],
      ${lines.map((line) => safeText(line.reference))}::text[],
      ${lines.map((line) => safeTraceNumber(line.original.traceNumber))}::text[],
      ${lines.map((line) => safeFileName(line.original.fileId))}::text[],
      ${lines.map((line) => safeText(line.original.endToEndId))}::text[],
      ${lines.map((line) => line.amountMinor)}::bigint[],
      ${lines.map((line) => line.currency)}::text[],
      ${lines.map((line) => line.side)}::text[],
      ${lines.map((line) => line.bookedOn)}::date[],
      ${lines.map((line) => safeText(line.code))}::text[],
      ${lines.map((line) => safeText(line.reason))}::text[]) as added
  `);
}

export interface InboundFileChange {
  readonly state: InboundFileState;
  readonly dueAt: string | null;
  readonly problem?: string | null;
  readonly identity?: string | null;
  readonly duplicateOf?: string | null;
  readonly format?: string;
  readonly faults?: readonly InboundFault[];
  readonly totals?: readonly ControlDifference[];
  readonly lineCount?: number;
  readonly readAt?: string;
  readonly finishedAt?: string;
}

/** Changes what may change of a return file. The row is locked already. */
export async function changeInboundFile(
  tx: Transaction,
  file: { clientId: string; id: string },
  change: InboundFileChange,
  now: string,
): Promise<void> {
  const faults = change.faults?.map(safeFault);
  await tx.execute(sql`
    update inbound_file
    set state = ${change.state}, due_at = ${change.dueAt}::timestamptz,
        problem = case when ${change.problem !== undefined}
          then ${safeText(change.problem)} else problem end,
        identity = coalesce(${change.identity ?? null}, identity),
        duplicate_of = coalesce(${change.duplicateOf ?? null}::uuid, duplicate_of),
        format = coalesce(${change.format ?? null}, format),
        faults = coalesce(${faults === undefined ? null : json(faults)}::jsonb, faults),
        totals = coalesce(${change.totals === undefined ? null : json(change.totals)}::jsonb,
          totals),
        line_count = coalesce(${change.lineCount ?? null}::bigint, line_count),
        read_at = coalesce(${change.readAt ?? null}::timestamptz, read_at),
        finished_at = coalesce(${change.finishedAt ?? null}::timestamptz, finished_at),
        version = version + 1, updated_at = ${now}
    where client_id = ${file.clientId} and id = ${file.id}
  `);
}

/** What is wrong may quote what stands there. */
function safeFault({ line, place, reason }: InboundFault): InboundFault {
  return { line, place: safeText(place) ?? "", reason: safeText(reason) ?? "" };
}

export type LineState = "waiting" | "applied" | "repeated" | "noted" | "unmatched" | "setAside";

export type LineOutcome =
  "executed" | "confirmed" | "failed" | "returned" | "counted" | "partly" | "wholeFile";

export interface SettledLine {
  readonly ordinal: bigint;
  readonly state: Exclude<LineState, "waiting">;
  readonly outcome: LineOutcome | null;
  readonly explanation: string | null;
  readonly adjustmentId: string | null;
  readonly batchFileId: string | null;
  readonly batchLine: bigint | null;
  readonly detail: number | null;
}

/** Says what became of lines; answers how many there were to say it of. */
export async function settleInboundLines(
  tx: Transaction,
  place: { clientId: string; fileId: string },
  rows: readonly SettledLine[],
  settled: { by: string; now: string },
): Promise<number> {
  if (rows.length === 0) return 0;
  return tx.execute(sql`
    update inbound_line l
    set state = n.state, outcome = n.outcome, explanation = n.explanation,
        adjustment_id = n.adjustment_id, batch_file_id = n.batch_file_id,
        batch_line = n.batch_line, detail = n.detail, settled_by = ${settled.by},
        settled_at = ${settled.now}
    from unnest(
      ${rows.map((row) => row.ordinal)}::bigint[],
      ${rows.map((row) => row.state)}::text[],
      ${rows.map((row) => row.outcome)}::text[],
      ${rows.map((row) => row.explanation)}::text[],
      ${rows.map((row) => row.adjustmentId)}::uuid[],
      ${rows.map((row) => row.batchFileId)}::uuid[],
      ${rows.map((row) => row.batchLine)}::bigint[],
      ${rows.map((row) => row.detail)}::int[])
      as n (ordinal, state, outcome, explanation, adjustment_id, batch_file_id, batch_line, detail)
    where l.client_id = ${place.clientId} and l.file_id = ${place.fileId}
      and l.ordinal = n.ordinal
  `);
}

export interface Decision {
  readonly clientId: string;
  readonly id: string;
  readonly fileId: string;
  readonly ordinal: bigint | null;
  readonly decision: "again" | "matched" | "setAside" | "released" | "refused" | "readAgain";
  readonly batchFileId?: string;
  readonly batchLine?: bigint;
  readonly reason: string;
  readonly actor: string;
}

export async function insertDecision(tx: Transaction, row: Decision, now: string): Promise<void> {
  await tx.execute(sql`
    insert into inbound_decision (
      client_id, id, file_id, ordinal, decision, batch_file_id, batch_line, reason, actor,
      recorded_at)
    values (${row.clientId}, ${row.id}, ${row.fileId}, ${row.ordinal}, ${row.decision},
      ${row.batchFileId ?? null}, ${row.batchLine ?? null}, ${row.reason}, ${row.actor}, ${now})
  `);
}
