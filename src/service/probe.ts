/**
 * The probe of an open circuit: one process at a time takes it, and only while something is due.
 * A probe that found nothing to send after all is given back: else it would hold everything up for
 * as long as a call may take.
 */
import type { Queries } from "../database/database.ts";
import { sql } from "../database/sql.ts";

import type { Circuit } from "./circuit.ts";
import { mayProbe, withProbe } from "./circuit.ts";
import type { ServiceDesk } from "./desk.ts";
import type { Service } from "./service-configuration.ts";
import type { ServiceKey } from "./store.ts";
import { lockCircuit, saveCircuit } from "./store.ts";

interface Probing {
  readonly clientId: string;
  readonly service: Service;
}

/** The circuit as the probe left it; null where there is none to take, or nothing due. */
export async function takeProbe(
  { engine, callTimeoutSeconds }: ServiceDesk,
  { clientId, service }: Probing,
): Promise<Circuit | null> {
  const key = { clientId, service: service.name };
  if (!(await isAnythingDue(engine.database, key, engine.clock.now().toString()))) return null;
  return engine.database.transaction(async (tx) => {
    const now = engine.clock.now();
    const circuit = await lockCircuit(tx, key, now.toString());
    if (!mayProbe(circuit, now.epochMilliseconds)) return null;
    const seconds = callTimeoutSeconds ?? service.timeouts.callSeconds;
    const probed = withProbe(circuit, now.epochMilliseconds, seconds);
    await saveCircuit(tx, key, probed, now.toString());
    return probed;
  });
}

/** Nothing was sent with it: the next one may be taken at once. */
export async function giveBackProbe(
  { engine }: ServiceDesk,
  { clientId, service }: Probing,
  probed: Circuit,
): Promise<void> {
  const key = { clientId, service: service.name };
  await engine.database.transaction(async (tx) => {
    const now = engine.clock.now();
    const circuit = await lockCircuit(tx, key, now.toString());
    // Somebody else's probe by now, or an answer that came.
    const isOurs = Math.abs((circuit.probeAt ?? 0) - (probed.probeAt ?? 0)) < 1;
    if (circuit.state !== "halfOpen" || !isOurs) return;
    const before = { ...circuit, state: "open", probeAt: now.epochMilliseconds } as const;
    await saveCircuit(tx, key, before, now.toString());
  });
}

/** Without taking it. Served by `due_call_due`, as `dueForService`. */
async function isAnythingDue(db: Queries, key: ServiceKey, now: string): Promise<boolean> {
  const { found } = await db.one<{ found: boolean }>(sql`
    select exists (
      select from due_call
      where client_id = ${key.clientId}
        and service = ${key.service}
        and due_at <= ${now}
        and (leased_until is null or leased_until < ${now})
    ) as found
  `);
  return found;
}
