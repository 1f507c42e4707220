/**
 * The service monitor: is the real-time route healthy, and what waits because it is not. Figures
 * of many services for the list, everything about one for its page.
 */
import { usableClients } from "../accounting/client-runtime.ts";
import type { Engine } from "../accounting/engine.ts";
import { clientsById } from "../cases/views.ts";
import type { Temporal } from "temporal-polyfill";

import type {
  CircuitStandingRow,
  CodeRow,
  LastErrorRow,
  LatencyRow,
  MinuteRow,
  OldestUnknownRow,
  OutcomeRow,
  SlaRow,
  Span,
  StandingRow,
} from "./monitor-views.ts";
import {
  callsByCode,
  callsByMinute,
  callsByOutcome,
  circuitStandings,
  lastError,
  latencyByMinute,
  oldestUnknown,
  slaOf,
  workOf,
} from "./monitor-views.ts";
import { servicesOf } from "./service-configuration.ts";
import type { ServiceKey } from "./store.ts";

export interface KnownService extends ServiceKey {
  /** Why nothing goes on: settings that do not load. */
  readonly problem: string | null;
}

/** Every service of the clients, those with settings that do not load too. */
export async function knownServices(
  engine: Engine,
  clientIds: readonly string[],
): Promise<KnownService[]> {
  const { usable, unusable } = await usableClients(engine, engine.database, clientIds);
  const found = usable.flatMap((client): KnownService[] =>
    Object.keys(client.settings.services).map((service) => ({
      clientId: client.id,
      service,
      problem: problemOf(client.settings, service),
    })),
  );
  const reasons = new Map(unusable.map((one) => [one.id, one.failure.message]));
  for (const row of await clientsById(engine.database, [...reasons.keys()])) {
    const { services = {} } = row.settings as { services?: object };
    for (const service of Object.keys(services)) {
      found.push({ clientId: row.id, service, problem: reasons.get(row.id) ?? null });
    }
  }
  return found.sort((one, other) =>
    `${one.clientId} ${one.service}` < `${other.clientId} ${other.service}` ? -1 : 1,
  );
}

/** A fault in one service keeps the others of its client from being called, too. */
function problemOf(settings: Parameters<typeof servicesOf>[0], service: string): string | null {
  try {
    servicesOf(settings);
    return null;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return message.includes(`/services/${service}`) ? message : "another service does not load";
  }
}

/** Whole minutes up to and with the present one. */
export function lastMinutes(now: Temporal.Instant, minutes: number): Span {
  const until = now.round({ smallestUnit: "minute", roundingMode: "floor" }).add({ minutes: 1 });
  return { from: until.subtract({ minutes }).toString(), until: until.toString() };
}

export interface ServiceFigures extends KnownService {
  readonly work: StandingRow;
  readonly circuit: CircuitStandingRow;
  readonly sla: SlaRow;
  readonly oldestUnknown: OldestUnknownRow | null;
  readonly minutes: readonly MinuteRow[];
  /** Of the calls and of what ended. */
  readonly span: Span;
}

/** Figures of a set of services, in its order: one statement for each kind of figure. */
export async function figuresOf(
  engine: Engine,
  services: readonly KnownService[],
  minutes: number,
): Promise<ServiceFigures[]> {
  if (services.length === 0) return [];
  const { database, clock } = engine;
  const now = clock.now();
  const span = lastMinutes(now, minutes);
  const [calls, work, circuits, sla, unknown] = await Promise.all([
    callsByMinute(database, services, span),
    workOf(database, services, now.toString()),
    circuitStandings(database, services),
    slaOf(database, services, span),
    oldestUnknown(database, services),
  ]);
  return services.map((one) => {
    const isIts = (row: ServiceKey): boolean =>
      row.clientId === one.clientId && row.service === one.service;
    const { clientId, service } = one;
    return {
      ...one,
      work: work.find(isIts) ?? { clientId, service, ...NO_WORK },
      circuit: circuits.find(isIts) ?? { clientId, service, ...CLOSED_CIRCUIT },
      sla: sla.find(isIts) ?? { clientId, service, met: 0, breached: 0, handedOver: 0 },
      oldestUnknown: unknown.find(isIts) ?? null,
      minutes: calls.filter(isIts),
      span,
    };
  });
}

const NO_WORK = { inFlight: 0, due: 0, waiting: 0, unknown: 0, failed: 0, late: 0 };
const CLOSED_CIRCUIT = {
  state: "closed",
  failures: 0,
  openings: 0,
  since: null,
  probeAt: null,
} as const;

export interface ServiceMonitor extends ServiceFigures {
  readonly latency: readonly LatencyRow[];
  readonly outcomes: readonly OutcomeRow[];
  readonly codes: readonly CodeRow[];
  readonly lastError: LastErrorRow | null;
}

export async function monitorOf(
  engine: Engine,
  known: KnownService,
  minutes: number,
): Promise<ServiceMonitor> {
  const { database, clock } = engine;
  const span = lastMinutes(clock.now(), minutes);
  const [[figures], latency, outcomes, codes, error] = await Promise.all([
    figuresOf(engine, [known], minutes),
    latencyByMinute(database, known, span),
    callsByOutcome(database, known, span),
    callsByCode(database, known, span),
    lastError(database, known, span),
  ]);
  return {
    ...(figures as ServiceFigures),
    latency,
    outcomes,
    codes,
    lastError: error ?? null,
  };
}
