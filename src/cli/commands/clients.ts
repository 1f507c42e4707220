/** `redress clients`: the institutions served, and their settings as files. */
import { readFile } from "node:fs/promises";

import type { Command } from "commander";
import { parse, stringify } from "yaml";

import { usableClients } from "../../accounting/client-runtime.ts";
import { allClients, clientsById } from "../../cases/views.ts";
import { configureClient } from "../../configure-client.ts";
import { json } from "../../database/sql.ts";
import { Failure } from "../../kernel/failure.ts";
import type { OpenEngine } from "../../open-engine.ts";
import { inWords } from "../../cases/setting-changes.ts";
import type { CommandContext } from "../context.ts";
import { printListing } from "../output.ts";

import { actor } from "./with-desk.ts";

interface Given {
  readonly name?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export function clientCommands(program: Command, context: CommandContext): void {
  const group = program.command("clients").description("the institutions served, their settings");
  group
    .command("list")
    .description("clients by id, and what is wrong with settings that do not load")
    .option("--json", "print the result as JSON")
    .action((given: Given) => opened(context, (open) => list(context, open, given)));
  group
    .command("show")
    .description("a client's settings as they were written, to be changed and given back")
    .argument("<client>", "its id")
    .option("--json", "print them as JSON")
    .action((id: string, given: Given) =>
      opened(context, (open) => show(context, open, id, given)),
    );
  group
    .command("configure")
    .description("add a client, or change its settings; nothing is saved where a part is wrong")
    .argument("<client>", "its id: small letters, digits, dashes")
    .argument("<file>", "all of its settings, as YAML or JSON")
    .option("--name <name>", "of a client that is added; its id if left out")
    .option("--dry-run", "check, and show the difference")
    .option("--json", "print the result as JSON")
    .action((id: string, file: string, given: Given) =>
      opened(context, (open) => configure(context, open, { id, file, ...given })),
    );
}

async function opened(
  context: CommandContext,
  work: (open: OpenEngine) => Promise<void>,
): Promise<void> {
  const open = await context.openEngine();
  try {
    await work(open);
  } finally {
    await open.close();
  }
}

async function list(context: CommandContext, { engine }: OpenEngine, given: Given): Promise<void> {
  const rows = await allClients(engine.database);
  const { unusable } = await usableClients(
    engine,
    engine.database,
    rows.map((row) => row.id),
  );
  const problems = new Map(unusable.map((one) => [one.id, one.failure.message]));
  printListing(
    context,
    rows.map(({ id, name, version }) => ({ id, name, version, problem: problems.get(id) ?? null })),
    { json: given.json === true, columns: ["id", "name", "version", "problem"] },
  );
}

async function show(
  context: CommandContext,
  { engine }: OpenEngine,
  id: string,
  given: Given,
): Promise<void> {
  const [client] = await clientsById(engine.database, [id]);
  if (client === undefined) throw new Failure("not-found", `client ${id} does not exist`);
  const { settings } = client;
  context.print(given.json === true ? json(settings) : stringify(settings).trimEnd());
}

async function configure(
  context: CommandContext,
  { engine, rulebooks }: OpenEngine,
  given: Given & { readonly id: string; readonly file: string },
): Promise<void> {
  const { id, name, dryRun = false } = given;
  const settings = await writtenIn(given.file);
  const asked = { id, name, settings, dryRun, actor: actor() };
  const done = await configureClient(engine, rulebooks, asked);
  if (given.json === true) return context.print(json(done));
  for (const change of done.changes) context.print(inWords(change));
  const what = done.isNew ? "added" : `version ${done.version}`;
  context.remark(dryRun ? "nothing was saved" : `${id}: ${what}`);
}

/** Throws `not-found` or `input-invalid` for what cannot be read. */
async function writtenIn(file: string): Promise<object> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new Failure("not-found", `there is no file ${file}`, { file });
  });
  let settings: unknown;
  try {
    settings = parse(text);
  } catch (error) {
    throw new Failure("input-invalid", `${file}: ${(error as Error).message}`, { file });
  }
  if (typeof settings === "object" && settings !== null && !Array.isArray(settings)) {
    return settings;
  }
  throw new Failure("input-invalid", `${file} has to hold settings by name`, { file });
}
