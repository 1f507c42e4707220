/**
 * Gives a profile another layout: checked with the client's facts and the profile's values before
 * it is saved, kept by its content, recorded with the difference.
 *
 * The rule it protects: one name and version of a layout is one content for ever.
 */
import type { Engine } from "../../accounting/engine.ts";
import type { ChangedSettings, SettingsChange } from "../../cases/change-settings.ts";
import { changeSettings } from "../../cases/change-settings.ts";
import { changeAt } from "../../cases/setting-changes.ts";
import type { ClientRow } from "../../cases/views.ts";
import type { Transaction } from "../../database/database.ts";
import { Failure } from "../../kernel/failure.ts";
import { refused } from "../../kernel/field-faults.ts";

import { batchProfile } from "../profile.ts";
import type { BatchProfile } from "../profile.ts";
import { emptyFileFaults, ownAccountFaults } from "./check-payment.ts";
import { declaredFacts, layoutSources } from "./layout-sources.ts";
import type { KeptLayout } from "./layouts.ts";
import { layoutOf } from "./layouts.ts";
import { keptOfName } from "./layout-views.ts";
import { keepLayout } from "./store-layouts.ts";

export interface LayoutChange extends SettingsChange {
  readonly profile: string;
  /** The name of a shipped layout, or a layout as it is written. */
  readonly layout: string | Readonly<Record<string, unknown>>;
  /** What the layout asks for as `value.NAME`; those of the profile where left out. */
  readonly values?: Readonly<Record<string, string>> | undefined;
}

export interface ConfiguredLayout extends ChangedSettings {
  readonly name: string;
  readonly layoutVersion: string;
  readonly sha256: string;
}

/**
 * Saves the layout, or with `dryRun` says what it would change. Files that were written keep
 * theirs. Throws `configuration-invalid` with places in what was given, `not-found`,
 * `stale-version`.
 */
export function configureLayout(engine: Engine, given: LayoutChange): Promise<ConfiguredLayout> {
  const { clientId, profile: name } = given;
  return changeSettings(engine, given, async (tx, client) => {
    const runtime = (await engine.clients(tx, [clientId])).get(clientId);
    if (runtime === undefined) throw new Failure("not-found", `no client ${clientId}`);
    const profile = batchProfile(runtime.settings, name);
    const sources = layoutSources(declaredFacts(runtime.rulebook.facts));
    const values = given.values ?? profile.values;
    const kept = checked({ ...profile, values, layout: given.layout }, sources);
    await mustBeNew(tx, clientId, kept);
    const profiles = writtenProfiles(client);
    const written = profiles[name] as Record<string, unknown>;
    const after: Record<string, unknown> = {
      ...written,
      layout: given.layout,
      ...(given.values === undefined ? {} : { values: given.values }),
    };
    const sha256 = kept.sha256.toString("hex");
    const { version: layoutVersion, name: layoutName } = kept.layout;
    const now = engine.clock.now().toString();
    return {
      settings: { batchProfiles: { ...profiles, [name]: after } },
      // Each as one value: the whole layout is kept by its content.
      changes: ["layout", "values"].flatMap((part) =>
        changeAt(`/${part}`, written[part], after[part]),
      ),
      answer: { name: layoutName, layoutVersion, sha256 },
      action: "configureBatchLayout",
      subject: `batchProfile/${name}`,
      heading: `${layoutName} ${layoutVersion}, SHA-256 ${sha256}`,
      alongside: () =>
        keepLayout(tx, { clientId, ...kept, name: layoutName, version: layoutVersion }, now),
    };
  });
}

function checked(
  profile: Pick<BatchProfile, "name" | "values" | "emptyFile"> & Pick<LayoutChange, "layout">,
  sources: Parameters<typeof layoutOf>[1],
): KeptLayout {
  const { name, values } = profile;
  const kept = layoutOf({ name, values, layout: profile.layout }, sources);
  const faults = [
    ...emptyFileFaults(profile, kept.layout, "/layout"),
    ...ownAccountFaults(kept.layout, values),
  ];
  if (faults.length > 0) throw refused("configuration-invalid", faults);
  return kept;
}

async function mustBeNew(tx: Transaction, clientId: string, kept: KeptLayout): Promise<void> {
  const { name, version } = kept.layout;
  const others = await keptOfName(tx, clientId, name);
  const same = others.find((one) => one.version === version);
  if (same === undefined || same.sha256.equals(kept.sha256)) return;
  const detail = `version ${version} of ${name} is kept with other content: give it a new version`;
  throw new Failure("configuration-invalid", detail, { layout: name, version }, [
    { pointer: "/version", detail },
  ]);
}

function writtenProfiles({ settings }: ClientRow): Record<string, unknown> {
  return (settings as { batchProfiles?: Record<string, unknown> }).batchProfiles ?? {};
}
