/** What the case page reads of a claim beside its books and assignments. */
import type { Queries } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import { Failure } from "../kernel/failure.ts";

export interface ClaimOfCase {
  readonly clientId: string;
  readonly id: string;
  readonly number: string;
  readonly claimType: string;
  readonly noticeReceivedOn: string | null;
  readonly openedAt: string;
  readonly version: number;
  /** In the order in which they came in. */
  readonly disputes: readonly { readonly id: string; readonly number: string }[];
}

interface Row extends Omit<ClaimOfCase, "disputes"> {
  readonly disputeIds: string[];
  readonly disputeNumbers: string[];
}

/**
 * A claim by outside number, among the clients given. Throws `not-found`, and `input-invalid` where
 * several clients use the number and none is named.
 */
export async function claimOfCase(
  db: Queries,
  clientIds: readonly string[],
  number: string,
): Promise<ClaimOfCase> {
  const rows = await db.query<Row>(sql`
    select c.client_id as "clientId", c.id, c.number, c.claim_type as "claimType",
           c.notice_received_on as "noticeReceivedOn", c.created_at as "openedAt", c.version,
           array(select d.id from dispute d
                 where d.client_id = c.client_id and d.claim_id = c.id
                 order by d.id)::text[] as "disputeIds",
           array(select d.number from dispute d
                 where d.client_id = c.client_id and d.claim_id = c.id
                 order by d.id) as "disputeNumbers"
    from unnest(${clientIds}::text[]) as seen (client_id)
    join claim c on c.client_id = seen.client_id and c.number = ${number}
    order by c.client_id
    limit 2
  `);
  const [row, second] = rows;
  if (row === undefined) throw new Failure("not-found", `claim ${number} does not exist`);
  if (second !== undefined) {
    throw new Failure("input-invalid", `several clients have a claim ${number}`, {}, [
      { pointer: "/client", detail: `is needed: ${row.clientId}, ${second.clientId}, …` },
    ]);
  }
  const { disputeIds, disputeNumbers, ...claim } = row;
  return {
    ...claim,
    disputes: disputeIds.map((id, index) => ({ id, number: disputeNumbers[index] ?? "" })),
  };
}
