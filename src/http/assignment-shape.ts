/** Assignments as the API shows them: with the nearest regulatory clock of their disputes. */
import type { z } from "zod";

import type { Engine } from "../accounting/engine.ts";
import { nearestClocks } from "../resolution/regulatory-clocks/nearest.ts";
import type { NearestClock } from "../resolution/regulatory-clocks/nearest.ts";
import type { AssignmentView } from "../work/assignment-view.ts";

import type { Assignment } from "./shapes.ts";

/** Two queries, however many there are. */
export async function presentAssignments(
  engine: Engine,
  views: readonly AssignmentView[],
): Promise<z.infer<typeof Assignment>[]> {
  const clocks = await nearestClocks(engine.database, engine, views);
  return views.map((view) => presentAssignment(view, clocks));
}

export async function presentOne(
  engine: Engine,
  view: AssignmentView,
): Promise<z.infer<typeof Assignment>> {
  return presentAssignment(view, await nearestClocks(engine.database, engine, [view]));
}

export function presentAssignment(
  view: AssignmentView,
  clocks: ReadonlyMap<string, NearestClock>,
): z.infer<typeof Assignment> {
  const clock = view.closedAt === null ? clocks.get(`${view.client} ${view.dispute ?? ""}`) : null;
  return { ...view, clock: clock ?? null, actions: view.actions.map((action) => ({ ...action })) };
}
