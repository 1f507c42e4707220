/**
 * Taking credits back: denial, withdrawal, duplicate credit. The debit is what the holder has
 * beyond what is owed, at most what stands on the account; on notice it is planned, not booked.
 */
import { Failure } from "../../kernel/failure.ts";
import { maximum, minimum } from "../../kernel/money.ts";
import type { Operation } from "../../rulebook/operations.ts";

import { approvalLevels } from "../approval-levels.ts";
import { cancelUnsentCredits } from "../cancel-adjustment.ts";
import { amountOf, withinLimit } from "../take-amount.ts";
import type { Applied } from "../decide-context.ts";
import { factsOf } from "../decide-context.ts";
import type { Denial, DisputeState, Hold } from "../dispute-book.ts";
import { moveState, record } from "../dispute-book.ts";
import { isTrue } from "../lines-fired.ts";
import { openAdjustments } from "../open-adjustments.ts";
import type { Line } from "../open-adjustments.ts";
import { EXTRA_REVERSALS, EXTRA_RULES, positionsOf } from "../positions.ts";

type DebitOn = "now" | "noticeDate" | "offset";

/** Released by the notice: until one is recorded there is no date. */
export const UNTIL_NOTICE: Hold = {
  reason: "denyDebitDate",
  releaseOn: null,
  waitsFor: [],
  note: "waits for the notice",
};

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
  if (book.state === "finalCredit") allowFinalDenial(applied, amount);
  const regulationE = factsOf(book, context).values["regulation"] === "E";
  const debitOn = (applied.input["debitOn"] ?? (regulationE ? "noticeDate" : "now")) as DebitOn;
  takeBack(applied, { kind: "deny", amount, debitOn, rule: "DenyDispute" });
}

export function withdrawDispute(applied: Applied): void {
  const { positions, context } = applied;
  const amount = positions.disputed - positions.denied;
  const debitOn = (applied.input["debitOn"] ?? context.settings.withdrawDebitOn) as DebitOn;
  takeBack(applied, { kind: "withdraw", amount, debitOn, rule: "WithdrawDispute" });
}

/** A final credit stays final but for a merchant's credit, the law's window, or a second person. */
function allowFinalDenial(applied: Applied, amount: bigint): void {
  const { book, context, positions, input, today } = applied;
  if (input["reason"] === "merchantIssuedCredit") {
    withinLimit(applied, amount, maximum(0n, positions.merchantCredit));
    return;
  }
  const { regulation, noticeReceivedOn } = factsOf(book, context).values;
  if (regulation === "Z") {
    const from = typeof noticeReceivedOn === "string" ? noticeReceivedOn : firstDayOf(applied);
    if (today <= context.calendar.addDays(from, context.settings.finalityDays)) return;
  }
  if (typeof input["reason"] === "string" && input["reason"] !== "") return;
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
  const options = {
    denialId: denial?.id ?? null,
    approvalLevels: approvalLevels(applied, maximum(debit, wanted.amount)),
  };
  if (wanted.debitOn === "now") {
    const left = cancelUnsentCredits(applied, lines);
    openAdjustments(applied, [...left, ...secondOperation(applied, left)], options);
  } else {
    if (wanted.debitOn === "offset" && debit > 0n) {
      const opening = { rule: "CustomerOffsetOpen", amountMinor: debit, follows: false };
      openAdjustments(applied, [opening], options);
    }
    const all = [...lines, ...secondOperation(applied, lines)];
    openAdjustments(applied, all, { ...options, hold: UNTIL_NOTICE });
  }
  const planned = wanted.debitOn !== "now" && lines.length > 0;
  moveState(book, stateAfter(planned, allDenied, wanted.kind, stateBefore));
}

function denialOf(applied: Applied, wanted: TakeBack): Denial | null {
  if (wanted.amount <= 0n) return null;
  const { book, context, operationId, input } = applied;
  return {
    id: context.ids.next(),
    operationId,
    kind: wanted.kind,
    amountMinor: wanted.amount,
    reason: typeof input["reason"] === "string" ? input["reason"] : null,
    stateBefore: book.state,
    lifted: false,
    noticeSentOn: null,
    debitDate: null,
  };
}

/** Follows DenyDispute, and no other debit. */
function secondOperation(applied: Applied, lines: readonly Line[]): Line[] {
  const principal = lines.find((line) => line.rule === "DenyDispute");
  if (principal === undefined) return [];
  const fires = ["secondOperations", "fraud", "cardBlocked"].every((name) => isTrue(applied, name));
  return fires ? [{ ...principal, rule: "DenyDispute2ndOperation", follows: true }] : [];
}

/** Where a denial leaves the dispute, when it is made and when its planned debit is booked. */
export function stateAfter(
  planned: boolean,
  allDenied: boolean,
  kind: "deny" | "withdraw",
  otherwise: DisputeState,
): DisputeState {
  if (planned) return "denialPlanned";
  if (!allDenied) return otherwise;
  return kind === "withdraw" ? "withdrawn" : "denied";
}

export function takeBackDuplicateCredit(applied: Applied, operation: Operation): void {
  const amount = amountOf(applied, operation) ?? 0n;
  if (amount <= 0n) return;
  const lines: Line[] = [{ rule: "DuplicateCredit", amountMinor: amount, follows: false }];
  const levels = { approvalLevels: approvalLevels(applied, amount) };
  if (applied.input["debitOn"] === "noticeDate") {
    openAdjustments(applied, lines, { ...levels, hold: UNTIL_NOTICE });
  } else {
    openAdjustments(applied, cancelUnsentCredits(applied, lines), levels);
  }
}
