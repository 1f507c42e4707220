/**
 * Changes the settings of a service: checked before they are saved, recorded with the difference,
 * picked up by running workers within a second.
 *
 * The rule it protects: a key's shape and place are not changed while a movement may be sent again;
 * under another key, or under none that the core finds, it could be posted twice.
 */
import { usableClients } from "../accounting/client-runtime.ts";
import type { Engine } from "../accounting/engine.ts";
import type { ChangedSettings, SettingsChange } from "../cases/change-settings.ts";
import { changeSettings } from "../cases/change-settings.ts";
import { settingChanges } from "../cases/setting-changes.ts";
import type { ClientRow } from "../cases/views.ts";
import type { Queries, Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import { Failure } from "../kernel/failure.ts";
import { refused } from "../kernel/field-faults.ts";

import { unknownRulesOf } from "./check-rules.ts";
import { serviceOf } from "./service-configuration.ts";

export interface ServiceChange extends SettingsChange {
  readonly name: string;
}

export interface OpenWork {
  /** Everything open that is routed to it. */
  readonly open: number;
  /** Of it, called now or of unknown outcome. */
  readonly undecided: number;
}

export interface ConfiguredService extends ChangedSettings {
  readonly isNew: boolean;
  readonly work: OpenWork;
}

/**
 * Saves the settings, or with `dryRun` says what it would change. Throws `configuration-invalid`
 * with places in the settings given, `stale-version`, `service-in-use`.
 */
export function configureService(
  engine: Engine,
  given: ServiceChange & { readonly settings: unknown },
): Promise<ConfiguredService> {
  const { name, settings } = given;
  checkSettings(name, settings);
  return changeSettings(engine, given, async (tx, client) => {
    await checkRules(tx, engine, given);
    const services = servicesIn(client);
    const before = services[name];
    const work = await checkServiceChange(tx, given, before, settings);
    return {
      settings: { services: { ...services, [name]: settings } },
      changes: settingChanges(before, settings),
      answer: { isNew: before === undefined, work },
      action: "configureService",
      subject: `service/${name}`,
    };
  });
}

/** Throws `not-found`, `stale-version`, and `service-in-use` while something open points at it. */
export async function removeService(engine: Engine, given: ServiceChange): Promise<void> {
  const { clientId, name } = given;
  await changeSettings(engine, given, async (tx, client) => {
    const { [name]: before, ...others } = servicesIn(client);
    if (before === undefined) throw noSuchService(clientId, name);
    if ((client.settings as { service?: unknown }).service === name) {
      throw new Failure("service-in-use", `the settings of ${clientId} route to ${name}`, {
        service: name,
      });
    }
    await checkServiceChange(tx, given, before, undefined);
    return {
      settings: { services: others },
      changes: settingChanges(before, undefined),
      answer: {},
      action: "removeService",
      subject: `service/${name}`,
    };
  });
}

/**
 * What is open at the service. Throws `service-in-use` where that forbids the change: another shape
 * of its keys, or with `after` undefined its removal.
 */
export async function checkServiceChange(
  db: Queries,
  { clientId, name }: Pick<ServiceChange, "clientId" | "name">,
  before: unknown,
  after: unknown,
): Promise<OpenWork> {
  const work = await openWorkOf(db, clientId, name);
  if (before === undefined) return work;
  if (after !== undefined) refuseOtherKey(name, before, after, work);
  else if (work.open > 0) {
    const detail = `${work.open} open adjustments are routed to ${name}`;
    throw new Failure("service-in-use", detail, { service: name, open: work.open });
  }
  return work;
}

export function noSuchService(clientId: string, name: string): Failure {
  return new Failure("not-found", `${clientId} has no service ${name}`, {
    client: clientId,
    service: name,
  });
}

/** Its places count from the service's own settings, for they alone were given. */
function checkSettings(name: string, settings: unknown): void {
  try {
    serviceOf({ services: { [name]: settings } }, name);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const prefix = `/services/${name}`;
    const faults = error.faults.map(({ pointer, detail }) => ({
      pointer: pointer.startsWith(prefix) ? pointer.slice(prefix.length) : pointer,
      detail,
    }));
    throw refused("configuration-invalid", faults, { service: name });
  }
}

/** Where the client as it is does not load there is no rule book to ask. */
async function checkRules(
  tx: Transaction,
  engine: Engine,
  { clientId, name, settings }: ServiceChange & { readonly settings: unknown },
): Promise<void> {
  const [client] = (await usableClients(engine, tx, [clientId])).usable;
  const service = serviceOf({ services: { [name]: settings } }, name);
  if (client === undefined || service === undefined) return;
  const faults = unknownRulesOf(service, client.rulebook, "");
  if (faults.length > 0) throw refused("configuration-invalid", faults, { service: name });
}

function servicesIn(client: ClientRow): Record<string, unknown> {
  const { services } = client.settings as { services?: Record<string, unknown> };
  return services ?? {};
}

function refuseOtherKey(name: string, before: unknown, after: unknown, work: OpenWork): void {
  // Anything open, for a worker may be taking it this very moment.
  const changed = KEY_MAKERS.filter(({ of }) => of(before) !== of(after));
  if (work.open === 0 || changed.length === 0) return;
  throw new Failure(
    "service-in-use",
    `${work.open} open adjustments are routed to ${name}: their keys stay as they are`,
    { service: name, open: work.open },
    changed.map(({ pointer }) => ({
      pointer,
      detail: "cannot change while something open may be sent",
    })),
  );
}

interface KeySettings {
  readonly key?: { readonly format?: string; readonly header?: string | null };
  readonly callPer?: string;
}

function headerOf(one: unknown): string | null {
  const { header } = (one as KeySettings).key ?? {};
  return header === undefined ? "idempotency-key" : (header?.toLowerCase() ?? null);
}

/** What the key of a call is made of, and where the core looks for it. */
const KEY_MAKERS = [
  { pointer: "/key/format", of: (one: unknown) => (one as KeySettings).key?.format ?? "uuid" },
  { pointer: "/key/header", of: headerOf },
  { pointer: "/callPer", of: (one: unknown) => (one as KeySettings).callPer ?? "adjustment" },
];

/** Served by `adjustment_by_state`. */
async function openWorkOf(db: Queries, clientId: string, service: string): Promise<OpenWork> {
  return db.one<OpenWork & Record<string, number>>(sql`
    select count(*)::int as open,
           (count(*) filter (where state in ('sending', 'unknown')))::int as undecided
    from adjustment
    where client_id = ${clientId}
      and state not in ('executed', 'tracked', 'cancelled')
      and route = 'AUTO'
      and destination = ${service}
  `);
}

const OF_CONNECTION = new RegExp(
  "^/((url|protocol|authentication|secretHeaders|tls|key|soap/security)(/|$)|post/(path|method)$)",
);

/** Where calls go, and who we say we are: what decides whose book is written. */
export function isOfConnection({ pointer }: { readonly pointer: string }): boolean {
  return OF_CONNECTION.test(pointer);
}
