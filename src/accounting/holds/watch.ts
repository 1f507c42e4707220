/**
 * What the client's own holds have in common: they count days, a date of the law ends them first,
 * and when their time is used up a person is asked. Unknown is never good: only an answer or a
 * person's word lets such a movement through its own way.
 */
import { assert } from "../../kernel/assert.ts";

import type { DecideContext, Deciding } from "../decide-context.ts";
import type { Adjustment, Hold, HoldDecision } from "../dispute-book.ts";
import { record } from "../dispute-book.ts";
import type { BookOnDay, HeldMovement } from "./hold.ts";
import { creditsHolder, holdsOf, isDecided } from "./hold.ts";
import type { HoldReason } from "./hold-states.ts";

/** Of a hold as the client's settings have it now. */
export interface HoldTerms {
  readonly label: string;
  /** The look-up service, by its name. */
  readonly service: string | null;
  readonly mayAsk: number;
  readonly spacingMinutes: readonly number[];
  readonly days: number;
  readonly countedIn: "businessDays" | "calendarDays";
  readonly atDeadline: "review" | "post" | "manual";
  readonly atRegulatoryDate: "post" | "manual";
  /** Statuses that let it go on, and those with which asking is no use. */
  readonly good: readonly string[];
  readonly bad: readonly string[];
}

const NO_STATUS = { good: [], bad: [] };
const NO_LOOK_UP = { service: null, mayAsk: 0, spacingMinutes: [0] };

/** Null where the settings have the hold no more. */
export function termsOf(context: DecideContext, name: string): HoldTerms | null {
  const { settings } = holdsOf(context);
  const { activeCardNumber, fraudCardStatus, newAccountDelay } = settings;
  if (name === "activeCardNumber" && activeCardNumber !== undefined) {
    const label = "the active card number";
    return { ...NO_STATUS, ...lookedUp(activeCardNumber), label, atDeadline: "review" };
  }
  if (name === "fraudCardStatus" && fraudCardStatus !== undefined) {
    const label = "the fraud card's status";
    return { ...lookedUp(fraudCardStatus), label, atDeadline: "review" };
  }
  if (name === "newAccountDelay" && newAccountDelay !== undefined) {
    const label = "the days of a new account";
    return { ...NO_STATUS, ...NO_LOOK_UP, ...newAccountDelay, label, atDeadline: "post" };
  }
  const own = settings.custom.find((one) => `clientHold ${one.name}` === name);
  return own === undefined ? null : { ...NO_STATUS, ...NO_LOOK_UP, ...own };
}

function lookedUp<Written extends { service: string | null; retries: number }>(written: Written) {
  return { ...written, mayAsk: written.service === null ? 0 : written.retries + 1 };
}

export interface Beginning {
  readonly reason: HoldReason;
  readonly name: string;
  readonly note: string;
  /** Where it is not counted from today. */
  readonly deadlineOn?: string;
  /** Nobody but a person can say. */
  readonly asksPerson?: boolean;
}

/** A hold of the client's settings as it begins today; null where it ended for the movement. */
export function begin(
  { book, context, today }: Deciding,
  movement: HeldMovement,
  { reason, name, note, ...given }: Beginning,
): Hold | null {
  const terms = termsOf(context, name);
  if (terms === null || isDecided(movement, name)) return null;
  const deadlineOn = given.deadlineOn ?? daysAfter(context, today, terms);
  const regulatory = creditsHolder(movement) ? (context.creditBy?.(book) ?? null) : null;
  const endsForLawOn = regulatory === null ? null : endingFor(context, regulatory.on);
  const looksUp = terms.mayAsk > 0;
  const isWaitedFor = reason === "activeCardNumber" || reason === "fraudCardStatus";
  const asksPerson = given.asksPerson ?? (isWaitedFor && !looksUp);
  return {
    reason,
    releaseOn: earliest(asksPerson ? null : deadlineOn, endsForLawOn),
    waitsFor: [],
    note,
    asksPerson,
    watch: {
      name,
      since: today,
      asked: 0,
      mayAsk: terms.mayAsk,
      nextAskAt: null,
      deadlineOn,
      regulatory,
      endsForLawOn,
      lastAnswer: null,
    },
  };
}

export function daysAfter(
  { calendar }: DecideContext,
  date: string,
  { days, countedIn }: Pick<HoldTerms, "days" | "countedIn">,
): string {
  return countedIn === "businessDays"
    ? calendar.addBusinessDays(date, days)
    : calendar.addDays(date, days);
}

/** So many business days before the date of the law, so that what is released posts by then. */
function endingFor(context: DecideContext, on: string): string {
  const { calendar } = context;
  const last = calendar.isBusinessDay(on) ? on : calendar.addBusinessDays(on, -1);
  const { regulatoryLeadBusinessDays: lead } = holdsOf(context).settings;
  return lead === 0 ? last : calendar.addBusinessDays(last, -lead);
}

function earliest(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other;
  return one < other ? one : other;
}

/** Its days are used up, or the law's date comes: something has to be done. */
export function timeIsUp({ today }: BookOnDay, _: Adjustment, { releaseOn }: Hold): boolean {
  return releaseOn !== null && releaseOn <= today;
}

/** What follows: the law's date first, then the hold's own days. */
export function endByTime(
  deciding: Deciding,
  adjustment: Adjustment,
  hold: Hold,
): "release" | "stays" {
  const { context, today } = deciding;
  const { watch } = hold;
  assert(watch !== undefined, "a hold of the client's settings is watched");
  const terms = termsOf(context, watch.name);
  if (terms === null) {
    return decided(deciding, adjustment, watch.name, {
      outcome: "passed",
      reason: "the client's settings have this hold no more",
    });
  }
  if (watch.endsForLawOn !== null && watch.endsForLawOn <= today) {
    const { on, source } = watch.regulatory ?? { on: watch.endsForLawOn, source: "the law" };
    return decided(deciding, adjustment, watch.name, {
      outcome: "regulatoryDate",
      byHand: terms.atRegulatoryDate === "manual",
      reason: `${terms.label}: not known, and the credit is due by ${on} (${source})`,
    });
  }
  if (hold.asksPerson === true) return "stays";
  if (terms.atDeadline === "review") {
    askPerson(deciding, adjustment, hold, daysUsedUp(terms));
    return "stays";
  }
  return decided(deciding, adjustment, watch.name, {
    outcome: "daysUsedUp",
    byHand: terms.atDeadline === "manual",
    reason: `${terms.label}: its days are over`,
  });
}

/** Why a person is asked at the deadline. */
export function daysUsedUp({ label }: Pick<HoldTerms, "label">): string {
  return `${label}: its days are used up`;
}

type Ending = Pick<HoldDecision, "outcome" | "reason"> & Partial<HoldDecision>;

/** Puts on record how a hold ended for an adjustment. */
export function decided(
  { book, context }: Pick<Deciding, "book" | "context">,
  { id: adjustmentId }: Adjustment,
  hold: string,
  ending: Ending,
): "release" {
  record(book, {
    type: "holdDecided",
    adjustmentId,
    decision: {
      id: context.ids.next(),
      hold,
      byHand: false,
      account: null,
      status: null,
      ...ending,
    },
  });
  return "release";
}

/** From now on only a person or the law's date ends it. */
export function askPerson(
  { book }: Pick<Deciding, "book">,
  { id: adjustmentId }: Adjustment,
  hold: Hold,
  note: string,
): void {
  const asked: Hold = {
    ...hold,
    note,
    asksPerson: true,
    releaseOn: hold.watch?.endsForLawOn ?? null,
  };
  record(book, { type: "holdSet", adjustmentId, hold: asked });
}
