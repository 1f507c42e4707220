/**
 * Taking credits back: denial, withdrawal, duplicate credit. The debit is what the holder has
 * beyond what is owed, at most what stands on the account; on notice it is planned, not booked.
 */
import { Failure } from "../../kernel/failure.ts";
import { maximum, minimum } from "../../kernel/money.ts";
import type { Operation } from "../../rulebook/operations.ts";

import { approvalNeeded, approvalNeededFor, approvalNeededToTake } from "../approval-needed.ts";
import { cancelUnsentCredits, unsentCredits } from "../cancel-adjustment.ts";
import { amountOf, withinLimit } from "../take-amount.ts";
import type { Applied } from "../decide-context.ts";
import { factsOf } from "../decide-context.ts";
import { newDenial } from "../decisions.ts";
import type { Denial } from "../dispute-book.ts";
import { moveState, record } from "../dispute-book.ts";
import { isPlannedDenial } from "../denial-state.ts";
import { isTrue } from "../lines-fired.ts";
import { UNTIL_NOTICE } from "../holds/deny-debit-date.ts";
import { openAdjustments } from "../open-adjustments.ts";
import type { Line } from "../open-adjustments.ts";
import { EXTRA_REVERSALS, EXTRA_RULES, positionsOf } from "../positions.ts";

type DebitOn = "now" | "noticeDate" | "offset";

export function denyDispute(applied: Applied, operation: Operation): void {
  const { positions, book, context } = applied;
  const isDefault = applied.input["amount"] === undefined;
  const moneyIsIn = ["merchant", "otherInstitution"].some((one) => positions.booked(one) !== 0n);
  if (isDefault && (moneyIsIn || positions.writtenOff !== 0n)) {
    throw new Failure(
      "amount-required",
      "money has been recovered or written off: say what the holder is liable for",
      { operation: operation.id },
    );
  }
  const amount = amountOf(applied, operation) ?? 0n;
  const needsSecondPerson = book.state === "finalCredit" && !isFreeFinalDenial(applied, amount);
  const regulationE = factsOf(book, context).values["regulation"] === "E";
  const debitOn = (applied.input["debitOn"] ?? (regulationE ? "noticeDate" : "now")) as DebitOn;
  takeBack(applied, { kind: "deny", amount, debitOn, rule: "DenyDispute", needsSecondPerson });
}

export function withdrawDispute(applied: Applied): void {
  const { positions, context } = applied;
  const amount = positions.disputed - positions.denied;
  const debitOn = (applied.input["debitOn"] ?? context.settings.withdrawDebitOn) as DebitOn;
  const rule = "WithdrawDispute";
  takeBack(applied, { kind: "withdraw", amount, debitOn, rule, needsSecondPerson: false });
}

/**
 * A final credit stays final but for a merchant's credit and inside the law's window; otherwise
 * with a reason and a second person. Throws `operation-not-allowed` without the reason.
 */
function isFreeFinalDenial(applied: Applied, amount: bigint): boolean {
  const { book, context, positions, input, today } = applied;
  if (input["reason"] === "merchantIssuedCredit") {
    withinLimit(applied, amount, maximum(0n, positions.merchantCredit));
    return true;
  }
  const { regulation, noticeReceivedOn } = factsOf(book, context).values;
  if (regulation === "Z") {
    const from = typeof noticeReceivedOn === "string" ? noticeReceivedOn : firstDayOf(applied);
    if (today <= context.calendar.addDays(from, context.settings.finalityDays)) return true;
  }
  if (typeof input["reason"] === "string" && input["reason"] !== "") return false;
  throw new Failure(
    "operation-not-allowed",
    "a final credit is denied only with a reason and a second person",
    { operation: applied.operation, state: book.state },
    [{ pointer: "/reason", detail: "is needed to deny a final credit" }],
  );
}

function firstDayOf({ book, today }: Applied): string {
  return book.operations[0]?.on ?? today;
}

interface TakeBack {
  readonly kind: "deny" | "withdraw";
  readonly amount: bigint;
  readonly debitOn: DebitOn;
  readonly rule: "DenyDispute" | "WithdrawDispute";
  readonly needsSecondPerson: boolean;
}

function takeBack(applied: Applied, wanted: TakeBack): void {
  const { book } = applied;
  const stateBefore = book.state;
  const denial = denialOf(applied, wanted);
  if (denial !== null) record(book, { type: "denialRecorded", denial });
  const after = positionsOf(book);
  const allDenied = after.denied === after.disputed;
  const debit = maximum(0n, minimum(after.committed("accountHolder"), after.surplus));
  const restored = maximum(0n, minimum(-after.booked("atmOverShort"), debit));
  const extras: Line[] = EXTRA_RULES.map((extra) => ({
    rule: EXTRA_REVERSALS[extra],
    amountMinor: allDenied ? after.extrasCarried[extra] : 0n,
    follows: false,
  }));
  const rule = wanted.debitOn === "offset" ? "CustomerOffsetDebit" : wanted.rule;
  const lines: Line[] = [
    { rule, amountMinor: debit, follows: false },
    ...extras,
    { rule: "AtmOverShortRestored", amountMinor: restored, follows: debit > 0n },
  ].filter((line) => line.amountMinor > 0n);
  const own = approvalNeededFor(
    applied,
    maximum(debit, wanted.amount),
    wanted.needsSecondPerson ? "denying a final credit takes a second person" : null,
  );
  const { credits } = unsentCredits(applied, lines, allDenied);
  const approval = approvalNeededToTake(applied, own, credits);
  const options = { denialId: denial?.id ?? null, approval };
  // Nothing is taken back before those agree who have to: the debit waits for the credit then.
  const left = approval === null ? cancelUnsentCredits(applied, lines, allDenied) : lines;
  const all = [...left, ...secondOperation(applied, left)];
  const offset = left.find((line) => line.rule === "CustomerOffsetDebit");
  if (offset !== undefined) {
    openAdjustments(applied, [{ ...offset, rule: "CustomerOffsetOpen" }], options);
  }
  const hold = wanted.debitOn === "now" ? {} : { hold: UNTIL_NOTICE };
  openAdjustments(applied, all, { ...options, ...hold });
  const isPlanned = book.adjustments.some(
    (one) => one.operationId === applied.operationId && isPlannedDenial(one),
  );
  const otherwise = allDenied ? STATE_OF[wanted.kind] : stateBefore;
  moveState(book, isPlanned ? "denialPlanned" : otherwise);
}

const STATE_OF = { deny: "denied", withdraw: "withdrawn" } as const;

function denialOf(applied: Applied, wanted: TakeBack): Denial | null {
  if (wanted.amount <= 0n) return null;
  const { book, context, operationId, input } = applied;
  const { debitOn } = wanted;
  return newDenial({
    id: context.ids.next(),
    operationId,
    kind: wanted.kind,
    amountMinor: wanted.amount,
    reason: typeof input["reason"] === "string" ? input["reason"] : null,
    stateBefore: book.state,
    noticeSentOn: debitOn === "now" ? noticeGiven(applied) : null,
    dateNamed: dateNamed(applied, debitOn),
  });
}

/** The notice that goes with a debit made at once, where it was given already. */
function noticeGiven({ input, today }: Applied): string | null {
  const date = input["noticeSentOn"];
  if (typeof date !== "string") return null;
  if (date > today) throw dateInvalid("noticeSentOn", `${date} is in the future`);
  return date;
}

/** The day that the letter is going to name. It counts from the day on which the letter is sent. */
function dateNamed({ input, today, context }: Applied, debitOn: DebitOn): string | null {
  const date = input["debitDate"];
  if (typeof date !== "string") return null;
  if (debitOn === "now") throw dateInvalid("debitDate", "a debit made now has no day named");
  if (date < today) throw dateInvalid("debitDate", `${date} has gone by`);
  if (!context.calendar.isBusinessDay(date)) {
    throw dateInvalid("debitDate", `${date} is no business day`);
  }
  return date;
}

function dateInvalid(field: string, detail: string): Failure {
  return new Failure("date-invalid", `${field}: ${detail}`, { field }, [
    { pointer: `/${field}`, detail },
  ]);
}

/** Follows DenyDispute, and no other debit. */
function secondOperation(applied: Applied, lines: readonly Line[]): Line[] {
  const principal = lines.find((line) => line.rule === "DenyDispute");
  if (principal === undefined) return [];
  const fires = ["secondOperations", "fraud", "cardBlocked"].every((name) => isTrue(applied, name));
  return fires ? [{ ...principal, rule: "DenyDispute2ndOperation", follows: true }] : [];
}

export function takeBackDuplicateCredit(applied: Applied, operation: Operation): void {
  const amount = amountOf(applied, operation) ?? 0n;
  if (amount <= 0n) return;
  const lines: Line[] = [{ rule: "DuplicateCredit", amountMinor: amount, follows: false }];
  const onNotice = applied.input["debitOn"] === "noticeDate";
  const { credits } = unsentCredits(applied, lines);
  const approval = approvalNeededToTake(applied, approvalNeeded(applied, amount), credits);
  openAdjustments(applied, approval === null ? cancelUnsentCredits(applied, lines) : lines, {
    approval,
    ...(onNotice ? { hold: UNTIL_NOTICE } : {}),
  });
}
