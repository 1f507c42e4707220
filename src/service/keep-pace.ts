/** Keeps the calls that are taken within the rate of their service, over all processes. */
import type { Temporal } from "temporal-polyfill";

import type { Transaction } from "../database/database.ts";

import type { Pace } from "./pace.ts";
import { callsAllowed, paceAfter, paceAt } from "./pace.ts";
import type { Service } from "./service-configuration.ts";
import type { ServiceKey } from "./store.ts";
import { lockPace, savePace } from "./store.ts";

interface LimitedCalls {
  readonly clientId: string;
  readonly service: Service;
  readonly limit: number;
}

export type PacedCalls<Calls extends LimitedCalls> = Calls & { readonly pace: Pace | null };

/** Where a rate is set its bucket is locked, in sorted order, until the transaction ends. */
export async function withinPace<Calls extends LimitedCalls>(
  tx: Transaction,
  wanted: readonly Calls[],
  now: Temporal.Instant,
): Promise<PacedCalls<Calls>[]> {
  const paced: PacedCalls<Calls>[] = [];
  for (const one of wanted.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))) {
    const { clientId, service, limit } = one;
    const { ratePerSecond } = service;
    if (ratePerSecond === null) {
      paced.push({ ...one, pace: null });
      continue;
    }
    const before = await lockPace(tx, { clientId, service: service.name }, now.toString());
    const pace = paceAt(before, now.epochMilliseconds, ratePerSecond);
    paced.push({ ...one, pace, limit: Math.min(limit, callsAllowed(pace)) });
  }
  return paced;
}

/** Takes off what was used. */
export async function keepPace(
  tx: Transaction,
  paced: readonly PacedCalls<LimitedCalls>[],
  taken: readonly ServiceKey[],
): Promise<void> {
  for (const { clientId, service, pace } of paced) {
    if (pace === null) continue;
    const used = taken.filter((one) => one.clientId === clientId && one.service === service.name);
    await savePace(tx, { clientId, service: service.name }, paceAfter(pace, used.length));
  }
}

function nameOf({ clientId, service }: LimitedCalls): string {
  return `${clientId} ${service.name}`;
}
