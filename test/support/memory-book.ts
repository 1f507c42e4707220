/** One dispute's book in memory, with what may happen to it, for tests of deciding. */
import { Temporal } from "temporal-polyfill";

import type { AdjustmentEvent } from "../../src/accounting/adjustment-machine.ts";
import { nextState } from "../../src/accounting/adjustment-machine.ts";
import { approveProposal } from "../../src/accounting/approve-proposal.ts";
import { cancelAdjustment } from "../../src/accounting/cancel-adjustment.ts";
import { clientSettings } from "../../src/accounting/client-settings.ts";
import type { DecideContext, Deciding } from "../../src/accounting/decide-context.ts";
import type { DecisionSummary } from "../../src/accounting/decide.ts";
import { decide } from "../../src/accounting/decide.ts";
import type { Adjustment, DisputeBook, FactValue } from "../../src/accounting/dispute-book.ts";
import { newBook, record } from "../../src/accounting/dispute-book.ts";
import { evaluateGate } from "../../src/accounting/gate.ts";
import { bookedBalances } from "../../src/accounting/operation-outcome.ts";
import type { DueSummary } from "../../src/accounting/run-due.ts";
import { runDue } from "../../src/accounting/run-due.ts";
import type { BusinessCalendar } from "../../src/kernel/calendar.ts";
import { businessCalendar } from "../../src/kernel/calendar.ts";
import { manualClock } from "../../src/kernel/clock.ts";
import { Failure } from "../../src/kernel/failure.ts";
import { uuids } from "../../src/kernel/ids.ts";
import type { RuleBook } from "../../src/rulebook/load.ts";
import { loadRuleBook, STANDARD_BOOK } from "../../src/rulebook/read.ts";

export const STANDARD = (await loadRuleBook(STANDARD_BOOK)).rulebook as RuleBook;

export interface MemoryOptions {
  readonly facts?: Readonly<Record<string, FactValue>>;
  readonly settings?: object;
  readonly executesAtOnce?: boolean;
  readonly amountMinor?: bigint;
  readonly startsOn?: string;
  readonly calendar?: BusinessCalendar;
  /** Its id in the vault. */
  readonly holderAccount?: string;
  /** What is known of merchants' credits; what this book recorded of them, where left out. */
  readonly creditOf?: DecideContext["creditOf"];
}

export interface MemoryBook {
  readonly book: DisputeBook;
  readonly context: DecideContext;
  today(): string;
  /** Runs an operation; throws its failure. */
  run(operation: string, input?: Readonly<Record<string, unknown>>): DecisionSummary;
  /** The code that an operation is refused with, or null. */
  refusal(operation: string, input?: Readonly<Record<string, unknown>>): string | null;
  /** The latest adjustment of the rule. */
  latest(rule: string): Adjustment;
  /** What the outside says of the latest adjustment of the rule; what that frees is released. */
  outside(rule: string, event: AdjustmentEvent): void;
  cancel(rule: string, event?: "cancelled" | "declined"): void;
  approve(rule: string): void;
  /** Day after day, as the worker sees them. */
  pass(days: number): DueSummary;
  /** The worker looks once more today. */
  runDue(): DueSummary;
  balances(): Record<string, string>;
  /** `rule amount` of what is proposed and not booked. */
  planned(): string[];
  because(decision: "pay" | "deny" | "partialDeny" | "writeOff"): readonly string[];
}

/** Regulation E, 100.00, by hand, unless the options say otherwise. */
export function memoryBook(options: MemoryOptions = {}): MemoryBook {
  let today = options.startsOn ?? "2026-11-16";
  let ordinal = 0;
  const book = newBook({
    id: "dispute",
    clientId: "client",
    claimId: "claim",
    currency: "USD",
    amountMinor: options.amountMinor ?? 10_000n,
    holderAccount: options.holderAccount ?? "holder",
    facts: {
      claimType: "Card",
      network: "visa",
      product: "debit",
      regulation: "E",
      ...options.facts,
    },
  });
  const context: DecideContext = {
    rulebook: STANDARD,
    settings: clientSettings(options.settings ?? {}),
    calendar:
      options.calendar ??
      businessCalendar({ holidays: "federal-reserve", zone: "America/New_York" }),
    ids: uuids(manualClock(Temporal.Instant.from("2026-11-16T15:00:00Z"))),
    executesAtOnce: options.executesAtOnce ?? false,
    referenceUsed: () => false,
    ...(options.creditOf === undefined ? {} : { creditOf: options.creditOf }),
  };
  const run = (operation: string, input: Readonly<Record<string, unknown>> = {}) => {
    const operationId = `operation-${(ordinal += 1)}`;
    const request = { operationId, operation, input, today, eventDate: today, actor: "ann" };
    return decide(book, request, context);
  };
  const latest = (rule: string): Adjustment => {
    const found = book.adjustments.findLast((one) => one.principalRule === rule);
    if (found === undefined) throw new Error(`no adjustment of ${rule}`);
    return found;
  };
  const deciding = ({ operationId, operation }: Adjustment): Deciding => ({
    book,
    context,
    operationId,
    operation,
    today,
    eventDate: today,
  });
  return {
    book,
    context,
    today: () => today,
    run,
    latest,
    refusal: (operation, input) => {
      try {
        run(operation, input);
        return null;
      } catch (error) {
        if (error instanceof Failure) return error.code;
        throw error;
      }
    },
    outside: (rule, event) => {
      const { id, state, operationId } = latest(rule);
      const to = nextState(state, event);
      const change = { adjustmentId: id, from: state, to, event, operationId, reason: null };
      record(book, { type: "adjustmentMoved", ...change });
      runDue(book, { today }, context);
    },
    cancel: (rule, event = "cancelled") => {
      const adjustment = latest(rule);
      cancelAdjustment(deciding(adjustment), adjustment.id, "by a person", event);
      runDue(book, { today }, context);
    },
    approve: (rule) => {
      const adjustment = latest(rule);
      approveProposal(deciding(adjustment), adjustment, "approved");
    },
    pass: (days) => {
      const all: DueSummary[] = [];
      for (let day = 0; day < days; day += 1) {
        today = context.calendar.addDays(today, 1);
        all.push(runDue(book, { today }, context));
      }
      return {
        released: all.flatMap((one) => one.released),
        stopped: all.flatMap((one) => one.stopped),
      };
    },
    runDue: () => runDue(book, { today }, context),
    balances: () => bookedBalances(book),
    planned: () =>
      book.adjustments
        .filter((one) => one.state === "planned" || one.state === "awaitingApproval")
        .flatMap((one) => one.proposals.map((line) => `${line.rule} ${line.amountMinor}`)),
    because: (decision) => evaluateGate(book, STANDARD, decision).because,
  };
}
