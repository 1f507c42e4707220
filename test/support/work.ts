/** Open adjustments with the assignment each shows, put in by the stores that own them. */
import type { Permission } from "../../src/access/roles.ts";
import type { AdjustmentState } from "../../src/accounting/adjustment-machine.ts";
import { assignmentTypeOf } from "../../src/accounting/adjustment-machine.ts";
import type { Adjustment } from "../../src/accounting/dispute-book.ts";
import { insertAdjustments, insertTransitions } from "../../src/accounting/store.ts";
import type { Database } from "../../src/database/database.ts";
import { businessCalendar } from "../../src/kernel/calendar.ts";
import { assert } from "../../src/kernel/assert.ts";
import { RIGHTS } from "../../src/work/actions.ts";
import type { Person } from "../../src/work/actions.ts";
import { assignmentTermsFrom } from "../../src/work/assignment-terms.ts";
import type { NewAssignment } from "../../src/work/assignment-rows.ts";
import { openAssignments } from "../../src/work/store.ts";
import { ids, NOW, TODAY } from "./books.ts";
import type { Placed } from "./books.ts";

export const testCalendar = businessCalendar({
  holidays: "federal-reserve",
  zone: "America/New_York",
});

export const testTerms = assignmentTermsFrom({ calendarOf: () => testCalendar });

/** A person with every right on assignments, unless told otherwise. */
export function aPerson(
  name = "amy",
  rights: readonly Permission[] = Object.values(RIGHTS),
): Person {
  return { name, rights: new Set(rights) };
}

export interface OpenAdjustment {
  readonly adjustmentId: string;
  readonly assignmentId: string;
}

/** An adjustment in an open state, with the assignment of that state and its first transition. */
export async function anOpenAdjustment(
  db: Database,
  placed: Placed,
  given: Partial<Adjustment> & {
    readonly state: AdjustmentState;
    readonly assignment?: Partial<NewAssignment>;
  },
): Promise<OpenAdjustment> {
  const { assignment: words, ...changes } = given;
  const type = assignmentTypeOf(given.state, {
    hold: given.hold?.reason ?? null,
    machineMayAct: true,
    failedRoute: null,
  });
  assert(type !== null, `${given.state} is open`);
  const adjustmentId = ids.next();
  const assignmentId = ids.next();
  const terms = testTerms({
    clientId: placed.clientId,
    type,
    claimType: "Card",
    openedAt: NOW,
    plannedPostingDate: TODAY,
  });
  const adjustment: Adjustment = {
    id: adjustmentId,
    operationId: placed.operationId,
    operation: "issueProvisionalCredit",
    ordinal: 1,
    processing: "execute",
    principalRule: "ProvisionalCredit",
    amountMinor: 10000n,
    reversesAdjustmentId: null,
    followsAdjustmentId: null,
    denialId: null,
    raisesDisputedMinor: 0n,
    isPartlyProcessed: false,
    replacesAdjustmentId: null,
    holderAccount: null,
    holdDecisions: [],
    route: "MANUAL",
    destination: null,
    hold: null,
    plannedPostingDate: TODAY,
    proposals: [],
    entries: [],
    version: 0,
    ...changes,
  };
  const row: NewAssignment = {
    clientId: placed.clientId,
    id: assignmentId,
    claimId: placed.claimId,
    disputeId: placed.disputeId,
    adjustmentId,
    type,
    ...terms,
    amountMinor: adjustment.amountMinor,
    currency: "USD",
    destination: adjustment.destination,
    dueAt: null,
    reason: null,
    openedAt: NOW,
    ...words,
  };
  await db.transaction(async (tx) => {
    await openAssignments(tx, [row]);
    await insertAdjustments(
      tx,
      [
        {
          clientId: placed.clientId,
          disputeId: placed.disputeId,
          currency: "USD",
          eventDate: TODAY,
          rulebookVersion: "standard 1",
          routeChosenBy: null,
          openAssignmentId: assignmentId,
          adjustment,
        },
      ],
      NOW,
    );
    await insertTransitions(
      tx,
      [
        {
          clientId: placed.clientId,
          id: ids.next(),
          adjustmentId,
          from: null,
          to: adjustment.state,
          event: "routedToManual",
          actor: "test",
          reason: null,
          outside: null,
          operationId: placed.operationId,
        },
      ],
      NOW,
    );
  });
  return { adjustmentId, assignmentId };
}
