/** How a debit of a denial stands against the day that was named. */
import { WordBadge } from "../ui/badge.tsx";
import type { Tone } from "../ui/states.ts";

const VERDICTS: Readonly<Record<string, readonly [Tone, string]>> = {
  waitsForNotice: ["warn", "Waits for its notice"],
  planned: ["calm", "Planned"],
  onItsWay: ["info", "On its way"],
  onItsDay: ["good", "On its day"],
  performedNow: ["info", "Debited now"],
  early: ["bad", "Early"],
  late: ["bad", "Late"],
  overdue: ["bad", "Its day went by"],
};

export function VerdictBadge({ verdict }: { readonly verdict: string }) {
  const [tone, word] = VERDICTS[verdict] ?? ["calm", verdict];
  return <WordBadge tone={tone}>{word}</WordBadge>;
}
