/**
 * Changes a client's settings of clocks: checked before they are saved, recorded with the
 * difference. Who switches a credit by the machine on has a hand in every credit that it issues.
 */
import { clientSettings } from "../../accounting/client-settings.ts";
import type { Engine } from "../../accounting/engine.ts";
import type { ChangedSettings, SettingsChange } from "../../cases/change-settings.ts";
import { changeSettings } from "../../cases/change-settings.ts";
import { settingChanges } from "../../cases/setting-changes.ts";

import { insertAutomations } from "./store.ts";

export type WrittenClocks = Readonly<Record<string, unknown>>;

export interface ClocksChange extends SettingsChange {
  readonly written: WrittenClocks;
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
export function configureClocks(engine: Engine, given: ClocksChange): Promise<ChangedSettings> {
  const { clientId, written, actor } = given;
  return changeSettings(engine, given, async (tx, client) => {
    const before = writtenClocks(client.settings);
    const { clocks } = clientSettings({ ...(client.settings as object), clocks: written });
    const switched = (Object.keys(AUTOMATIONS) as Automation[])
      .filter((setting) => (before[setting] === true) !== clocks[setting])
      .map((setting) => ({ clientId, id: engine.ids.next(), setting, isOn: clocks[setting] }));
    return {
      settings: { clocks: written },
      changes: settingChanges(before, written),
      answer: {},
      action: "configureClocks",
      subject: `client/${clientId}`,
      alongside: () =>
        insertAutomations(tx, switched, { actor, now: engine.clock.now().toString() }),
    };
  });
}
