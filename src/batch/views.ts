/** What the verbs and the faces read of files, their bytes and their transmissions. */
import type { Queries, Transaction } from "../database/database.ts";
import { nothing, sql } from "../database/sql.ts";
import type { Statement } from "../database/sql.ts";

import type { FileState } from "./file-machine.ts";
import type { KeptFacts } from "./store.ts";

/** One chunk of a file's stored bytes, from 1; undefined after the last. */
export async function fileChunk(
  db: Queries,
  clientId: string,
  fileId: string,
  ordinal: number,
): Promise<Buffer | undefined> {
  const row = await db.maybe<{ bytes: Buffer }>(sql`
    select bytes
    from batch_file_bytes
    where client_id = ${clientId} and file_id = ${fileId} and ordinal = ${ordinal}
  `);
  return row?.bytes;
}

export interface FileRow {
  readonly clientId: string;
  readonly id: string;
  readonly profile: string;
  readonly sequence: bigint;
  readonly windowId: string;
  readonly part: number;
  readonly supersedesId: string | null;
  readonly supersededById: string | null;
  readonly state: FileState;
  readonly marker: "TEST" | "LIVE";
  readonly fileName: string;
  readonly layoutSha256: Buffer;
  readonly facts: KeptFacts;
  readonly currency: string;
  readonly postingDate: string;
  readonly sha256: Buffer;
  readonly sizeBytes: bigint;
  readonly wrappedKey: Buffer | null;
  readonly wrappingKey: number | null;
  readonly adjustmentCount: bigint;
  readonly detailCount: bigint;
  readonly lineCount: bigint;
  readonly debitCount: bigint;
  /** Exact decimal text of minor units: sums may pass 64 bits. */
  readonly debitMinor: string;
  readonly creditCount: bigint;
  readonly creditMinor: string;
  readonly hashTotal: bigint;
  readonly transmission: number;
  readonly attempts: number;
  readonly dueAt: string | null;
  /** Whether another person has to agree before it leaves, and did. */
  readonly release: "free" | "waiting" | "approved" | "declined";
  readonly problem: string | null;
  readonly voidStatement: string | null;
  readonly voidReason: string | null;
  readonly voidedBy: string | null;
  readonly voidSecondedBy: string | null;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly handedOverAt: string | null;
  readonly acknowledgedAt: string | null;
  readonly version: number;
}

const FILE: Statement = sql`
  f.client_id as "clientId", f.id, f.profile, f.sequence, f.window_id as "windowId", f.part,
  f.supersedes_id as "supersedesId", (
    select n.id from batch_file n
    where n.client_id = f.client_id and n.supersedes_id = f.id
    order by n.sequence limit 1) as "supersededById",
  f.state, f.marker, f.file_name as "fileName", f.layout_sha256 as "layoutSha256", f.facts,
  f.currency, f.posting_date as "postingDate", f.sha256, f.size_bytes as "sizeBytes",
  f.wrapped_key as "wrappedKey", f.wrapping_key as "wrappingKey",
  f.adjustment_count as "adjustmentCount", f.detail_count as "detailCount",
  f.line_count as "lineCount", f.debit_count as "debitCount", f.debit_minor as "debitMinor",
  f.credit_count as "creditCount", f.credit_minor as "creditMinor", f.hash_total as "hashTotal",
  f.transmission, f.attempts, f.due_at as "dueAt", f.release,
  f.problem,
  f.void_statement as "voidStatement", f.void_reason as "voidReason", f.voided_by as "voidedBy",
  f.void_seconded_by as "voidSecondedBy", f.created_by as "createdBy",
  f.created_at as "createdAt", f.handed_over_at as "handedOverAt",
  f.acknowledged_at as "acknowledgedAt", f.version`;

export function fileById(
  db: Queries,
  clientId: string,
  fileId: string,
): Promise<FileRow | undefined> {
  return db.maybe<FileRow>(sql`
    select ${FILE} from batch_file f where f.client_id = ${clientId} and f.id = ${fileId}
  `);
}

export function lockFile(
  tx: Transaction,
  clientId: string,
  fileId: string,
): Promise<FileRow | undefined> {
  return tx.maybe<FileRow>(sql`
    select ${FILE} from batch_file f
    where f.client_id = ${clientId} and f.id = ${fileId}
    for update of f
  `);
}

export interface FileFilter {
  /** The caller's clients. */
  readonly clients: readonly string[];
  readonly profile?: string | null;
  readonly windowId?: string | null;
  /** Continue after this file (the list's order is newest first). */
  readonly after?: { readonly createdAt: string; readonly id: string } | null;
  readonly limit: number;
}

/** Files, newest first. */
export function listFiles(db: Queries, filter: FileFilter): Promise<FileRow[]> {
  const { profile = null, windowId = null, after = null } = filter;
  return db.query<FileRow>(sql`
    select ${FILE}
    from batch_file f
    where f.client_id = any (${filter.clients}::text[])
      ${profile === null ? nothing : sql`and f.profile = ${profile}`}
      ${windowId === null ? nothing : sql`and f.window_id = ${windowId}`}
      ${
        after === null ? nothing : sql`and (f.created_at, f.id) < (${after.createdAt}, ${after.id})`
      }
    order by f.created_at desc, f.id desc
    limit ${filter.limit}
  `);
}

export interface StepRow {
  readonly id: string;
  readonly transmission: number;
  readonly attempt: number;
  readonly step: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly actor: string;
  readonly recordedAt: string;
}

/** What was done to send a file, in order. Few rows: tries are bounded. */
export function transmissionSteps(
  db: Queries,
  clientId: string,
  fileId: string,
): Promise<StepRow[]> {
  return db.query<StepRow>(sql`
    select id, transmission, attempt, step, detail, actor, recorded_at as "recordedAt"
    from batch_transmission
    where client_id = ${clientId} and file_id = ${fileId}
    order by id
    limit 10000
  `);
}

export function layoutDefinition(
  db: Queries,
  clientId: string,
  sha256: Uint8Array,
): Promise<{ definition: string }> {
  return db.one(sql`
    select definition from batch_layout where client_id = ${clientId} and sha256 = ${sha256}
  `);
}

/** A file of one of the clients given. */
export function findFile(
  db: Queries,
  clients: readonly string[],
  fileId: string,
): Promise<FileRow | undefined> {
  return db.maybe<FileRow>(sql`
    select ${FILE} from batch_file f
    where f.client_id = any (${clients}::text[]) and f.id = ${fileId}
  `);
}

/** The files before and after it in the chain of regenerations, itself included, in order. */
export function chainOfFile(db: Queries, clientId: string, fileId: string): Promise<FileRow[]> {
  return db.query<FileRow>(sql`
    with recursive back as (
      select id, supersedes_id from batch_file where client_id = ${clientId} and id = ${fileId}
      union
      select f.id, f.supersedes_id
      from batch_file f join back b on f.client_id = ${clientId} and f.id = b.supersedes_id
    ), chain as (
      select id from back
      union
      select f.id from batch_file f join chain c
        on f.client_id = ${clientId} and f.supersedes_id = c.id
    )
    select ${FILE}
    from batch_file f join chain c on f.client_id = ${clientId} and f.id = c.id
    order by f.sequence
    limit 1000
  `);
}

export interface LineRow {
  readonly lineNumber: bigint;
  readonly adjustmentId: string;
  readonly dispute: string;
  readonly claim: string;
  readonly amountMinor: bigint;
  /** Of the adjustment, now. */
  readonly state: string;
  readonly live: boolean;
  readonly outcome: string | null;
  readonly reference: string | null;
}

/** A file's lines after a line number, in order. */
export function linesOfFile(
  db: Queries,
  file: { readonly clientId: string; readonly id: string },
  page: { readonly afterLine: bigint; readonly limit: number },
): Promise<LineRow[]> {
  return db.query(sql`
    select l.line_number as "lineNumber", l.adjustment_id as "adjustmentId", d.number as dispute,
           c.number as claim, l.amount_minor as "amountMinor", a.state, l.live, l.outcome,
           l.outcome_reference as reference
    from batch_line l
    join adjustment a on a.client_id = l.client_id and a.id = l.adjustment_id
    join dispute d on d.client_id = a.client_id and d.id = a.dispute_id
    join claim c on c.client_id = d.client_id and c.id = d.claim_id
    where l.client_id = ${file.clientId} and l.file_id = ${file.id}
      and l.line_number > ${page.afterLine}
    order by l.line_number
    limit ${page.limit}
  `);
}

export interface AdjustmentLineRow {
  readonly fileId: string;
  readonly sequence: bigint;
  readonly fileState: FileState;
  readonly lineNumber: bigint;
  readonly live: boolean;
  readonly outcome: string | null;
}

/** The files an adjustment was in, oldest first. Served by `batch_line_of_adjustment`. */
export function linesOfAdjustment(
  db: Queries,
  clientId: string,
  adjustmentId: string,
): Promise<AdjustmentLineRow[]> {
  return db.query(sql`
    select l.file_id as "fileId", f.sequence, f.state as "fileState",
           l.line_number as "lineNumber", l.live, l.outcome
    from batch_line l
    join batch_file f on f.client_id = l.client_id and f.id = l.file_id
    where l.client_id = ${clientId} and l.adjustment_id = ${adjustmentId}
    order by f.sequence
    limit 1000
  `);
}

export interface EnvelopeRow {
  readonly id: string;
  readonly sha256: Buffer;
  readonly sizeBytes: bigint;
  readonly recipients: readonly string[];
  readonly signer: string | null;
}

/** What a file was sealed into: by the envelope's id, or for these keys. */
export function envelopeOf(
  db: Queries,
  file: { readonly clientId: string; readonly id: string },
  by: { readonly id: string } | { readonly keysSha256: Uint8Array },
): Promise<EnvelopeRow | undefined> {
  return db.maybe<EnvelopeRow>(sql`
    select id, sha256, size_bytes as "sizeBytes", recipients, signer
    from batch_envelope
    where client_id = ${file.clientId} and file_id = ${file.id}
      and ${"id" in by ? sql`id = ${by.id}` : sql`keys_sha256 = ${by.keysSha256}`}
  `);
}

/** The sealed forms in which a file left, in order of time. Served by its unique key. */
export function envelopesOf(
  db: Queries,
  file: { clientId: string; id: string },
): Promise<
  {
    sha256: Buffer;
    sizeBytes: bigint;
    recipients: readonly string[];
    signer: string | null;
    createdAt: string;
  }[]
> {
  return db.query(sql`
    select sha256, size_bytes as "sizeBytes", recipients, signer, created_at as "createdAt"
    from batch_envelope
    where client_id = ${file.clientId} and file_id = ${file.id}
    order by created_at, id
    limit 100
  `);
}

/** One chunk of an envelope, from 1; undefined after the last. */
export async function envelopeChunk(
  db: Queries,
  clientId: string,
  envelopeId: string,
  ordinal: number,
): Promise<Buffer | undefined> {
  const row = await db.maybe<{ bytes: Buffer }>(sql`
    select bytes
    from batch_envelope_bytes
    where client_id = ${clientId} and envelope_id = ${envelopeId} and ordinal = ${ordinal}
  `);
  return row?.bytes;
}
