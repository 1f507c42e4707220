/**
 * The judge of a rehearsed quarter: looks at everything after each day, with its own calendar and
 * plain sums, and keeps two lists: what the product did wrong, and dates that the world broke.
 */
import type { Case } from "./cases.ts";
import { wrongAssignments, wrongBalances, wrongGates } from "./judge-books.ts";
import { judgeCredits, lateCreditBreaches } from "./judge-credits.ts";
import { faultOf } from "./judge-dates.ts";
import { judgeDebits } from "./judge-debits.ts";
import type { OurMoney } from "./judge-money.ts";
import { movedSince, ourMoney, wrongMoney } from "./judge-money.ts";
import { creditsByClock, reportsOf } from "./product-reports.ts";
import type { Quarter } from "./quarter.ts";
import type { ReportedBreach, Sitting, Violation } from "./sitting.ts";
import { accuse } from "./sitting.ts";

export interface Judgement {
  readonly violations: readonly Violation[];
  readonly breaches: readonly ReportedBreach[];
  /** Open days between a credit and its last day, by client; negative is late. */
  readonly creditMargins: ReadonlyMap<string, readonly number[]>;
  /** Credits that the product issued by itself, by client. */
  readonly byClock: ReadonlyMap<string, number>;
  /** Debits that were judged, by client. */
  readonly debits: ReadonlyMap<string, number>;
  /** Disputes that staff gave up on. */
  readonly stuck: readonly Case[];
}

export interface Judge {
  /** Looks at everything that the day changed; answers how much was wrong so far. */
  afterDay(): Promise<number>;
  /** Nothing may be under way any more; `verified`: what the product's own verify found. */
  atEnd(verified: readonly string[]): Promise<Judgement>;
}

const BEGINNING = "2000-01-01T00:00:00Z";
const MOST_AT_ONCE = 5000;

export function openJudge(quarter: Quarter): Judge {
  const sitting: Sitting = {
    quarter,
    violations: [],
    breaches: [],
    lateCredits: [],
    margins: new Map(),
    debits: new Map(),
    waiting: new Set(),
    known: new Set(),
  };
  let lookedAt = quarter.clock.now().toString();
  return {
    afterDay: async () => {
      const since = lookedAt;
      lookedAt = quarter.clock.now().toString();
      await look(sitting, since, false);
      return sitting.violations.length;
    },
    atEnd: async (verified) => {
      await look(sitting, BEGINNING, true);
      const found = verified.map((detail) => ({ clientId: "", subject: "books", detail }));
      accuse(sitting, "verify", found);
      await lateCreditBreaches(sitting);
      return {
        violations: sitting.violations,
        breaches: await weighed(sitting),
        creditMargins: sitting.margins,
        byClock: await creditsByClock(quarter.engine.database),
        debits: sitting.debits,
        stuck: [...quarter.cases.values()].filter((one) => one.stuck !== null),
      };
    },
  };
}

async function look(sitting: Sitting, since: string, isLastDay: boolean): Promise<void> {
  const { engine } = sitting.quarter;
  accuse(sitting, "balances", await wrongBalances(engine.database, since));
  accuse(sitting, "one assignment", await wrongAssignments(engine.database));
  accuse(sitting, "gate", await wrongGates(engine.database, since));
  await judgeMoney(sitting, since, isLastDay);
  await judgeCredits(sitting);
}

/** What moved here or out there since the last look; at the end everything that ever did. */
async function judgeMoney(sitting: Sitting, since: string, isLastDay: boolean): Promise<void> {
  const { engine, outside } = sitting.quarter;
  const fresh = outside.sinceLastAsked();
  const here = await movedSince(engine.database, since);
  const there = isLastDay ? outside.adjustments() : fresh.map((one) => one.adjustmentId);
  const ids = [...new Set([...here, ...there])];
  const ours = new Map<string, OurMoney>();
  for (let at = 0; at < ids.length; at += MOST_AT_ONCE) {
    for (const one of await ourMoney(engine.database, ids.slice(at, at + MOST_AT_ONCE))) {
      ours.set(one.adjustmentId, one);
      const wrong = wrongMoney(outside, one, isLastDay);
      if (wrong !== null) accuse(sitting, "money", [wrong]);
    }
  }
  await judgeDebits(sitting, fresh, ours);
}

/** A breach without a cause in the world, or that nobody was told of, is the product's fault. */
async function weighed(sitting: Sitting): Promise<ReportedBreach[]> {
  const { quarter, breaches } = sitting;
  const reports = await reportsOf(quarter.engine.database, breaches);
  const reported: ReportedBreach[] = [];
  for (const [index, breach] of breaches.entries()) {
    const { clientId, dispute, kind, due, postedOn } = breach;
    const reportedAs = reports[index] ?? null;
    const told = `${kind} due ${due}, posted ${postedOn ?? "never"} (${breach.story})`;
    const fault = faultOf(breach, reportedAs);
    if (fault === null) reported.push({ ...breach, reportedAs: reportedAs ?? "" });
    else {
      const detail = [told, ...breach.causes].join("; ");
      accuse(sitting, fault, [{ clientId, subject: dispute, detail }]);
    }
  }
  return reported;
}
