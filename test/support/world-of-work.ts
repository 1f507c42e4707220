/** A client with service and batch, and adjustments and assignments in every state there is. */
import { Temporal } from "temporal-polyfill";

import type { AdjustmentState } from "../../src/accounting/adjustment-machine.ts";
import { assignmentTypeOf, CLOSED_STATES } from "../../src/accounting/adjustment-machine.ts";
import type { Hold } from "../../src/accounting/dispute-book.ts";
import { sql } from "../../src/database/sql.ts";
import { assert } from "../../src/kernel/assert.ts";
import { askApproval } from "../../src/work/approvals/ask.ts";
import { domainNeed } from "../../src/work/approvals/tiers.ts";
import { assignmentType } from "../../src/work/assignment-types.ts";
import { openAssignments } from "../../src/work/store.ts";
import type { Placed } from "./books.ts";
import { aDispute, bookEntry, ids, NOW, TODAY } from "./books.ts";
import type { TestEngine } from "./engine.ts";
import { aClient } from "./engine.ts";
import { SERVICE_AND_BATCH } from "./service-and-batch.ts";
import type { TestDatabase } from "./use-database.ts";
import { anOpenAdjustment, testTerms } from "./work.ts";

export interface Cell {
  readonly type: string;
  /** Null: it is of a dispute as a whole. */
  readonly state: AdjustmentState | null;
}

export interface WorldOfWork {
  readonly clientId: string;
  adjustmentIn(state: AdjustmentState): Promise<string>;
  assignmentIn(cell: Cell): Promise<string>;
  stateOf(adjustmentId: string): Promise<{ state: string; open: number; type: string | null }>;
  stateOfAssignment(id: string): Promise<{ version: number; state: string | null; open: boolean }>;
  stand(
    id: string,
    how: { readonly assignee?: string; readonly pended?: boolean; readonly unworkable?: boolean },
  ): Promise<void>;
  lock(id: string, holder: string): Promise<void>;
}

export async function worldOfWork(
  database: TestDatabase,
  engine: TestEngine,
): Promise<WorldOfWork> {
  const clientId = await aClient(engine, SERVICE_AND_BATCH);
  const placed = await aDispute(database, clientId);
  // A book at its first version is read without its history.
  await database.owner.execute(sql`
    update dispute_book set version = 2 where client_id = ${clientId}`);
  const open = (state: AdjustmentState, type: string | null) =>
    anAdjustment(database, placed, state, type);
  return {
    clientId,
    adjustmentIn: async (state) => (await open(state, null)).adjustmentId,
    assignmentIn: async ({ type, state }) => {
      if (state === null) return ofDispute(database, placed, type);
      const { adjustmentId, assignmentId } = await open(state, type);
      if (state === "awaitingApproval") await asked(database, engine, clientId, adjustmentId);
      return assignmentId;
    },
    stateOf: (id) =>
      database.one(sql`
        select j.state, a.type,
               (select count(*)::int from assignment o
                where o.client_id = j.client_id and o.adjustment_id = j.id and o.is_open) as open
        from adjustment j
        left join assignment a on a.client_id = j.client_id and a.id = j.open_assignment_id
        where j.client_id = ${clientId} and j.id = ${id}`),
    stateOfAssignment: (id) =>
      database.one(sql`
        select a.version, a.is_open as open, j.state, a.assignee, a.work_group
        from assignment a
        left join adjustment j on j.client_id = a.client_id and j.id = a.adjustment_id
        where a.client_id = ${clientId} and a.id = ${id}`),
    stand: async (id, { assignee = null, pended = false, unworkable = false }) => {
      const until = Temporal.Instant.from(NOW).add({ hours: 48 }).toString();
      await database.owner.execute(sql`
        update assignment
        set assignee = ${assignee}, pended_until = ${pended ? until : null}::timestamptz,
            pend_reason = ${pended ? "waits" : null}::text,
            unworkable_reason = ${unworkable ? "cannot" : null}::text
        where id = ${id}`);
    },
    lock: async (id, holder) => {
      await database.owner.execute(sql`
        insert into claim_lock (
          client_id, claim_id, holder, taken_at, renewed_at, leased_until)
        select client_id, claim_id, ${holder}, ${NOW}, ${NOW}, '2027-01-01'
        from assignment where id = ${id}
        on conflict do nothing`);
    },
  };
}

/** By somebody whose work it is: everybody else with the right may say their word. */
async function asked(
  database: TestDatabase,
  engine: TestEngine,
  clientId: string,
  adjustmentId: string,
): Promise<void> {
  await database.transaction((tx) =>
    askApproval(tx, engine, {
      clientId,
      subject: { kind: "operation", id: adjustmentId },
      summary: "a write-off",
      need: domainNeed("another person agrees", "assignment:approve"),
      requestedBy: "somebody",
    }),
  );
}

async function anAdjustment(
  database: TestDatabase,
  placed: Placed,
  state: AdjustmentState,
  type: string | null,
) {
  const isBatch = ["pendingBatch", "inFile", "batchFailed"].includes(state);
  const isOfBatch = isBatch || type === "Execute Batch Accounting Failed";
  const isDenial = type === "Pending Deny Debit";
  const isClosed = CLOSED_STATES.has(state);
  const made = await anOpenAdjustment(database, placed, {
    state: isClosed ? "pendingManual" : state,
    destination: isOfBatch ? "nightly" : "core",
    ...(state === "planned" ? { hold: aHold(isDenial) } : {}),
  });
  await bookEntry(database, placed, made.adjustmentId);
  const { adjustmentId, assignmentId } = made;
  if (isClosed) await close(database, adjustmentId, assignmentId, state);
  // What a person has to find out or to help with shows another type in the same state.
  if (type !== null && !shows(state, type)) {
    await database.owner.execute(sql`
      update assignment set type = ${type}, kind = ${assignmentType(type).kind}
      where id = ${assignmentId}`);
    await database.owner.execute(sql`
      update adjustment set machine_may_act = false where id = ${adjustmentId}`);
  }
  return made;
}

function shows(state: AdjustmentState, type: string): boolean {
  const facts = { hold: null, machineMayAct: true, failedRoute: null };
  return assignmentTypeOf(state, facts) === type;
}

function aHold(isDenial: boolean): Hold {
  const reason = isDenial ? "denyDebitDate" : "custom";
  return { reason, releaseOn: null, waitsFor: [], note: null };
}

async function close(
  database: TestDatabase,
  adjustmentId: string,
  assignmentId: string,
  state: AdjustmentState,
): Promise<void> {
  await database.owner.execute(sql`
    with closed as (
      update adjustment set state = ${state}, open_assignment_id = null where id = ${adjustmentId})
    update assignment set is_open = false, closed_at = ${NOW}, outcome = ${state}
    where id = ${assignmentId}`);
}

async function ofDispute(database: TestDatabase, placed: Placed, type: string): Promise<string> {
  const id = ids.next();
  const facts = { clientId: placed.clientId, type, claimType: "Card", openedAt: NOW };
  const terms = testTerms({ ...facts, plannedPostingDate: TODAY });
  assert(terms.kind === "user", "a person's work belongs to disputes");
  await database.transaction((tx) =>
    openAssignments(tx, [
      {
        clientId: placed.clientId,
        id,
        claimId: placed.claimId,
        disputeId: placed.disputeId,
        adjustmentId: null,
        type,
        ...terms,
        amountMinor: 10000n,
        currency: "USD",
        destination: null,
        dueAt: null,
        reason: "the books do not balance",
        openedAt: NOW,
      },
    ]),
  );
  return id;
}
