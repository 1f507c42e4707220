/** Every statement that writes windows: one durable row for each occurrence of a cut-off. */
import type { Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

import type { Occurrence } from "./cut-offs.ts";

/** Makes rows for occurrences; a planned one that moved (new settings) is moved with them. */
export async function planWindows(
  tx: Transaction,
  clientId: string,
  profile: string,
  rows: readonly (Occurrence & { id: string })[],
  now: string,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into batch_window as w (
      client_id, id, profile, business_date, cut_off, cut_at, posting_date, state,
      created_at, updated_at)
    select ${clientId}, id, ${profile}, business_date, cut_off, cut_at, posting_date, 'planned',
           ${now}::timestamptz, ${now}::timestamptz
    from unnest(
      ${rows.map((row) => row.id)}::uuid[],
      ${rows.map((row) => row.businessDate)}::date[],
      ${rows.map((row) => row.cutOff)}::text[],
      ${rows.map((row) => row.cutAt)}::timestamptz[],
      ${rows.map((row) => row.postingDate)}::date[])
      as added (id, business_date, cut_off, cut_at, posting_date)
    order by cut_at
    on conflict (client_id, profile, business_date, cut_off, ordinal)
    do update set cut_at = excluded.cut_at, posting_date = excluded.posting_date,
                  updated_at = excluded.updated_at
      where w.state = 'planned'
        and (w.cut_at, w.posting_date) is distinct from (excluded.cut_at, excluded.posting_date)
  `);
}

export interface AskedWindow {
  readonly clientId: string;
  readonly id: string;
  readonly profile: string;
  readonly businessDate: string;
  readonly postingDate: string;
  readonly askedBy: string;
}

/** The row of a generation that a person asked for: the next ordinal of its date. */
export async function addAskedWindow(
  tx: Transaction,
  window: AskedWindow,
  now: string,
): Promise<void> {
  await tx.execute(sql`
    insert into batch_window (
      client_id, id, profile, business_date, cut_off, ordinal, cut_at, posting_date, state,
      asked_by, created_at, updated_at)
    select ${window.clientId}, ${window.id}, ${window.profile}, ${window.businessDate}, 'asked',
           coalesce(max(ordinal), 0) + 1, ${now}::timestamptz, ${window.postingDate}, 'planned',
           ${window.askedBy}, ${now}::timestamptz, ${now}::timestamptz
    from batch_window
    where client_id = ${window.clientId} and profile = ${window.profile}
      and business_date = ${window.businessDate} and cut_off = 'asked'
  `);
}

export interface WindowRow {
  readonly clientId: string;
  readonly id: string;
  readonly profile: string;
  readonly businessDate: string;
  readonly cutOff: string;
  readonly ordinal: number;
  readonly cutAt: string;
  readonly postingDate: string;
  readonly state: "planned" | "late" | "cut" | "skipped" | "done";
  readonly madeUp: boolean;
}

export function lockWindow(
  tx: Transaction,
  clientId: string,
  id: string,
): Promise<WindowRow | undefined> {
  return tx.maybe<WindowRow>(sql`
    select client_id as "clientId", id, profile, business_date as "businessDate",
           cut_off as "cutOff", ordinal, cut_at as "cutAt", posting_date as "postingDate", state,
           made_up as "madeUp"
    from batch_window
    where client_id = ${clientId} and id = ${id}
    for update
  `);
}

export async function settleWindow(
  tx: Transaction,
  window: { clientId: string; id: string },
  settled: { state: WindowRow["state"]; madeUp?: boolean; reason?: string; postingDate?: string },
  now: string,
): Promise<void> {
  await tx.execute(sql`
    update batch_window
    set state = ${settled.state}, made_up = made_up or ${settled.madeUp ?? false},
        reason = coalesce(${settled.reason ?? null}, reason),
        posting_date = coalesce(${settled.postingDate ?? null}::date, posting_date),
        updated_at = ${now}
    where client_id = ${window.clientId} and id = ${window.id}
  `);
}

/** A window is done when none of its files is on its way any more. */
export async function finishWindows(
  tx: Transaction,
  clientId: string,
  windowId: string,
  now: string,
): Promise<void> {
  await tx.execute(sql`
    update batch_window w
    set state = 'done', updated_at = ${now}
    where w.client_id = ${clientId} and w.id = ${windowId} and w.state = 'cut'
      and not exists (
        select 1 from batch_file f
        where f.client_id = w.client_id and f.window_id = w.id
          and f.state not in ('handedOver', 'acknowledged', 'void'))
  `);
}
