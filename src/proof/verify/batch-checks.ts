/** Batch files: live lines, sequences, and every file rendered again from its rows. */
import type { BatchDesk } from "../../batch/desk.ts";
import { verifyFile } from "../../batch/writing/render-again.ts";
import { sql } from "../../database/sql.ts";

import type { Check, Violation } from "./violation.ts";
import { statementCheck } from "./violation.ts";

export const BATCH_CHECKS: readonly Check[] = [
  statementCheck(
    "one-live-line",
    "an adjustment is in at most one live file, and never live in one that is void",
    sql`
      select l.client_id as client, format('adjustment %s', l.adjustment_id) as at,
             case
               when count(*) > 1 then format('%s live lines', count(*))
               else 'its live line is in a void file'
             end as what
      from batch_line l
      left join batch_file f on f.client_id = l.client_id and f.id = l.file_id
      where l.live
      group by l.client_id, l.adjustment_id
      having count(*) > 1 or bool_or(f.state is null or f.state = 'void')`,
  ),
  statementCheck(
    "in-file",
    "an adjustment that is inFile has a live line",
    sql`
      select a.client_id as client, format('adjustment %s', a.id) as at,
             'is inFile without a live line' as what
      from adjustment a
      where a.state = 'inFile' and not exists (
        select 1 from batch_line l
        where l.client_id = a.client_id and l.adjustment_id = a.id and l.live)`,
  ),
  statementCheck(
    "line-amount",
    "a file's line is of the amount of the entries that it carries",
    sql`
      select l.client_id as client,
             format('file %s, line %s', min(f.file_name), l.line_number) as at,
             format('%s by the entries it carries, %s kept', sum(e.amount_minor),
                    min(l.amount_minor)) as what
      from batch_line l
      join batch_file f on f.client_id = l.client_id and f.id = l.file_id
      join adjustment a on a.client_id = l.client_id and a.id = l.adjustment_id
      join entry e on e.client_id = a.client_id and e.dispute_id = a.dispute_id
        and e.adjustment_id = a.id and e.kind <> 'contra'
        and (l.entry_ids is null or e.id = any (l.entry_ids))
      group by l.client_id, l.file_id, l.line_number
      having sum(e.amount_minor) <> min(l.amount_minor)`,
  ),
  statementCheck(
    "gap-free",
    "the sequence of a batch profile has no gap",
    sql`
      select s.client_id as client, format('profile %s', s.profile) as at,
             format('last sequence %s, %s files, highest %s', s.last_sequence,
                    count(f.id), coalesce(max(f.sequence), 0)) as what
      from batch_sequence s
      left join batch_file f on f.client_id = s.client_id and f.profile = s.profile
      group by s.client_id, s.profile, s.last_sequence
      having count(f.id) <> s.last_sequence or coalesce(max(f.sequence), 0) <> s.last_sequence`,
  ),
];

/** The one check that is not a statement: files are rendered, one after the other. */
export const FILE_CHECK = {
  name: "file-from-rows",
  holds: "every file rendered again from its rows has its bytes, its hash and its totals",
};

export async function* filesFromRows(desk: BatchDesk): AsyncGenerator<Violation> {
  const files = desk.engine.database.stream<{ client: string; id: string; name: string }>(sql`
    select client_id as client, id, file_name as name
    from batch_file
    order by client_id, profile, sequence
  `);
  for await (const file of files) {
    const { faults } = await verifyFile(desk, file.client, file.id);
    for (const what of faults) {
      yield { check: FILE_CHECK.name, client: file.client, at: `file ${file.name}`, what };
    }
  }
}
