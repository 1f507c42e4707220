/**
 * Adds a client, or changes its settings: every part is read by the room that works with it before
 * anything is saved, and the difference is recorded. Part of the composition root, because the
 * parts belong to rooms that do not know each other.
 *
 * The rule it protects: what is open keeps what it needs, the key of its service and the layout of
 * its files.
 */
import { recordAudit } from "./access/audit.ts";
import { assembleClient } from "./accounting/client-runtime.ts";
import type { ClientRuntime, Engine } from "./accounting/engine.ts";
import { unknownNames } from "./accounting/settings-names.ts";
import { followSavedCutOffs } from "./batch/cut-off-gaps.ts";
import { batchProfiles } from "./batch/profile.ts";
import { emptyFileFaults, ownAccountFaults } from "./batch/writing/check-payment.ts";
import { declaredFacts, layoutSources } from "./batch/writing/layout-sources.ts";
import { layoutOf } from "./batch/writing/layouts.ts";
import { insertClient, updateClientSettings } from "./cases/store.ts";
import { lockClient } from "./cases/views.ts";
import type { Transaction } from "./database/database.ts";
import { checkMapping } from "./formats/read/read-inbound.ts";
import { Failure } from "./kernel/failure.ts";
import { refused } from "./kernel/field-faults.ts";
import type { OpenEngine } from "./open-engine.ts";
import { textsOf, unknownRules } from "./rulebook/rule-names.ts";
import { checkLookUps } from "./service/configure-holds.ts";
import { checkServiceChange } from "./service/configure-service.ts";
import { unknownRulesOf } from "./service/check-rules.ts";
import { servicesOf } from "./service/service-configuration.ts";
import type { SettingChange } from "./cases/setting-changes.ts";
import { inWords, settingChanges } from "./cases/setting-changes.ts";

const CLIENT_ID = /^[a-z0-9][a-z0-9-]{0,30}$/;

export interface ClientChange {
  readonly id: string;
  /** Given when it is added; the id where left out. A client keeps its name. */
  readonly name?: string | undefined;
  /** All of its settings, as they are written. */
  readonly settings: unknown;
  readonly actor: string;
  /** Checked and compared, not saved. */
  readonly dryRun: boolean;
}

export interface ConfiguredClient {
  readonly isNew: boolean;
  readonly changes: readonly SettingChange[];
  /** The client's, after it. */
  readonly version: number;
}

/**
 * Throws `input-invalid` for an id or name that cannot be, `configuration-invalid` with places in
 * the settings, `service-in-use` where open work forbids the change.
 */
export function configureClient(
  engine: Engine,
  rulebooks: OpenEngine["rulebooks"],
  given: ClientChange,
): Promise<ConfiguredClient> {
  const { id, settings, dryRun } = given;
  if (!CLIENT_ID.test(id)) {
    const detail = `${id}: 1 to 31 small letters, digits and dashes, no dash first`;
    throw new Failure("input-invalid", detail, {}, [{ pointer: "/id", detail }]);
  }
  return engine.database.transaction(async (tx) => {
    const before = await lockClient(tx, id);
    const { name = before?.name ?? id } = given;
    if (before !== undefined && name !== before.name) {
      throw new Failure("input-invalid", `${id} is called ${before.name}: that stays`);
    }
    const version = before?.version ?? 0;
    const known = Object.keys((before?.settings as Parts | undefined)?.batchProfiles ?? {});
    const runtime = assembleClient({ id, name, settings, version }, rulebooks);
    checkParts(runtime, new Set(known));
    if (before !== undefined) {
      await checkChange(tx, id, before.settings as Parts, settings as Parts);
    }
    const changes = settingChanges(before?.settings ?? {}, settings);
    const isNew = before === undefined;
    if (dryRun || (changes.length === 0 && !isNew)) return { isNew, changes, version };
    if (isNew) await add(tx, engine, { id, name, settings });
    else await updateClientSettings(tx, { id, settings });
    await followSavedCutOffs(tx, id, runtime.settings, engine.clock.now().toString());
    const reason = changes.map(inWords).join("\n");
    await recordAudit(tx, engine, [
      {
        actor: given.actor,
        clientId: id,
        action: isNew ? "addClient" : "configureClient",
        subject: `client/${id}`,
        reason,
      },
    ]);
    return { isNew, changes, version: version + 1 };
  });
}

async function add(
  tx: Transaction,
  engine: Engine,
  client: { id: string; name: string; settings: unknown },
): Promise<void> {
  const isAdded = await insertClient(tx, { ...client, createdAt: engine.clock.now().toString() });
  if (!isAdded) throw new Failure("already-exists", `client ${client.id} was added this moment`);
}

/**
 * As each part is read when it is used, and every name of a part stands for something. The values
 * of profiles that are known already do not change here.
 */
function checkParts({ settings, rulebook }: ClientRuntime, known: ReadonlySet<string>): void {
  const services = [...servicesOf(settings).values()];
  checkLookUps(settings);
  const sources = layoutSources(declaredFacts(rulebook.facts));
  const profiles = [...batchProfiles(settings).values()];
  const ofFiles = profiles.flatMap((profile) => {
    const { layout } = layoutOf(profile, sources);
    const place = `/batchProfiles/${profile.name}`;
    const ofValues = known.has(profile.name) ? [] : ownAccountFaults(layout, profile.values);
    return [
      ...emptyFileFaults(profile, layout, `${place}/emptyFile`),
      ...ofValues.map((fault) => ({ ...fault, pointer: `${place}${fault.pointer}` })),
    ];
  });
  for (const { name, returnFile } of profiles) {
    if (returnFile === undefined) continue;
    const { format, mapping } = returnFile;
    checkMapping(format, mapping, `/batchProfiles/${name}/returnFile/mapping`);
  }
  checkMapping("csv", settings.reconciliation.csv, "/reconciliation/csv");
  const faults = [
    ...ofFiles,
    ...unknownNames(settings, rulebook),
    ...services.flatMap((one) => unknownRulesOf(one, rulebook, `/services/${one.name}`)),
    ...profiles.flatMap((one) =>
      unknownRules(rulebook, textsOf(one, `/batchProfiles/${one.name}`)),
    ),
  ];
  if (faults.length > 0) throw refused("configuration-invalid", faults);
}

interface Parts {
  readonly services?: Readonly<Record<string, unknown>>;
  readonly batchProfiles?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

async function checkChange(
  tx: Transaction,
  clientId: string,
  before: Parts,
  after: Parts,
): Promise<void> {
  for (const [name, written] of Object.entries(before.services ?? {})) {
    await checkServiceChange(tx, { clientId, name }, written, after.services?.[name]);
  }
  for (const [name, written] of Object.entries(before.batchProfiles ?? {})) {
    const pointer = `/batchProfiles/${name}`;
    const profile = after.batchProfiles?.[name];
    // Its files are made again from it, whenever somebody asks.
    if (profile === undefined)
      throw refused("configuration-invalid", [{ pointer, detail: "a profile stays" }]);
    for (const part of ["layout", "values"]) {
      if (settingChanges(written[part], profile[part]).length === 0) continue;
      const way = `PUT /v1/clients/${clientId}/batch-profiles/${name}/layout`;
      const detail = `is changed with ${way}, which keeps the versions`;
      throw refused("configuration-invalid", [{ pointer: `${pointer}/${part}`, detail }]);
    }
  }
}
