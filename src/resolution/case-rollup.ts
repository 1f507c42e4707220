/**
 * The Case Rollup of a claim: stages Collect, Analyze, Execute, Resolve with their steps. Computed
 * from rows when it is asked for, with a constant number of queries however many disputes it has.
 */
import { DECISIONS } from "../accounting/gate-detail.ts";
import { evaluateGate } from "../accounting/gate.ts";
import type { DisputeState } from "../accounting/dispute-book.ts";
import type { Engine } from "../accounting/engine.ts";
import { loadBooks } from "../accounting/load-books.ts";
import { positionsOf } from "../accounting/positions.ts";
import { assert } from "../kernel/assert.ts";
import type { WireMoney } from "../kernel/money.ts";
import { wireMoney } from "../kernel/money.ts";
import type { Person } from "../work/actions.ts";
import { assignmentView } from "../work/assignment-view.ts";
import { assignmentsOfDisputes } from "../work/views.ts";

import type { RollupStage } from "./rollup-steps.ts";
import { rollupStages } from "./rollup-steps.ts";
import { claimOfCase } from "./views.ts";

export interface CaseRollup {
  readonly claim: {
    readonly id: string;
    readonly client: string;
    readonly claimType: string;
    readonly noticeReceivedOn: string | null;
    readonly openedAt: string;
    readonly version: number;
  };
  readonly disputes: readonly {
    readonly id: string;
    readonly state: DisputeState;
    /** As it is disputed now, raises included. */
    readonly amount: WireMoney;
  }[];
  readonly stages: readonly RollupStage[];
}

const CLOSED_PER_DISPUTE = 20;
const OPEN_PER_DISPUTE = 500;

/** Throws `not-found` for a claim that none of the clients given has. */
export async function caseRollup(
  engine: Engine,
  request: {
    readonly clientIds: readonly string[];
    readonly claim: string;
    readonly person: Person;
  },
): Promise<CaseRollup> {
  const db = engine.database;
  const claim = await claimOfCase(db, request.clientIds, request.claim);
  const { clientId } = claim;
  const disputeIds = claim.disputes.map((one) => one.id);
  const [clients, books, rows] = await Promise.all([
    engine.clients(db, [clientId]),
    loadBooks(
      db,
      disputeIds.map((disputeId) => ({ clientId, disputeId })),
    ),
    assignmentsOfDisputes(db, clientId, disputeIds, {
      closedPerDispute: CLOSED_PER_DISPUTE,
      openAtMost: OPEN_PER_DISPUTE,
    }),
  ]);
  const client = clients.get(clientId);
  assert(client !== undefined, `client ${clientId} is assembled`);
  const disputes = claim.disputes.map(({ id, number }) => {
    const loaded = books.get(id);
    assert(loaded !== undefined, `dispute ${number} has a book`);
    const { book } = loaded;
    return {
      dispute: number,
      state: book.state,
      amount: wireMoney(positionsOf(book).disputed, book.currency),
      adjustments: book.adjustments.length,
      gate: DECISIONS.map((decision) => evaluateGate(book, client.rulebook, decision)),
    };
  });
  return {
    claim: {
      id: claim.number,
      client: clientId,
      claimType: claim.claimType,
      noticeReceivedOn: claim.noticeReceivedOn,
      openedAt: claim.openedAt,
      version: claim.version,
    },
    disputes: disputes.map(({ dispute, state, amount }) => ({ id: dispute, state, amount })),
    stages: rollupStages({
      noticeReceivedOn: claim.noticeReceivedOn,
      disputes,
      assignments: rows.map((row) => assignmentView(row, request.person)),
      now: engine.clock.now().toString(),
    }),
  };
}
