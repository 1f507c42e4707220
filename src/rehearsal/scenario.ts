/**
 * Plays a worked case in memory: operations on one dispute, and what the books must show after
 * each. Every execute adjustment counts as executed when booked; approvals are off.
 */
import { Temporal } from "temporal-polyfill";

import { clientSettings } from "../accounting/client-settings.ts";
import type { DecideContext } from "../accounting/decide-context.ts";
import { factsOf } from "../accounting/decide-context.ts";
import { decide, NO_ENTRY_REQUIRED } from "../accounting/decide.ts";
import type { Change, DisputeBook, FactValue } from "../accounting/dispute-book.ts";
import { newBook } from "../accounting/dispute-book.ts";
import { evaluateGate } from "../accounting/gate.ts";
import { bookedBalances } from "../accounting/operation-outcome.ts";
import { reversedAdjustments } from "../accounting/positions.ts";
import { runDue } from "../accounting/run-due.ts";
import { businessCalendar } from "../kernel/calendar.ts";
import { manualClock } from "../kernel/clock.ts";
import { Failure } from "../kernel/failure.ts";
import { uuids } from "../kernel/ids.ts";
import { formatAmount, parseAmount, parsePositiveAmount } from "../kernel/money.ts";
import type { RuleBook } from "../rulebook/load.ts";

import type { Expectation, Scenario, Step } from "./scenario-file.ts";

export interface Play {
  readonly book: DisputeBook;
  readonly context: DecideContext;
  today: string;
  ordinal: number;
}

/** Plays the scenario; answers the first difference in words, or null. */
export function playScenario(rulebook: RuleBook, scenario: Scenario): string | null {
  const play = begin(rulebook, scenario);
  for (const [index, step] of scenario.steps.entries()) {
    const difference = playStep(play, step);
    if (difference !== null) {
      const name = step.event ?? step.operation ?? "step";
      return `step ${index + 1} (${name}): ${difference}`;
    }
  }
  return scenario.resolution === undefined ? null : resolutionDifference(play, scenario.resolution);
}

/** Throws `input-invalid` for a fact that the book does not declare. */
export function begin(rulebook: RuleBook, scenario: Pick<Scenario, "client" | "dispute">): Play {
  const { amount, currency, ...facts } = scenario.dispute;
  const client = scenario.client ?? {};
  const settings = clientSettings({
    secondOperations: client.secondOperations ?? false,
    combine: client.combine ?? true,
    calendar: { holidays: client.calendar ?? "federal-reserve", zone: "America/New_York" },
  });
  const today = client.startsOn ?? "2026-11-16";
  const clock = manualClock(Temporal.Instant.from(`${today}T15:00:00Z`));
  const book = newBook({
    id: "dispute",
    clientId: "scenario",
    claimId: "claim",
    currency,
    amountMinor: parsePositiveAmount(amount, currency, "dispute.amount"),
    holderAccount: "holder-account",
    facts: facts as Record<string, FactValue>,
  });
  const context: DecideContext = {
    rulebook,
    settings,
    calendar: businessCalendar(settings.calendar),
    ids: uuids(clock),
    executesAtOnce: true,
    referenceUsed: (kind, reference) =>
      book.changes.some(
        (one) =>
          one.type === "referenceRecorded" && one.kind === kind && one.reference === reference,
      ),
  };
  factsOf(book, context);
  return { book, context, today, ordinal: 0 };
}

function playStep(play: Play, step: Step): string | null {
  const { book, context } = play;
  const from = book.changes.length;
  if (step.after !== undefined) moveClock(play, step.after);
  let decision: string | null = null;
  let error: Failure | null = null;
  if (step.operation !== undefined) {
    const before = book.changes.length;
    play.ordinal += 1;
    try {
      decision = decide(
        book,
        {
          operationId: `operation-${play.ordinal}`,
          operation: step.operation,
          input: withLatest(book, step),
          today: play.today,
          eventDate: play.today,
          actor: "scenario",
        },
        context,
      ).decision;
      // A scenario knows one decision only, whatever else it is called (scenario.schema.json).
      if (!bookedOrPlanned(book, before)) decision = NO_ENTRY_REQUIRED;
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      error = failure;
    }
  }
  return stepDifference(play, step.expect, book.changes.slice(from), decision, error);
}

function bookedOrPlanned(book: DisputeBook, from: number): boolean {
  const changes = book.changes.slice(from);
  const booked = changes.some((change) => change.type === "entriesBooked");
  return booked || plannedIn(book, changes).length > 0;
}

function moveClock(play: Play, after: { businessDays?: number; days?: number }): void {
  const { calendar } = play.context;
  if (after.days !== undefined) play.today = calendar.addDays(play.today, after.days);
  if (after.businessDays !== undefined) {
    play.today = calendar.addBusinessDays(play.today, after.businessDays);
  }
  runDue(play.book, { today: play.today }, play.context);
}

/** `reverseAdjustment` without an adjustment means the latest that may still be reversed. */
function withLatest(book: DisputeBook, step: Step): Readonly<Record<string, unknown>> {
  const input = step.input ?? {};
  if (step.operation !== "reverseAdjustment" || input["adjustment"] !== undefined) return input;
  const reversed = reversedAdjustments(book);
  const latest = book.adjustments.findLast(
    (one) =>
      one.reversesAdjustmentId === null &&
      !reversed.has(one.id) &&
      one.state !== "cancelled" &&
      one.entries.length > 0,
  );
  return latest === undefined ? input : { ...input, adjustment: latest.id };
}

function stepDifference(
  play: Play,
  expect: Expectation,
  changes: readonly Change[],
  decision: string | null,
  error: Failure | null,
): string | null {
  const { book } = play;
  if ((expect.error ?? null) !== (error?.code ?? null)) {
    const got = error === null ? "none" : `${error.code}: ${error.message}`;
    return `error: expected ${expect.error ?? "none"}, got ${got}`;
  }
  const entries = changes.flatMap((change) =>
    change.type === "entriesBooked" ? change.entries : [],
  );
  const shown = entries.map((entry) =>
    lineText(
      entry.rule,
      entry.debit.collection,
      entry.credit.collection,
      formatAmount(entry.amountMinor, book.currency),
      `${entry.processing}${entry.kind === "reversal" ? " reverses" : ""}`,
    ),
  );
  const wanted = (expect.entries ?? []).map((entry) =>
    lineText(
      entry.rule,
      entry.debit,
      entry.credit,
      normal(entry.amount, book.currency),
      `${entry.processing}${entry.reverses === true ? " reverses" : ""}`,
    ),
  );
  const planned = plannedIn(book, changes);
  const wantedPlanned = (expect.planned ?? []).map((one) =>
    lineText(one.rule, one.debit, one.credit, normal(one.amount, book.currency), ""),
  );
  return (
    listDifference("entries", wanted, shown) ??
    listDifference("planned", wantedPlanned, planned) ??
    balanceDifference("balances", expect.balances ?? {}, bookedBalances(book), book.currency) ??
    decisionDifference(expect, decision) ??
    (expect.resolution === undefined ? null : resolutionDifference(play, expect.resolution))
  );
}

function decisionDifference(expect: Expectation, decision: string | null): string | null {
  if (expect.decision === undefined || expect.decision === decision) return null;
  const got = decision === null ? "none" : `"${decision}"`;
  return `decision: expected "${expect.decision}", got ${got}`;
}

/** Proposals that the changes created or replaced and that are still planned. */
function plannedIn(book: DisputeBook, changes: readonly Change[]): string[] {
  const ids = new Set(
    changes.flatMap((change) => {
      if (change.type === "adjustmentOpened") return [change.adjustment.id];
      return change.type === "proposalsReplaced" ? [change.adjustmentId] : [];
    }),
  );
  return book.adjustments
    .filter((one) => ids.has(one.id) && one.state === "planned")
    .flatMap((one) => one.proposals)
    .map((one) =>
      lineText(
        one.rule,
        one.debitCollection,
        one.creditCollection,
        formatAmount(one.amountMinor, book.currency),
        "",
      ),
    );
}

function lineText(...parts: string[]): string {
  const [rule, debit, credit, amount, more] = parts;
  return `${rule} ${debit} -> ${credit} ${amount}${more === "" ? "" : ` ${more}`}`;
}

function normal(amount: string, currency: string): string {
  return formatAmount(parseAmount(amount, currency), currency);
}

function listDifference(
  what: string,
  wanted: readonly string[],
  shown: readonly string[],
): string | null {
  for (let index = 0; index < Math.max(wanted.length, shown.length); index += 1) {
    if (wanted[index] === shown[index]) continue;
    const place = `${what} ${index + 1}`;
    return `${place}: expected ${wanted[index] ?? "none"}, got ${shown[index] ?? "none"}`;
  }
  return null;
}

function balanceDifference(
  what: string,
  wanted: Readonly<Record<string, string>>,
  shown: Readonly<Record<string, string>>,
  currency: string,
): string | null {
  for (const name of new Set([...Object.keys(wanted), ...Object.keys(shown)])) {
    const expected = normal(wanted[name] ?? "0", currency);
    const got = shown[name] ?? normal("0", currency);
    if (expected !== got) return `${what}: ${name} expected ${expected}, got ${got}`;
  }
  return null;
}

function resolutionDifference(
  { book, context }: Play,
  expect: NonNullable<Scenario["resolution"]>,
): string | null {
  const gate = evaluateGate(book, context.rulebook, expect.decision);
  if (gate.allowed !== expect.allowed) {
    const wish = expect.allowed ? "allowed" : "refused";
    const got = gate.allowed ? "allowed" : `refused: ${gate.because.join("; ")}`;
    return `resolution ${expect.decision}: expected ${wish}, got ${got}`;
  }
  const wanted = expect.outOfBalance ?? {};
  return balanceDifference("outOfBalance", wanted, gate.outOfBalance, book.currency);
}
