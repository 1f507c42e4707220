import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";
import { stringify } from "yaml";

import { standInService } from "../../../examples/stand-in-core/service.ts";
import { atTheTerminal } from "../../../test/support/cli.ts";
import { aDisputeOf, operate, testEngine } from "../../../test/support/engine.ts";
import { PAIN_VALUES } from "../../../test/support/trial-file.ts";
import { useDatabase } from "../../../test/support/use-database.ts";
import { clientSettingsShape } from "../../accounting/client-settings.ts";
import { sql } from "../../database/sql.ts";
import { clientCommands } from "./clients.ts";

const PROJECT = join(import.meta.dirname, "../../..");
const db = useDatabase();
const engine = testEngine(db);

const run = (...words: string[]) => atTheTerminal(engine, clientCommands, "clients", ...words);

const nightly = {
  layout: "generic-csv",
  marker: "TEST",
  delivery: { kind: "directory", directory: "/srv/files" },
};
const payments = { ...nightly, layout: "pain-001", values: PAIN_VALUES };
const BLANKS = { ...PAIN_VALUES, bic: "COBA DEFF" };
const core = standInService("http://127.0.0.1:9");
const TIERS = [{ above: "500.00", levels: 1 }];
const ODD = { delimeter: ";" };

let ordinal = 0;

/** Ids are never used twice: an engine remembers clients by id and version. */
function freshId(): string {
  return `bank-${(ordinal += 1)}`;
}

async function aFile(settings: unknown): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), "redress-client-")), "client.yaml");
  await writeFile(path, typeof settings === "string" ? settings : stringify(settings));
  return path;
}

async function configured(id: string, settings: unknown, ...options: string[]) {
  const { lines } = await run("configure", id, await aFile(settings), "--json", ...options);
  return JSON.parse(lines.join("")) as { isNew: boolean; changes: unknown[]; version: number };
}

async function ids(): Promise<string[]> {
  const { lines } = await run("list", "--json");
  return (JSON.parse(lines.join("")) as { id: string }[]).map((row) => row.id);
}

test("a client that is added is listed, shown as written, and its work goes its way", async () => {
  const id = freshId();
  const settings = { calendar: { zone: "America/Denver" }, batchProfiles: { nightly } };

  const added = await configured(id, settings, "--name", "Bank of Tests");

  expect(added).toMatchObject({ isNew: true, version: 1 });
  expect((await run("list")).lines.join("\n")).toContain("Bank of Tests");
  expect(JSON.parse((await run("show", id, "--json")).lines.join(""))).toEqual(settings);
  const dispute = await aDisputeOf(engine, id);
  const { adjustments } = await operate(engine, id, dispute, "issueProvisionalCredit");
  expect(adjustments[0]).toMatchObject({ route: "BATCH" });
});

test("a dry run saves nothing, and what is shown can be given back unchanged", async () => {
  const id = freshId();

  await configured(id, { services: { core } }, "--dry-run");
  const before = await ids();
  await configured(id, { services: { core } });
  const shown = (await run("show", id)).lines.join("\n");

  expect(before).not.toContain(id);
  expect(await configured(id, shown)).toEqual({ isNew: false, changes: [], version: 1 });
});

test.each([
  ["an unknown setting", { calender: {} }, /calender/],
  ["a zone that is none", { calendar: { zone: "Mars/Base" } }, /zone/],
  ["a rule book that is not there", { rulebook: "own" }, /no rule book own/],
  ["a service that does not load", { services: { core: { ...core, url: "core" } } }, /\/url/],
  ["a hold that asks nobody", { holds: { fraudCardStatus: { service: "cards" } } }, /fraudCard/],
  ["a layout that is none", { batchProfiles: { nightly: { ...nightly, layout: "x" } } }, /layout/],
  ["a route to nothing", { services: { core }, service: "other" }, /\/service: other/],
  ["tiers of no operation", { approvals: { payDisputes: TIERS } }, /\/approvals\/payDisputes/],
  ["tiers that nothing asks", { approvals: { publishRules: TIERS } }, /\/approvals\/publishRules/],
  ["a tracked rule that is none", { tracked: ["Paid", "Payed"] }, /\/tracked\/1: .*Payed/],
  ["nothing combined for nobody", { perEntry: ["core"] }, /\/perEntry\/0: core/],
  [
    "memo posts of no rule",
    { services: { core: { ...core, memoPost: { rules: ["Payed"] } } } },
    /\/services\/core\/memoPost\/rules\/0: .*Payed/,
  ],
  [
    "a service's text for no rule",
    { services: { core: { ...core, statementTexts: { Payed: "Paid" } } } },
    /\/services\/core\/statementTexts\/Payed/,
  ],
  [
    "a profile's text for no rule",
    { batchProfiles: { nightly: { ...nightly, statementTexts: { Payed: "Paid" } } } },
    /\/batchProfiles\/nightly\/statementTexts\/Payed/,
  ],
  [
    "a mapping of returns that does not read",
    { batchProfiles: { nightly: { ...nightly, returnFile: { format: "csv", mapping: ODD } } } },
    /\/batchProfiles\/nightly\/returnFile\/mapping/,
  ],
  [
    "an empty file of payments",
    { batchProfiles: { nightly: { ...payments, emptyFile: "send" } } },
    /\/batchProfiles\/nightly\/emptyFile: emptyFile is send/,
  ],
  [
    "a bank's own agent that is none",
    { batchProfiles: { nightly: { ...payments, values: BLANKS } } },
    /\/batchProfiles\/nightly\/values\/bic: a BIC/,
  ],
  [
    "a mapping of feeds that does not read",
    { reconciliation: { csv: ODD } },
    /\/reconciliation\/csv.*delimeter/,
  ],
])("%s is refused, and nothing is saved", async (_, settings, words) => {
  const id = freshId();

  const refused = run("configure", id, await aFile(settings));

  await expect(refused).rejects.toMatchObject({
    code: "configuration-invalid",
    message: expect.stringMatching(words) as string,
  });
  expect(await ids()).not.toContain(id);
});

test("a change is recorded with its difference and who made it", async () => {
  const id = freshId();
  await configured(id, {});

  const changed = await configured(id, { clocks: { automaticProvisionalCredit: true } });

  expect(changed).toMatchObject({ isNew: false, version: 2 });
  const acts = await db.query(sql`
    select action, reason, actor like 'cli:%' as "atTerminal" from audit
    where client_id = ${id} order by recorded_at, id`);
  expect(acts).toEqual([
    { action: "addClient", reason: "", atTerminal: true },
    {
      action: "configureClient",
      reason: '/clocks: – → {"automaticProvisionalCredit":true}',
      atTerminal: true,
    },
  ]);
});

test("what is open keeps its service and the shape of its keys", async () => {
  const id = freshId();
  await configured(id, { services: { core } });
  await operate(engine, id, await aDisputeOf(engine, id), "issueProvisionalCredit");
  const other = { ...core, key: { ...core.key, format: "int64" } };

  const removed = run("configure", id, await aFile({}));
  await expect(removed).rejects.toMatchObject({ code: "service-in-use" });
  const rekeyed = run("configure", id, await aFile({ services: { core: other } }));
  await expect(rekeyed).rejects.toMatchObject({ code: "service-in-use" });

  expect(await configured(id, { services: { core } })).toMatchObject({ changes: [], version: 1 });
});

test.each([
  ["taken away", {}, /a profile stays/],
  [
    "given another layout",
    { batchProfiles: { nightly: { ...nightly, layout: "json-lines" } } },
    /PUT/,
  ],
])("a profile is not %s here", async (_, settings, words) => {
  const id = freshId();
  await configured(id, { batchProfiles: { nightly } });

  const refused = run("configure", id, await aFile(settings));

  await expect(refused).rejects.toMatchObject({
    code: "configuration-invalid",
    message: expect.stringMatching(words) as string,
  });
});

test("payments of a profile that is saved already may not begin to be sent empty", async () => {
  const id = freshId();
  const withBic = (bic: string) => ({ ...payments, values: { ...PAIN_VALUES, bic } });
  await configured(id, { batchProfiles: { nightly: withBic("COBADEFF") } });
  // Saved before its values were looked at: they are put right elsewhere, and hold up nothing.
  await db.execute(sql`
    update client set settings = replace(settings::text, 'COBADEFF', 'COBA')::json
    where id = ${id}`);
  const sent = { ...withBic("COBA"), emptyFile: "send" };

  const empty = run("configure", id, await aFile({ batchProfiles: { nightly: sent } }));

  await expect(empty).rejects.toThrow("/batchProfiles/nightly/emptyFile");
  const later = { ...withBic("COBA"), cutOffs: [{ time: "17:00" }] };
  expect(await configured(id, { batchProfiles: { nightly: later } })).toMatchObject({ version: 2 });
});

test("what cannot be a client, or a file, is said", async () => {
  const file = await aFile({});
  const refusals = [
    [["configure", "My Bank", file], "input-invalid"],
    [["configure", freshId(), await aFile("- a list")], "input-invalid"],
    [["configure", freshId(), await aFile("{")], "input-invalid"],
    [["configure", freshId(), "nowhere.yaml"], "not-found"],
    [["show", "nobody"], "not-found"],
  ] as const;

  for (const [words, code] of refusals) {
    await expect(run(...words)).rejects.toMatchObject({ code });
  }
});

test("the page of settings names every one of them", async () => {
  const page = await readFile(join(PROJECT, "docs/reference/clients.md"), "utf8");

  const rows = page.split("\n").filter((line) => line.startsWith("| `"));

  const named = rows.flatMap((row) => (row.split("|")[1] ?? "").match(/[a-zA-Z]+/g) ?? []);
  expect(named.toSorted()).toEqual(Object.keys(clientSettingsShape.shape).toSorted());
});
