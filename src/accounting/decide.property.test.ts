/**
 * Whatever happens in whatever order: balances sum to zero, no operation credits the holder beyond
 * what is owed, no debit overdraws, no gate passes wrongly, and there is always a way on. A few
 * hundred sequences; `npm run -s property -- --sequences 20000` plays them all.
 */
import { beforeAll, describe, expect, it } from "vitest";

import { businessCalendar } from "../kernel/calendar.ts";
import { systemClock } from "../kernel/clock.ts";
import { uuids } from "../kernel/ids.ts";
import { gateFaults, stepFaults } from "../rehearsal/book-invariants.ts";
import { playRandom } from "../rehearsal/random-operations.ts";
import type { Rehearsal } from "../rehearsal/random-operations.ts";
import type { Stage } from "../resolution/search/stage.ts";
import { copyStage, tryOperation } from "../resolution/search/stage.ts";
import { reachesResolution } from "../resolution/search/find-way.ts";
import type { RuleBook } from "../rulebook/load.ts";
import { loadRuleBook, STANDARD_BOOK } from "../rulebook/read.ts";

import type { Adjustment } from "./dispute-book.ts";
import { positionsOf } from "./positions.ts";

let rehearsal: Rehearsal;
beforeAll(async () => {
  const { rulebook } = await loadRuleBook(STANDARD_BOOK);
  rehearsal = {
    rulebook: rulebook as RuleBook,
    calendar: businessCalendar({ holidays: "federal-reserve", zone: "America/New_York" }),
    ids: uuids(systemClock),
  };
});

/** The stage at the end of a sequence, to tamper with. */
function endOf(seed: number): Stage {
  const ends: Stage[] = [];
  playRandom(rehearsal, seed, (stage) => ends.push(copyStage(stage)));
  return ends[0] as Stage;
}

describe("random operations on one dispute", () => {
  it.each(Array.from({ length: 8 }, (_, index) => 100_000 + 50 * index))(
    "never end where nothing may end: 50 sequences from seed %i",
    (first) => {
      const faults = Array.from({ length: 50 }, (_, index) => playRandom(rehearsal, first + index))
        .filter((played) => played.faults.length > 0)
        .map((played) => [played.seed, ...played.steps, ...played.faults]);

      expect(faults).toEqual([]);
    },
  );

  it("repeat exactly under the same seed", () => {
    const [first, second] = [playRandom(rehearsal, 7), playRandom(rehearsal, 7)];

    expect(second.steps).toEqual(first.steps);
  });
});

describe("what watches the sequences", () => {
  /** A dispute credited in full, with one entry changed. */
  const tampered = (change: (adjustment: Adjustment) => void): string[] => {
    const stage = endOf(1);
    const { book } = stage;
    book.adjustments.length = 0;
    book.denials.length = 0;
    book.resolutions.length = 0;
    book.state = "open";
    const before = positionsOf(book);
    expect(tryOperation(stage, "payDispute", {})).toBeNull();
    change(book.adjustments[0] as Adjustment);
    return [
      ...stepFaults(book, before, positionsOf(book), "payDispute"),
      ...gateFaults(book, stage.context.rulebook),
    ];
  };

  it("sees nothing wrong in a payment", () => {
    expect(tampered(() => undefined)).toEqual([]);
  });

  it("sees a payment made twice", () => {
    const faults = tampered((adjustment) => {
      adjustment.entries = [...adjustment.entries, ...adjustment.entries];
    });

    expect(faults).toEqual([expect.stringContaining("raises the credit")]);
  });

  it("sees a debit that overdraws", () => {
    const faults = tampered((adjustment) => {
      adjustment.entries = adjustment.entries.map((entry) => ({
        ...entry,
        debit: entry.credit,
        credit: entry.debit,
      }));
    });

    expect(faults).toContainEqual(expect.stringContaining("brings the holder's account to"));
  });

  it("sees an entry with one account on both sides", () => {
    const faults = tampered((adjustment) => {
      adjustment.entries = adjustment.entries.map((entry) => ({ ...entry, debit: entry.credit }));
    });

    expect(faults).toContainEqual(expect.stringContaining("on both sides"));
  });

  it("sees a dispute from which there is no way on", () => {
    const stage = endOf(1);
    const stuck: Stage = {
      ...stage,
      context: { ...stage.context, rulebook: { ...rehearsal.rulebook, operations: new Map() } },
    };
    stuck.book.adjustments.length = 0;
    stuck.book.denials.length = 0;
    stuck.book.state = "open";

    expect(reachesResolution(stuck, false)).toBe(false);
    expect(reachesResolution({ ...stuck, context: stage.context }, false)).toBe(true);
  });
});
