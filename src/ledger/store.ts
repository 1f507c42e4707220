/**
 * Every statement that writes entries, executions and periods. Balances follow by trigger: the
 * database keeps them, so that nothing can book without them.
 */
import type { Transaction } from "../database/database.ts";
import { violatedConstraint } from "../database/errors.ts";
import { sql } from "../database/sql.ts";
import { Failure } from "../kernel/failure.ts";

/** Between the parts of a text[] that travels as one text; no table or row is named with it. */
const UNIT_SEPARATOR = "\u001f";

export interface NewEntry {
  readonly clientId: string;
  readonly id: string;
  readonly disputeId: string;
  readonly adjustmentId: string;
  readonly operationId: string;
  readonly rule: string;
  readonly kind: "original" | "contra" | "reversal";
  readonly undoes: string | null;
  readonly debitCollection: string;
  readonly debitAccount: string;
  readonly debitTranCode: string | null;
  readonly creditCollection: string;
  readonly creditAccount: string;
  readonly creditTranCode: string | null;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly processing: "execute" | "track";
  readonly eventDate: string;
  readonly plannedPostingDate: string;
  readonly bookedOn: string;
  readonly rulebookVersion: string;
  readonly chosenBy: readonly string[];
  readonly actor: string;
}

/** Raised by the trigger that books entries: somebody closed their period. */
const ENTRY_IN_OPEN_PERIOD = "entry_in_open_period";

/** Throws `period-closed` where the period of one of them is not open: then none is booked. */
export async function insertEntries(
  tx: Transaction,
  rows: readonly NewEntry[],
  recordedAt: string,
): Promise<void> {
  if (rows.length === 0) return;
  try {
    await insertRows(tx, rows, recordedAt);
  } catch (error) {
    if (violatedConstraint(error) !== ENTRY_IN_OPEN_PERIOD) throw error;
    const failure = new Failure("period-closed", (error as Error).message);
    failure.cause = error;
    throw failure;
  }
}

async function insertRows(
  tx: Transaction,
  rows: readonly NewEntry[],
  recordedAt: string,
): Promise<void> {
  await tx.execute(sql`
    insert into entry (
      client_id, id, dispute_id, adjustment_id, operation_id, rule, kind, undoes,
      debit_collection, debit_account, debit_tran_code,
      credit_collection, credit_account, credit_tran_code,
      amount_minor, currency, processing, event_date, planned_posting_date, booked_on,
      rulebook_version, chosen_by, actor, recorded_at)
    select
      client_id, id, dispute_id, adjustment_id, operation_id, rule, kind, undoes,
      debit_collection, debit_account, debit_tran_code,
      credit_collection, credit_account, credit_tran_code,
      amount_minor, currency, processing, event_date, planned_posting_date, booked_on,
      rulebook_version, coalesce(string_to_array(nullif(chosen_by, ''), chr(31)), '{}'), actor,
      ${recordedAt}
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.id)}::uuid[],
      ${rows.map((row) => row.disputeId)}::uuid[],
      ${rows.map((row) => row.adjustmentId)}::uuid[],
      ${rows.map((row) => row.operationId)}::uuid[],
      ${rows.map((row) => row.rule)}::text[],
      ${rows.map((row) => row.kind)}::text[],
      ${rows.map((row) => row.undoes)}::uuid[],
      ${rows.map((row) => row.debitCollection)}::text[],
      ${rows.map((row) => row.debitAccount)}::text[],
      ${rows.map((row) => row.debitTranCode)}::text[],
      ${rows.map((row) => row.creditCollection)}::text[],
      ${rows.map((row) => row.creditAccount)}::text[],
      ${rows.map((row) => row.creditTranCode)}::text[],
      ${rows.map((row) => row.amountMinor)}::bigint[],
      ${rows.map((row) => row.currency)}::text[],
      ${rows.map((row) => row.processing)}::text[],
      ${rows.map((row) => row.eventDate)}::date[],
      ${rows.map((row) => row.plannedPostingDate)}::date[],
      ${rows.map((row) => row.bookedOn)}::date[],
      ${rows.map((row) => row.rulebookVersion)}::text[],
      ${rows.map((row) => row.chosenBy.join(UNIT_SEPARATOR))}::text[],
      ${rows.map((row) => row.actor)}::text[]) as added (
        client_id, id, dispute_id, adjustment_id, operation_id, rule, kind, undoes,
        debit_collection, debit_account, debit_tran_code,
        credit_collection, credit_account, credit_tran_code,
        amount_minor, currency, processing, event_date, planned_posting_date, booked_on,
        rulebook_version, chosen_by, actor)
  `);
}

export type ExecutionBasis =
  "posted" | "assumed" | "acknowledged" | "attested" | "matched" | "returned" | "disproved";

export interface NewExecution {
  readonly clientId: string;
  readonly id: string;
  readonly adjustmentId: string;
  /** One entry of a partly executed adjustment; null for all of them. */
  readonly entryId: string | null;
  /** -1 when money that was executed came back or never arrived. */
  readonly sign: 1 | -1;
  readonly basis: ExecutionBasis;
  readonly reference: string | null;
  readonly postingDate: string;
  readonly actor: string;
}

export async function insertExecutions(
  tx: Transaction,
  rows: readonly NewExecution[],
  recordedAt: string,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into execution (
      client_id, id, adjustment_id, entry_id, sign, basis, reference, posting_date, actor,
      recorded_at)
    select added.*, ${recordedAt}::timestamptz
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.id)}::uuid[],
      ${rows.map((row) => row.adjustmentId)}::uuid[],
      ${rows.map((row) => row.entryId)}::uuid[],
      ${rows.map((row) => row.sign)}::smallint[],
      ${rows.map((row) => row.basis)}::text[],
      ${rows.map((row) => row.reference)}::text[],
      ${rows.map((row) => row.postingDate)}::date[],
      ${rows.map((row) => row.actor)}::text[]) as added
  `);
}

/** Executes all of each adjustment alike: only the ids differ, one element for each. */
export async function insertExecutionsAlike(
  tx: Transaction,
  execution: Pick<NewExecution, "clientId" | "basis" | "reference" | "postingDate" | "actor">,
  rows: { readonly ids: readonly string[]; readonly adjustmentIds: readonly string[] },
  recordedAt: string,
): Promise<void> {
  const { clientId, basis, reference, postingDate, actor } = execution;
  await tx.execute(sql`
    insert into execution (
      client_id, id, adjustment_id, sign, basis, reference, posting_date, actor, recorded_at)
    select ${clientId}, added.id, added.adjustment_id, 1, ${basis}, ${reference},
           ${postingDate}::date, ${actor}, ${recordedAt}::timestamptz
    from unnest(
      ${rows.ids}::uuid[],
      ${rows.adjustmentIds}::uuid[]) as added (id, adjustment_id)
  `);
}

/** Makes the monthly periods that cover the dates given; existing ones are left as they are. */
export async function ensurePeriods(
  tx: Transaction,
  rows: readonly { clientId: string; month: string; fiscalYear: number }[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into period (client_id, starts_on, ends_on, fiscal_year)
    select client_id, starts_on, (starts_on + interval '1 month' - interval '1 day')::date, year
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => `${row.month}-01`)}::date[],
      ${rows.map((row) => row.fiscalYear)}::int[]) as wanted (client_id, starts_on, year)
    order by client_id, starts_on
    on conflict (client_id, starts_on) do nothing
  `);
}

/** Closes a period: waits for every transaction that dates an entry in it, then none can. */
export async function closePeriod(
  tx: Transaction,
  period: { clientId: string; startsOn: string; closedBy: string; closedAt: string },
): Promise<boolean> {
  const closed = await tx.execute(sql`
    update period
    set state = 'closed', closed_by = ${period.closedBy}, closed_at = ${period.closedAt}
    where client_id = ${period.clientId} and starts_on = ${period.startsOn} and state = 'open'
  `);
  return closed === 1;
}
