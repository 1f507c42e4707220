/**
 * The nearest date of the law by which the holder has to be credited, read from the clocks of the
 * rule book: it ends the holds of a credit (domain §5.4). Null where no such clock can run.
 */
import type { RegulatoryDate, DisputeBook } from "../../accounting/dispute-book.ts";
import type { ClientRuntime } from "../../accounting/engine.ts";

import { caseOfBook } from "./case-of-book.ts";
import { rulesOf } from "./clocks-of-disputes.ts";
import { readClocks } from "./read-clocks.ts";

export function creditBy(book: DisputeBook, client: ClientRuntime): RegulatoryDate | null {
  const { noticeReceivedOn } = book.facts;
  const startsOn = typeof noticeReceivedOn === "string" ? noticeReceivedOn : book.operations[0]?.on;
  if (startsOn === undefined) return null;
  const rules = rulesOf(client);
  // As of its first day: what counts is when it ends, not whether that has passed.
  const dates = readClocks(caseOfBook(book, startsOn, []), rules, startsOn).flatMap(
    ({ clock, state, dueOn, citation }) =>
      rules.clocks.get(clock)?.automatic === "provisionalCredit" &&
      state === "running" &&
      dueOn !== null
        ? [{ on: dueOn, source: citation }]
        : [],
  );
  return dates.reduce<RegulatoryDate | null>(
    (first, one) => (first === null || one.on < first.on ? one : first),
    null,
  );
}
