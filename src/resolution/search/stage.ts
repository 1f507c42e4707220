/**
 * A dispute on a stage: a copy of its book, its day, and what may happen to it, so that random play
 * of a rehearsal and the search for a way out do the same things. Nothing of it is ever written.
 */
import type { AdjustmentEvent } from "../../accounting/adjustment-machine.ts";
import { nextState } from "../../accounting/adjustment-machine.ts";
import { approveProposal } from "../../accounting/approve-proposal.ts";
import { cancelAdjustment } from "../../accounting/cancel-adjustment.ts";
import type { DecideContext, Deciding } from "../../accounting/decide-context.ts";
import { decide } from "../../accounting/decide.ts";
import type { Adjustment, DisputeBook } from "../../accounting/dispute-book.ts";
import { adjustmentOf, isStandIn, record } from "../../accounting/dispute-book.ts";
import { runDue } from "../../accounting/run-due.ts";
import { Failure } from "../../kernel/failure.ts";

export interface Stage {
  readonly book: DisputeBook;
  readonly context: DecideContext;
  today: string;
  ordinal: number;
}

export function passDays(stage: Stage, days: number): void {
  stage.today = stage.context.calendar.addDays(stage.today, days);
  runDue(stage.book, { today: stage.today }, stage.context);
}

export function decidingOf(stage: Stage, adjustment: Adjustment): Deciding {
  const { book, context, today } = stage;
  const { operationId, operation } = adjustment;
  return { book, context, operationId, operation, today, eventDate: today };
}

/** What the outside world or a person says of an adjustment; what it frees is released. */
export function move(stage: Stage, adjustment: Adjustment, event: AdjustmentEvent): void {
  const from = adjustment.state;
  record(stage.book, {
    type: "adjustmentMoved",
    adjustmentId: adjustment.id,
    from,
    to: nextState(from, event),
    event,
    operationId: adjustment.operationId,
    reason: null,
  });
  runDue(stage.book, { today: stage.today }, stage.context);
}

/** Approves what waits; what it was to replace may have moved on, then it is declined. */
export function approveAsked(stage: Stage, asked: Adjustment): void {
  const { book } = stage;
  const isOvertaken =
    isStandIn(book, asked) &&
    adjustmentOf(book, asked.replacesAdjustmentId ?? "").state !== "serviceFailed";
  const deciding = decidingOf(stage, asked);
  if (isOvertaken) cancelAdjustment(deciding, asked.id, "overtaken", "declined");
  else approveProposal(deciding, asked, "approved");
}

/** Runs an operation; answers the code it was refused with, or null. */
export function tryOperation(
  stage: Stage,
  operation: string,
  input: Readonly<Record<string, unknown>>,
): string | null {
  const { book, context, today } = stage;
  const operationId = `operation-${(stage.ordinal += 1)}`;
  try {
    decide(book, { operationId, operation, input, today, eventDate: today, actor: "x" }, context);
    return null;
  } catch (error) {
    if (error instanceof Failure) return error.code;
    throw error;
  }
}

/** A copy that may be played on by itself. */
export function copyStage(stage: Stage): Stage {
  const { book } = stage;
  return {
    ...stage,
    book: {
      ...book,
      operations: [...book.operations],
      adjustments: book.adjustments.map((one) => ({ ...one })),
      denials: book.denials.map((one) => ({ ...one })),
      resolutions: book.resolutions.map((one) => ({ ...one })),
      changes: [],
    },
  };
}
