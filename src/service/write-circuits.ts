/** Writes what the calls of a set did to the circuits of their services. */
import type { Transaction } from "../database/database.ts";

import type { CallFate } from "./circuit.ts";
import { afterCalls } from "./circuit.ts";
import type { ServiceDesk } from "./desk.ts";
import type { Landed } from "./flight.ts";
import { lockCircuit, saveCircuit } from "./store.ts";
import { circuitsOf } from "./views.ts";

export interface Settled {
  readonly landed: Landed;
  readonly fate: CallFate;
}

/** In the healthy case no row is written: only failures and what follows them are. */
export async function writeCircuits(
  tx: Transaction,
  desk: ServiceDesk,
  settled: readonly Settled[],
): Promise<void> {
  const groups = Map.groupBy(
    settled,
    ({ landed: { flight } }) => `${flight.clientId} ${flight.service.name}`,
  );
  const clientIds = [...new Set(settled.map(({ landed }) => landed.flight.clientId))];
  const known = new Map(
    (await circuitsOf(tx, clientIds)).map((row) => [`${row.clientId} ${row.service}`, row]),
  );
  const now = desk.engine.clock.now();
  for (const name of [...groups.keys()].sort()) {
    const group = groups.get(name) ?? [];
    const fates = group.map((one) => one.fate);
    const before = known.get(name);
    const isInOrder = before === undefined || (before.state === "closed" && before.failures === 0);
    if (isInOrder && !fates.includes("failed")) continue;
    const { clientId, service } = (group[0] as Settled).landed.flight;
    const key = { clientId, service: service.name };
    const circuit = await lockCircuit(tx, key, now.toString());
    const after = afterCalls(
      circuit,
      fates,
      service.circuit,
      now.epochMilliseconds,
      desk.retryDivisor,
    );
    if (after !== circuit) await saveCircuit(tx, key, after, now.toString());
  }
}
