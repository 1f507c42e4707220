/**
 * The people who decide: twice on every open day they take the steps of their disputes that are
 * due, as sets. A step that is refused is tried again on the next open day, and counted.
 */
import type { OperationRequest, OperationResult } from "../../accounting/execute-accounting.ts";
import { executeAccounting } from "../../accounting/execute-accounting.ts";
import { openClaims } from "../../accounting/open-claims.ts";
import type { Failure } from "../../kernel/failure.ts";

import type { Case } from "./cases.ts";
import type { PlayedClient } from "./institution.ts";
import type { Quarter } from "./quarter.ts";
import { calendarOf, localTime } from "./quarter.ts";
import type { Step } from "./stories.ts";
import { DECIDING } from "./stories.ts";

const SET = 400;
const MOST_TRIES = 25;
/** Business days between sending a notice and the debit: 12 CFR 1005.11(d)(2), comment 1. */
const NOTICE_DAYS = 5;

/** Opens the claims that came in this hour. */
export async function takeIn(
  quarter: Quarter,
  client: PlayedClient,
  drawn: readonly Case[],
): Promise<void> {
  const { engine, vault, cases } = quarter;
  const { date } = localTime(quarter, client);
  for (const set of setsOf(drawn)) {
    const results = await engine.database.transaction((tx) =>
      openClaims(tx, engine, vault, set.map(claimOf)),
    );
    for (const [index, one] of set.entries()) {
      const result = results[index];
      if (result?.failure) throw result.failure;
      one.dispute = result?.disputes[0] as string;
      one.openedAt = engine.clock.now().epochMilliseconds;
      one.nextOn = nextDay(quarter, one, date);
      cases.set(`${client.id} ${one.dispute}`, one);
    }
  }
}

function claimOf(one: Case) {
  const { network, ...facts } = one.facts;
  return {
    clientId: one.clientId,
    key: `claim-${one.ordinal}`,
    claimType: "Card",
    noticeReceivedOn: one.noticeReceivedOn,
    facts: {},
    disputes: [
      {
        amount: one.amount,
        currency: "USD",
        account: String(4_000_000_000_000_000 + one.ordinal),
        accountKind: "account" as const,
        facts: { network, product: one.facts.regulation === "Z" ? "credit" : "debit", ...facts },
      },
    ],
  };
}

/** One session of a client's staff: every step that is due, in sets. */
export async function workCases(
  quarter: Quarter,
  client: PlayedClient,
  mine: readonly Case[],
): Promise<void> {
  const { date } = localTime(quarter, client);
  const due = mine.filter((one) => one.steps.length > 0 && one.nextOn <= date);
  for (const set of setsOf(due)) {
    const requests = set.map((one) => requestOf(quarter, one, date));
    const results = await executeAccounting(quarter.engine, requests);
    for (const [index, one] of set.entries()) {
      settle(quarter, one, requests[index] as OperationRequest, results[index], date);
    }
  }
}

function requestOf(quarter: Quarter, one: Case, today: string): OperationRequest {
  const step = one.steps[0] as Step;
  return {
    clientId: one.clientId,
    key: `${one.ordinal} ${(one.asked += 1)}`,
    source: "portal",
    actor: step.operation === "performDebit" ? "second-person" : "case-worker",
    dispute: one.dispute,
    operation: step.operation,
    input: { ...step.input, ...inputOf(quarter, one, step, today) },
  };
}

function inputOf(
  quarter: Quarter,
  one: Case,
  step: Step,
  today: string,
): Readonly<Record<string, unknown>> {
  if (step.operation === "recordChargeback") {
    return { amount: one.amount, reference: `network-${one.ordinal}` };
  }
  if (step.operation === "submitChargeback") return { amount: one.amount };
  if (step.operation !== "recordNoticeSent") return {};
  const { grace } = step;
  if (grace === undefined) return { date: today };
  const calendar = calendarOf(quarter, one.clientId);
  return { date: today, debitDate: calendar.openDaysAfter(today, NOTICE_DAYS + grace) };
}

function settle(
  quarter: Quarter,
  one: Case,
  request: OperationRequest,
  result: OperationResult | undefined,
  today: string,
): void {
  const { refusals } = quarter;
  const calendar = calendarOf(quarter, one.clientId);
  const failure = result?.failure ?? null;
  if (failure !== null) {
    const why = `${request.operation}: ${failure.code}`;
    refusals.set(why, (refusals.get(why) ?? 0) + 1);
    one.tries += 1;
    one.nextOn = calendar.openDaysAfter(today, 1);
    otherwise(one, request.operation, failure);
    if (one.tries < MOST_TRIES) return;
    one.stuck = `${why} (${failure.message})`;
    one.steps.length = 0;
    return;
  }
  remember(quarter, one, request, today);
  one.tries = 0;
  one.steps.shift();
  one.nextOn = nextDay(quarter, one, today);
}

const OF_A_NOTICE = new Set(["recordNoticeSent", "performDebit", "cancelDenial"]);

/** What staff does instead: nothing was to be debited, or what was done before did not reach. */
function otherwise(one: Case, operation: string, { code, facts }: Failure): void {
  const writesOff = one.steps[0]?.input?.["decision"] === "writeOff";
  if (code === "gate-refused" && writesOff && one.tries % AGAIN_AFTER_TRIES === 0) {
    one.steps.unshift({ operation: "writeOff", wait: 0 });
  }
  if (code !== "operation-not-allowed") return;
  if (OF_A_NOTICE.has(operation) && facts["state"] === "denied") {
    const resolve: Step = { operation: "resolve", wait: 1, input: { decision: "deny" } };
    one.steps.splice(0, one.steps.length, resolve);
    one.tries = 0;
  }
  if (operation !== "resolve" || facts["state"] !== "denialPlanned") return;
  if (one.tries % AGAIN_AFTER_TRIES !== 0) return;
  one.steps.unshift({ operation: "recordNoticeSent", wait: 0 });
}

/** Open days that staff waits before it sends another letter, or writes off once more. */
const AGAIN_AFTER_TRIES = 2;

function remember(quarter: Quarter, one: Case, request: OperationRequest, today: string): void {
  const at = quarter.clock.now().epochMilliseconds;
  const { operation, input } = request;
  if (DECIDING.has(operation)) one.decidedAt ??= at;
  if (operation === "performDebit") one.performedAt = at;
  if (operation === "cancelDenial") one.notices.length = 0;
  if (operation !== "recordNoticeSent") return;
  const lawful = calendarOf(quarter, one.clientId).openDaysAfter(today, NOTICE_DAYS);
  const debitDate = typeof input["debitDate"] === "string" ? input["debitDate"] : lawful;
  one.notices.push({ sentOn: today, debitDate, at });
}

function nextDay(quarter: Quarter, one: Case, today: string): string {
  const calendar = calendarOf(quarter, one.clientId);
  const [step] = one.steps;
  if (step === undefined) return "";
  const wanted = calendar.openDaysAfter(today, step.wait);
  const debitDate = one.notices.at(-1)?.debitDate;
  if (step.afterDebit === undefined || debitDate === undefined) return calendar.onOrAfter(wanted);
  const after = calendar.openDaysAfter(debitDate, 1);
  return after > wanted ? after : wanted;
}

export function setsOf<Item>(items: readonly Item[]): Item[][] {
  const sets: Item[][] = [];
  for (let at = 0; at < items.length; at += SET) sets.push(items.slice(at, at + SET));
  return sets;
}
