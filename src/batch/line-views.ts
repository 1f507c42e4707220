/** What the verbs and the faces read of a file's lines. */
import type { Queries } from "../database/database.ts";
import type { Statement } from "../database/sql.ts";
import { sql } from "../database/sql.ts";

export type FileAnswer = "accepted" | "refused";

/** A part of line `l` was answered otherwise: what the whole is then is not for the file to say. */
function isOtherwiseInPart(answer: FileAnswer): Statement {
  return sql`
    exists (
      select 1 from inbound_line i
      where i.client_id = l.client_id and i.batch_file_id = l.file_id
        and i.batch_line = l.line_number and i.detail is not null and i.state = 'applied'
        and l.outcome is null and (i.status = 'refused') <> (${answer} = 'refused'))`;
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
  /** The entries that it carries, where others were executed before; null: all. */
  readonly entryIds: readonly string[] | null;
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
           l.amount_minor as "amountMinor", l.direction, l.entry_ids as "entryIds",
           a.state as "adjustmentState", l.live,
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

/** Whose line it is, and which entries it carries where not all. */
export interface AnsweredLine {
  readonly adjustmentId: string;
  readonly entryIds: readonly string[] | null;
}

/**
 * A file's live lines without an answer, after a line number, in file order; without those of which
 * a part was answered otherwise.
 */
export function openLines(
  db: Queries,
  file: { clientId: string; id: string },
  answer: FileAnswer,
  { afterLine, limit }: { afterLine: bigint; limit: number },
): Promise<(AnsweredLine & { lineNumber: bigint })[]> {
  return db.query(sql`
    select l.line_number as "lineNumber", l.adjustment_id as "adjustmentId",
           l.entry_ids as "entryIds"
    from batch_line l
    where l.client_id = ${file.clientId} and l.file_id = ${file.id} and l.live
      and l.outcome is null and l.line_number > ${afterLine}
      and (l.detail_count = 1 or not ${isOtherwiseInPart(answer)})
    order by l.line_number
    limit ${limit}
  `);
}

/** What a file moves on one side. */
export interface FileSum {
  readonly direction: "debit" | "credit";
  readonly allMinor: bigint;
  /** Without the lines that were refused. */
  readonly notRefusedMinor: bigint;
}

/** Of the lines that did not go into another file. */
export async function sumsOfFile(
  db: Queries,
  file: { clientId: string; id: string },
): Promise<FileSum[]> {
  // As text: sums may pass 64 bits.
  const rows = await db.query<{ direction: FileSum["direction"]; all: string; kept: string }>(sql`
    select l.direction, sum(l.amount_minor)::text as all,
           coalesce(sum(l.amount_minor) filter (
             where l.outcome is distinct from 'refused'), 0)::text as kept
    from batch_line l
    where l.client_id = ${file.clientId} and l.file_id = ${file.id} and l.direction <> 'memo'
      and l.outcome is distinct from 'released'
    group by l.direction
    order by l.direction
  `);
  return rows.map(({ direction, all, kept }) => ({
    direction,
    allMinor: BigInt(all),
    notRefusedMinor: BigInt(kept),
  }));
}

/** What an attestation of a file speaks of: its open lines, or those of them that are named. */
export interface Attested {
  readonly count: bigint;
  readonly amountMinor: bigint;
  /** Who made the operations behind them. */
  readonly makers: readonly string[];
}

export function attestedLines(
  db: Queries,
  file: { clientId: string; id: string },
  adjustmentIds: readonly string[] | null,
): Promise<Attested> {
  return db.one<Attested>(sql`
    select count(*) as count, coalesce(sum(l.amount_minor), 0)::bigint as "amountMinor",
           coalesce(array_agg(distinct o.actor), '{}') as makers
    from batch_line l
    join adjustment a on a.client_id = l.client_id and a.id = l.adjustment_id
    join operation o on o.client_id = a.client_id and o.id = a.operation_id
    where l.client_id = ${file.clientId} and l.file_id = ${file.id} and l.live
      and l.outcome is null
      and (${adjustmentIds}::uuid[] is null or l.adjustment_id = any (${adjustmentIds}::uuid[]))
  `);
}

/** True while a live line has no answer. Looks from the end: answers come in file order. */
export async function hasOpenLine(
  db: Queries,
  file: { clientId: string; id: string },
): Promise<boolean> {
  const row = await db.maybe<{ lineNumber: bigint }>(sql`
    select line_number as "lineNumber"
    from batch_line
    where client_id = ${file.clientId} and file_id = ${file.id} and live and outcome is null
    order by line_number desc
    limit 1
  `);
  return row !== undefined;
}

/**
 * Of the adjustments given, the live lines in the file that have no answer (or, of a refusal, an
 * accepted one); how many the file does not hold at all, and of how many a part was answered
 * otherwise. Served by `batch_line_of_adjustment`.
 */
export async function linesSpokenOf(
  db: Queries,
  file: { clientId: string; id: string },
  adjustmentIds: readonly string[],
  answer: FileAnswer,
): Promise<{ answerable: AnsweredLine[]; unknown: number; otherwise: number }> {
  const rows = await db.query<
    AnsweredLine & { isHeld: boolean; isAnswerable: boolean; isOtherwise: boolean }
  >(sql`
    select told.id as "adjustmentId", l.entry_ids as "entryIds",
           l.adjustment_id is not null as "isHeld",
           coalesce(l.live and (l.outcome is null or ${answer} = 'refused'), false)
             as "isAnswerable",
           coalesce(l.live and ${isOtherwiseInPart(answer)}, false) as "isOtherwise"
    from unnest(${adjustmentIds}::uuid[]) as told (id)
    left join lateral (
      select *
      from batch_line one
      where one.client_id = ${file.clientId} and one.adjustment_id = told.id
      -- Keeps the file out of the look-up: of a file just written the planner knows nothing, and
      -- would read all of its lines for each adjustment.
      offset 0
    ) l on l.file_id = ${file.id}
    order by told.id
  `);
  return {
    answerable: rows
      .filter((row) => row.isAnswerable)
      .map(({ adjustmentId, entryIds }) => ({ adjustmentId, entryIds })),
    unknown: rows.filter((row) => !row.isHeld).length,
    otherwise: rows.filter((row) => row.isOtherwise).length,
  };
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
