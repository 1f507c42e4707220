/**
 * From the rules that an operation fires to adjustments: what is executed as one is combined, the
 * rest stands alone; each is held, sent for approval, or booked and routed (domain §3).
 */
import { assert } from "../kernel/assert.ts";
import type { AccountingRule } from "../rulebook/rules.ts";
import type { ApprovalNeed } from "../work/approvals/tiers.ts";

import { nextState, PROPOSAL_STATES } from "./adjustment-machine.ts";
import { entriesFor, isSecondOperation, movable } from "./book-entries.ts";
import type { Deciding } from "./decide-context.ts";
import type { Adjustment, DisputeBook, Hold, Processing, Proposal } from "./dispute-book.ts";
import { adjustmentOf, record } from "./dispute-book.ts";
import { recordHonoring } from "./holds/honoring-window.ts";
import { preExecuteAccounting } from "./pre-execute-accounting.ts";
import { routeOf } from "./route-adjustment.ts";

/** One rule to fire. */
export interface Line {
  readonly rule: string;
  readonly amountMinor: bigint;
  /** Waits for the operation's principal. */
  readonly follows: boolean;
  /** Overrides the collections of the rule: what a failed debit would have credited. */
  readonly creditCollection?: string;
}

export interface OpeningOptions {
  readonly processing?: Processing;
  readonly hold?: Hold | null;
  readonly denialId?: string | null;
  readonly raisesDisputedMinor?: bigint;
  readonly reversesAdjustmentId?: string;
  /** Whose word it takes first; null for nobody's. */
  readonly approval?: ApprovalNeed | null;
  /** Of an adjustment without entries; the sum of its proposals otherwise. */
  readonly amountMinor?: bigint;
}

interface OpeningOne extends OpeningOptions {
  /** The second operation that follows this principal: it decides the account between them. */
  readonly secondOperation?: string | null;
}

const HOLDER_COLLECTIONS = new Set(["accountHolder", "accountHolderOther"]);

/**
 * Opens the adjustments of the lines and books what nothing holds; answers their ids in order. A
 * follower waits for the first one.
 */
export function openAdjustments(
  deciding: Deciding,
  lines: readonly Line[],
  options: OpeningOptions = {},
): string[] {
  const ids: string[] = [];
  const groups = grouped(deciding, lines, options);
  const secondOperation = groups.find((one) => isSecondOperation(one.proposals))?.principalRule;
  for (const [index, group] of groups.entries()) {
    const principal = group.follows ? (ids[0] ?? null) : null;
    const first = index === 0 && !group.follows;
    const own = first ? options : { ...options, raisesDisputedMinor: 0n };
    const opened = openOne(deciding, group, principal, {
      ...own,
      secondOperation: first ? (secondOperation ?? null) : null,
    });
    if (opened !== null) ids.push(opened);
  }
  return ids;
}

interface Group {
  readonly processing: Processing;
  readonly principalRule: string | null;
  readonly direction: "credit" | "debit" | null;
  readonly follows: boolean;
  readonly proposals: Proposal[];
}

function grouped(deciding: Deciding, lines: readonly Line[], options: OpeningOptions): Group[] {
  const { context } = deciding;
  const groups: Group[] = [];
  for (const line of lines) {
    const rule = context.rulebook.rules.get(line.rule);
    assert(rule !== undefined, `no rule ${line.rule}`);
    const processing = options.processing ?? processingOf(rule, context.settings.tracked);
    const direction = directionOf(rule);
    const proposal: Proposal = {
      rule: rule.id,
      debitCollection: rule.debit,
      creditCollection: line.creditCollection ?? rule.credit,
      amountMinor: line.amountMinor,
      reverses: null,
    };
    const mate =
      context.settings.combine && direction !== null && !line.follows
        ? groups.find((one) => one.direction === direction && one.processing === processing)
        : undefined;
    if (mate !== undefined) mate.proposals.push(proposal);
    else {
      const { follows } = line;
      groups.push({
        processing,
        principalRule: rule.id,
        direction,
        follows,
        proposals: [proposal],
      });
    }
  }
  return groups.flatMap((group) => perEntry(deciding, group));
}

/** A destination that works per entry gets one entry each. */
function perEntry(deciding: Deciding, group: Group): Group[] {
  const { perEntry: destinations } = deciding.context.settings;
  if (destinations.length === 0 || group.proposals.length === 1) return [group];
  const amountMinor = group.proposals.reduce((sum, one) => sum + one.amountMinor, 0n);
  const { destination } = routeOf(deciding, { ...group, amountMinor, holdDecisions: [] });
  if (destination === null || !destinations.includes(destination)) return [group];
  return group.proposals.map((one) => ({ ...group, principalRule: one.rule, proposals: [one] }));
}

function processingOf(rule: AccountingRule, tracked: readonly string[]): Processing {
  return tracked.includes(rule.id) ? "track" : rule.processing;
}

function directionOf(rule: AccountingRule): "credit" | "debit" | null {
  if (HOLDER_COLLECTIONS.has(rule.credit)) return "credit";
  return HOLDER_COLLECTIONS.has(rule.debit) ? "debit" : null;
}

/** Opens an adjustment of the proposals given as one, e.g. a reversal or one without money. */
export function openWhole(
  deciding: Deciding,
  whole: { readonly principalRule: string | null; readonly proposals: readonly Proposal[] },
  options: OpeningOptions & { readonly processing: Processing },
): string {
  const group: Group = {
    processing: options.processing,
    principalRule: whole.principalRule,
    direction: null,
    follows: false,
    proposals: [...whole.proposals],
  };
  const id = openOne(deciding, group, null, options);
  assert(id !== null, "nothing was left to move");
  return id;
}

/** Null where a second operation finds nothing to move. */
function openOne(
  deciding: Deciding,
  group: Group,
  principal: string | null,
  options: OpeningOne,
): string | null {
  const { book, context } = deciding;
  const ordinal = book.adjustments.length + 1;
  const hold =
    options.hold ??
    preExecuteAccounting(deciding, {
      operation: deciding.operation,
      proposals: group.proposals,
      processing: group.processing,
      principal,
      ordinal,
      decided: [],
    });
  const need = context.executesAtOnce ? null : (options.approval ?? null);
  const needsApproval = need !== null;
  const isHeld = needsApproval || hold !== null;
  const proposals = isHeld ? group.proposals : movable(deciding, group.proposals, principal);
  if (proposals.length === 0 && group.proposals.length > 0) return null;
  const adjustment: Adjustment = {
    id: context.ids.next(),
    operationId: deciding.operationId,
    operation: deciding.operation,
    ordinal,
    processing: group.processing,
    principalRule: group.principalRule,
    amountMinor: options.amountMinor ?? proposals.reduce((sum, one) => sum + one.amountMinor, 0n),
    reversesAdjustmentId: options.reversesAdjustmentId ?? null,
    replacesAdjustmentId: null,
    holderAccount: null,
    followsAdjustmentId: principal,
    denialId: options.denialId ?? null,
    raisesDisputedMinor: options.raisesDisputedMinor ?? 0n,
    isPartlyProcessed: false,
    state: needsApproval ? "awaitingApproval" : "planned",
    route: null,
    destination: null,
    hold,
    plannedPostingDate: context.calendar.businessDayOnOrAfter(expectedDay(hold) ?? deciding.today),
    holdDecisions: [],
    proposals,
    entries: [],
    version: 0,
  };
  if (isHeld) {
    const event = needsApproval ? "approvalAsked" : "held";
    record(book, { type: "adjustmentOpened", adjustment, event });
    if (need !== null) {
      const { operationId } = deciding;
      record(book, { type: "approvalAsked", adjustmentId: adjustment.id, operationId, need });
    }
  } else {
    openBooked(deciding, adjustment, options.secondOperation ?? null);
  }
  return adjustment.id;
}

/** A hold that asks the outside is looked at again on a day, which is not when it posts. */
function expectedDay(hold: Hold | null): string | null {
  const isDated = hold?.watch === undefined || hold.reason === "newAccountDelay";
  return isDated ? (hold?.releaseOn ?? null) : null;
}

/** A new adjustment that nothing holds: opened in the state of its route, entries booked. */
function openBooked(
  deciding: Deciding,
  adjustment: Adjustment,
  secondOperation: string | null,
): void {
  const { event, route, destination, chosenBy } = routeOf(deciding, adjustment);
  const { proposals } = adjustment;
  const opened = { ...adjustment, state: nextState(null, event), route, destination };
  const entries = entriesFor(deciding, adjustment, secondOperation);
  opened.proposals = [];
  record(deciding.book, { type: "adjustmentOpened", adjustment: opened, event });
  if (chosenBy !== null) {
    const { id } = adjustment;
    record(deciding.book, {
      type: "adjustmentRouted",
      adjustmentId: id,
      route,
      destination,
      chosenBy,
    });
  }
  if (proposals.length > 0) {
    record(deciding.book, { type: "entriesBooked", adjustmentId: adjustment.id, entries });
  }
  recordHonoring(deciding, adjustment);
  executeAtOnce(deciding, opened);
}

/** A proposal that is released or approved: booked under its route. */
export function bookProposal(deciding: Deciding, adjustment: Adjustment, reason: string): void {
  const { book, today, context } = deciding;
  const planned = context.calendar.businessDayOnOrAfter(today);
  if (adjustment.plannedPostingDate < planned) {
    const change = { adjustmentId: adjustment.id, plannedPostingDate: planned };
    record(book, { type: "plannedDateSet", ...change });
  }
  const { event, route, destination, chosenBy } = routeOf(deciding, adjustment);
  const entries = entriesFor(deciding, adjustment, secondOperationOf(book, adjustment));
  const adjustmentId = adjustment.id;
  record(book, { type: "adjustmentRouted", adjustmentId, route, destination, chosenBy });
  record(book, {
    type: "adjustmentMoved",
    adjustmentId,
    from: adjustment.state,
    to: nextState(adjustment.state, event),
    event,
    operationId: deciding.operationId,
    reason,
  });
  if (entries.length > 0) record(book, { type: "entriesBooked", adjustmentId, entries });
  recordHonoring(deciding, adjustment);
  record(book, { type: "proposalsReplaced", adjustmentId, proposals: [] });
  record(book, { type: "holdSet", adjustmentId, hold: null });
  executeAtOnce(deciding, adjustment);
}

/** The second operation that waits for this principal, where one does. */
function secondOperationOf(book: DisputeBook, { id }: Adjustment): string | null {
  const follower = book.adjustments.find(
    (one) =>
      one.followsAdjustmentId === id &&
      PROPOSAL_STATES.has(one.state) &&
      isSecondOperation(one.proposals),
  );
  return follower?.principalRule ?? null;
}

const DONE_EVENT = {
  pendingService: ["sent", "posted"],
  pendingBatch: ["takenIntoFile", "acknowledged"],
  pendingManual: ["attested"],
} as const;

/** In a scenario what is booked has moved. */
function executeAtOnce({ book, context, operationId }: Deciding, adjustment: Adjustment): void {
  if (!context.executesAtOnce || !(adjustment.state in DONE_EVENT)) return;
  for (const event of DONE_EVENT[adjustment.state as keyof typeof DONE_EVENT]) {
    const from = adjustmentOf(book, adjustment.id).state;
    const to = nextState(from, event);
    const adjustmentId = adjustment.id;
    record(book, {
      type: "adjustmentMoved",
      adjustmentId,
      from,
      to,
      event,
      operationId,
      reason: null,
    });
  }
}
