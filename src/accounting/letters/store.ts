/** Every statement that writes letters: which version is in force, and the versions themselves. */
import type { Transaction } from "../../database/database.ts";
import { json, sql } from "../../database/sql.ts";

import type { DisputeKey } from "../load-books.ts";
import type { LetterFacts } from "./letter-facts.ts";

/** From now on the letter data of these disputes is issued, and issued again when it changes. */
export async function watchLetters(
  tx: Transaction,
  rows: readonly DisputeKey[],
  now: string,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into letter (client_id, dispute_id, version, checked_at)
    select client_id, dispute_id, 0, ${now}
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.disputeId)}::uuid[]) as added (client_id, dispute_id)
    on conflict (client_id, dispute_id) do update set is_watched = true
  `);
}

export interface CheckedLetter extends DisputeKey {
  readonly version: number;
  readonly isWatched: boolean;
  /** What is issued now; null: nothing has changed. */
  readonly issue: {
    readonly facts: LetterFacts;
    readonly changed: readonly string[];
    readonly actor: string;
  } | null;
}

export async function writeLetters(
  tx: Transaction,
  rows: readonly CheckedLetter[],
  now: string,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    update letter
    set version = n.version, is_watched = n.is_watched, checked_at = ${now}
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.disputeId)}::uuid[],
      ${rows.map((row) => row.version)}::int[],
      ${rows.map((row) => row.isWatched)}::boolean[]) as n (
        client_id, dispute_id, version, is_watched)
    where letter.client_id = n.client_id and letter.dispute_id = n.dispute_id
  `);
  for (const { clientId, disputeId, version, issue } of rows) {
    if (issue === null) continue;
    await tx.execute(sql`
      insert into letter_version (
        client_id, dispute_id, version, facts, changed, actor, issued_at)
      values (
        ${clientId}, ${disputeId}, ${version}, ${json(issue.facts)}::jsonb,
        ${issue.changed}::text[], ${issue.actor}, ${now})
    `);
  }
}
