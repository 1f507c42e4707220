/**
 * Changes a client's settings of clocks: checked before they are saved, recorded with the
 * difference. Who switches a credit by the machine on has a hand in every credit that it issues.
 */
import { recordAudit } from "../../access/audit.ts";
import { clientSettings } from "../../accounting/client-settings.ts";
import type { Engine } from "../../accounting/engine.ts";
import { updateClientSettings } from "../../cases/store.ts";
import { lockClient } from "../../cases/views.ts";
import { Failure } from "../../kernel/failure.ts";
import type { SettingChange } from "../../service/setting-changes.ts";
import { settingChanges } from "../../service/setting-changes.ts";

import { insertAutomations } from "./store.ts";

export type WrittenClocks = Readonly<Record<string, unknown>>;

export interface ClocksChange {
  readonly clientId: string;
  /** The client's row version that was read. */
  readonly version: number;
  readonly written: WrittenClocks;
  readonly dryRun: boolean;
  readonly actor: string;
  readonly requestId: string | null;
}

export interface ConfiguredClocks {
  readonly changes: readonly SettingChange[];
  /** The client's, after it. */
  readonly version: number;
}

/** What the machine does by itself, by its setting: of which operation it is. */
export const AUTOMATIONS = {
  automaticProvisionalCredit: "issueProvisionalCredit",
  automaticFinalCredit: "payDispute",
} as const;

type Automation = keyof typeof AUTOMATIONS;

export function writtenClocks(settings: unknown): WrittenClocks {
  return (settings as { readonly clocks?: WrittenClocks }).clocks ?? {};
}

/** Throws `configuration-invalid` with places, `not-found`, `stale-version`. */
export function configureClocks(engine: Engine, given: ClocksChange): Promise<ConfiguredClocks> {
  const { clientId, written, dryRun, actor, requestId } = given;
  return engine.database.transaction(async (tx) => {
    const client = await lockClient(tx, clientId);
    if (client === undefined) throw new Failure("not-found", `client ${clientId} does not exist`);
    if (client.version !== given.version) {
      const detail = `version ${given.version} was read, it is ${client.version} now`;
      throw new Failure("stale-version", detail, { read: given.version, present: client.version });
    }
    const before = writtenClocks(client.settings);
    const settings = { ...(client.settings as object), clocks: written };
    const { clocks } = clientSettings(settings);
    const changes = settingChanges(before, written);
    if (dryRun || changes.length === 0) return { changes, version: client.version };
    await updateClientSettings(tx, { id: client.id, settings });
    const switched = (Object.keys(AUTOMATIONS) as Automation[])
      .filter((setting) => (before[setting] === true) !== clocks[setting])
      .map((setting) => ({ clientId, id: engine.ids.next(), setting, isOn: clocks[setting] }));
    await insertAutomations(tx, switched, { actor, now: engine.clock.now().toString() });
    const reason = changes
      .map((one) => `${one.pointer || "/"}: ${one.before ?? "–"} → ${one.after ?? "–"}`)
      .join("\n");
    await recordAudit(tx, engine, [
      {
        actor,
        clientId,
        action: "configureClocks",
        subject: `client/${clientId}`,
        reason,
        requestId,
      },
    ]);
    return { changes, version: client.version + 1 };
  });
}
