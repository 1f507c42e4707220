/** Debits of denials: each on the day that the last letter names, never before the law allows. */
import { causesBetween } from "./causes.ts";
import type { PlayedClient } from "./institution.ts";
import { judgeDebit } from "./judge-dates.ts";
import type { OurMoney } from "./judge-money.ts";
import type { OutsidePosting } from "./outside.ts";
import { daysAfter } from "./plain-calendar.ts";
import { calendarOf, dayBegins } from "./quarter.ts";
import type { Sitting } from "./sitting.ts";
import { accuse } from "./sitting.ts";

/** Rules that take a credit back on the day that a notice names. */
const NAMED = new Set(["DenyDispute", "CustomerOffsetDebit"]);

/** Judges what posted since the last look. */
export async function judgeDebits(
  sitting: Sitting,
  fresh: readonly OutsidePosting[],
  ours: ReadonlyMap<string, OurMoney>,
): Promise<void> {
  const { quarter, debits } = sitting;
  for (const posting of fresh) {
    const { clientId, adjustmentId } = posting;
    const adjustment = ours.get(adjustmentId);
    if (!NAMED.has(adjustment?.rule ?? "") || posting.amountMinor <= 0n) continue;
    const one = quarter.cases.get(`${clientId} ${adjustment?.dispute ?? ""}`);
    if (one === undefined) continue;
    debits.set(clientId, (debits.get(clientId) ?? 0) + 1);
    const { named, faults, isLate } = judgeDebit(one, posting, calendarOf(quarter, clientId));
    const subject = one.dispute;
    accuse(
      sitting,
      "debit date",
      faults.map((detail) => ({ clientId, subject, detail })),
    );
    if (!isLate || named === null) continue;
    const client = quarter.clients.find(({ id }) => id === clientId) as PlayedClient;
    // What is to post on a day leaves by file on the open day before it.
    const calendar = calendarOf(quarter, clientId);
    const left = client.route === "batch" ? calendar.openDaysBefore(named, 1) : named;
    const from = dayBegins(left, client);
    sitting.breaches.push({
      kind: "debit",
      clientId,
      dispute: one.dispute,
      story: one.story,
      clock: "12 CFR 1005.11(d)(2): the day that the notice names",
      due: named,
      endOfDue: dayBegins(daysAfter(named, 1), client),
      postedOn: posting.postedOn,
      adjustments: [adjustmentId],
      causes: await causesBetween(quarter, client, [adjustmentId], from, posting.at),
    });
  }
}
