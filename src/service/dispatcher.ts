/**
 * Keeps calls going: takes due work as far as each service's gate and circuit allow, makes the
 * calls, and settles the answers in sets. Taking, calling and settling go on side by side. What it
 * holds in memory are hints; the truth is rows.
 */
import { setTimeout as delay } from "node:timers/promises";

import { Failure } from "../kernel/failure.ts";
import { renewLeases } from "../work/due-store.ts";

import type { ServiceAdapter } from "./adapter.ts";
import { carryOutClosedAccounts, clientsWithPolicy } from "./carry-out-closed-accounts.ts";
import type { Circuit } from "./circuit.ts";
import { mayProbe } from "./circuit.ts";
import type { ServiceDesk } from "./desk.ts";
import type { WantedCalls } from "./execute-accounting-via-service.ts";
import { executeAccountingViaService } from "./execute-accounting-via-service.ts";
import type { Flight, Landed } from "./flight.ts";
import { openAdapter } from "./http-adapter.ts";
import { giveBackProbe, takeProbe } from "./probe.ts";
import type { Service } from "./service-configuration.ts";
import type { Line } from "./lines.ts";
import { openLines } from "./lines.ts";
import { settleInSets } from "./settle-in-sets.ts";
import { takeOverAbandoned } from "./take-over.ts";
import { circuitsOf } from "./views.ts";
import type { Settled } from "./write-circuits.ts";

export interface Dispatcher {
  /**
   * Takes what may be taken now and starts it; answers how many calls. While one round is on its
   * way another may begin: what the first is going to bring counts as taken.
   */
  round(): Promise<number>;
  /** Takes over what dead workers left, sent or to be carried out; answers how many. */
  takeOver(): Promise<number>;
  /** Renews the leases of the calls under way. */
  renew(): Promise<void>;
  /** Resolves when no call is under way and every answer is settled. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

export interface DispatcherOptions {
  readonly worker: string;
  /** Called when there may be room again. */
  readonly freed?: () => void;
  /** Another way to speak to a service than its protocol, for measuring. */
  readonly openAdapter?: (service: Service) => ServiceAdapter;
}

/** A small set is soon on the record, so that no call waits for it; a tiny one costs as much. */
const MOST_AT_ONCE = 256;
const GROUNDED = { kind: "notSent", reason: "the circuit opened before it was sent" } as const;

export function createDispatcher(desk: ServiceDesk, options: DispatcherOptions): Dispatcher {
  const lines = openLines(desk, options.openAdapter ?? ((service) => openAdapter(desk, service)));
  const flying = new Map<Flight, Line>();
  const landings = settleInSets(desk, {
    isMoreComing: (landed) => flying.size > landed,
    settled: (set, settled) => {
      ended(flying, set, settled);
      options.freed?.();
    },
  });

  const depart = (line: Line): void => {
    for (const flight of line.runway.departures(line.service.concurrency)) void fly(line, flight);
  };

  const fly = async (line: Line, flight: Flight): Promise<void> => {
    const one = await callOnce(desk, flying.get(flight)?.adapter ?? line.adapter, flight);
    line.runway.landed(one.latencyMilliseconds);
    landings.add(one);
    depart(line);
    if (!line.runway.isWellFilled(line.service)) options.freed?.();
  };

  const arrived = (line: WantedLine, flights: readonly Flight[]): void => {
    const own = flights.filter((flight) => isOfLine(flight, line));
    for (const flight of own) {
      flying.set(flight, line);
      line.use.began();
    }
    line.gate.ended(line.limit - own.length);
    line.runway.add(own, line.limit);
    depart(line);
  };

  return {
    round: async () => {
      const wanted = await wantedCalls(desk, await lines.current(), (flight) =>
        landings.add({ flight, result: GROUNDED, latencyMilliseconds: 0 }),
      );
      let flights: readonly Flight[] = [];
      try {
        flights = await executeAccountingViaService(desk, options.worker, wanted);
      } finally {
        for (const line of wanted) arrived(line, flights);
      }
      await giveBackUnused(desk, wanted, flights);
      return flights.length;
    },
    takeOver: async () => {
      const current = await lines.current();
      const clientIds = [...new Set(current.map((line) => line.clientId))];
      const taken = await takeOverAbandoned(desk, clientIds);
      return taken + (await carryOutClosedAccounts(desk, clientsWithPolicy(current)));
    },
    renew: async () => {
      if (flying.size === 0) return;
      const keys = [...flying.keys()].map(assignmentOf);
      const until = leasedUntil(desk);
      await desk.engine.database.transaction((tx) => renewLeases(tx, options.worker, keys, until));
    },
    idle: async () => {
      while (flying.size > 0) {
        await (landings.settling() ?? delay(5));
      }
    },
    close: () => lines.close(),
  };
}

/** What is on the record makes room. */
function ended(
  flying: Map<Flight, Line>,
  set: readonly Landed[],
  settled: readonly Settled[],
): void {
  for (const one of settled) {
    if (one.fate === "answered") flying.get(one.landed.flight)?.gate.answered();
  }
  for (const { flight } of set) {
    const line = flying.get(flight);
    line?.gate.ended();
    line?.use.ended();
    flying.delete(flight);
  }
}

async function giveBackUnused(
  desk: ServiceDesk,
  wanted: readonly WantedLine[],
  flights: readonly Flight[],
): Promise<void> {
  for (const line of wanted) {
    const isSent = flights.some((flight) => isOfLine(flight, line));
    if (line.probe !== undefined && !isSent) await giveBackProbe(desk, line, line.probe);
  }
}

function isOfLine(flight: Flight, { clientId, service }: WantedCalls): boolean {
  return flight.clientId === clientId && flight.service.name === service.name;
}

function assignmentOf({ clientId, assignmentId }: Flight): { clientId: string; id: string } {
  return { clientId, id: assignmentId };
}

function leasedUntil({ engine, leaseSeconds }: ServiceDesk): string {
  return engine.clock
    .now()
    .add({ milliseconds: Math.round(leaseSeconds * 1000) })
    .toString();
}

async function callOnce(
  desk: ServiceDesk,
  adapter: ServiceAdapter,
  flight: Flight,
): Promise<Landed> {
  const { clock } = desk.engine;
  const started = performance.now();
  const result = await (async () => {
    // A worker that slept past its lease may have been taken over: it must not send now.
    if (clock.now().epochMilliseconds >= flight.sendBefore) {
      return { kind: "notSent", reason: "the lease was over before it was sent" } as const;
    }
    try {
      const isOurs = (): boolean => clock.now().epochMilliseconds < flight.sendBefore;
      return await adapter.send(flight.request, isOurs);
    } catch (error) {
      // Before the transport took it over: a secret or a key that is not there.
      desk.report(`service ${flight.service.name} cannot be called`, error);
      const why = error instanceof Failure ? `: ${error.message}` : "";
      return { kind: "notSent", reason: `the call could not be made${why}` } as const;
    }
  })();
  return { flight, result, latencyMilliseconds: performance.now() - started };
}

/** What a line may take now. */
interface WantedLine extends WantedCalls, Line {
  /** Taken for the one call of this line. */
  readonly probe?: Circuit;
}

/** Its calls count as started from now on. */
function reserved(line: Line, limit: number): WantedLine {
  line.gate.started(limit);
  line.runway.expects(limit);
  return { ...line, limit };
}

function limitOf({ gate, runway, service }: Line): number {
  return Math.min(MOST_AT_ONCE, gate.free(runway.room(service)));
}

/**
 * What each line may take now. An open circuit lets one probe through when its time has come; what
 * still waits to leave then stays here.
 */
async function wantedCalls(
  desk: ServiceDesk,
  lines: readonly Line[],
  stays: (flight: Flight) => void,
): Promise<WantedLine[]> {
  const now = desk.engine.clock.now().epochMilliseconds;
  const free = lines.filter((line) => limitOf(line) > 0);
  if (free.length === 0) return [];
  const rows = await circuitsOf(desk.engine.database, [
    ...new Set(free.map((one) => one.clientId)),
  ]);
  const circuits = new Map(rows.map((row) => [`${row.clientId} ${row.service}`, row]));
  const closed: Line[] = [];
  const probing: (Line & { readonly probe: Circuit })[] = [];
  for (const line of free) {
    const circuit = circuits.get(`${line.clientId} ${line.service.name}`);
    if (circuit === undefined || circuit.state === "closed") {
      closed.push(line);
      continue;
    }
    line.gate.broken();
    const waiting = line.runway.cleared();
    for (const flight of waiting) stays(flight);
    if (waiting.length > 0) continue;
    const probe = mayProbe(circuit, now) ? await takeProbe(desk, line) : null;
    if (probe !== null) probing.push({ ...line, probe });
  }
  // At once, for another round may have begun meanwhile; and last, for what is reserved is taken.
  return [
    ...probing.map((line) => ({ ...line, ...reserved(line, 1) })),
    ...closed
      .filter((line) => limitOf(line) > 0 && !line.runway.isWellFilled(line.service))
      .map((line) => reserved(line, limitOf(line))),
  ];
}
