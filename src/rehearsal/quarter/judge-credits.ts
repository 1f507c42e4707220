/** Provisional credits: was each there when its last day ended, and if not, what kept it back? */
import { sql } from "../../database/sql.ts";

import type { Case } from "./cases.ts";
import { causesBetween } from "./causes.ts";
import type { PlayedClient } from "./institution.ts";
import { creditClock, creditDueOn, isCreditInTime, lateOpening } from "./judge-dates.ts";
import type { DatedPosting } from "./judge-dates.ts";
import { daysAfter } from "./plain-calendar.ts";
import { calendarOf, dateAt, dayBegins } from "./quarter.ts";
import type { Quarter } from "./quarter.ts";
import type { LateCredit, Sitting } from "./sitting.ts";

/** Judges the credits whose last day is over where the client is. */
export async function judgeCredits(sitting: Sitting): Promise<void> {
  const { quarter, waiting, known } = sitting;
  for (const one of quarter.cases.values()) {
    if (known.has(one)) continue;
    known.add(one);
    waiting.add(one);
  }
  const over: LateCredit[] = [];
  const now = quarter.clock.now().epochMilliseconds;
  for (const one of waiting) {
    const client = quarter.clients.find(({ id }) => id === one.clientId) as PlayedClient;
    const due = creditDueOn(one, calendarOf(quarter, client.id));
    if (due !== null && dateAt(now, client) <= due) continue;
    waiting.delete(one);
    if (due !== null) over.push({ one, client, due });
  }
  const credits = await creditsOf(
    quarter,
    over.map(({ one }) => one),
  );
  for (const { one, client, due } of over) {
    const posted = credits.get(one)?.postings ?? [];
    const endOfDue = dayBegins(daysAfter(due, 1), client);
    const calendar = calendarOf(quarter, client.id);
    if (!isCreditInTime(one, due, endOfDue, posted)) sitting.lateCredits.push({ one, client, due });
    const [first] = posted;
    if (first === undefined) continue;
    const margins = sitting.margins.get(client.id) ?? [];
    margins.push(calendar.openDaysBetween(first.postedOn, due));
    sitting.margins.set(client.id, margins);
  }
}

const HOUR = 3_600_000;
/** A day's last cut-off is at 18:00, and an hour is a step. */
const LAST_HOURS = 7;
/** Business days that a route takes at its quickest, when a case comes at the last moment. */
const ROUTE_DAYS = { service: 0, batch: 1, manual: 1 };

/** When all is over: each late credit with the day on which it came, and why. */
export async function lateCreditBreaches(sitting: Sitting): Promise<void> {
  const { quarter, lateCredits } = sitting;
  const credits = await creditsOf(
    quarter,
    lateCredits.map(({ one }) => one),
  );
  for (const { one, client, due } of lateCredits) {
    const { postings = [], adjustments = [] } = credits.get(one) ?? {};
    const [first] = postings;
    const calendar = calendarOf(quarter, client.id);
    // Opened after the last session and the cut-off of a day, it is as good as opened the next.
    const openedOn = dateAt(one.openedAt + LAST_HOURS * HOUR, client);
    const onDesk = lateOpening(openedOn, due, calendar, ROUTE_DAYS[client.route]);
    // One that never posted was owed until somebody decided.
    const until = first?.at ?? one.decidedAt ?? quarter.clock.now().epochMilliseconds;
    const asked = dayBegins(calendar.openDaysBefore(due, LOOKED_BACK_DAYS), client);
    const from = Math.max(one.openedAt, asked);
    const causes = await causesBetween(quarter, client, adjustments, from, until);
    sitting.breaches.push({
      kind: "credit",
      clientId: client.id,
      dispute: one.dispute,
      story: one.story,
      clock: creditClock(one),
      due,
      endOfDue: dayBegins(daysAfter(due, 1), client),
      postedOn: first?.postedOn ?? null,
      adjustments,
      causes: onDesk === null ? causes : [onDesk, ...causes],
    });
  }
}

/** Open days before its last one on which a credit has to be on its way. */
const LOOKED_BACK_DAYS = 3;

interface Credits {
  readonly adjustments: string[];
  /** In the order in which they posted, those that came back left out. */
  readonly postings: DatedPosting[];
}

/** Credits to the holder by case, from the outside world's book. */
async function creditsOf(quarter: Quarter, cases: readonly Case[]): Promise<Map<Case, Credits>> {
  const found = new Map<Case, Credits>();
  if (cases.length === 0) return found;
  const rows = await quarter.engine.database.query<{
    clientId: string;
    dispute: string;
    id: string;
  }>(
    sql`
    select d.client_id as "clientId", d.number as dispute, a.id
    from unnest(
      ${cases.map((one) => one.clientId)}::text[],
      ${cases.map((one) => one.dispute)}::text[]) as wanted (client_id, number)
    join dispute d on d.client_id = wanted.client_id and d.number = wanted.number
    join adjustment a on a.client_id = d.client_id and a.dispute_id = d.id
    where a.principal_rule in ('ProvisionalCredit', 'Paid')
    order by a.created_at, a.id
  `,
  );
  for (const { clientId, dispute, id } of rows) {
    const one = quarter.cases.get(`${clientId} ${dispute}`);
    if (one === undefined) continue;
    const credits = found.get(one) ?? { adjustments: [], postings: [] };
    credits.adjustments.push(id);
    credits.postings.push(...quarter.outside.of(id).filter((posting) => posting.amountMinor > 0n));
    credits.postings.sort((a, b) => a.at - b.at);
    found.set(one, credits);
  }
  return found;
}
