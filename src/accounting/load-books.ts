/**
 * Reads disputes' books as a set: a constant number of statements however many there are.
 *
 * With `lock` the fixed row of each dispute is locked first, in sorted order, so that everything
 * which changes one dispute's books happens one after the other.
 */
import type { Queries, Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import type { Ids } from "../kernel/ids.ts";

import { PROPOSAL_STATES } from "./adjustment-machine.ts";
import type {
  Adjustment,
  Denial,
  DisputeBook,
  DisputeState,
  Entry,
  FactValue,
  HoldDecision,
  PastOperation,
  Proposal,
  Resolution,
} from "./dispute-book.ts";

export interface DisputeKey {
  readonly clientId: string;
  readonly disputeId: string;
}

interface BookRow {
  clientId: string;
  disputeId: string;
  claimId: string;
  claimNumber: string;
  number: string;
  claimType: string;
  noticeReceivedOn: string | null;
  amountMinor: bigint;
  currency: string;
  accountId: string;
  facts: Record<string, FactValue>;
  claimFacts: Record<string, FactValue>;
  state: DisputeState;
  version: number;
}

/** What a loaded book carries beside the book: the outside numbers and the claim's own dates. */
export interface LoadedBook {
  readonly book: DisputeBook;
  readonly number: string;
  readonly claimNumber: string;
  readonly claimType: string;
}

/**
 * For a change. Ids made from here on come after everything in these books, though another
 * process, whose clock was ahead, wrote it: a book is read in the order of its ids.
 */
export async function lockAndLoadBooks(
  tx: Transaction,
  keys: readonly DisputeKey[],
  ids: Ids,
): Promise<Map<string, LoadedBook>> {
  await lockBooks(tx, keys);
  const loaded = await loadBooks(tx, keys);
  for (const { book } of loaded.values()) {
    ids.after(book.operations.at(-1)?.id ?? book.id);
    for (const { entries } of book.adjustments) ids.after(entries.at(-1)?.id ?? book.id);
    ids.after(book.denials.at(-1)?.id ?? book.id);
    ids.after(book.resolutions.at(-1)?.id ?? book.id);
  }
  return loaded;
}

/** The disputes' rows, locked in sorted order. */
export async function lockBooks(tx: Transaction, keys: readonly DisputeKey[]): Promise<void> {
  await tx.query(sql`
    select 1 as locked
    from dispute_book b
    join unnest(
      ${keys.map((key) => key.clientId)}::text[],
      ${keys.map((key) => key.disputeId)}::uuid[]) as wanted (client_id, dispute_id)
      on b.client_id = wanted.client_id and b.dispute_id = wanted.dispute_id
    order by b.client_id, b.dispute_id
    for update of b
  `);
}

/** The books as they are, by dispute id; a dispute that does not exist is absent. */
export async function loadBooks(
  db: Queries,
  keys: readonly DisputeKey[],
): Promise<Map<string, LoadedBook>> {
  const rows = await db.query<BookRow>(sql`
    select d.client_id as "clientId", d.id as "disputeId", d.claim_id as "claimId",
           c.number as "claimNumber", d.number, c.claim_type as "claimType",
           c.notice_received_on as "noticeReceivedOn", d.amount_minor as "amountMinor",
           d.currency, d.account_id as "accountId", d.facts, c.facts as "claimFacts",
           b.state, b.version
    from unnest(
      ${keys.map((key) => key.clientId)}::text[],
      ${keys.map((key) => key.disputeId)}::uuid[]) as wanted (client_id, dispute_id)
    join dispute d on d.client_id = wanted.client_id and d.id = wanted.dispute_id
    join claim c on c.client_id = d.client_id and c.id = d.claim_id
    join dispute_book b on b.client_id = d.client_id and b.dispute_id = d.id
  `);
  const loaded = new Map<string, LoadedBook>();
  for (const row of rows) loaded.set(row.disputeId, emptyBook(row));
  // A book at its first version has no history: the common case of an import.
  const lived = rows.filter((row) => row.version > 1);
  if (lived.length > 0) await loadHistory(db, lived, loaded);
  return loaded;
}

function emptyBook(row: BookRow): LoadedBook {
  return {
    number: row.number,
    claimNumber: row.claimNumber,
    claimType: row.claimType,
    book: {
      id: row.disputeId,
      clientId: row.clientId,
      claimId: row.claimId,
      currency: row.currency,
      amountMinor: row.amountMinor,
      holderAccount: row.accountId,
      facts: {
        ...row.claimFacts,
        ...row.facts,
        claimType: row.claimType,
        noticeReceivedOn: row.noticeReceivedOn,
      },
      state: row.state,
      version: row.version,
      operations: [],
      adjustments: [],
      denials: [],
      resolutions: [],
      changes: [],
    },
  };
}

async function loadHistory(
  db: Queries,
  rows: readonly BookRow[],
  loaded: ReadonlyMap<string, LoadedBook>,
): Promise<void> {
  const clients = rows.map((row) => row.clientId);
  const disputes = rows.map((row) => row.disputeId);
  const bookOf = (disputeId: string): DisputeBook => (loaded.get(disputeId) as LoadedBook).book;

  for (const { disputeId, ...operation } of await operationsOf(db, clients, disputes)) {
    bookOf(disputeId).operations.push(operation);
  }
  const byAdjustment = new Map<string, Adjustment>();
  for (const { disputeId, ...row } of await adjustmentsOf(db, clients, disputes)) {
    const adjustment: Adjustment = { ...row, holdDecisions: [], proposals: [], entries: [] };
    byAdjustment.set(adjustment.id, adjustment);
    bookOf(disputeId).adjustments.push(adjustment);
  }
  const proposals = new Map<string, Proposal[]>();
  for (const { adjustmentId, ...proposal } of await proposalsOf(db, clients, disputes)) {
    gather(proposals, adjustmentId, proposal);
  }
  for (const [id, list] of proposals) (byAdjustment.get(id) as Adjustment).proposals = list;
  if ([...byAdjustment.values()].some((one) => PROPOSAL_STATES.has(one.state))) {
    for (const { adjustmentId, ...decision } of await holdDecisionsOf(db, clients, disputes)) {
      const adjustment = byAdjustment.get(adjustmentId) as Adjustment;
      adjustment.holdDecisions = [...adjustment.holdDecisions, decision];
    }
  }
  const entries = new Map<string, Entry[]>();
  for (const { adjustmentId, ...entry } of await entriesOf(db, clients, disputes)) {
    gather(entries, adjustmentId, entry);
  }
  for (const [id, list] of entries) (byAdjustment.get(id) as Adjustment).entries = list;
  for (const { disputeId, ...denial } of await denialsOf(db, clients, disputes)) {
    bookOf(disputeId).denials.push(denial);
  }
  for (const { disputeId, ...resolution } of await resolutionsOf(db, clients, disputes)) {
    bookOf(disputeId).resolutions.push(resolution);
  }
}

function gather<Item>(map: Map<string, Item[]>, key: string, item: Item): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [item]);
  else list.push(item);
}

type Of<Row> = Row & { readonly disputeId: string };

/** Served by `operation_of_dispute`. */
function operationsOf(
  db: Queries,
  clients: readonly string[],
  disputes: readonly string[],
): Promise<Of<PastOperation>[]> {
  return db.query(sql`
    select o.dispute_id as "disputeId", o.id, o.operation, o.event_date as "on", o.input,
           o.state_before as "stateBefore"
    from unnest(${clients}::text[], ${disputes}::uuid[]) as wanted (client_id, dispute_id)
    join operation o on o.client_id = wanted.client_id and o.dispute_id = wanted.dispute_id
    where o.state = 'done'
    order by o.dispute_id, o.id
  `);
}

/** Served by `adjustment_of_dispute` and `approval_request_waiting_subject`. */
function adjustmentsOf(
  db: Queries,
  clients: readonly string[],
  disputes: readonly string[],
): Promise<Of<Omit<Adjustment, "holdDecisions" | "proposals" | "entries">>[]> {
  return db.query(sql`
    select a.dispute_id as "disputeId", a.id, a.operation_id as "operationId", a.operation,
           a.ordinal, a.processing, a.principal_rule as "principalRule",
           a.amount_minor as "amountMinor", a.reverses_adjustment_id as "reversesAdjustmentId",
           a.replaces_adjustment_id as "replacesAdjustmentId",
           a.holder_account as "holderAccount",
           a.follows_adjustment_id as "followsAdjustmentId", a.denial_id as "denialId",
           a.raises_disputed_minor as "raisesDisputedMinor",
           a.partly_processed as "isPartlyProcessed", a.state, a.route, a.destination,
           case when a.state in ('pendingManual', 'serviceFailed', 'batchFailed', 'partlyExecuted')
             then exists (
               select 1 from approval_request r
               where r.client_id = a.client_id and r.subject_kind = 'attestation'
                 and r.subject_id = a.id::text and r.state = 'waiting')
             else false end as "isAttested",
           a.hold, a.planned_posting_date as "plannedPostingDate", a.version
    from unnest(${clients}::text[], ${disputes}::uuid[]) as wanted (client_id, dispute_id)
    join adjustment a on a.client_id = wanted.client_id and a.dispute_id = wanted.dispute_id
    order by a.dispute_id, a.ordinal
  `);
}

function proposalsOf(
  db: Queries,
  clients: readonly string[],
  disputes: readonly string[],
): Promise<(Proposal & { adjustmentId: string })[]> {
  return db.query(sql`
    select p.adjustment_id as "adjustmentId", p.rule, p.debit_collection as "debitCollection",
           p.credit_collection as "creditCollection", p.amount_minor as "amountMinor",
           p.reverses_entry_id as "reverses"
    from unnest(${clients}::text[], ${disputes}::uuid[]) as wanted (client_id, dispute_id)
    join adjustment a on a.client_id = wanted.client_id and a.dispute_id = wanted.dispute_id
      and a.state in ('planned', 'awaitingApproval')
    join proposal p on p.client_id = a.client_id and p.adjustment_id = a.id
    order by p.adjustment_id, p.ordinal
  `);
}

/** Of proposals alone: what is booked was let through. Served by the primary key. */
function holdDecisionsOf(
  db: Queries,
  clients: readonly string[],
  disputes: readonly string[],
): Promise<(HoldDecision & { adjustmentId: string })[]> {
  return db.query(sql`
    select h.adjustment_id as "adjustmentId", h.id, h.hold, h.outcome, h.by_hand as "byHand",
           h.account, h.status, h.reason
    from unnest(${clients}::text[], ${disputes}::uuid[]) as wanted (client_id, dispute_id)
    join adjustment a on a.client_id = wanted.client_id and a.dispute_id = wanted.dispute_id
      and a.state in ('planned', 'awaitingApproval')
    join hold_decision h on h.client_id = a.client_id and h.adjustment_id = a.id
    order by h.adjustment_id, h.id
  `);
}

interface EntryRow {
  adjustmentId: string;
  id: string;
  rule: string;
  kind: Entry["kind"];
  undoes: string | null;
  debitCollection: string;
  debitAccount: string;
  debitTranCode: string | null;
  creditCollection: string;
  creditAccount: string;
  creditTranCode: string | null;
  amountMinor: bigint;
  processing: Entry["processing"];
  eventDate: string;
  plannedPostingDate: string;
  bookedOn: string;
  chosenBy: string[];
}

/** Served by the primary key of `entry`; the id is time-ordered. */
async function entriesOf(
  db: Queries,
  clients: readonly string[],
  disputes: readonly string[],
): Promise<(Entry & { adjustmentId: string })[]> {
  const rows = await db.query<EntryRow>(sql`
    select e.adjustment_id as "adjustmentId", e.id, e.rule, e.kind, e.undoes,
           e.debit_collection as "debitCollection", e.debit_account as "debitAccount",
           e.debit_tran_code as "debitTranCode", e.credit_collection as "creditCollection",
           e.credit_account as "creditAccount", e.credit_tran_code as "creditTranCode",
           e.amount_minor as "amountMinor", e.processing, e.event_date as "eventDate",
           e.planned_posting_date as "plannedPostingDate", e.booked_on as "bookedOn",
           e.chosen_by as "chosenBy"
    from unnest(${clients}::text[], ${disputes}::uuid[]) as wanted (client_id, dispute_id)
    join entry e on e.client_id = wanted.client_id and e.dispute_id = wanted.dispute_id
    order by e.dispute_id, e.id
  `);
  return rows.map((row) => ({
    adjustmentId: row.adjustmentId,
    id: row.id,
    rule: row.rule,
    kind: row.kind,
    undoes: row.undoes,
    debit: { collection: row.debitCollection, account: row.debitAccount },
    credit: { collection: row.creditCollection, account: row.creditAccount },
    debitTranCode: row.debitTranCode,
    creditTranCode: row.creditTranCode,
    amountMinor: row.amountMinor,
    processing: row.processing,
    eventDate: row.eventDate,
    plannedPostingDate: row.plannedPostingDate,
    bookedOn: row.bookedOn,
    chosenBy: row.chosenBy,
  }));
}

function denialsOf(
  db: Queries,
  clients: readonly string[],
  disputes: readonly string[],
): Promise<Of<Denial>[]> {
  return db.query(sql`
    select d.dispute_id as "disputeId", d.id, d.operation_id as "operationId", d.kind,
           d.amount_minor as "amountMinor", d.reason, d.state_before as "stateBefore",
           d.lifted_by is not null as "lifted", d.notice_sent_on as "noticeSentOn",
           d.debit_date as "debitDate", d.date_named as "dateNamed",
           d.honor_from as "honorFrom", d.honor_until as "honorUntil"
    from unnest(${clients}::text[], ${disputes}::uuid[]) as wanted (client_id, dispute_id)
    join denial d on d.client_id = wanted.client_id and d.dispute_id = wanted.dispute_id
    order by d.dispute_id, d.id
  `);
}

function resolutionsOf(
  db: Queries,
  clients: readonly string[],
  disputes: readonly string[],
): Promise<Of<Resolution>[]> {
  return db.query(sql`
    select r.dispute_id as "disputeId", r.id, r.operation_id as "operationId", r.decision,
           r.state_before as "stateBefore", r.decided_on as "decidedOn",
           r.undone_by is not null as "undone"
    from unnest(${clients}::text[], ${disputes}::uuid[]) as wanted (client_id, dispute_id)
    join resolution r on r.client_id = wanted.client_id and r.dispute_id = wanted.dispute_id
    order by r.dispute_id, r.id
  `);
}
