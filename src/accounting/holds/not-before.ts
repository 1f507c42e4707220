/** What may not post before a day, e.g. a finance charge before its grace period ends. */
import type { HoldKind } from "./hold.ts";
import { dayHasComeAndOthersAreClosed } from "./hold.ts";

/** Asked for by the operation's input. */
export const notBefore: HoldKind = {
  reason: "notBefore",
  needed: () => null,
  isOver: dayHasComeAndOthersAreClosed,
};
