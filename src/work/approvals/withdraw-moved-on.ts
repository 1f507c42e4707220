/** Takes back what waits about something that has moved on since: nobody can decide on it. */
import type { Database } from "../../database/database.ts";
import type { Clock } from "../../kernel/clock.ts";

import { withdrawMoved } from "./store.ts";

const AT_ONCE = 1000;

/** Answers how many. */
export function withdrawMovedOn(desk: { database: Database; clock: Clock }): Promise<number> {
  return desk.database.transaction((tx) => withdrawMoved(tx, desk.clock.now().toString(), AT_ONCE));
}
