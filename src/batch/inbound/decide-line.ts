/**
 * What a line of a return file does to the line of ours that it speaks of. Pure. Accepted counts
 * once, a refusal or return once; what was said before is a repetition; a contradiction decides
 * nothing and goes to a person.
 */
import type { AnsweredDetail, OurDetail } from "./candidates.ts";
import type { Explanation } from "./explanations.ts";
import type { Target } from "./find-line.ts";
import type { InboundStatus } from "../../formats/read/document.ts";

export type Effect =
  /** In the file until now: executed. */
  | { readonly kind: "execute" }
  /** Executed on a weaker ground: confirmed, no money moves. */
  | { readonly kind: "confirm" }
  /** In the file until now: failed. */
  | { readonly kind: "fail" }
  /** Executed until now: the money comes back. */
  | { readonly kind: "return" }
  /** One of several details, and the others are not answered yet. */
  | { readonly kind: "count" }
  /** The last of several details: these entries were posted, the others were not. */
  | {
      readonly kind: "part";
      readonly postedEntryIds: readonly string[];
      readonly isReturn: boolean;
    };

export type Decided =
  | { readonly state: "applied"; readonly effect: Effect }
  | { readonly state: "repeated" | "noted" }
  | { readonly state: "unmatched"; readonly explanation: Explanation };

const unmatched = (explanation: Explanation): Decided => ({ state: "unmatched", explanation });
const applied = (effect: Effect): Decided => ({ state: "applied", effect });

export function decideLine(
  status: InboundStatus,
  { line, detail }: Target,
  details: readonly OurDetail[],
  answered: readonly AnsweredDetail[],
  /** No later line in hand answers another detail of it. */
  isLast: boolean,
): Decided {
  if (status === "unknown") return { state: "noted" };
  if (line.outcome === "released") return unmatched("fileVoid");
  if (line.isUnreleased) return unmatched("notLeft");
  const isAccepted = status !== "refused";
  if (detail !== null)
    return decideDetail(isAccepted, { line, detail }, { details, answered, isLast });
  // Parts that were answered do not say what the whole is.
  if (answered.length > 0 && line.outcome === null) return unmatched("isPartOnly");
  return isAccepted ? decideAccepted(line) : decideRefused(line);
}

function decideAccepted({ outcome, adjustmentState }: Target["line"]): Decided {
  if (outcome === "acknowledged") return { state: "repeated" };
  if (outcome === "refused") return unmatched("refusedBefore");
  if (adjustmentState === "inFile") return applied({ kind: "execute" });
  return adjustmentState === "executed" ? applied({ kind: "confirm" }) : unmatched("notWaiting");
}

function decideRefused({ outcome, adjustmentState, basis }: Target["line"]): Decided {
  if (outcome === "refused") return { state: "repeated" };
  if (adjustmentState === "inFile") return applied({ kind: "fail" });
  if (adjustmentState !== "executed") return unmatched("notWaiting");
  // A person's word is not undone by a file: the two have to be looked at together.
  return basis === "attested" ? unmatched("acceptedElsewhere") : applied({ kind: "return" });
}

function decideDetail(
  isAccepted: boolean,
  target: { line: Target["line"]; detail: number },
  known: {
    details: readonly OurDetail[];
    answered: readonly AnsweredDetail[];
    isLast: boolean;
  },
): Decided {
  const { line, detail } = target;
  const { details, answered, isLast } = known;
  const answers = new Map(answered.map((one) => [one.detail, one.isAccepted]));
  // An answer to the whole line counts for each of its details.
  if (answers.size === 0 && line.outcome === "acknowledged") {
    details.forEach((_, index) => answers.set(index, true));
  }
  if (answers.size === 0 && line.outcome === "refused") return { state: "repeated" };
  const before = answers.get(detail);
  if (before === isAccepted) return { state: "repeated" };
  if (before === false) return unmatched("refusedBefore");
  answers.set(detail, isAccepted);
  const isExecuted = line.adjustmentState === "executed";
  if (!isExecuted && line.adjustmentState !== "inFile") {
    return isAccepted ? { state: "noted" } : unmatched("notWaiting");
  }
  if (!isLast) return applied({ kind: "count" });
  // On the assumed basis all counts as posted: a refusal does not wait for the others' answers.
  if (isExecuted && [...answers.values()].includes(false)) {
    details.forEach((_, index) => answers.set(index, answers.get(index) ?? true));
  }
  if (details.some((_, index) => !answers.has(index))) return applied({ kind: "count" });
  return together(line, details, answers, isExecuted);
}

/** All details are answered: what that is for the adjustment. */
function together(
  line: Target["line"],
  details: readonly OurDetail[],
  answers: ReadonlyMap<number, boolean>,
  isExecuted: boolean,
): Decided {
  const entries = new Map<string, Set<boolean>>();
  details.forEach(({ entryId }, index) => {
    const said = entries.get(entryId) ?? new Set();
    entries.set(entryId, said.add(answers.get(index) as boolean));
  });
  const all = [...entries];
  if (all.every(([, said]) => !said.has(false))) return decideAccepted(line);
  if (all.every(([, said]) => !said.has(true))) return decideRefused(line);
  if (all.some(([, said]) => said.size === 2)) return unmatched("halfAnEntry");
  if (isExecuted && line.basis === "attested") return unmatched("acceptedElsewhere");
  const postedEntryIds = all.flatMap(([id, said]) => (said.has(true) ? [id] : []));
  return applied({ kind: "part", postedEntryIds, isReturn: isExecuted });
}
