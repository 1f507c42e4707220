/**
 * What an answer, or a person's word, does to a hold. Pure. Only a good answer lets a movement go
 * its own way; one that says no, or nothing, leaves it held until a person has looked.
 */
import type { Temporal } from "temporal-polyfill";

import { assert } from "../../kernel/assert.ts";
import { Failure } from "../../kernel/failure.ts";

import type { Deciding } from "../decide-context.ts";
import type { Adjustment, Hold } from "../dispute-book.ts";
import { record } from "../dispute-book.ts";
import { endHold } from "../pre-execute-accounting.ts";
import { releaseAdjustment } from "../run-due.ts";
import { missedItsDay, waitForNewLetter } from "./deny-debit-date.ts";
import type { HoldWatch } from "./hold-states.ts";
import type { HoldTerms } from "./watch.ts";
import { askPerson, daysAfter, decided, termsOf } from "./watch.ts";

/** What was found out, with a number already in the vault. */
export type Finding =
  | { readonly kind: "account"; readonly account: string }
  | { readonly kind: "status"; readonly status: string }
  | { readonly kind: "nothing"; readonly outcome: "unknown" | "failed"; readonly reason: string };

export type AnswerOutcome = "good" | "bad" | "unknown" | "failed";

interface Watched {
  readonly hold: Hold;
  readonly watch: HoldWatch;
  readonly terms: HoldTerms;
}

/** The hold of a planned adjustment that is watched under this name; null: it holds no more. */
export function watchedAs(
  { context }: Pick<Deciding, "context">,
  { state, hold }: Adjustment,
  name: string,
): Watched | null {
  if (state !== "planned" || hold?.watch?.name !== name) return null;
  const terms = termsOf(context, name);
  return terms === null ? null : { hold, watch: hold.watch, terms };
}

/** How an answer reads for a hold: whether it lets the movement go on. */
export function outcomeOf(finding: Finding, { hold, terms }: Watched): AnswerOutcome {
  if (finding.kind === "nothing") return finding.outcome;
  if (finding.kind === "account") return hold.reason === "activeCardNumber" ? "good" : "unknown";
  if (hold.reason === "activeCardNumber") return "unknown";
  if (terms.good.includes(finding.status)) return "good";
  return terms.bad.includes(finding.status) ? "bad" : "unknown";
}

/** The next look-up is on its way: what follows is reckoned as if no answer came. */
export function asked(
  { book }: Pick<Deciding, "book">,
  { id: adjustmentId }: Adjustment,
  { hold, watch, terms }: Watched,
  now: Temporal.Instant,
): void {
  const { spacingMinutes } = terms;
  const wait = spacingMinutes[Math.min(watch.asked, spacingMinutes.length - 1)] ?? 0;
  // Until the answer had time to come, nobody asks again.
  const nextAskAt = now.add({ seconds: Math.max(60, Math.round(wait * 60)) }).toString();
  const next: Hold = { ...hold, watch: { ...watch, asked: watch.asked + 1, nextAskAt } };
  record(book, { type: "holdSet", adjustmentId, hold: next });
}

/** Applies an answer; `by` says whose. Releases the movement where it is good. */
export function applyFinding(
  deciding: Deciding,
  adjustment: Adjustment,
  watched: Watched,
  finding: Finding,
  by: string,
): AnswerOutcome {
  const { hold, watch, terms } = watched;
  const outcome = outcomeOf(finding, watched);
  if (outcome === "good") {
    passWith(deciding, adjustment, watched, finding, by);
    return outcome;
  }
  const lastAnswer = inWords(finding);
  const answered: Hold = { ...hold, watch: { ...watch, lastAnswer } };
  record(deciding.book, { type: "holdSet", adjustmentId: adjustment.id, hold: answered });
  if (hold.asksPerson === true) return outcome;
  if (outcome === "bad") {
    askPerson(deciding, adjustment, answered, `${terms.label}: ${lastAnswer}`);
  } else if (watch.asked >= watch.mayAsk && watch.mayAsk > 0) {
    const note = `${terms.label}: asked ${watch.asked} times, and ${lastAnswer}`;
    askPerson(deciding, adjustment, answered, note);
  }
  return outcome;
}

function passWith(
  deciding: Deciding,
  adjustment: Adjustment,
  { watch, terms }: Watched,
  finding: Finding,
  by: string,
): void {
  const { book } = deciding;
  const account = finding.kind === "account" ? finding.account : null;
  const status = finding.kind === "status" ? finding.status : null;
  const reason = `${terms.label}: ${inWords(finding)}, by ${by}`;
  decided(deciding, adjustment, watch.name, { outcome: "passed", account, status, reason });
  if (account !== null && account !== (adjustment.holderAccount ?? book.holderAccount)) {
    record(book, { type: "holderAccountSet", adjustmentId: adjustment.id, account });
  }
  releaseAdjustment(deciding, adjustment, reason);
}

function inWords(finding: Finding): string {
  switch (finding.kind) {
    case "account":
      return "the number is known";
    case "status":
      return `the status is ${finding.status}`;
    case "nothing":
      return finding.reason;
  }
}

/** No answer came, or none is left to ask for: a person has to look. */
export function usedUp(
  deciding: Pick<Deciding, "book">,
  adjustment: Adjustment,
  { hold, watch, terms }: Watched,
): void {
  const last = watch.lastAnswer ?? "no answer came";
  askPerson(deciding, adjustment, hold, `${terms.label}: asked ${watch.asked} times, and ${last}`);
}

/** A person says that it may be posted, or that it may not: then it is posted by hand. */
export function judge(
  deciding: Deciding,
  adjustment: Adjustment,
  verdict: { readonly postable: boolean; readonly reason: string },
): void {
  const { hold } = adjustment;
  if (adjustment.state !== "planned" || hold?.watch === undefined) {
    throw refused(adjustment, "what holds it is not for a person to judge");
  }
  const outcome = verdict.postable ? "postable" : "notPostable";
  const reason = verdict.postable ? verdict.reason : `not postable: ${verdict.reason}`;
  const ending = { outcome, byHand: !verdict.postable, reason } as const;
  decided(deciding, adjustment, hold.watch.name, ending);
  releaseAdjustment(deciding, adjustment, reason);
}

/**
 * Looks once more: asks again where something is looked up, and else sees whether what holds it is
 * over. Throws `transition-refused` where it still is not.
 */
export function lookAgain(deciding: Deciding, adjustment: Adjustment, reason: string): void {
  const { book, context, today } = deciding;
  const { hold } = adjustment;
  if (adjustment.state !== "planned" || hold === null || hold.asksPerson !== true) {
    throw refused(adjustment, "it waits for nobody");
  }
  const missed = missedItsDay(book, adjustment, today);
  if (missed !== null) {
    waitForNewLetter(book, adjustment, `the day that the notice named, ${missed}, went by`);
    return;
  }
  if (hold.watch === undefined) {
    releaseAdjustment(deciding, adjustment, reason);
    if (adjustment.hold?.asksPerson === true) {
      throw refused(adjustment, `still: ${adjustment.hold.note ?? "it does not fit"}`);
    }
    return;
  }
  const terms = termsOf(context, hold.watch.name);
  if (terms !== null && terms.mayAsk > 0) {
    const { watch } = hold;
    const deadlineOn = daysAfter(context, today, terms);
    const again: HoldWatch = {
      ...watch,
      mayAsk: watch.asked + terms.mayAsk,
      nextAskAt: null,
      deadlineOn,
    };
    const { endsForLawOn } = watch;
    const releaseOn =
      endsForLawOn !== null && endsForLawOn < deadlineOn ? endsForLawOn : deadlineOn;
    const next: Hold = { ...hold, asksPerson: false, releaseOn, watch: again };
    record(book, { type: "holdSet", adjustmentId: adjustment.id, hold: next });
    return;
  }
  if (endHold(deciding, adjustment) !== "release") {
    throw refused(adjustment, `${terms?.label ?? hold.reason}: still not known`);
  }
  releaseAdjustment(deciding, adjustment, reason);
}

function refused({ state }: Adjustment, detail: string): Failure {
  return new Failure("transition-refused", detail, { state });
}

/** The hold that waits for an answer, for whoever supplies one. Throws `transition-refused`. */
export function waitingHold(deciding: Pick<Deciding, "context">, adjustment: Adjustment): Watched {
  const name = adjustment.hold?.watch?.name;
  const watched = name === undefined ? null : watchedAs(deciding, adjustment, name);
  if (watched === null) throw refused(adjustment, "no hold of it waits for an answer");
  assert(watched.hold.watch !== undefined, "it is watched");
  return watched;
}
