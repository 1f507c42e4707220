/**
 * Another account in a rehearsal: asked for, approved at once or by a second person, declined, and
 * overtaken. Whatever happens, not one position may move by it.
 */
import { changeAccount } from "../accounting/change-account.ts";
import type { Adjustment, DisputeBook } from "../accounting/dispute-book.ts";
import { isStandIn } from "../accounting/dispute-book.ts";
import { amountValues, positionsOf } from "../accounting/positions.ts";
import { runDue } from "../accounting/run-due.ts";
import { Failure } from "../kernel/failure.ts";
import { domainNeed } from "../work/approvals/tiers.ts";

import type { Stage } from "../resolution/search/stage.ts";
import { approveAsked, decidingOf } from "../resolution/search/stage.ts";
import type { SeededRandom } from "./seeded-random.ts";

export interface Changed {
  readonly words: string;
  /** What must never happen and did. */
  readonly faults: readonly string[];
}

/** Answers what was refused in words: a reversal, money that is not the holder's. */
export function anotherAccount(stage: Stage, failed: Adjustment, random: SeededRandom): Changed {
  const account = random.pick(["second holder", "third holder"]);
  const approval = random.once(2) ? domainNeed("rehearsal", "assignment:approve") : null;
  const words = `${failed.principalRule ?? "flag"} to ${account}`;
  const before = sumsOf(stage.book);
  try {
    const order = { adjustmentId: failed.id, account, reason: "rehearsal", approval };
    changeAccount(decidingOf(stage, failed), order);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { words: `${words}: ${error.code}`, faults: [] };
  }
  return { words, faults: moved(before, sumsOf(stage.book), words) };
}

/** Approves what waits; what it was to replace may have moved on, then it is declined. */
export function approveOrDecline(stage: Stage, asked: Adjustment): Changed {
  const { book } = stage;
  const words = `${asked.principalRule ?? "flag"} approved`;
  const before = isStandIn(book, asked) ? sumsOf(book) : null;
  approveAsked(stage, asked);
  if (before === null) return { words, faults: [] };
  const faults = moved(before, sumsOf(book), words);
  runDue(book, { today: stage.today }, stage.context);
  return { words, faults };
}

/** Every position, and every collection's balance, whatever its accounts. */
function sumsOf(book: DisputeBook): string {
  const positions = positionsOf(book);
  const collections = new Set(
    book.adjustments
      .flatMap((one) => one.entries)
      .flatMap((entry) => [entry.debit.collection, entry.credit.collection]),
  );
  const balances = [...collections]
    .sort()
    .map((one) => `${one} ${positions.booked(one)} ${positions.committed(one)}`);
  const values = Object.entries(amountValues(positions)).map(([name, value]) => `${name} ${value}`);
  return [book.state, ...values, ...balances].join(", ");
}

function moved(before: string, after: string, words: string): string[] {
  return before === after ? [] : [`${words} moved what it must not: ${before} to ${after}`];
}
