/** Stopped for review: the amount no longer fitted at release. Only a person ends it. */
import type { HoldKind } from "./hold.ts";

export const forReview: HoldKind = {
  reason: "custom",
  needed: () => null,
  isOver: () => false,
};
