/** What looking for a file that nobody has says about a destination. */
import type { Found } from "../../connections/reach.ts";

import type { Sight } from "./upload.ts";

export function foundByLook(sight: Sight): Found {
  switch (sight.kind) {
    case "absent":
      return { detail: "asked for a file that nobody has, it says that there is none" };
    case "blind":
      return {
        outcome: "skipped",
        detail: "there is no way to look, and a test uploads nothing",
        advice: "Set look, so that this can be tested and a lost answer settled.",
      };
    case "ours":
    case "other":
      return {
        outcome: "failed",
        detail: "it says that it has a file that nobody ever sent",
        advice: "Correct look: a file that never arrived would be taken for one that is there.",
      };
    case "unreadable":
      return {
        outcome: "failed",
        detail: sight.reason,
        advice: "Compare name, address and secrets; ask what we may do there.",
      };
  }
}
