/**
 * Reads the movements that a file holds, in its own order and as they went into it: what of each
 * moves is kept with its line.
 */
import type { Transaction } from "../../database/database.ts";
import { sql } from "../../database/sql.ts";

import type { AskedSources } from "./line-values.ts";
import type { MovementRow, ReadMovement } from "./movement-rows.ts";
import { MOVEMENT_TABLES, movementColumns, movementOf, withEntries } from "./movement-rows.ts";
import { planForAllOfIt, wholeParts } from "./whole-parts.ts";

interface LineRow extends MovementRow {
  readonly firstPostingDate: string;
  readonly entryIds: readonly string[] | null;
}

/** Rows of entries read at once, as the statement says. */
const FETCHED = 1000;

/** Part by part; other statements may run in between. Served by `batch_line_pkey`. */
export async function* movementsOfFile(
  tx: Transaction,
  file: { readonly clientId: string; readonly fileId: string; readonly asked: AskedSources },
): AsyncGenerator<ReadMovement[]> {
  await planForAllOfIt(tx);
  await tx.execute(sql`
    declare movement_of_file no scroll cursor for
    select ${movementColumns(file.asked)}, l.amount_minor as "amountMinor",
           l.key_revision as "keyRevision", l.first_posting_date as "firstPostingDate",
           l.entry_ids as "entryIds"
    from batch_line l
    join adjustment a on a.client_id = l.client_id and a.id = l.adjustment_id
    ${MOVEMENT_TABLES}
    where l.client_id = ${file.clientId} and l.file_id = ${file.fileId}
    order by l.line_number, e.id
  `);
  const fetch = (): Promise<LineRow[]> =>
    tx.query<LineRow>(sql`fetch forward 1000 from movement_of_file`);
  for await (const rows of wholeParts(fetch, FETCHED)) yield movementsOf(rows);
  await tx.execute(sql`close movement_of_file`);
}

function movementsOf(rows: readonly LineRow[]): ReadMovement[] {
  return Array.from(withEntries(rows), ({ row, entries }) => {
    const { entryIds } = row;
    const moved = entryIds === null ? entries : entries.filter((one) => entryIds.includes(one.id));
    return movementOf(row, moved, row.firstPostingDate, entryIds);
  });
}
