/** Every statement that writes proposals, denials, resolutions and outside references. */
import type { Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

import type { Denial, Proposal, Resolution } from "./dispute-book.ts";

export interface DecisionRow<Item> {
  readonly clientId: string;
  readonly disputeId: string;
  readonly item: Item;
}

export async function insertDenials(
  tx: Transaction,
  rows: readonly DecisionRow<Denial>[],
  now: string,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into denial (
      client_id, id, dispute_id, operation_id, kind, amount_minor, reason, state_before,
      notice_sent_on, debit_date, date_named, honor_from, honor_until, recorded_at)
    select added.*, ${now}::timestamptz
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.item.id)}::uuid[],
      ${rows.map((row) => row.disputeId)}::uuid[],
      ${rows.map((row) => row.item.operationId)}::uuid[],
      ${rows.map((row) => row.item.kind)}::text[],
      ${rows.map((row) => row.item.amountMinor)}::bigint[],
      ${rows.map((row) => row.item.reason)}::text[],
      ${rows.map((row) => row.item.stateBefore)}::text[],
      ${rows.map((row) => row.item.noticeSentOn)}::date[],
      ${rows.map((row) => row.item.debitDate)}::date[],
      ${rows.map((row) => row.item.dateNamed)}::date[],
      ${rows.map((row) => row.item.honorFrom)}::date[],
      ${rows.map((row) => row.item.honorUntil)}::date[]) as added
  `);
}

/** Writes notice and debit dates, and which operation lifted a denial. */
export async function updateDenials(
  tx: Transaction,
  rows: readonly (DecisionRow<Denial> & { liftedBy: string | null })[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    update denial
    set notice_sent_on = n.notice_sent_on, debit_date = n.debit_date, date_named = n.date_named,
        honor_from = n.honor_from, honor_until = n.honor_until,
        lifted_by = coalesce(denial.lifted_by, n.lifted_by)
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.item.id)}::uuid[],
      ${rows.map((row) => row.item.noticeSentOn)}::date[],
      ${rows.map((row) => row.item.debitDate)}::date[],
      ${rows.map((row) => row.item.dateNamed)}::date[],
      ${rows.map((row) => row.item.honorFrom)}::date[],
      ${rows.map((row) => row.item.honorUntil)}::date[],
      ${rows.map((row) => row.liftedBy)}::uuid[]) as n (
        client_id, id, notice_sent_on, debit_date, date_named, honor_from, honor_until, lifted_by)
    where denial.client_id = n.client_id and denial.id = n.id
  `);
}

export async function insertResolutions(
  tx: Transaction,
  rows: readonly DecisionRow<Resolution>[],
  now: string,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into resolution (
      client_id, id, dispute_id, operation_id, decision, state_before, decided_on, recorded_at)
    select added.*, ${now}::timestamptz
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.item.id)}::uuid[],
      ${rows.map((row) => row.disputeId)}::uuid[],
      ${rows.map((row) => row.item.operationId)}::uuid[],
      ${rows.map((row) => row.item.decision)}::text[],
      ${rows.map((row) => row.item.stateBefore)}::text[],
      ${rows.map((row) => row.item.decidedOn)}::date[]) as added
  `);
}

export async function undoResolutions(
  tx: Transaction,
  rows: readonly { clientId: string; id: string; undoneBy: string }[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    update resolution
    set undone_by = n.undone_by
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.id)}::uuid[],
      ${rows.map((row) => row.undoneBy)}::uuid[]) as n (client_id, id, undone_by)
    where resolution.client_id = n.client_id and resolution.id = n.id
  `);
}

export async function insertReferences(
  tx: Transaction,
  rows: readonly { clientId: string; kind: string; reference: string; operationId: string }[],
  now: string,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into outside_reference (client_id, kind, reference, operation_id, recorded_at)
    select added.*, ${now}::timestamptz
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.kind)}::text[],
      ${rows.map((row) => row.reference)}::text[],
      ${rows.map((row) => row.operationId)}::uuid[]) as added
  `);
}

/** Replaces the proposals of adjustments; booked ones are given with none. */
export async function replaceProposals(
  tx: Transaction,
  rows: readonly { clientId: string; adjustmentId: string; proposals: readonly Proposal[] }[],
  fresh: ReadonlySet<string>,
): Promise<void> {
  const known = rows.filter((row) => !fresh.has(row.adjustmentId));
  if (known.length > 0) {
    await tx.execute(sql`
      delete from proposal p
      using unnest(
        ${known.map((row) => row.clientId)}::text[],
        ${known.map((row) => row.adjustmentId)}::uuid[]) as gone (client_id, adjustment_id)
      where p.client_id = gone.client_id and p.adjustment_id = gone.adjustment_id
    `);
  }
  const lines = rows.flatMap((row) =>
    row.proposals.map((proposal, index) => ({ ...row, proposal, ordinal: index + 1 })),
  );
  if (lines.length === 0) return;
  await tx.execute(sql`
    insert into proposal (
      client_id, adjustment_id, ordinal, rule, debit_collection, credit_collection, amount_minor,
      reverses_entry_id)
    select * from unnest(
      ${lines.map((line) => line.clientId)}::text[],
      ${lines.map((line) => line.adjustmentId)}::uuid[],
      ${lines.map((line) => line.ordinal)}::smallint[],
      ${lines.map((line) => line.proposal.rule)}::text[],
      ${lines.map((line) => line.proposal.debitCollection)}::text[],
      ${lines.map((line) => line.proposal.creditCollection)}::text[],
      ${lines.map((line) => line.proposal.amountMinor)}::bigint[],
      ${lines.map((line) => line.proposal.reverses)}::uuid[])
  `);
}
