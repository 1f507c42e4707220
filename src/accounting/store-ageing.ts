/** Every statement that writes ageing items: what was resolved although it is out of balance. */
import type { Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

import type { ResolutionDecision } from "./dispute-book.ts";

export interface NewAgeingItem {
  readonly clientId: string;
  readonly id: string;
  readonly claimId: string;
  readonly disputeId: string;
  readonly assignmentId: string;
  readonly decision: ResolutionDecision;
  /** The gate's own words. */
  readonly difference: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly reason: string;
  readonly owner: string;
  readonly dueOn: string;
  readonly askedBy: string;
  readonly approvedBy: string;
}

export async function insertAgeingItem(
  tx: Transaction,
  item: NewAgeingItem,
  openedAt: string,
): Promise<void> {
  await tx.execute(sql`
    insert into ageing_item (
      client_id, id, claim_id, dispute_id, assignment_id, decision, difference, amount_minor,
      currency, reason, owner, due_on, asked_by, approved_by, opened_at)
    values (
      ${item.clientId}, ${item.id}, ${item.claimId}, ${item.disputeId}, ${item.assignmentId},
      ${item.decision}, ${item.difference}, ${item.amountMinor}, ${item.currency}, ${item.reason},
      ${item.owner}, ${item.dueOn}, ${item.askedBy}, ${item.approvedBy}, ${openedAt})
  `);
}

/** Ends the open items of disputes whose books are right again, or that were reopened. */
export async function settleAgeing(
  tx: Transaction,
  rows: readonly {
    readonly clientId: string;
    readonly disputeId: string;
    readonly outcome: "balanced" | "reopened";
  }[],
  settledAt: string,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    update ageing_item
    set settled_at = ${settledAt}, outcome = over.outcome
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.disputeId)}::uuid[],
      ${rows.map((row) => row.outcome)}::text[]) as over (client_id, dispute_id, outcome)
    where ageing_item.client_id = over.client_id and ageing_item.dispute_id = over.dispute_id
      and ageing_item.settled_at is null
  `);
}

/** Answers 0 where it ended or is of another version by now. */
export function ownAgeingItem(
  tx: Transaction,
  key: { readonly clientId: string; readonly id: string; readonly version: number },
  to: {
    readonly owner: string;
    readonly dueOn: string;
    readonly reason: string;
    readonly actor: string;
  },
  now: string,
): Promise<number> {
  return tx.execute(sql`
    with given as (
      update ageing_item
      set owner = ${to.owner}, due_on = ${to.dueOn}, version = version + 1
      where client_id = ${key.clientId} and id = ${key.id} and version = ${key.version}
        and settled_at is null
      returning client_id, id, version
    )
    insert into ageing_owner (
      client_id, item_id, version, owner, due_on, reason, actor, recorded_at)
    select client_id, id, version, ${to.owner}, ${to.dueOn}::date, ${to.reason}, ${to.actor},
           ${now}::timestamptz
    from given
  `);
}
