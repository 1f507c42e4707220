/**
 * What a regeneration would do with each line of a file: the difference shown before it is made.
 */
import type { Queries } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import type { Statement } from "../database/sql.ts";

/** `posted`: known to be, by acknowledgement, match or attestation. `refused`: left the file. */
export type LineFate = "comesBack" | "assumedComesBack" | "posted" | "refused" | "elsewhere";

export interface RegenerationLine {
  readonly lineNumber: bigint;
  readonly adjustmentId: string;
  readonly amountMinor: bigint;
  /** The entries that it carries, where not all of the adjustment's. */
  readonly entryIds: readonly string[] | null;
  readonly fate: LineFate;
}

export interface RegenerationSum {
  readonly fate: LineFate;
  readonly count: bigint;
  readonly amountMinor: string;
}

const FATE: Statement = sql`
  case
    when l.outcome = 'acknowledged' then 'posted'
    when l.outcome is not null or not l.live then 'refused'
    when a.state = 'inFile' then 'comesBack'
    when a.state <> 'executed' then 'elsewhere'
    when (
      select x.basis from execution x
      where x.client_id = l.client_id and x.adjustment_id = l.adjustment_id
      order by x.recorded_at desc, x.id desc
      limit 1) = 'assumed' then 'assumedComesBack'
    else 'posted'
  end`;

/** Lines of a file after a line number, with their fate. */
export function linesToRegenerate(
  db: Queries,
  file: { clientId: string; id: string },
  page: { afterLine: bigint; limit: number },
): Promise<RegenerationLine[]> {
  return db.query(sql`
    select l.line_number as "lineNumber", l.adjustment_id as "adjustmentId",
           l.amount_minor as "amountMinor", l.entry_ids as "entryIds", ${FATE} as fate
    from batch_line l
    join adjustment a on a.client_id = l.client_id and a.id = l.adjustment_id
    where l.client_id = ${file.clientId} and l.file_id = ${file.id}
      and l.line_number > ${page.afterLine}
    order by l.line_number
    limit ${page.limit}
  `);
}

/** How many lines of a file have which fate, and how much money. */
export function regenerationSums(
  db: Queries,
  file: { clientId: string; id: string },
): Promise<RegenerationSum[]> {
  return db.query(sql`
    select fate, count(*) as count, sum(amount_minor) as "amountMinor"
    from (
      select ${FATE} as fate, l.amount_minor
      from batch_line l
      join adjustment a on a.client_id = l.client_id and a.id = l.adjustment_id
      where l.client_id = ${file.clientId} and l.file_id = ${file.id}
    ) line
    group by fate
    order by fate
  `);
}

/** Lines without an answer of which single details were accepted. */
export async function countPartAnswered(
  db: Queries,
  file: { clientId: string; id: string },
): Promise<bigint> {
  const row = await db.one<{ count: bigint }>(sql`
    select count(distinct l.line_number) as count
    from inbound_line i
    join batch_line l on l.client_id = i.client_id and l.file_id = i.batch_file_id
      and l.line_number = i.batch_line
    where i.client_id = ${file.clientId} and i.batch_file_id = ${file.id}
      and i.detail is not null and i.state = 'applied' and i.status <> 'refused'
      and l.live and l.outcome is null
  `);
  return row.count;
}
