/** The nearest running clock of disputes, as queues, cases and assignments show it. */
import type { Engine } from "../../accounting/engine.ts";
import type { Queries } from "../../database/database.ts";

import { nearestOfDisputes } from "./lists.ts";

export interface NearestClock {
  readonly clock: string;
  readonly title: string;
  readonly regulation: string;
  readonly dueOn: string;
  /** It is so near that it was warned of. */
  readonly isWarned: boolean;
  /** Until and with the day it ends on. */
  readonly businessDaysLeft: number;
}

/** By `client dispute`, numbers of the outside; a dispute without a running clock is absent. */
export async function nearestClocks(
  db: Queries,
  engine: Pick<Engine, "clients" | "clock">,
  wanted: readonly { readonly client: string; readonly dispute: string | null }[],
): Promise<ReadonlyMap<string, NearestClock>> {
  const named = new Map<string, { client: string; dispute: string }>();
  for (const { client, dispute } of wanted) {
    if (dispute !== null) named.set(`${client} ${dispute}`, { client, dispute });
  }
  const rows = await nearestOfDisputes(db, [...named.values()]);
  const clients = await engine.clients(db, [...new Set(rows.map((row) => row.clientId))]);
  return new Map(
    rows.flatMap((row) => {
      const client = clients.get(row.clientId);
      const clock = client?.rulebook.clocks.get(row.clock);
      if (client === undefined || clock === undefined) return [];
      const today = client.calendar.dateOf(engine.clock.now());
      const nearest: NearestClock = {
        clock: row.clock,
        title: clock.title,
        regulation: clock.regulation,
        dueOn: row.dueOn,
        isWarned: row.warnOn <= today,
        businessDaysLeft: client.calendar.businessDaysBetween(today, row.dueOn),
      };
      return [[`${row.clientId} ${row.dispute}`, nearest] as const];
    }),
  );
}
