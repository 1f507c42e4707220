/** A client, a dispute and an adjustment with entries, put in by the stores that own them. */
import type { NewAssignment } from "../../src/work/assignment-rows.ts";
import { openAssignments } from "../../src/work/store.ts";
import { insertOperations } from "../../src/accounting/store-operations.ts";
import { openBooks, insertAdjustments } from "../../src/accounting/store.ts";
import type { Adjustment } from "../../src/accounting/dispute-book.ts";
import { insertClaims, insertClient, insertDisputes } from "../../src/cases/store.ts";
import type { Database } from "../../src/database/database.ts";
import { uuids } from "../../src/kernel/ids.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import type { NewEntry } from "../../src/ledger/store.ts";
import { ensurePeriods, insertEntries } from "../../src/ledger/store.ts";

export const ids = uuids(systemClock);
export const NOW = "2026-11-16T15:00:00Z";
export const TODAY = "2026-11-16";

export interface Placed {
  readonly clientId: string;
  readonly claimId: string;
  readonly disputeId: string;
  readonly operationId: string;
}

/** A client with one open dispute of 100.00 USD and one recorded operation on it. */
export async function aDispute(db: Database, clientId = "harbor"): Promise<Placed> {
  const placed = {
    clientId,
    claimId: ids.next(),
    disputeId: ids.next(),
    operationId: ids.next(),
  };
  const number = String(Math.abs(hash(placed.disputeId)) % 1_000_000).padStart(6, "0");
  await db.transaction(async (tx) => {
    await insertClient(tx, { id: clientId, name: "Harbor Bank", settings: {}, createdAt: NOW });
    await insertClaims(tx, [
      {
        clientId,
        id: placed.claimId,
        number: `261116${number}C`,
        claimType: "Card",
        noticeReceivedOn: TODAY,
        facts: {},
        key: null,
        bodyHash: null,
        createdAt: NOW,
      },
    ]);
    await insertDisputes(tx, [
      {
        clientId,
        id: placed.disputeId,
        claimId: placed.claimId,
        number: `261116${number}D`,
        amountMinor: 10000n,
        currency: "USD",
        accountId: ids.next(),
        facts: { network: "visa" },
        createdAt: NOW,
      },
    ]);
    await openBooks(tx, [placed], NOW);
    await insertOperations(tx, [anOperation(placed, `key-${placed.operationId}`)], NOW);
    await ensurePeriods(tx, [{ clientId, month: "2026-11", fiscalYear: 2026 }]);
  });
  return placed;
}

export function anOperation(placed: Placed, key: string, id = placed.operationId) {
  return {
    clientId: placed.clientId,
    id,
    key,
    bodyHash: Buffer.alloc(32, 1),
    source: "api" as const,
    claimId: placed.claimId,
    disputeId: placed.disputeId,
    operation: "issueProvisionalCredit",
    input: {},
    at: NOW,
    eventDate: TODAY,
    actor: "test",
    state: "done" as const,
    outcome: { decision: null },
    stateBefore: "open",
  };
}

/**
 * A tracked adjustment (closed, so that it needs no assignment) unless told otherwise, with what
 * opens for it.
 */
export async function anAdjustment(
  db: Database,
  placed: Placed,
  given: Partial<Adjustment> & { openAssignmentId?: string | null } = {},
  opening: readonly NewAssignment[] = [],
): Promise<string> {
  const { openAssignmentId = null, ...changes } = given;
  const adjustment: Adjustment = {
    id: ids.next(),
    operationId: placed.operationId,
    operation: "recordChargeback",
    ordinal: 1,
    processing: "track",
    principalRule: "Chargeback",
    amountMinor: 10000n,
    reversesAdjustmentId: null,
    followsAdjustmentId: null,
    denialId: null,
    raisesDisputedMinor: 0n,
    isPartlyProcessed: false,
    replacesAdjustmentId: null,
    holderAccount: null,
    holdDecisions: [],
    state: "tracked",
    route: null,
    destination: null,
    hold: null,
    plannedPostingDate: TODAY,
    proposals: [],
    entries: [],
    version: 0,
    ...changes,
  };
  await db.transaction(async (tx) => {
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
          openAssignmentId,
          adjustment,
        },
      ],
      NOW,
    );
    await openAssignments(tx, opening);
  });
  return adjustment.id;
}

export function anEntry(placed: Placed, adjustmentId: string, given: Partial<NewEntry> = {}) {
  return {
    clientId: placed.clientId,
    id: ids.nextEntry(),
    disputeId: placed.disputeId,
    adjustmentId,
    operationId: placed.operationId,
    rule: "Chargeback",
    kind: "original" as const,
    undoes: null,
    debitCollection: "merchant",
    debitAccount: "visa-settlement",
    debitTranCode: null,
    creditCollection: "suspense",
    creditAccount: "dispute-suspense",
    creditTranCode: null,
    amountMinor: 10000n,
    currency: "USD",
    processing: "track" as const,
    eventDate: TODAY,
    plannedPostingDate: TODAY,
    bookedOn: TODAY,
    rulebookVersion: "standard 1",
    chosenBy: [],
    actor: "test",
    ...given,
  };
}

export async function bookEntry(
  db: Database,
  placed: Placed,
  adjustmentId: string,
  given: Partial<NewEntry> = {},
): Promise<string> {
  const entry = anEntry(placed, adjustmentId, given);
  await db.transaction((tx) => insertEntries(tx, [entry], NOW));
  return entry.id;
}

function hash(text: string): number {
  let value = 0;
  for (const character of text) value = (value * 31 + character.charCodeAt(0)) | 0;
  return value;
}
