/**
 * Get Next Work of people who ask while others are being answered: they are answered together, in
 * one transaction, in the order in which they asked. When nobody is being answered one goes at
 * once.
 */
import { assert } from "../kernel/assert.ts";

import type { WorkGiver, WorkSeeker } from "./next.ts";
import { takeNextEach } from "./next.ts";
import type { AssignmentRow } from "./views.ts";

const MOST_SEEKERS = 100;

interface Waiting {
  readonly seeker: WorkSeeker;
  readonly resolve: (row: AssignmentRow | undefined) => void;
  readonly reject: (error: unknown) => void;
}

export function nextGatherer(
  by: WorkGiver,
): (seeker: WorkSeeker) => Promise<AssignmentRow | undefined> {
  const waiting: Waiting[] = [];
  let isAnswering = false;

  const answer = async (set: readonly Waiting[]): Promise<void> => {
    try {
      const rows = await takeNextEach(
        by,
        set.map((one) => one.seeker),
      );
      assert(rows.length === set.length, "every seeker has an answer");
      set.forEach((one, index) => one.resolve(rows[index]));
    } catch (error) {
      for (const one of set) one.reject(error);
    }
  };

  const answerAll = async (): Promise<void> => {
    isAnswering = true;
    try {
      while (waiting.length > 0) await answer(waiting.splice(0, MOST_SEEKERS));
    } finally {
      isAnswering = false;
    }
  };

  return (seeker) =>
    new Promise((resolve, reject) => {
      waiting.push({ seeker, resolve, reject });
      if (!isAnswering) void answerAll();
    });
}
