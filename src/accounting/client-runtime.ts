/**
 * Assembles clients for the engine: settings, calendar and rule book, kept until the client's row
 * changes.
 */
import { allClients, clientsById, clientVersions } from "../cases/views.ts";
import type { Database, Queries } from "../database/database.ts";
import { assert } from "../kernel/assert.ts";
import type { BusinessCalendar } from "../kernel/calendar.ts";
import { businessCalendar } from "../kernel/calendar.ts";
import type { Clock } from "../kernel/clock.ts";
import { Failure } from "../kernel/failure.ts";
import type { Ids } from "../kernel/ids.ts";
import type { RuleBook } from "../rulebook/load.ts";
import type { TermsFacts } from "../work/assignment-terms.ts";
import { assignmentTermsFrom } from "../work/assignment-terms.ts";
import type { SlaSource } from "../work/raise-urgencies.ts";
import { slaOf } from "../work/sla.ts";

import { clientSettings } from "./client-settings.ts";
import type { ClientRuntime, Engine, ReleaseDay } from "./engine.ts";
import { clientHolds } from "./holds/conditions.ts";

export interface EngineParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: Ids;
  /** The rule book by id, e.g. `standard`; undefined where there is none. */
  readonly rulebooks: (id: string) => RuleBook | undefined;
  /** When the batch window that takes an adjustment leaves, where that is known. */
  readonly departureOf?: (facts: TermsFacts, client: ClientRuntime) => string | null;
  /** When the window leaves that posts on a date; the date itself where left out. */
  readonly releaseDay?: ReleaseDay;
  /** As `Engine.creditBy`. */
  readonly creditBy?: Engine["creditBy"];
}

export function createEngine(parts: EngineParts): Engine {
  const known = new Map<string, ClientRuntime>();

  const clients = async (
    db: Queries,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, ClientRuntime>> => {
    const versions = new Map((await clientVersions(db, ids)).map((row) => [row.id, row.version]));
    const missing = ids.find((id) => !versions.has(id));
    if (missing !== undefined) {
      throw new Failure("not-found", `client ${missing} does not exist`, { client: missing });
    }
    const changed = ids.filter((id) => known.get(id)?.version !== versions.get(id));
    if (changed.length > 0) {
      for (const row of await clientsById(db, changed)) {
        known.set(row.id, assembleClient(row, parts.rulebooks));
      }
    }
    return new Map(ids.map((id) => [id, known.get(id) as ClientRuntime]));
  };

  const runtimeOf = (clientId: string): ClientRuntime => {
    const client = known.get(clientId);
    assert(client !== undefined, `client ${clientId} was loaded before`);
    return client;
  };
  const calendarOf = (clientId: string): BusinessCalendar => runtimeOf(clientId).calendar;
  const departureOf = (facts: TermsFacts): string | null =>
    parts.departureOf?.(facts, runtimeOf(facts.clientId)) ?? null;
  return {
    database: parts.database,
    clock: parts.clock,
    ids: parts.ids,
    clients,
    releaseDay: parts.releaseDay,
    ...(parts.creditBy === undefined ? {} : { creditBy: parts.creditBy }),
    assignmentTerms: assignmentTermsFrom({
      calendarOf,
      departureOf,
      slaOf: (clientId, type) => slaOf(type, runtimeOf(clientId).settings.slas),
    }),
  };
}

/** SLA and calendar of clients as they are now; the shipped SLA where settings do not load. */
export function slaSource(engine: Engine): SlaSource {
  return async (db, clientIds) => {
    const { usable } = await usableClients(engine, db, clientIds);
    const known = new Map(usable.map((client) => [client.id, client]));
    return (clientId, type) => {
      const client = known.get(clientId);
      return { sla: slaOf(type, client?.settings.slas), calendar: client?.calendar };
    };
  };
}

/** As `usableClients`, of all clients there are. */
export async function allUsableClients(
  engine: Engine,
): Promise<{ usable: ClientRuntime[]; unusable: UnusableClient[] }> {
  const ids = (await allClients(engine.database)).map((row) => row.id);
  return usableClients(engine, engine.database, ids);
}

export interface UnusableClient {
  readonly id: string;
  readonly failure: Failure;
}

/**
 * Those of the clients whose settings load, in order of their ids, and what is wrong with the
 * others: whoever works for all clients goes on with the rest.
 */
export async function usableClients(
  engine: Engine,
  db: Queries,
  ids: readonly string[],
): Promise<{ usable: ClientRuntime[]; unusable: UnusableClient[] }> {
  if (ids.length === 0) return { usable: [], unusable: [] };
  const usable: ClientRuntime[] = [];
  const unusable: UnusableClient[] = [];
  const take = async (some: readonly string[]): Promise<void> => {
    try {
      usable.push(...(await engine.clients(db, some)).values());
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== "configuration-invalid") throw error;
      if (some.length > 1) for (const id of some) await take([id]);
      else unusable.push({ id: some[0] as string, failure: error });
    }
  };
  await take(ids.toSorted());
  return { usable, unusable };
}

/** Throws `configuration-invalid` with places, where the settings do not load. */
export function assembleClient(
  row: { id: string; name: string; settings: unknown; version: number },
  rulebooks: EngineParts["rulebooks"],
): ClientRuntime {
  const settings = clientSettings(row.settings);
  const rulebook = rulebooks(settings.rulebook);
  if (rulebook === undefined) {
    throw new Failure(
      "configuration-invalid",
      `client ${row.id}: no rule book ${settings.rulebook}`,
      {
        client: row.id,
      },
    );
  }
  // Refused when saved and when loaded: a hold that cannot be asked would let money through.
  clientHolds(settings.holds, rulebook);
  const unknown = settings.clocks.disabled.find((id) => !rulebook.clocks.has(id));
  if (unknown !== undefined) {
    const detail = `/clocks/disabled: the rule book has no clock ${unknown}`;
    throw new Failure("configuration-invalid", detail, { client: row.id }, [
      { pointer: "/clocks/disabled", detail },
    ]);
  }
  return {
    id: row.id,
    name: row.name,
    version: row.version,
    settings,
    calendar: businessCalendar(settings.calendar),
    rulebook,
  };
}
