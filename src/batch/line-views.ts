/** What the verbs and the faces read of a file's lines. */
import type { Queries } from "../database/database.ts";
import { nothing, sql } from "../database/sql.ts";

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
 * Adjustments of a file's live lines without an answer (or accepted), in the order of their ids.
 */
export function liveAdjustments(
  db: Queries,
  file: { clientId: string; id: string },
  page: {
    only: readonly string[] | null;
    after: string | null;
    limit: number;
    orAccepted: boolean;
  },
): Promise<AnsweredLine[]> {
  return db.query(sql`
    select adjustment_id as "adjustmentId", entry_ids as "entryIds"
    from batch_line
    where client_id = ${file.clientId} and file_id = ${file.id} and live
      and (outcome is null or ${page.orAccepted})
      and (${page.after}::uuid is null or adjustment_id > ${page.after})
      ${page.only === null ? nothing : sql`and adjustment_id = any (${page.only}::uuid[])`}
    order by adjustment_id
    limit ${page.limit}
  `);
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
