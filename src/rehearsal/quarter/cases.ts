/**
 * The disputes of a quarter as the world knows them: when their notice came, what protects the
 * holder, and the story that staff will play with each. All drawn from the seed.
 */
import type { SeededRandom } from "../seeded-random.ts";

import type { PlayedClient } from "./institution.ts";
import type { PlainCalendar } from "./plain-calendar.ts";
import { daysAfter } from "./plain-calendar.ts";
import type { CaseFacts, Step } from "./stories.ts";
import { storyFor } from "./stories.ts";

/** What a letter told the holder. */
export interface Notice {
  readonly sentOn: string;
  readonly debitDate: string;
  /** Milliseconds since the epoch: when it was recorded. */
  readonly at: number;
}

export interface Case {
  readonly clientId: string;
  readonly ordinal: number;
  /** The outside number, once it is opened. */
  dispute: string;
  readonly amount: string;
  readonly facts: CaseFacts;
  readonly noticeReceivedOn: string;
  readonly story: string;
  readonly steps: Step[];
  /** The day on which the next step is taken. */
  nextOn: string;
  tries: number;
  /** Operations asked for so far: each has a key of its own. */
  asked: number;
  openedAt: number;
  /** Milliseconds since the epoch: when staff first decided; the clocks stop. */
  decidedAt: number | null;
  readonly notices: Notice[];
  /** When a debit before its date was ordered. */
  performedAt: number | null;
  /** Why staff gave up on it. */
  stuck: string | null;
}

export interface Arrival {
  readonly clientId: string;
  readonly date: string;
  readonly hour: number;
  readonly drawn: Case;
}

export interface ArrivalPlan {
  readonly first: string;
  readonly days: number;
  readonly disputes: number;
  /** Whether staff leaves some credits to the machine. */
  readonly automatic: boolean;
}

/** Every dispute of the quarter, by the hour of its client's day on which it is opened. */
export function drawArrivals(
  clients: readonly PlayedClient[],
  calendars: ReadonlyMap<string, PlainCalendar>,
  random: SeededRandom,
  plan: ArrivalPlan,
): Arrival[] {
  const shares = clients.flatMap((client) => Array.from({ length: client.weight }, () => client));
  return Array.from({ length: plan.disputes }, (_, index) => {
    const client = random.pick(shares);
    const calendar = calendars.get(client.id) as PlainCalendar;
    let date = daysAfter(plan.first, random.below(plan.days));
    // Fewer come on closed days, by the portal; the rest comes on the next open one.
    if (!calendar.isOpen(date) && !random.once(4)) date = calendar.onOrAfter(date);
    const hour = 8 + random.below(12);
    return {
      clientId: client.id,
      date,
      hour,
      drawn: drawCase(random, calendar, index, client, date, plan),
    };
  });
}

function drawCase(
  random: SeededRandom,
  calendar: PlainCalendar,
  ordinal: number,
  { id: clientId }: PlayedClient,
  openedOn: string,
  { automatic }: ArrivalPlan,
): Case {
  const facts = drawFacts(random);
  const noticeReceivedOn = daysAfter(openedOn, -drawLateness(random));
  const { name, steps } = storyFor(random, facts, {
    daysLeft: daysLeft(calendar, facts, noticeReceivedOn, openedOn),
    isLeftToMachine: automatic && random.once(2),
  });
  const dollars = 5 + random.below(random.once(10) ? 2500 : 300);
  return {
    clientId,
    ordinal,
    dispute: "",
    amount: `${dollars}.${String(random.below(100)).padStart(2, "0")}`,
    facts,
    noticeReceivedOn,
    story: name,
    steps,
    nextOn: "",
    tries: 0,
    asked: 0,
    openedAt: 0,
    decidedAt: null,
    notices: [],
    performedAt: null,
    stuck: null,
  };
}

function drawFacts(random: SeededRandom): CaseFacts {
  const regulation = random.pick(["E", "E", "E", "E", "E", "E", "E", "E", "Z", "none"] as const);
  const isE = regulation === "E";
  return {
    regulation,
    network: random.pick(["visa", "visa", "mastercard", "star"]),
    newAccount: isE && random.once(12),
    writtenConfirmationDue: isE && random.once(40),
    exemption: isE && random.once(50) ? "regulationT" : "none",
  };
}

/** Calendar days between the notice and the opening of the case; some lie on a desk for long. */
function drawLateness(random: SeededRandom): number {
  if (random.once(300)) return 18 + random.below(5);
  if (random.once(60)) return 9 + random.below(4);
  return random.once(5) ? 1 + random.below(3) : 0;
}

/** Business days in which a provisional credit is owed: 12 CFR 1005.11(c)(2)(i), (c)(3)(i). */
function creditDays({ newAccount }: CaseFacts): number {
  return newAccount ? 20 : 10;
}

function daysLeft(
  calendar: PlainCalendar,
  facts: CaseFacts,
  noticeReceivedOn: string,
  openedOn: string,
): number {
  const due = calendar.openDaysAfter(noticeReceivedOn, creditDays(facts));
  let left = 0;
  for (let day = openedOn; day < due; day = calendar.openDaysAfter(day, 1)) left += 1;
  return left;
}
