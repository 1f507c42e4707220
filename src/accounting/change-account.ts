/**
 * Another account for a refused posting, before it is tried again. Entries name their account and
 * never change: the refused adjustment is cancelled with contra entries, and a linked replacement
 * is booked to the new account, in one transaction. So every balance stays a plain sum.
 *
 * Where a second person has to approve, the replacement is a stand-in until then: it moves nothing
 * in the positions, and declined it leaves the refused one as it was (docs/decisions/035).
 */
import { Failure } from "../kernel/failure.ts";
import type { ApprovalNeed } from "../work/approvals/tiers.ts";

import { nextState } from "./adjustment-machine.ts";
import { dropAdjustment } from "./cancel-adjustment.ts";
import type { Deciding } from "./decide-context.ts";
import type { Adjustment, DisputeBook, Entry, Hold, Proposal, Side } from "./dispute-book.ts";
import { adjustmentOf, record } from "./dispute-book.ts";

export interface AccountChange {
  readonly adjustmentId: string;
  /** Of the vault. */
  readonly account: string;
  readonly reason: string;
  /** Whose word it takes first; null where the core confirmed the same customer. */
  readonly approval: ApprovalNeed | null;
}

/** Why this route: shown where else the row of the route table stands. */
const AS_BEFORE = "the route of the one it replaces";

const HOLDER_COLLECTIONS = new Set(["accountHolder", "accountHolderOther"]);

/** Answers the replacement's id. Throws `transition-refused` where it may not be replaced. */
export function changeAccount(deciding: Deciding, change: AccountChange): string {
  const { book, context, today } = deciding;
  const old = adjustmentOf(book, change.adjustmentId);
  refuseUnlessReplaceable(book, old, change.account);
  const planned = context.calendar.businessDayOnOrAfter(today);
  const replacement: Adjustment = {
    ...old,
    id: context.ids.next(),
    ordinal: book.adjustments.length + 1,
    replacesAdjustmentId: old.id,
    holderAccount: change.account,
    state: "awaitingApproval",
    route: null,
    destination: null,
    hold: change.approval === null ? null : heldFor(change.reason),
    plannedPostingDate: old.plannedPostingDate < planned ? planned : old.plannedPostingDate,
    proposals: originalsOf(old).map(proposalOf),
    entries: [],
    version: 0,
  };
  if (change.approval !== null) {
    record(book, { type: "adjustmentOpened", adjustment: replacement, event: "approvalAsked" });
    record(book, {
      type: "approvalAsked",
      adjustmentId: replacement.id,
      operationId: deciding.operationId,
      need: change.approval,
    });
    return replacement.id;
  }
  const event = "routedToService";
  const { route, destination } = old;
  const opened = { ...replacement, state: nextState(null, event), route, destination };
  record(book, { type: "adjustmentOpened", adjustment: { ...opened, proposals: [] }, event });
  const routed = { adjustmentId: opened.id, route, destination, chosenBy: AS_BEFORE };
  record(book, { type: "adjustmentRouted", ...routed });
  takePlace(deciding, old, opened, change.reason);
  return replacement.id;
}

/** The second person agrees. Throws `transition-refused` where the refused one has moved on. */
export function bookStandIn(deciding: Deciding, standIn: Adjustment, reason: string): void {
  const { book, operationId } = deciding;
  const old = adjustmentOf(book, standIn.replacesAdjustmentId ?? "");
  refuseUnlessFailed(old);
  const { id: adjustmentId, state: from } = standIn;
  const event = "routedToService";
  const { route, destination } = old;
  record(book, { type: "adjustmentRouted", adjustmentId, route, destination, chosenBy: AS_BEFORE });
  const to = nextState(from, event);
  record(book, { type: "adjustmentMoved", adjustmentId, from, to, event, operationId, reason });
  record(book, { type: "proposalsReplaced", adjustmentId, proposals: [] });
  record(book, { type: "holdSet", adjustmentId, hold: null });
  takePlace(deciding, old, standIn, reason);
}

/** What waited for the refused one waits for the other; then entries and contra entries. */
function takePlace(deciding: Deciding, old: Adjustment, by: Adjustment, reason: string): void {
  const { book, context } = deciding;
  for (const one of book.adjustments) {
    if (one.id === by.id) continue;
    if (one.followsAdjustmentId === old.id) {
      const change = { adjustmentId: one.id, followsAdjustmentId: by.id };
      record(book, { type: "followerMoved", ...change });
    }
    if (one.hold?.waitsFor.includes(old.id) === true) {
      const waitsFor = [...new Set(one.hold.waitsFor.map((id) => (id === old.id ? by.id : id)))];
      record(book, { type: "holdSet", adjustmentId: one.id, hold: { ...one.hold, waitsFor } });
    }
  }
  const moved = (side: Side): Side =>
    HOLDER_COLLECTIONS.has(side.collection)
      ? { ...side, account: by.holderAccount ?? side.account }
      : side;
  const entries = originalsOf(old).map((entry): Entry => ({
    ...entry,
    id: context.ids.nextEntry(),
    debit: moved(entry.debit),
    credit: moved(entry.credit),
    eventDate: deciding.eventDate,
    plannedPostingDate: by.plannedPostingDate,
    bookedOn: context.bookingDate?.(deciding.today) ?? deciding.today,
  }));
  dropAdjustment(deciding, old.id, `booked to another account: ${reason}`);
  record(book, { type: "entriesBooked", adjustmentId: by.id, entries });
}

function refuseUnlessReplaceable(book: DisputeBook, old: Adjustment, account: string): void {
  refuseUnlessFailed(old);
  const refused = (detail: string): Failure =>
    new Failure("transition-refused", detail, { state: old.state });
  if (old.isPartlyProcessed) throw refused("part of it was posted: its account stays");
  if (old.reversesAdjustmentId !== null) {
    throw refused("a reversal posts where the original stands");
  }
  const accounts = originalsOf(old)
    .flatMap((entry) => [entry.debit, entry.credit])
    .filter((side) => HOLDER_COLLECTIONS.has(side.collection))
    .map((side) => side.account);
  if (accounts.length === 0) throw refused("it has no account of the holder's");
  if (accounts.every((one) => one === account)) throw refused("it is booked to that account");
  const asked = book.adjustments.find(
    (one) => one.replacesAdjustmentId === old.id && one.state !== "cancelled",
  );
  if (asked !== undefined) throw refused("another account waits for approval already");
}

function refuseUnlessFailed({ state }: Adjustment): void {
  if (state === "serviceFailed") return;
  throw new Failure("transition-refused", `what it replaces is ${state}, no longer refused`, {
    state,
  });
}

function originalsOf({ entries }: Adjustment): Entry[] {
  return entries.filter((entry) => entry.kind === "original");
}

function proposalOf(entry: Entry): Proposal {
  return {
    rule: entry.rule,
    debitCollection: entry.debit.collection,
    creditCollection: entry.credit.collection,
    amountMinor: entry.amountMinor,
    reverses: null,
  };
}

/** Why it is asked for: what the approver reads on the assignment. */
function heldFor(reason: string): Hold {
  return { reason: "custom", releaseOn: null, waitsFor: [], note: `another account: ${reason}` };
}
