/**
 * Changes a client's holds and the look-up services that they ask: checked against the rule book's
 * facts before they are saved, recorded with the difference. What is held now keeps its dates.
 */
import { recordAudit } from "../access/audit.ts";
import { clientSettings } from "../accounting/client-settings.ts";
import type { Engine } from "../accounting/engine.ts";
import { clientHolds } from "../accounting/holds/conditions.ts";
import { updateClientSettings } from "../cases/store.ts";
import type { ClientRow } from "../cases/views.ts";
import { lockClient } from "../cases/views.ts";
import type { Queries } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import { Failure } from "../kernel/failure.ts";

import { lookUpServiceOf } from "./look-up-services.ts";
import type { SettingChange } from "./setting-changes.ts";
import { inWords, settingChanges } from "./setting-changes.ts";

export interface WrittenHolds {
  readonly holds: Readonly<Record<string, unknown>>;
  readonly lookUps: Readonly<Record<string, unknown>>;
}

export interface HoldsChange {
  readonly clientId: string;
  /** The client's row version that was read. */
  readonly version: number;
  readonly written: WrittenHolds;
  readonly dryRun: boolean;
  readonly actor: string;
  readonly requestId: string | null;
}

export interface ConfiguredHolds {
  readonly changes: readonly SettingChange[];
  /** Movements that a hold of the settings holds now. */
  readonly held: number;
  /** The client's, after it. */
  readonly version: number;
}

export function writtenHolds(settings: unknown): WrittenHolds {
  const { holds = {}, lookUps = {} } = settings as Partial<WrittenHolds>;
  return { holds, lookUps };
}

/** Throws `configuration-invalid` with places, `not-found`, `stale-version`. */
export function configureHolds(engine: Engine, given: HoldsChange): Promise<ConfiguredHolds> {
  const { clientId, written, dryRun, actor, requestId } = given;
  return engine.database.transaction(async (tx) => {
    const client = await lockClient(tx, clientId);
    if (client === undefined) throw new Failure("not-found", `client ${clientId} does not exist`);
    if (client.version !== given.version) {
      const detail = `version ${given.version} was read, it is ${client.version} now`;
      throw new Failure("stale-version", detail, { read: given.version, present: client.version });
    }
    const settings = { ...(client.settings as object), ...written };
    const runtime = (await engine.clients(tx, [clientId])).get(clientId);
    const read = clientSettings(settings);
    if (runtime !== undefined) clientHolds(read.holds, runtime.rulebook);
    checkLookUps(read);
    const changes = settingChanges(writtenHolds(client.settings), written);
    const held = await heldNow(tx, clientId);
    if (dryRun || changes.length === 0) return { changes, held, version: client.version };
    await updateClientSettings(tx, { id: client.id, settings });
    const lines = changes.map(inWords);
    const action = "configureHolds";
    const reason = lines.join("\n");
    await recordAudit(tx, engine, [
      { actor, clientId, action, subject: `client/${clientId}`, reason, requestId },
    ]);
    return { changes, held, version: client.version + 1 };
  });
}

/** Why the settings as they stand would hold nothing rightly; null: they load. */
export function holdsProblem(client: ClientRow): string | null {
  try {
    checkLookUps(clientSettings(client.settings));
    return null;
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
}

/**
 * Every look-up service that is written loads, and every one that a hold asks is written. Throws
 * `configuration-invalid` with places.
 */
export function checkLookUps(settings: ReturnType<typeof clientSettings>): void {
  for (const name of Object.keys(settings.lookUps)) lookUpServiceOf(settings, name);
  const { activeCardNumber, fraudCardStatus } = settings.holds;
  for (const [hold, asked] of Object.entries({ activeCardNumber, fraudCardStatus })) {
    const service = asked?.service ?? null;
    if (service === null || Object.hasOwn(settings.lookUps, service)) continue;
    const pointer = `/holds/${hold}/service`;
    const detail = `${service} is not one of lookUps`;
    throw new Failure("configuration-invalid", `${pointer}: ${detail}`, {}, [{ pointer, detail }]);
  }
}

/** Served by `adjustment_planned`. */
async function heldNow(db: Queries, clientId: string): Promise<number> {
  const { held } = await db.one<{ held: number }>(sql`
    select count(*)::int as held
    from adjustment
    where client_id = ${clientId} and state = 'planned' and hold ? 'watch'
  `);
  return held;
}
