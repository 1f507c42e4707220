/**
 * Keeps the assignment that an adjustment shows in step with its state: one open assignment while
 * it is open, none when it is closed. Closes before it opens, in sorted order.
 */
import type { Transaction } from "../database/database.ts";
import type { Ids } from "../kernel/ids.ts";
import type { NewAssignment } from "../work/assignment-rows.ts";
import { closeAssignments, openAssignments } from "../work/store.ts";

import type { AdjustmentAssignmentType } from "./adjustment-machine.ts";
import type { AssignmentTerms } from "./engine.ts";

export interface ShownAdjustment {
  readonly clientId: string;
  readonly adjustmentId: string;
  readonly disputeId: string;
  readonly claimId: string;
  readonly claimType: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly destination: string | null;
  readonly plannedPostingDate: string;
  readonly isDenialDebit: boolean;
  /** The open assignment it showed until now. */
  readonly before: { readonly id: string; readonly type: string } | null;
  /** What it has to show now; null when it is closed. */
  readonly type: AdjustmentAssignmentType | null;
  /** When the machine acts next; undefined leaves it to the type. */
  readonly dueAt: string | null | undefined;
  /** Opens a new assignment even of the same type: the old one's story is over. */
  readonly renew: boolean;
  readonly reason: string | null;
  /** How the old assignment ended, e.g. the adjustment's new state. */
  readonly outcome: string;
  /** Who moved it; nobody asked where left out. */
  readonly actor?: string;
}

/**
 * Opens and closes. Answers the id of each adjustment's open assignment, in the order given, and
 * how it is written: once what the adjustments show is sent, for what is shown does not close.
 */
export function showAssignments(
  tx: Transaction,
  by: { ids: Ids; terms: AssignmentTerms },
  shown: readonly ShownAdjustment[],
  now: string,
): { readonly openIds: (string | null)[]; readonly write: () => Promise<unknown> } {
  const closing = shown.filter((one) => one.before !== null && !stays(one));
  const opening: NewAssignment[] = [];
  const openIds = shown.map((one) => {
    if (one.type === null) return null;
    if (one.before !== null && stays(one)) return one.before.id;
    const row = assignmentOf(one, by, now);
    opening.push(row);
    return row.id;
  });
  const ends = closing.map((one) => ({
    clientId: one.clientId,
    id: (one.before as { id: string }).id,
    outcome: one.outcome,
    actor: one.actor,
  }));
  return {
    openIds,
    write: () => Promise.all([closeAssignments(tx, ends, now), openAssignments(tx, opening)]),
  };
}

/** True while the assignment shown is still the right one. */
export function stays(one: Pick<ShownAdjustment, "before" | "type" | "renew">): boolean {
  return !one.renew && one.type !== null && one.before?.type === one.type;
}

function assignmentOf(
  one: ShownAdjustment,
  by: { ids: Ids; terms: AssignmentTerms },
  now: string,
): NewAssignment {
  const type = one.type as AdjustmentAssignmentType;
  const terms = by.terms({
    clientId: one.clientId,
    type,
    claimType: one.claimType,
    openedAt: now,
    plannedPostingDate: one.plannedPostingDate,
    destination: one.destination,
    isDenialDebit: one.isDenialDebit,
  });
  return {
    clientId: one.clientId,
    id: by.ids.next(),
    claimId: one.claimId,
    disputeId: one.disputeId,
    adjustmentId: one.adjustmentId,
    type,
    ...terms,
    amountMinor: one.amountMinor,
    currency: one.currency,
    destination: one.destination,
    // Only the real-time service acts by the assignment's own time: at once, unless told later.
    dueAt:
      one.dueAt === undefined && type === "Pending Accounting Service" ? now : (one.dueAt ?? null),
    reason: one.reason,
    openedAt: now,
  };
}
