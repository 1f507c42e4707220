/**
 * Rows of an open cursor, part by part: the next part is read while the caller works on one, and
 * the rows of one adjustment stay together.
 */
import type { Transaction } from "../../database/database.ts";
import { sql } from "../../database/sql.ts";

/**
 * All of it is read, so that the plan which ends first is the best, not the one that begins. Said
 * before a cursor is declared.
 */
export async function planForAllOfIt(tx: Transaction): Promise<void> {
  await tx.execute(sql`
    select set_config('cursor_tuple_fraction', '1', true), set_config('enable_seqscan', 'on', true),
           set_config('enable_hashjoin', 'on', true), set_config('enable_mergejoin', 'on', true),
           set_config('work_mem', '64MB', true)
  `);
}

/** `fetch` reads the next rows; fewer than `fetched` are the last ones. */
export async function* wholeParts<Row extends { readonly adjustmentId: string }>(
  fetch: () => Promise<Row[]>,
  fetched: number,
): AsyncGenerator<Row[]> {
  const ahead = (): Promise<Row[]> => {
    const rows = fetch();
    // Awaited when its turn comes; until then nobody else handles its failure.
    rows.catch(() => undefined);
    return rows;
  };
  let held: Row[] = [];
  let next = ahead();
  for (;;) {
    const rows = await next;
    const isLast = rows.length < fetched;
    if (!isLast) next = ahead();
    // The entries of the last adjustment may go on in the next part.
    const all = held.length === 0 ? rows : [...held, ...rows];
    const whole = isLast ? all.length : startOfLast(all);
    held = all.slice(whole);
    if (whole > 0) yield all.slice(0, whole);
    if (isLast) return;
  }
}

/** Prepares the next part while the caller works on one: two are prepared at most. */
export async function* preparedAhead<Part>(
  parts: AsyncIterable<Part>,
  prepare: (part: Part) => Promise<void>,
): AsyncGenerator<Part> {
  let before: { readonly part: Part; readonly prepared: Promise<void> } | null = null;
  for await (const part of parts) {
    if (before !== null) await before.prepared;
    const prepared = prepare(part);
    prepared.catch(() => undefined);
    if (before !== null) yield before.part;
    before = { part, prepared };
  }
  if (before === null) return;
  await before.prepared;
  yield before.part;
}

function startOfLast(rows: readonly { readonly adjustmentId: string }[]): number {
  const last = rows.at(-1)?.adjustmentId;
  let start = rows.length;
  while (start > 0 && rows[start - 1]?.adjustmentId === last) start -= 1;
  return start;
}
