/**
 * What the machine does about a clock that nobody has met: the credit it would issue, tried on the
 * book without keeping anything, and from when on. Amount, route and every reason against it come
 * from the same decision that a person's operation would get. Pure.
 */
import type { Temporal } from "temporal-polyfill";

import type { DecideContext } from "../../accounting/decide-context.ts";
import { decide } from "../../accounting/decide.ts";
import type { Adjustment, DisputeBook } from "../../accounting/dispute-book.ts";
import type { ClientRuntime } from "../../accounting/engine.ts";
import { snapshot } from "../../accounting/restore-book.ts";
import { Failure } from "../../kernel/failure.ts";

import { issuedFrom, postingIfIssued } from "./posting-forecast.ts";
import type { ClockReading } from "./read-clocks.ts";

export interface CreditPlan {
  readonly operation: "issueProvisionalCredit" | "payDispute";
  /** Why it cannot be; null where it can. */
  readonly impossible: string | null;
  /** Why it is going to be late, where it is. */
  readonly late: string | null;
  readonly amountMinor: bigint | null;
  readonly route: Adjustment["route"];
  readonly destination: string | null;
  readonly predictedPostingOn: string | null;
  /** Issued from this instant on; null: now, it is late already. */
  readonly from: Temporal.Instant | null;
}

/**
 * The plan for a clock that the client lets the machine meet; null for any other. A provisional
 * credit that was missed is still owed while the investigation goes on, so it is made up for.
 */
export function planCredit(
  reading: ClockReading,
  book: DisputeBook,
  client: ClientRuntime,
  context: DecideContext,
  now: Temporal.Instant,
): CreditPlan | null {
  const { clocks } = client.settings;
  const isMissed = reading.state === "missed" && reading.endedOn === null;
  if ((reading.state !== "running" && !isMissed) || reading.dueOn === null) return null;
  if (reading.automatic === "provisionalCredit" && clocks.automaticProvisionalCredit) {
    return plan(reading, { book, client, context, now, operation: "issueProvisionalCredit" });
  }
  if (isMissed) return null;
  if (reading.automatic === "finalCredit" && clocks.automaticFinalCredit) {
    return plan(reading, { book, client, context, now, operation: "payDispute" });
  }
  return null;
}

interface Planning {
  readonly book: DisputeBook;
  readonly client: ClientRuntime;
  readonly context: DecideContext;
  readonly now: Temporal.Instant;
  readonly operation: CreditPlan["operation"];
}

/** Settings that do not fit are a reason against it, like any other. */
function plan(reading: ClockReading, planning: Planning): CreditPlan {
  try {
    return planOf(reading, planning);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { ...blank(planning.operation), impossible: error.message };
  }
}

function planOf(reading: ClockReading, planning: Planning): CreditPlan {
  const { client, now, operation } = planning;
  const dueOn = reading.dueOn as string;
  const tried = tryOn(planning);
  const refusal = reading.mayBecomeExempt ?? tried.refusal;
  const way = { route: tried.route, destination: tried.destination };
  if (refusal !== null) {
    // Looked at again in time for what would be the slowest way of all.
    const from = issuedFrom(client, { route: "MANUAL", destination: null }, dueOn);
    return { ...blank(operation), impossible: refusal, from };
  }
  if (tried.held !== null) {
    // Issued in time for the slowest way: the law's date ends the hold, and it goes on from there.
    const from = issuedFrom(client, { route: "MANUAL", destination: null }, dueOn);
    const { amountMinor, held: late } = tried;
    return { ...blank(operation), late, amountMinor, from };
  }
  // Nothing moves: the decision alone is in time on the very day.
  const moves = tried.amountMinor > 0n;
  const at = moves ? way : { route: null, destination: null };
  const predicted = postingIfIssued(client, at, now);
  const late = predicted === null || predicted > dueOn;
  return {
    operation,
    impossible: null,
    late: late ? `it is predicted to post on ${predicted ?? "no known day"}, after ${dueOn}` : null,
    amountMinor: tried.amountMinor,
    ...way,
    predictedPostingOn: predicted,
    from: issuedFrom(client, at, dueOn),
  };
}

function blank(operation: CreditPlan["operation"]): CreditPlan {
  return {
    operation,
    impossible: null,
    late: null,
    amountMinor: null,
    route: null,
    destination: null,
    predictedPostingOn: null,
    from: null,
  };
}

interface Tried {
  readonly refusal: string | null;
  /** What holds it until the law's date ends the hold; null where nothing does. */
  readonly held: string | null;
  readonly amountMinor: bigint;
  readonly route: Adjustment["route"];
  readonly destination: string | null;
}

function tryOn({ book, client, context, now, operation }: Planning): Tried {
  const today = client.calendar.dateOf(now);
  const nothing = { held: null, amountMinor: 0n, route: null, destination: null };
  const before = new Set(book.adjustments.map((one) => one.id));
  const restore = snapshot(book);
  try {
    const request = {
      operationId: context.ids.next(),
      operation,
      input: {},
      today,
      eventDate: today,
      actor: "redress",
      approvedAfterwards: true,
    };
    decide(book, request, context);
    const opened = book.adjustments.filter((one) => !before.has(one.id));
    const amountMinor = opened.reduce((sum, one) => sum + one.amountMinor, 0n);
    const [principal] = opened;
    // What follows a credit waits for it as ever.
    const hold = opened.find((one) => one.followsAdjustmentId === null && one.hold)?.hold ?? null;
    const endsOn = hold?.watch?.endsForLawOn ?? null;
    const why = hold?.note ?? hold?.reason;
    const route = principal?.route ?? null;
    const destination = principal?.destination ?? null;
    const refusal =
      hold !== null && endsOn === null
        ? `it would be held: ${why}`
        : opened.length === 0 && operation === "issueProvisionalCredit"
          ? "nothing is uncredited: a credit of all of it is on its way"
          : null;
    const held = endsOn === null ? null : `it is held until ${endsOn}: ${why}`;
    return { refusal, held, amountMinor, route, destination };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { ...nothing, refusal: error.message };
  } finally {
    restore();
  }
}
