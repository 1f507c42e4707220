/** What the verbs and the faces read of return files and their lines. */
import type { Queries, Transaction } from "../../database/database.ts";
import { nothing, sql } from "../../database/sql.ts";
import type { Statement } from "../../database/sql.ts";
import type { InboundFault, InboundFormat, InboundStatus } from "../../formats/read/document.ts";

import type { ControlDifference } from "./check-controls.ts";
import type { InboundFileState, InboundSource, LineOutcome, LineState } from "./store.ts";
import type { WaitsFor } from "./waits.ts";
import { waitsCondition } from "./waits.ts";

export interface InboundFileRow {
  readonly clientId: string;
  readonly id: string;
  readonly profile: string;
  readonly name: string;
  readonly source: InboundSource;
  readonly format: InboundFormat;
  readonly sha256: Buffer;
  readonly sizeBytes: bigint;
  readonly wrappedKey: Buffer;
  readonly wrappingKey: number;
  readonly state: InboundFileState;
  readonly identity: string | null;
  readonly duplicateOf: string | null;
  readonly problem: string | null;
  readonly faults: readonly InboundFault[];
  readonly totals: readonly ControlDifference[];
  readonly lineCount: bigint;
  readonly receivedBy: string;
  readonly receivedAt: string;
  readonly finishedAt: string | null;
  readonly version: number;
}

const FILE: Statement = sql`
  f.client_id as "clientId", f.id, f.profile, f.name, f.source, f.format, f.sha256,
  f.size_bytes as "sizeBytes", f.wrapped_key as "wrappedKey", f.wrapping_key as "wrappingKey",
  f.state, f.identity, f.duplicate_of as "duplicateOf", f.problem, f.faults, f.totals,
  f.line_count as "lineCount", f.received_by as "receivedBy", f.received_at as "receivedAt",
  f.finished_at as "finishedAt", f.version`;

/** A return file by id, of one of the clients. */
export function findInboundFile(
  db: Queries,
  clients: readonly string[],
  id: string,
): Promise<InboundFileRow | undefined> {
  return db.maybe(sql`
    select ${FILE} from inbound_file f
    where f.client_id = any (${clients}::text[]) and f.id = ${id}
  `);
}

export function inboundFileOfBytes(
  db: Queries,
  clientId: string,
  profile: string,
  sha256: Uint8Array,
): Promise<InboundFileRow | undefined> {
  return db.maybe(sql`
    select ${FILE} from inbound_file f
    where f.client_id = ${clientId} and f.profile = ${profile} and f.sha256 = ${sha256}
  `);
}

/** The file that was taken under this identity, if one was. */
export function inboundFileOfIdentity(
  db: Queries,
  file: { clientId: string; profile: string; id: string },
  identity: string,
): Promise<{ id: string; name: string } | undefined> {
  return db.maybe(sql`
    select id, name from inbound_file
    where client_id = ${file.clientId} and profile = ${file.profile}
      and identity = ${identity} and state <> 'refused' and id <> ${file.id}
  `);
}

export function lockInboundFile(
  tx: Transaction,
  clientId: string,
  id: string,
): Promise<InboundFileRow | undefined> {
  return tx.maybe(sql`
    select ${FILE} from inbound_file f
    where f.client_id = ${clientId} and f.id = ${id}
    for update
  `);
}

/** The next file that the machine has to go on with; one that another works on is passed over. */
export function lockDueInboundFile(
  tx: Transaction,
  now: string,
): Promise<InboundFileRow | undefined> {
  return tx.maybe(sql`
    select ${FILE} from inbound_file f
    where f.due_at <= ${now}
    order by f.due_at, f.id
    limit 1
    for update skip locked
  `);
}

export async function inboundChunk(
  db: Queries,
  place: { clientId: string; fileId: string },
  ordinal: number,
): Promise<Buffer | undefined> {
  const row = await db.maybe<{ bytes: Buffer }>(sql`
    select bytes from inbound_bytes
    where client_id = ${place.clientId} and file_id = ${place.fileId} and ordinal = ${ordinal}
  `);
  return row?.bytes;
}

/** Return files, newest first. */
export function listInboundFiles(
  db: Queries,
  filter: {
    readonly clients: readonly string[];
    readonly profile?: string | null;
    readonly state?: InboundFileState | null;
    /** Only those that wait, for one thing or for any. */
    readonly waits?: WaitsFor | "any" | null;
    readonly after?: { readonly receivedAt: string; readonly id: string } | null;
    readonly limit: number;
  },
): Promise<InboundFileRow[]> {
  const { profile = null, state = null, waits = null, after = null } = filter;
  return db.query(sql`
    select ${FILE}
    from inbound_file f
    where f.client_id = any (${filter.clients}::text[])
      ${profile === null ? nothing : sql`and f.profile = ${profile}`}
      ${state === null ? nothing : sql`and f.state = ${state}`}
      ${waits === null ? nothing : waitsCondition(waits)}
      ${
        after === null
          ? nothing
          : sql`and (f.received_at, f.id) < (${after.receivedAt}, ${after.id})`
      }
    order by f.received_at desc, f.id desc
    limit ${filter.limit}
  `);
}

export interface InboundLineRow {
  readonly fileId: string;
  readonly ordinal: bigint;
  readonly line: bigint;
  readonly status: InboundStatus;
  readonly reference: string | null;
  readonly traceNumber: string | null;
  readonly originalFile: string | null;
  readonly endToEndId: string | null;
  readonly amountMinor: bigint | null;
  readonly currency: string | null;
  readonly side: "debit" | "credit" | null;
  readonly bookedOn: string | null;
  readonly code: string | null;
  readonly reason: string | null;
  readonly state: LineState;
  readonly outcome: LineOutcome | null;
  readonly explanation: string | null;
  readonly adjustmentId: string | null;
  readonly batchFileId: string | null;
  readonly batchLine: bigint | null;
  readonly detail: number | null;
  readonly settledBy: string | null;
}

const LINE: Statement = sql`
  l.file_id as "fileId", l.ordinal, l.line, l.status, l.reference,
  l.trace_number as "traceNumber", l.original_file as "originalFile",
  l.end_to_end_id as "endToEndId", l.amount_minor as "amountMinor", l.currency, l.side,
  l.booked_on as "bookedOn", l.code, l.reason, l.state, l.outcome, l.explanation,
  l.adjustment_id as "adjustmentId", l.batch_file_id as "batchFileId",
  l.batch_line as "batchLine", l.detail, l.settled_by as "settledBy"`;

/** Lines of a return file after an ordinal, in order; only those of a state where one is given. */
export function linesOfInbound(
  db: Queries,
  file: { clientId: string; id: string },
  page: { after: bigint; limit: number; state?: LineState | null },
): Promise<InboundLineRow[]> {
  const { state = null } = page;
  return db.query(sql`
    select ${LINE} from inbound_line l
    where l.client_id = ${file.clientId} and l.file_id = ${file.id} and l.ordinal > ${page.after}
      ${stateCondition(state)}
    order by l.ordinal
    limit ${page.limit}
  `);
}

/** Written out for the two states that have an index of their own. */
function stateCondition(state: LineState | null): Statement {
  if (state === null) return nothing;
  if (state === "waiting") return sql`and l.state = 'waiting'`;
  if (state === "unmatched") return sql`and l.state = 'unmatched'`;
  return sql`and l.state = ${state}`;
}

export function inboundLine(
  db: Queries,
  file: { clientId: string; id: string },
  ordinal: bigint,
): Promise<InboundLineRow | undefined> {
  return db.maybe(sql`
    select ${LINE} from inbound_line l
    where l.client_id = ${file.clientId} and l.file_id = ${file.id} and l.ordinal = ${ordinal}
  `);
}

export interface LineCount {
  readonly state: LineState;
  readonly outcome: LineOutcome | null;
  readonly count: bigint;
}

/** How many lines of a return file ended how. */
export function lineCounts(
  db: Queries,
  file: { clientId: string; id: string },
): Promise<LineCount[]> {
  return db.query(sql`
    select state, outcome, count(*) as count
    from inbound_line
    where client_id = ${file.clientId} and file_id = ${file.id}
    group by state, outcome
    order by state, outcome
  `);
}

/** The batch files that a return file's lines speak of. */
export async function batchFilesAnswered(
  db: Queries,
  file: { clientId: string; id: string },
): Promise<string[]> {
  const rows = await db.query<{ id: string }>(sql`
    select distinct batch_file_id as id
    from inbound_line
    where client_id = ${file.clientId} and file_id = ${file.id} and batch_file_id is not null
      and state = 'applied'
    order by id
  `);
  return rows.map((row) => row.id);
}

export interface RepeatRow {
  readonly name: string;
  readonly source: InboundSource;
  readonly actor: string;
  readonly recordedAt: string;
}

export function repeatsOf(
  db: Queries,
  file: { clientId: string; id: string },
): Promise<RepeatRow[]> {
  return db.query(sql`
    select name, source, actor, recorded_at as "recordedAt"
    from inbound_repeat
    where client_id = ${file.clientId} and file_id = ${file.id}
    order by id
    limit 1000
  `);
}

export interface DecisionRow {
  readonly ordinal: bigint | null;
  readonly decision: string;
  readonly batchFileId: string | null;
  readonly batchLine: bigint | null;
  readonly reason: string;
  readonly actor: string;
  readonly recordedAt: string;
}

export function decisionsOf(
  db: Queries,
  file: { clientId: string; id: string },
): Promise<DecisionRow[]> {
  return db.query(sql`
    select ordinal, decision, batch_file_id as "batchFileId", batch_line as "batchLine", reason,
           actor, recorded_at as "recordedAt"
    from inbound_decision
    where client_id = ${file.clientId} and file_id = ${file.id}
    order by id
    limit 1000
  `);
}
