/** What the verbs and the faces read of windows, files, lines, bytes and transmissions. */
import type { Queries, Transaction } from "../database/database.ts";
import { nothing, sql } from "../database/sql.ts";
import type { Statement } from "../database/sql.ts";

import type { FileState } from "./file-machine.ts";
import type { KeptFacts, WindowRow } from "./store.ts";

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
  f.transmission, f.attempts, f.due_at as "dueAt", f.problem,
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
      ${after === null ? nothing : sql`and (f.created_at, f.id) < (${after.createdAt}, ${after.id})`}
    order by f.created_at desc, f.id desc
    limit ${filter.limit}
  `);
}

export interface LineRow {
  readonly lineNumber: bigint;
  readonly detailCount: number;
  readonly adjustmentId: string;
  readonly dispute: string;
  readonly claim: string;
  readonly amountMinor: bigint;
  readonly direction: "debit" | "credit" | "memo";
  readonly adjustmentState: string;
  readonly live: boolean;
  readonly outcome: "acknowledged" | "refused" | "released" | null;
  readonly outcomeReference: string | null;
}

/** Lines of a file after a line number, in file order. */
export function linesOfFile(
  db: Queries,
  file: { clientId: string; fileId: string },
  afterLine: bigint,
  limit: number,
): Promise<LineRow[]> {
  return db.query<LineRow>(sql`
    select l.line_number as "lineNumber", l.detail_count as "detailCount",
           l.adjustment_id as "adjustmentId", d.number as dispute, c.number as claim,
           l.amount_minor as "amountMinor", l.direction, a.state as "adjustmentState", l.live,
           l.outcome, l.outcome_reference as "outcomeReference"
    from batch_line l
    join adjustment a on a.client_id = l.client_id and a.id = l.adjustment_id
    join dispute d on d.client_id = a.client_id and d.id = a.dispute_id
    join claim c on c.client_id = d.client_id and c.id = d.claim_id
    where l.client_id = ${file.clientId} and l.file_id = ${file.fileId}
      and l.line_number > ${afterLine}
    order by l.line_number
    limit ${limit}
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

export interface WindowFilter {
  readonly clients: readonly string[];
  readonly profile?: string | null;
  readonly from: string;
  readonly until: string;
  readonly limit: number;
}

/** Windows cut between two instants, in order of time. */
export function listWindows(db: Queries, filter: WindowFilter): Promise<WindowRow[]> {
  const { profile = null } = filter;
  return db.query<WindowRow>(sql`
    select client_id as "clientId", id, profile, business_date as "businessDate",
           cut_off as "cutOff", ordinal, cut_at as "cutAt", posting_date as "postingDate", state,
           made_up as "madeUp"
    from batch_window
    where client_id = any (${filter.clients}::text[])
      and cut_at between ${filter.from} and ${filter.until}
      ${profile === null ? nothing : sql`and profile = ${profile}`}
    order by cut_at, id
    limit ${filter.limit}
  `);
}

/** Windows whose time has come and that are not cut, in order. Served by `batch_window_due`. */
export function dueWindows(
  db: Queries,
  now: string,
  limit: number,
): Promise<{ clientId: string; id: string; profile: string; cutAt: string }[]> {
  return db.query(sql`
    select client_id as "clientId", id, profile, cut_at as "cutAt"
    from batch_window
    where state in ('planned', 'late') and ordinal = 0 and cut_at <= ${now}
    order by cut_at, id
    limit ${limit}
  `);
}

/** The last scheduled occurrence that has a row, per cut-off of a profile. */
export function lastPlanned(
  db: Queries,
  clientId: string,
  profile: string,
): Promise<{ cutOff: string; cutAt: string }[]> {
  return db.query(sql`
    select cut_off as "cutOff", max(cut_at) as "cutAt"
    from batch_window
    where client_id = ${clientId} and profile = ${profile} and ordinal = 0
    group by cut_off
    limit 1000
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

/** How many adjustments wait for each profile, and how much, by currency. */
export function pendingByProfile(
  db: Queries,
  clients: readonly string[],
): Promise<
  { clientId: string; profile: string; currency: string; count: bigint; amountMinor: string }[]
> {
  return db.query(sql`
    select client_id as "clientId", destination as profile, currency, count(*) as count,
           sum(amount_minor) as "amountMinor"
    from adjustment
    where client_id = any (${clients}::text[]) and state = 'pendingBatch'
    group by client_id, destination, currency
    order by client_id, destination, currency
    limit 1000
  `);
}

/** Adjustments of a file's live lines without an answer (or accepted), in the order of their ids. */
export async function liveAdjustments(
  db: Queries,
  file: { clientId: string; id: string },
  page: {
    only: readonly string[] | null;
    after: string | null;
    limit: number;
    orAccepted: boolean;
  },
): Promise<string[]> {
  const rows = await db.query<{ id: string }>(sql`
    select adjustment_id as id
    from batch_line
    where client_id = ${file.clientId} and file_id = ${file.id} and live
      and (outcome is null or ${page.orAccepted})
      and (${page.after}::uuid is null or adjustment_id > ${page.after})
      ${page.only === null ? nothing : sql`and adjustment_id = any (${page.only}::uuid[])`}
    order by adjustment_id
    limit ${page.limit}
  `);
  return rows.map((row) => row.id);
}

/** Live lines without an answer, and how many of the adjustments given the file does not hold. */
export function countOpenLines(
  db: Queries,
  file: { clientId: string; id: string },
  adjustmentIds: readonly string[],
): Promise<{ open: bigint; unknown: bigint }> {
  return db.one(sql`
    select
      (select count(*) from batch_line
       where client_id = ${file.clientId} and file_id = ${file.id} and live and outcome is null
      ) as open,
      (select count(*) from unnest(${adjustmentIds}::uuid[]) as told (id)
       where not exists (
         select 1 from batch_line l
         where l.client_id = ${file.clientId} and l.file_id = ${file.id}
           and l.adjustment_id = told.id)) as unknown
  `);
}

/** The batch profile of adjustments that failed. */
export function failedDestinations(
  db: Queries,
  keys: readonly { clientId: string; id: string }[],
): Promise<{ id: string; destination: string | null }[]> {
  return db.query(sql`
    select a.id, a.destination
    from unnest(
      ${keys.map((key) => key.clientId)}::text[],
      ${keys.map((key) => key.id)}::uuid[]) as wanted (client_id, id)
    join adjustment a on a.client_id = wanted.client_id and a.id = wanted.id
  `);
}

export function lineSums(
  db: Queries,
  file: { clientId: string; id: string },
): Promise<{ adjustments: bigint; details: bigint }> {
  return db.one(sql`
    select count(*) as adjustments, coalesce(sum(detail_count), 0)::bigint as details
    from batch_line
    where client_id = ${file.clientId} and file_id = ${file.id}
  `);
}
