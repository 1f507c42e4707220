/**
 * Every statement that writes what holds asked, were answered and became. Append-only: a look-up is
 * on record before it leaves, and its answer beside it; one without an answer is unknown.
 */
import type { Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

import type { DisputeBook, HoldDecision } from "./dispute-book.ts";
import { adjustmentOf } from "./dispute-book.ts";

export interface HoldDecisionRow {
  readonly clientId: string;
  readonly adjustmentId: string;
  readonly decision: HoldDecision;
  readonly actor: string;
}

/** How holds ended in the changes of the books, each with who ended it. */
export function holdDecisionsIn(
  books: readonly {
    readonly loaded: { readonly book: DisputeBook };
    readonly actorOf: (operationId: string | null) => string;
  }[],
): HoldDecisionRow[] {
  return books.flatMap(({ loaded: { book }, actorOf }) =>
    book.changes.flatMap((change) => {
      if (change.type !== "holdDecided") return [];
      const { adjustmentId, decision } = change;
      const actor = actorOf(adjustmentOf(book, adjustmentId).operationId);
      return [{ clientId: book.clientId, adjustmentId, decision, actor }];
    }),
  );
}

export async function insertHoldDecisions(
  tx: Transaction,
  rows: readonly HoldDecisionRow[],
  now: string,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into hold_decision (
      client_id, adjustment_id, id, hold, outcome, by_hand, account, status, reason, actor,
      recorded_at)
    select added.*, ${now}::timestamptz
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.adjustmentId)}::uuid[],
      ${rows.map((row) => row.decision.id)}::uuid[],
      ${rows.map((row) => row.decision.hold)}::text[],
      ${rows.map((row) => row.decision.outcome)}::text[],
      ${rows.map((row) => row.decision.byHand)}::boolean[],
      ${rows.map((row) => row.decision.account)}::uuid[],
      ${rows.map((row) => row.decision.status)}::text[],
      ${rows.map((row) => row.decision.reason)}::text[],
      ${rows.map((row) => row.actor)}::text[]) as added
  `);
}

export interface HoldLookUpRow {
  readonly clientId: string;
  readonly adjustmentId: string;
  readonly id: string;
  readonly hold: string;
  /** 1 for the first look-up of this hold and adjustment. */
  readonly ordinal: number;
  readonly service: string;
}

/** Committed before anything is asked. */
export async function insertHoldLookUps(
  tx: Transaction,
  rows: readonly HoldLookUpRow[],
  now: string,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into hold_look_up (client_id, adjustment_id, id, hold, ordinal, service, asked_at)
    select added.*, ${now}::timestamptz
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.adjustmentId)}::uuid[],
      ${rows.map((row) => row.id)}::uuid[],
      ${rows.map((row) => row.hold)}::text[],
      ${rows.map((row) => row.ordinal)}::int[],
      ${rows.map((row) => row.service)}::text[]) as added
  `);
}

export interface HoldAnswerRow {
  readonly clientId: string;
  readonly adjustmentId: string;
  readonly id: string;
  readonly hold: string;
  /** The look-up that it answers; null: given by a person or a system. */
  readonly lookUpId: string | null;
  readonly outcome: "good" | "bad" | "unknown" | "failed";
  /** In the vault: an id, never a number. */
  readonly account: string | null;
  readonly status: string | null;
  readonly reason: string | null;
  readonly actor: string;
}

export async function insertHoldAnswers(
  tx: Transaction,
  rows: readonly HoldAnswerRow[],
  now: string,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into hold_answer (
      client_id, adjustment_id, id, hold, look_up_id, outcome, account, status, reason, actor,
      recorded_at)
    select added.*, ${now}::timestamptz
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.adjustmentId)}::uuid[],
      ${rows.map((row) => row.id)}::uuid[],
      ${rows.map((row) => row.hold)}::text[],
      ${rows.map((row) => row.lookUpId)}::uuid[],
      ${rows.map((row) => row.outcome)}::text[],
      ${rows.map((row) => row.account)}::uuid[],
      ${rows.map((row) => row.status)}::text[],
      ${rows.map((row) => row.reason)}::text[],
      ${rows.map((row) => row.actor)}::text[]) as added
  `);
}
