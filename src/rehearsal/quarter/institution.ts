/**
 * The three clients of a rehearsed quarter: a calendar, a zone and a route each, as settings for
 * the product and, written out day by day, as the judge knows them.
 */
import type { ClosedDays } from "./plain-calendar.ts";

export type PlayedRoute = "service" | "batch" | "manual";

export interface PlayedClient {
  readonly id: string;
  readonly name: string;
  readonly zone: string;
  readonly route: PlayedRoute;
  /** As its offices keep them: what the judge goes by. */
  readonly closed: ClosedDays;
  /** Shares of the disputes. */
  readonly weight: number;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Federal Reserve holidays as published, those on a Saturday too. */
const HOLIDAYS = [
  ...["2026-07-04", "2026-09-07", "2026-10-12", "2026-11-11", "2026-11-26", "2026-12-25"],
  ...["2027-01-01", "2027-01-18", "2027-02-15", "2027-05-31", "2027-06-19", "2027-07-05"],
  ...["2027-09-06", "2027-10-11", "2027-11-11", "2027-11-25", "2027-12-25"],
  ...["2028-01-01", "2028-01-17", "2028-02-21"],
];

/** The days on which a quarter may begin; a seed takes one. */
export const QUARTERS = ["2026-10-01", "2027-01-04", "2027-04-01", "2027-07-01"] as const;

/** One level of approval, for one amount in so many. */
const APPROVALS = {
  denyDispute: [{ above: "700.00", levels: 1 }],
  issueProvisionalCredit: [{ above: "800.00", levels: 1 }],
  performDebit: [{ above: "0.00", levels: 1 }],
};

export interface Places {
  /** Where files are handed over. */
  readonly outgoing: string;
  /** Where the receiver leaves its answers. */
  readonly answers: string;
  /** Whether a file's lines count as posted when it is handed over. */
  readonly basis: "assumed" | "onAcknowledgement";
}

export function institution(places: Places): readonly PlayedClient[] {
  const dayAfterThanksgiving = ["2026-11-27", "2027-11-26"];
  return [
    {
      id: "harbor",
      name: "Harbor Bank",
      zone: "America/New_York",
      route: "service",
      closed: { weekdays: [0, 6], dates: HOLIDAYS },
      weight: 5,
      settings: {
        calendar: { holidays: "federal-reserve", zone: "America/New_York" },
        approvals: APPROVALS,
        clocks: { automaticProvisionalCredit: true, marginBusinessDays: 1 },
        services: { core: SERVICE },
      },
    },
    {
      id: "prairie",
      name: "Prairie Credit Union",
      zone: "America/Denver",
      route: "batch",
      // Its back office works on Saturdays.
      closed: { weekdays: [0], dates: [...HOLIDAYS, ...dayAfterThanksgiving] },
      weight: 3,
      settings: {
        calendar: {
          holidays: "federal-reserve",
          zone: "America/Denver",
          closedWeekdays: ["sunday"],
          closedDays: dayAfterThanksgiving,
        },
        clocks: { automaticProvisionalCredit: true, marginBusinessDays: 1 },
        batchProfiles: { nightly: profile(places) },
      },
    },
    {
      id: "island",
      name: "Island Savings",
      zone: "Pacific/Honolulu",
      route: "manual",
      // Columbus Day is no holiday there; the eve of Christmas is.
      closed: {
        weekdays: [0, 6],
        dates: [...HOLIDAYS.filter((date) => !OPEN_THERE.includes(date)), ...EVES],
      },
      weight: 2,
      settings: {
        calendar: {
          holidays: "federal-reserve",
          zone: "Pacific/Honolulu",
          closedDays: EVES,
          openDays: OPEN_THERE,
        },
        clocks: { automaticProvisionalCredit: true, manualLeadBusinessDays: 2 },
        approvals: { denyDispute: APPROVALS.denyDispute },
      },
    },
  ];
}

const OPEN_THERE = ["2026-10-12", "2027-10-11"];
const EVES = ["2026-12-24", "2027-12-24"];

function profile({ outgoing, answers, basis }: Places): Readonly<Record<string, unknown>> {
  return {
    layout: "generic-csv",
    marker: "TEST",
    cutOffs: [{ name: "endOfDay", time: "18:00" }],
    // What is cut today posts on the next business day: the harder rule for a date in a letter.
    postingDate: { businessDaysAfter: 1 },
    delivery: { kind: "directory", directory: outgoing },
    basis,
    returnFile: {
      format: "csv",
      pickUp: { kind: "directory", directory: answers, everySeconds: 1, quietSeconds: 0 },
      deadlineMinutes: 24 * 60,
    },
  };
}

/** A core in memory: the address is never called, the templates are. */
const SERVICE = {
  protocol: "rest-json",
  url: "http://core.invalid",
  key: { format: "uuid", header: "Idempotency-Key", lifeSeconds: 20 * 86_400 },
  post: {
    path: "/postings",
    body: {
      reference: "{{adjustment.id}}",
      direction: "{{adjustment.direction}}",
      amount: "{{amount}}",
      currency: "{{currency}}",
      postingDate: "{{postingDate}}",
    },
  },
  lookUp: { path: "/postings/{{key}}", absenceIsProofAfterSeconds: 60, maximum: 100 },
  answer: {
    code: "body.code",
    message: "body.message",
    reference: "body.id",
    postingDate: "body.postedOn",
    amount: "body.amount",
    currency: "body.currency",
  },
  outcomes: [{ when: { header: { "idempotent-replayed": "true" } }, outcome: "alreadyPosted" }],
  concurrency: 200,
};
