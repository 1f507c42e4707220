/**
 * Opens, restates and closes the work that disputes themselves show, in the transaction that moved
 * their books. A disbursement is over when the money is gone; an exception when a person says so,
 * or when the decision it is about is taken or undone.
 */
import type { Queries, Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import type { RuleBook } from "../rulebook/load.ts";
import { closeAssignments, openAssignments, restateAssignments } from "../work/store.ts";

import type { WantedWork, WorkCause } from "./dispute-work.ts";
import { DISPUTE_WORK, exceptionOf, isException, wantedWork } from "./dispute-work.ts";
import type { Engine } from "./engine.ts";
import type { GateResult } from "./gate.ts";
import type { LoadedBook } from "./load-books.ts";
import { settleAgeing } from "./store-ageing.ts";

export interface ShownDispute {
  readonly loaded: LoadedBook;
  readonly rulebook: RuleBook;
  /** ISO date in the client's zone. */
  readonly today: string;
  /** A decision that the gate has just refused. */
  readonly refused?: GateResult;
  /** How an exception ends that has lost its object: `resolved`, `reopened`; null: it stays. */
  readonly exceptionEnds: "resolved" | "reopened" | null;
  /** Money was given back by a person's word. */
  readonly disbursed?: boolean;
}

interface OpenWork {
  readonly clientId: string;
  readonly id: string;
  readonly disputeId: string;
  readonly cause: WorkCause;
  readonly amountMinor: bigint;
  readonly reason: string;
}

/** For clients that `engine.clients` was asked for in this transaction. */
export async function showDisputeWork(
  tx: Transaction,
  engine: Engine,
  disputes: readonly ShownDispute[],
): Promise<void> {
  if (disputes.length === 0) return;
  const now = engine.clock.now().toString();
  const keys = disputes.map(({ loaded: { book } }) => ({ clientId: book.clientId, id: book.id }));
  const open = await openWork(tx, keys);
  const excused = await differencesExcused(tx, keys);
  const ends: { clientId: string; id: string; outcome: string }[] = [];
  const restated: OpenWork[] = [];
  const opening: { shown: ShownDispute; work: WantedWork }[] = [];
  for (const shown of disputes) {
    const { book } = shown.loaded;
    const mine = open.filter((one) => one.disputeId === book.id);
    const wanted = workOf(shown, excused.get(book.id));
    for (const one of mine) {
      const same = wanted.find((work) => work.cause === one.cause);
      const isStale = same?.amountMinor !== one.amountMinor || same.reason !== one.reason;
      if (same !== undefined && isStale) restated.push({ ...one, ...same });
      if (same !== undefined) continue;
      const gone = shown.disbursed === true ? "disbursed" : "moneyGone";
      const outcome = one.cause === "gate" ? shown.exceptionEnds : gone;
      if (outcome !== null) ends.push({ clientId: one.clientId, id: one.id, outcome });
    }
    for (const work of wanted) {
      if (!mine.some((one) => one.cause === work.cause)) opening.push({ shown, work });
    }
  }
  await closeAssignments(tx, ends, now);
  await restateAssignments(tx, restated);
  await openAssignments(
    tx,
    opening.map(({ shown, work }) => assignmentOf(engine, shown, work, now)),
  );
  const over = disputes.filter(
    ({ loaded, rulebook }) =>
      excused.has(loaded.book.id) &&
      !wantedWork(loaded.book, rulebook).some((one) => one.cause === "gate"),
  );
  await settleAgeing(
    tx,
    over.map(({ loaded: { book } }) => ({
      clientId: book.clientId,
      disputeId: book.id,
      outcome: book.state === "resolved" ? "balanced" : "reopened",
    })),
    now,
  );
}

/** What was excused with a second person's word is no exception again while it stays the same. */
function workOf(shown: ShownDispute, excused: string | undefined): WantedWork[] {
  const { book } = shown.loaded;
  const wanted = wantedWork(book, shown.rulebook).filter(
    (one) => one.cause !== "gate" || excused === undefined || one.reason !== excused,
  );
  if (shown.refused === undefined || !isException(shown.refused)) return wanted;
  return [...wanted, exceptionOf(book, shown.refused)];
}

function assignmentOf(engine: Engine, shown: ShownDispute, work: WantedWork, openedAt: string) {
  const { book, claimType } = shown.loaded;
  const type = DISPUTE_WORK[work.cause];
  const { clientId } = book;
  const terms = engine.assignmentTerms({
    clientId,
    type,
    claimType,
    openedAt,
    plannedPostingDate: shown.today,
    destination: null,
  });
  return {
    clientId,
    id: engine.ids.next(),
    claimId: book.claimId,
    disputeId: book.id,
    adjustmentId: null,
    type,
    ...terms,
    amountMinor: work.amountMinor,
    currency: book.currency,
    destination: null,
    dueAt: null,
    openedAt,
    reason: work.reason,
    cause: work.cause,
  };
}

/** Open work of disputes themselves. Served by `assignment_one_cause`. */
function openWork(
  db: Queries,
  keys: readonly { clientId: string; id: string }[],
): Promise<OpenWork[]> {
  return db.query(sql`
    select a.client_id as "clientId", a.id, a.dispute_id as "disputeId", a.cause,
           a.amount_minor as "amountMinor", a.reason
    from unnest(
      ${keys.map((key) => key.clientId)}::text[],
      ${keys.map((key) => key.id)}::uuid[]) as wanted (client_id, dispute_id)
    join assignment a on a.client_id = wanted.client_id and a.dispute_id = wanted.dispute_id
    where a.is_open and a.cause is not null
  `);
}

/** By dispute: what is out of balance and was resolved all the same. Served by `ageing_open`. */
async function differencesExcused(
  db: Queries,
  keys: readonly { clientId: string; id: string }[],
): Promise<Map<string, string>> {
  const rows = await db.query<{ disputeId: string; difference: string }>(sql`
    select g.dispute_id as "disputeId", g.difference
    from unnest(
      ${keys.map((key) => key.clientId)}::text[],
      ${keys.map((key) => key.id)}::uuid[]) as wanted (client_id, dispute_id)
    join ageing_item g on g.client_id = wanted.client_id and g.dispute_id = wanted.dispute_id
    where g.settled_at is null
  `);
  return new Map(rows.map((row) => [row.disputeId, row.difference]));
}
