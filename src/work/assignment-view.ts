/** An assignment as the outside sees it: numbers instead of ids, money, and what can be done. */
import type { WireMoney } from "../kernel/money.ts";
import { wireMoney } from "../kernel/money.ts";

import type { OfferedAction, Person } from "./actions.ts";
import { offeredActions } from "./actions.ts";
import type { AssignmentKind } from "./assignment-types.ts";
import { assignmentType } from "./assignment-types.ts";
import { isAhead } from "./claim-lock.ts";
import type { AssignmentRow } from "./views.ts";

export interface AssignmentView {
  readonly id: string;
  readonly client: string;
  readonly claim: string;
  readonly dispute: string | null;
  readonly adjustment: string | null;
  readonly adjustmentState: string | null;
  readonly type: string;
  readonly queue: string;
  readonly kind: AssignmentKind;
  readonly workGroup: string;
  readonly dailyCritical: boolean;
  readonly urgency: number;
  readonly goalAt: string | null;
  readonly deadlineAt: string | null;
  readonly assignee: string | null;
  readonly amount: WireMoney | null;
  readonly openedAt: string;
  readonly closedAt: string | null;
  readonly outcome: string | null;
  readonly reason: string | null;
  /** Predicted departure of its batch window, while it waits for one. */
  readonly leavesAt: string | null;
  readonly route: string | null;
  readonly destination: string | null;
  /** The nearest of goal and regulatory clock. */
  readonly actBy: string | null;
  readonly pendedUntil: string | null;
  readonly pendReason: string | null;
  /** Why nobody can work it. */
  readonly unworkable: string | null;
  /** Who has its claim open; null when nobody has. */
  readonly lock: { readonly holder: string; readonly until: string } | null;
  readonly actions: readonly OfferedAction[];
  readonly version: number;
}

/** With `now`, an ISO instant, a claim lock that nobody renewed counts no more. */
export function assignmentView(row: AssignmentRow, person: Person, now?: string): AssignmentView {
  const shape = assignmentType(row.type);
  return {
    id: row.id,
    client: row.clientId,
    claim: row.claim,
    dispute: row.dispute,
    adjustment: row.adjustmentId,
    adjustmentState: row.adjustmentState,
    type: row.type,
    queue: row.queue,
    kind: row.kind,
    workGroup: row.workGroup,
    dailyCritical: shape.dailyCritical,
    urgency: row.urgency,
    goalAt: row.goalAt,
    deadlineAt: row.deadlineAt,
    assignee: row.assignee,
    amount:
      row.amountMinor === null || row.currency === null
        ? null
        : wireMoney(row.amountMinor, row.currency),
    openedAt: row.openedAt,
    closedAt: row.closedAt,
    outcome: row.outcome,
    reason: row.reason,
    leavesAt: row.isOpen && shape.goal?.from === "departure" ? row.goalAt : null,
    route: row.route,
    destination: row.destination,
    actBy: row.actBy,
    pendedUntil: row.pendedUntil,
    pendReason: row.pendReason,
    unworkable: row.unworkableReason,
    lock: lockOf(row, now),
    actions: offeredActions(row, person, now),
    version: row.version,
  };
}

function lockOf({ lockedBy, lockedUntil }: AssignmentRow, now?: string): AssignmentView["lock"] {
  if (lockedBy === null || lockedUntil === null) return null;
  if (now !== undefined && !isAhead(lockedUntil, now)) return null;
  return { holder: lockedBy, until: lockedUntil };
}
