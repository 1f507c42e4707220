/**
 * Deny Debit Date: a debit on notice posts on the day that the notice names (12 CFR 1005.11(d)(2)).
 * Until a notice is recorded there is no day, so nothing releases it.
 */
import type { Hold } from "../dispute-book.ts";
import type { HoldKind } from "./hold.ts";
import { dayHasComeAndOthersAreClosed } from "./hold.ts";

/** Asked for by the denial itself, never found out at booking. */
export const UNTIL_NOTICE: Hold = {
  reason: "denyDebitDate",
  releaseOn: null,
  waitsFor: [],
  note: "waits for the notice",
};

export const denyDebitDate: HoldKind = {
  reason: "denyDebitDate",
  needed: () => null,
  isOver: (book, hold, today) =>
    hold.releaseOn !== null && dayHasComeAndOthersAreClosed(book, hold, today),
};
