/** Second operations and loss entries wait for their principal (domain §3). */
import type { HoldKind } from "./hold.ts";
import { dayHasComeAndOthersAreClosed, isOpen } from "./hold.ts";

export const principalNotPosted: HoldKind = {
  reason: "principalNotPosted",
  needed: ({ book }, { principal }) => {
    const followed = book.adjustments.find((one) => one.id === principal);
    if (followed === undefined || !isOpen(followed)) return null;
    return {
      reason: "principalNotPosted",
      releaseOn: null,
      waitsFor: [followed.id],
      note: "its principal is not posted yet",
    };
  },
  isOver: dayHasComeAndOthersAreClosed,
};
