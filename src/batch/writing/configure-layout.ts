/**
 * Gives a profile another layout: checked with the client's facts and the profile's values before
 * it is saved, kept by its content, recorded with the difference.
 *
 * The rule it protects: one name and version of a layout is one content for ever.
 */
import { recordAudit } from "../../access/audit.ts";
import type { Engine } from "../../accounting/engine.ts";
import { updateClientSettings } from "../../cases/store.ts";
import type { ClientRow } from "../../cases/views.ts";
import { lockClient } from "../../cases/views.ts";
import type { Transaction } from "../../database/database.ts";
import { Failure } from "../../kernel/failure.ts";

import { batchProfile } from "../profile.ts";
import type { BatchProfile } from "../profile.ts";
import { declaredFacts, layoutSources } from "./layout-sources.ts";
import type { KeptLayout } from "./layouts.ts";
import { layoutOf } from "./layouts.ts";
import { keptOfName } from "./layout-views.ts";
import { keepLayout } from "./store-layouts.ts";

export interface SettingChange {
  /** JSON Pointer into the profile. */
  readonly pointer: string;
  /** As JSON text, shortened; null where it was not there. */
  readonly before: string | null;
  readonly after: string | null;
}

export interface LayoutChange {
  readonly clientId: string;
  readonly profile: string;
  /** The name of a shipped layout, or a layout as it is written. */
  readonly layout: string | Readonly<Record<string, unknown>>;
  /** What the layout asks for as `value.NAME`; those of the profile where left out. */
  readonly values?: Readonly<Record<string, string>> | undefined;
  /** The client's row version that was read. */
  readonly version: number;
  readonly actor: string;
  readonly requestId: string | null;
  readonly dryRun: boolean;
}

export interface ConfiguredLayout {
  readonly changes: readonly SettingChange[];
  readonly name: string;
  readonly layoutVersion: string;
  readonly sha256: string;
  /** The client's, after it. */
  readonly version: number;
}

/**
 * Saves the layout, or with `dryRun` says what it would change. Files that were written keep
 * theirs. Throws `configuration-invalid` with places in what was given, `not-found`,
 * `stale-version`.
 */
export function configureLayout(engine: Engine, given: LayoutChange): Promise<ConfiguredLayout> {
  const { clientId, profile: name, dryRun } = given;
  return engine.database.transaction(async (tx) => {
    const client = await lockSeenClient(tx, given);
    const runtime = (await engine.clients(tx, [clientId])).get(clientId);
    if (runtime === undefined) throw new Failure("not-found", `no client ${clientId}`);
    const profile = batchProfile(runtime.settings, name);
    const sources = layoutSources(declaredFacts(runtime.rulebook.facts));
    const values = given.values ?? profile.values;
    const kept = checked({ ...profile, values, layout: given.layout }, sources);
    await mustBeNew(tx, clientId, kept);
    const written = writtenProfiles(client)[name] as Record<string, unknown>;
    const after = {
      ...written,
      layout: given.layout,
      ...(given.values === undefined ? {} : { values: given.values }),
    };
    const changes = changesOf(written, after);
    const sha256 = kept.sha256.toString("hex");
    const { version: layoutVersion, name: layoutName } = kept.layout;
    const answer = { changes, name: layoutName, layoutVersion, sha256, version: client.version };
    if (dryRun || changes.length === 0) return answer;
    const now = engine.clock.now().toString();
    await keepLayout(tx, { clientId, ...kept, name: layoutName, version: layoutVersion }, now);
    await save(tx, client, name, after);
    const lines = [`${layoutName} ${layoutVersion}, SHA-256 ${sha256}`, ...changes.map(inWords)];
    await recordAudit(tx, engine, [
      {
        actor: given.actor,
        clientId,
        action: "configureBatchLayout",
        subject: `batchProfile/${name}`,
        reason: lines.join("\n"),
        requestId: given.requestId,
      },
    ]);
    return { ...answer, version: client.version + 1 };
  });
}

function checked(
  profile: Pick<BatchProfile, "name" | "values"> & Pick<LayoutChange, "layout">,
  sources: Parameters<typeof layoutOf>[1],
): KeptLayout {
  return layoutOf({ name: profile.name, values: profile.values, layout: profile.layout }, sources);
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

const SHOWN_CHARACTERS = 200;

/** Of the two members that may change; the whole layout is kept by its content. */
function changesOf(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): SettingChange[] {
  return ["layout", "values"].flatMap((name) => {
    const [was, becomes] = [before[name], after[name]].map((value) => JSON.stringify(value));
    if (was === becomes) return [];
    return [{ pointer: `/${name}`, before: shortened(was), after: shortened(becomes) }];
  });
}

function shortened(text: string | undefined): string | null {
  if (text === undefined) return null;
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}

function inWords({ pointer, before, after }: SettingChange): string {
  return `${pointer || "/"}: ${before ?? "–"} → ${after ?? "–"}`;
}

async function lockSeenClient(tx: Transaction, given: LayoutChange): Promise<ClientRow> {
  const client = await lockClient(tx, given.clientId);
  if (client === undefined) {
    throw new Failure("not-found", `client ${given.clientId} does not exist`);
  }
  if (client.version === given.version) return client;
  const detail = `version ${given.version} was read, it is ${client.version} now`;
  throw new Failure("stale-version", detail, { read: given.version, present: client.version });
}

function writtenProfiles({ settings }: ClientRow): Record<string, unknown> {
  return (settings as { batchProfiles?: Record<string, unknown> }).batchProfiles ?? {};
}

function save(tx: Transaction, client: ClientRow, name: string, profile: object): Promise<void> {
  const batchProfiles = { ...writtenProfiles(client), [name]: profile };
  const settings = { ...(client.settings as object), batchProfiles };
  return updateClientSettings(tx, { id: client.id, settings });
}
