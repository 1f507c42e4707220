/**
 * Takes over what a worker was sending when it died: its lease is over, the outcome is unknown.
 * Nothing is called here, so it goes on while a circuit is open.
 */
import type { Move } from "../accounting/move-adjustments.ts";
import { moveAdjustments } from "../accounting/move-adjustments.ts";

import type { ServiceDesk } from "./desk.ts";
import { MACHINE_ACTOR } from "./desk.ts";
import { lockAbandoned } from "./due-views.ts";
import { waitAfter } from "./outcome-machine.ts";
import type { Service } from "./service-configuration.ts";
import { serviceOf } from "./service-configuration.ts";

const AT_ONCE = 500;

/** Answers how many it took over. */
export function takeOverAbandoned(
  desk: ServiceDesk,
  clientIds: readonly string[],
): Promise<number> {
  if (clientIds.length === 0) return Promise.resolve(0);
  const { engine } = desk;
  return engine.database.transaction(async (tx) => {
    const now = engine.clock.now().toString();
    const rows = await lockAbandoned(tx, clientIds, now, AT_ONCE);
    if (rows.length === 0) return 0;
    const clients = await engine.clients(tx, [...new Set(rows.map((row) => row.clientId))]);
    const moves = rows.map((row) =>
      abandoned(row, serviceOf(clients.get(row.clientId)?.settings ?? {}, row.service), desk),
    );
    await moveAdjustments(tx, engine, moves);
    return moves.length;
  });
}

/** The move of an adjustment whose call was cut short. */
export function abandoned(
  row: { readonly clientId: string; readonly adjustmentId: string },
  service: Service | undefined,
  desk: Pick<ServiceDesk, "engine" | "random" | "retryDivisor">,
): Move {
  const wait =
    service === undefined
      ? 0
      : waitAfter(1, service, { random: desk.random(), waitsDividedBy: desk.retryDivisor });
  const machineMayAct =
    service !== undefined && (service.lookUp !== null || service.key.lifeSeconds > 0);
  return {
    clientId: row.clientId,
    adjustmentId: row.adjustmentId,
    from: "sending",
    event: "outcomeUnknown",
    actor: MACHINE_ACTOR,
    reason: "the worker that sent it is gone; its answer never came",
    machineMayAct,
    dueAt: desk.engine.clock
      .now()
      .add({ milliseconds: Math.round(wait * 1000) })
      .toString(),
  };
}
