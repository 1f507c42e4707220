/** Every statement on the times in which a profile did not have a cut-off that it had before. */
import type { Queries, Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

export interface CutOffGap {
  readonly cutOff: string;
  /** ISO instant. */
  readonly removedAt: string;
  /** Null while it is not configured. */
  readonly takenUpAt: string | null;
}

interface Configured {
  readonly clientId: string;
  readonly profile: string;
  /** The names of its cut-offs as they are configured now. */
  readonly cutOffs: readonly string[];
}

/** The newest of a profile. */
export function cutOffGaps(db: Queries, clientId: string, profile: string): Promise<CutOffGap[]> {
  return db.query<CutOffGap>(sql`
    select cut_off as "cutOff", removed_at as "removedAt", taken_up_at as "takenUpAt"
    from batch_cut_off_gap
    where client_id = ${clientId} and profile = ${profile}
    order by removed_at desc
    limit 1000
  `);
}

/**
 * A gap of each cut-off that has windows and is not configured: from `since`, or from its last
 * window where nobody knows since when. The caller holds the client's row.
 */
export async function beginGaps(
  tx: Transaction,
  { clientId, profile, cutOffs }: Configured,
  since: { readonly at: string; readonly isKnown: boolean },
): Promise<void> {
  await tx.execute(sql`
    insert into batch_cut_off_gap (client_id, profile, cut_off, removed_at)
    select w.client_id, w.profile, w.cut_off,
           case when ${since.isKnown} then ${since.at}::timestamptz
                else least(${since.at}::timestamptz, max(w.cut_at)) end
    from batch_window w
    where w.client_id = ${clientId} and w.profile = ${profile} and w.ordinal = 0
      and w.cut_off <> all (${cutOffs}::text[])
      and not exists (
        select 1 from batch_cut_off_gap g
        where g.client_id = w.client_id and g.profile = w.profile and g.cut_off = w.cut_off
          and g.taken_up_at is null)
    group by w.client_id, w.profile, w.cut_off
    on conflict (client_id, profile, cut_off, removed_at) do update set taken_up_at = null
  `);
}

/** The end of the gap of each cut-off that is configured again. */
export async function endGaps(
  tx: Transaction,
  { clientId, profile, cutOffs }: Configured,
  now: string,
): Promise<void> {
  await tx.execute(sql`
    update batch_cut_off_gap
    set taken_up_at = greatest(${now}::timestamptz, removed_at)
    where client_id = ${clientId} and profile = ${profile} and cut_off = any (${cutOffs}::text[])
      and taken_up_at is null
  `);
}
