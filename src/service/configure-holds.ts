/**
 * Changes a client's holds and the look-up services that they ask: checked against the rule book's
 * facts before they are saved, recorded with the difference. What is held now keeps its dates.
 */
import { clientSettings } from "../accounting/client-settings.ts";
import type { Engine } from "../accounting/engine.ts";
import { clientHolds } from "../accounting/holds/conditions.ts";
import type { ChangedSettings, SettingsChange } from "../cases/change-settings.ts";
import { changeSettings } from "../cases/change-settings.ts";
import { settingChanges } from "../cases/setting-changes.ts";
import type { ClientRow } from "../cases/views.ts";
import type { Queries } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import { Failure } from "../kernel/failure.ts";

import { lookUpServiceOf } from "./look-up-services.ts";

export interface WrittenHolds {
  readonly holds: Readonly<Record<string, unknown>>;
  readonly lookUps: Readonly<Record<string, unknown>>;
}

export interface HoldsChange extends SettingsChange {
  readonly written: WrittenHolds;
}

export interface ConfiguredHolds extends ChangedSettings {
  /** Movements that a hold of the settings holds now. */
  readonly held: number;
}

export function writtenHolds(settings: unknown): WrittenHolds {
  const { holds = {}, lookUps = {} } = settings as Partial<WrittenHolds>;
  return { holds, lookUps };
}

/** Throws `configuration-invalid` with places, `not-found`, `stale-version`. */
export function configureHolds(engine: Engine, given: HoldsChange): Promise<ConfiguredHolds> {
  const { clientId, written } = given;
  const { holds, lookUps } = written;
  return changeSettings(engine, given, async (tx, client) => {
    const runtime = (await engine.clients(tx, [clientId])).get(clientId);
    const read = clientSettings({ ...(client.settings as object), holds, lookUps });
    if (runtime !== undefined) clientHolds(read.holds, runtime.rulebook);
    checkLookUps(read);
    return {
      settings: { holds, lookUps },
      changes: settingChanges(writtenHolds(client.settings), { holds, lookUps }),
      answer: { held: await heldNow(tx, clientId) },
      action: "configureHolds",
      subject: `client/${clientId}`,
    };
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
