/**
 * Changes the settings of a service: checked before they are saved, recorded with the difference,
 * picked up by running workers within a second.
 *
 * The rule it protects: a key's shape is not changed while a movement may be sent again; under
 * another key it could be posted twice.
 */
import { recordAudit } from "../access/audit.ts";
import { usableClients } from "../accounting/client-runtime.ts";
import type { Engine } from "../accounting/engine.ts";
import { updateClientSettings } from "../cases/store.ts";
import type { ClientRow } from "../cases/views.ts";
import { lockClient } from "../cases/views.ts";
import type { Queries, Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import { Failure } from "../kernel/failure.ts";

import { unknownRulesOf } from "./check-rules.ts";
import { serviceOf } from "./service-configuration.ts";
import type { SettingChange } from "./setting-changes.ts";
import { inWords, settingChanges } from "./setting-changes.ts";

export interface ServiceChange {
  readonly clientId: string;
  readonly name: string;
  /** The client's row version that was read. */
  readonly version: number;
  readonly actor: string;
  readonly requestId: string | null;
}

export interface OpenWork {
  /** Everything open that is routed to it. */
  readonly open: number;
  /** Of it, called now or of unknown outcome. */
  readonly undecided: number;
}

export interface ConfiguredService {
  readonly isNew: boolean;
  readonly changes: readonly SettingChange[];
  readonly work: OpenWork;
  /** The client's, after it. */
  readonly version: number;
}

/**
 * Saves the settings, or with `dryRun` says what it would change. Throws `configuration-invalid`
 * with places in the settings given, `stale-version`, `service-in-use`.
 */
export function configureService(
  engine: Engine,
  given: ServiceChange & { readonly settings: unknown; readonly dryRun: boolean },
): Promise<ConfiguredService> {
  const { name, settings, dryRun } = given;
  checkSettings(name, settings);
  return engine.database.transaction(async (tx) => {
    const client = await lockSeenClient(tx, given);
    await checkRules(tx, engine, given);
    const services = servicesIn(client);
    const before = services[name];
    const changes = settingChanges(before, settings);
    const work = await checkServiceChange(tx, given, before, settings);
    const answer = { isNew: before === undefined, changes, work, version: client.version };
    if (dryRun || changes.length === 0) return answer;
    await save(tx, client, { ...services, [name]: settings });
    await audit(tx, engine, given, "configureService", changes);
    return { ...answer, version: client.version + 1 };
  });
}

/** Throws `not-found`, `stale-version`, and `service-in-use` while something open points at it. */
export function removeService(engine: Engine, given: ServiceChange): Promise<void> {
  const { clientId, name } = given;
  return engine.database.transaction(async (tx) => {
    const client = await lockSeenClient(tx, given);
    const { [name]: before, ...others } = servicesIn(client);
    if (before === undefined) throw noSuchService(clientId, name);
    if ((client.settings as { service?: unknown }).service === name) {
      throw new Failure("service-in-use", `the settings of ${clientId} route to ${name}`, {
        service: name,
      });
    }
    await checkServiceChange(tx, given, before, undefined);
    await save(tx, client, others);
    await audit(tx, engine, given, "removeService", settingChanges(before, undefined));
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
    const detail = faults.map((fault) => `${fault.pointer || "/"}: ${fault.detail}`).join("; ");
    throw new Failure("configuration-invalid", detail, { service: name }, faults);
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
  if (faults.length === 0) return;
  const detail = faults.map((fault) => `${fault.pointer}: ${fault.detail}`).join("; ");
  throw new Failure("configuration-invalid", detail, { service: name }, faults);
}

async function lockSeenClient(tx: Transaction, given: ServiceChange): Promise<ClientRow> {
  const client = await lockClient(tx, given.clientId);
  if (client === undefined) {
    throw new Failure("not-found", `client ${given.clientId} does not exist`);
  }
  if (client.version !== given.version) {
    const detail = `version ${given.version} was read, it is ${client.version} now`;
    throw new Failure("stale-version", detail, { read: given.version, present: client.version });
  }
  return client;
}

function servicesIn(client: ClientRow): Record<string, unknown> {
  const { services } = client.settings as { services?: Record<string, unknown> };
  return services ?? {};
}

function save(tx: Transaction, client: ClientRow, services: unknown): Promise<void> {
  const settings = { ...(client.settings as object), services };
  return updateClientSettings(tx, { id: client.id, settings });
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
  readonly key?: { readonly format?: string };
  readonly callPer?: string;
}

/** What the key of a call is made of. */
const KEY_MAKERS = [
  { pointer: "/key/format", of: (one: unknown) => (one as KeySettings).key?.format ?? "uuid" },
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

async function audit(
  tx: Transaction,
  engine: Engine,
  { clientId, name, actor, requestId }: ServiceChange,
  action: string,
  changes: readonly SettingChange[],
): Promise<void> {
  const lines = changes.map(inWords);
  await recordAudit(tx, engine, [
    { actor, clientId, action, subject: `service/${name}`, reason: lines.join("\n"), requestId },
  ]);
}
