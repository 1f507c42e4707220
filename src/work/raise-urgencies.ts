/**
 * Raises the urgency of what passed its goal or deadline, and says so to the outside. What is due
 * is a row; the timer that calls this is only a hint.
 */
import type { Database } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import { appendEvents } from "../events/store.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";

import { risen } from "./assignment-terms.ts";
import { raiseAssignments } from "./store.ts";

export interface UrgencyRaiser {
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: Ids;
}

interface DueRise {
  readonly clientId: string;
  readonly id: string;
  readonly type: string;
  readonly urgency: number;
  readonly rises: number;
  readonly goalAt: string | null;
  readonly deadlineAt: string | null;
}

/** Raises at most `limit` of those due; answers how many, so that the caller goes on. */
export function raiseUrgencies(by: UrgencyRaiser, limit = 1000): Promise<number> {
  const now = by.clock.now().toString();
  return by.database.transaction(async (tx) => {
    // Served by `assignment_rises`; what somebody is just changing is raised next time.
    const due = await tx.query<DueRise>(sql`
      select client_id as "clientId", id, type, urgency, rises, goal_at as "goalAt",
             deadline_at as "deadlineAt"
      from assignment
      where is_open and next_rise_at <= ${now}
      order by next_rise_at
      limit ${limit}
      for update skip locked
    `);
    const rises = due.map((one) => ({ one, rise: risen(one) }));
    await raiseAssignments(
      tx,
      rises.map(({ one, rise }) => ({ clientId: one.clientId, id: one.id, ...rise })),
    );
    await appendEvents(
      tx,
      rises
        .filter(({ rise }) => rise.passed !== "goal")
        .map(({ one, rise }) => ({
          clientId: one.clientId,
          id: by.ids.next(),
          type: "work.assignment.deadlinePassed.v1",
          subject: `assignment/${one.id}`,
          data: { type: one.type, urgency: rise.urgency, again: rise.passed !== "deadline" },
        })),
      now,
    );
    return due.length;
  });
}

const BATCH = 1000;

/** Looks every so many seconds until it is stopped; `stop` waits for what is under way. */
export function startUrgencyWorker(
  by: UrgencyRaiser,
  options: { readonly everySeconds?: number; readonly failed?: (error: unknown) => void } = {},
): { stop(): Promise<void> } {
  const { everySeconds = 15, failed = () => undefined } = options;
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  const pass = async (): Promise<void> => {
    try {
      while (!stopped && (await raiseUrgencies(by, BATCH)) === BATCH);
    } catch (error) {
      failed(error);
    }
  };
  const timer = setInterval(() => {
    running = running.then(pass);
  }, everySeconds * 1000);
  return {
    stop: async () => {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}
