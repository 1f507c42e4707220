/**
 * Changes a part of a client's settings, whichever room the part belongs to: the client's row is
 * locked, its version is the one that was read, and the difference is recorded with who made it.
 */
import { recordAudit } from "../access/audit.ts";
import type { Database, Transaction } from "../database/database.ts";
import type { Clock } from "../kernel/clock.ts";
import { Failure } from "../kernel/failure.ts";
import type { Ids } from "../kernel/ids.ts";
import { refuseStale } from "../kernel/row-version.ts";

import type { SettingChange } from "./setting-changes.ts";
import { inWords } from "./setting-changes.ts";
import { updateClientSettings } from "./store.ts";
import type { ClientRow } from "./views.ts";
import { lockClient } from "./views.ts";

export interface SettingsChange {
  readonly clientId: string;
  /** The client's row version that was read. */
  readonly version: number;
  readonly actor: string;
  readonly requestId: string | null;
  /** Checked and compared, not saved. */
  readonly dryRun?: boolean;
}

export interface ChangedSettings {
  readonly changes: readonly SettingChange[];
  /** The client's, after it. */
  readonly version: number;
}

/** What a room makes of its part: checked by it, with what it answers besides. */
export interface ChangedPart<Answer> {
  /** Members of the settings that take the place of those that were there. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly changes: readonly SettingChange[];
  readonly answer: Answer;
  /** What the audit calls it, and what it was done to. */
  readonly action: string;
  readonly subject: string;
  /** Stands in the audit above the difference. */
  readonly heading?: string;
  /** Written together with it, where anything changes. */
  readonly alongside?: () => Promise<void>;
}

/** Throws `not-found`, `stale-version`, and what the part throws. Nothing changed is not saved. */
export function changeSettings<Answer extends object>(
  engine: { readonly database: Database; readonly clock: Clock; readonly ids: Ids },
  given: SettingsChange,
  part: (tx: Transaction, client: ClientRow) => Promise<ChangedPart<Answer>>,
): Promise<Answer & ChangedSettings> {
  const { clientId, actor, requestId, dryRun = false } = given;
  return engine.database.transaction(async (tx) => {
    const client = await lockClient(tx, clientId);
    if (client === undefined) throw new Failure("not-found", `client ${clientId} does not exist`);
    refuseStale(given.version, client.version);
    const { settings, changes, answer, action, subject, ...more } = await part(tx, client);
    if (dryRun || changes.length === 0) return { ...answer, changes, version: client.version };
    await more.alongside?.();
    const after = { ...(client.settings as object), ...settings };
    await updateClientSettings(tx, { id: clientId, settings: after });
    const lines = changes.map(inWords);
    const reason = (more.heading === undefined ? lines : [more.heading, ...lines]).join("\n");
    await recordAudit(tx, engine, [{ actor, clientId, action, subject, reason, requestId }]);
    return { ...answer, changes, version: client.version + 1 };
  });
}
