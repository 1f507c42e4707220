/**
 * `redress batch`: generate, list, show, resend, regenerate, acknowledge, inbound. A command writes
 * and sends the files itself; a running server beside it takes part, and each file is sent once.
 */
import type { Command } from "commander";
import { Option } from "commander";

import { attestFile } from "../../batch/attest-file.ts";
import type { BatchDesk } from "../../batch/desk.ts";
import { generateAll, previewGeneration } from "../../batch/generate-all.ts";
import type { GenerationFault, GenerationScope } from "../../batch/generate-all.ts";
import { previewRegeneration, STATEMENTS } from "../../batch/regenerate.ts";
import type { Statement } from "../../batch/regenerate.ts";
import { resend } from "../../batch/resend.ts";
import { testDestination } from "../../batch/test-destination.ts";
import { stateFate } from "../../batch/state-fate.ts";
import { transmitNext } from "../../batch/transmit.ts";
import type { FileRow } from "../../batch/views.ts";
import { chainOfFile, findFile, listFiles, transmissionSteps } from "../../batch/views.ts";
import { json } from "../../database/sql.ts";
import { Failure } from "../../kernel/failure.ts";
import { UUID } from "../../kernel/ids.ts";
import { formatAmount } from "../../kernel/money.ts";
import type { CommandContext } from "../context.ts";
import { EXIT } from "../exit-code.ts";
import { printListing } from "../output.ts";
import { layoutCommands } from "./batch-layouts.ts";
import { inboundCommands } from "./batch-inbound.ts";
import { actor, clientsOf, withDesk } from "./with-desk.ts";

interface Chosen {
  readonly client?: string;
  readonly profile?: string;
  readonly json?: boolean;
  readonly dryRun?: boolean;
  readonly limit?: string;
  readonly reason?: string;
  readonly statement?: Statement;
  readonly reference?: string;
  readonly refused?: boolean;
  readonly adjustment?: string[];
}

export function batchCommands(program: Command, context: CommandContext): void {
  const group = program.command("batch").description("accounting files: write, send, make again");
  const command = (name: string, description: string): Command =>
    group.command(name).description(description).option("--json", "print the result as JSON");

  command("generate", "write all pending accounting to file now, and send it")
    .option("--client <id>", "only this client's")
    .option("--profile <name>", "only this batch profile")
    .option("--dry-run", "show what would leave")
    .action((chosen: Chosen) => withDesk(context, (desk) => runGenerate(context, desk, chosen)));
  command("list", "files, newest first")
    .option("--client <id>", "only this client's")
    .option("--profile <name>", "only this batch profile")
    .option("--limit <count>", "at most so many", "50")
    .action((chosen: Chosen) => withDesk(context, (desk) => runList(context, desk, chosen)));
  command("show", "one file: totals, transmissions, what it supersedes")
    .argument("<file>", "id of the file")
    .action((id: string, chosen: Chosen) =>
      withDesk(context, (desk) => runShow(context, desk, id, chosen)),
    );
  command("test-connection", "test the way to a profile's destination; no file of money is sent")
    .requiredOption("--client <id>", "whose profile")
    .requiredOption("--profile <name>", "which batch profile")
    .action((chosen: Chosen) => withDesk(context, (desk) => runTest(context, desk, chosen)));
  command("resend", "send the same bytes once more, because they did not arrive")
    .argument("<file>", "id of the file")
    .requiredOption("--reason <text>", "why")
    .action((id: string, chosen: Chosen) =>
      withDesk(context, (desk) => runResend(context, desk, id, chosen)),
    );
  command("regenerate", "void a file that was not processed and write what it held anew")
    .argument("<file>", "id of the file")
    .addOption(
      new Option("--statement <what>", "what became of the file at its destination")
        .choices([...STATEMENTS])
        .makeOptionMandatory(),
    )
    .requiredOption("--reason <text>", "how you know")
    .option("--dry-run", "show the difference, make nothing")
    .action((id: string, chosen: Chosen) =>
      withDesk(context, (desk) => runRegenerate(context, desk, id, chosen)),
    );
  command("acknowledge", "record the destination's answer to a file or to single lines")
    .argument("<file>", "id of the file")
    .requiredOption("--reference <text>", "the destination's reference, or its reason code")
    .option("--refused", "the lines were refused")
    .option("--adjustment <ids...>", "only the lines of these adjustments")
    .action((id: string, chosen: Chosen) =>
      withDesk(context, (desk) => runAcknowledge(context, desk, id, chosen)),
    );
  inboundCommands(group, context);
  layoutCommands(group, context);
}

async function runGenerate(
  context: CommandContext,
  desk: BatchDesk,
  chosen: Chosen,
): Promise<void> {
  const scope: GenerationScope = {
    clients: await clientsOf(desk, chosen.client),
    profile: chosen.profile ?? null,
  };
  if (chosen.dryRun === true) {
    const { previews, faults } = await previewGeneration(desk, scope);
    if (chosen.json === true) context.print(json({ previews }));
    for (const { leaves, stays, ...one } of chosen.json === true ? [] : previews) {
      const sums = leaves.map((sum) => `${sum.count} of ${money(sum.amountMinor, sum.currency)}`);
      const nothing = one.expected.isEmpty ? "an empty file" : "nothing";
      const waiting = stays.reduce((count, sum) => count + sum.count, 0n);
      context.print(
        `${one.clientId} ${one.profile}: ${sums.join(", ") || nothing}, posting ` +
          `${one.postingDate}${waiting > 0n ? `; ${waiting} wait for their day` : ""}`,
      );
    }
    return tellFaults(context, faults);
  }
  const { generated, faults } = await generateAll(desk, scope, actor());
  await sendAll(desk);
  if (chosen.json === true) context.print(json({ generated }));
  for (const one of chosen.json === true ? [] : generated) {
    const files = one.files.map(
      (file) => `${file.fileName} (${file.totals.adjustmentCount} adjustments, ${file.id})`,
    );
    const refused = one.refused > 0 ? `; ${one.refused} did not fit` : "";
    context.print(
      `${one.clientId} ${one.profile}: ${files.join(", ") || "nothing pending"}${refused}`,
    );
  }
  tellFaults(context, faults);
}

/** Sends what is due now; what fails is tried again by the worker, at its times. */
async function sendAll(desk: BatchDesk): Promise<void> {
  const options = { worker: `cli:${process.pid}`, leaseSeconds: 300, spacingDivisor: 1 };
  while ((await transmitNext(desk, options)) !== null);
}

function tellFaults(context: CommandContext, faults: readonly GenerationFault[]): void {
  for (const { clientId, profile, failure } of faults) {
    context.remark(`${clientId} ${profile}: ${failure.code}: ${failure.message}`);
    for (const { pointer, detail } of failure.faults) context.remark(`  ${pointer}: ${detail}`);
  }
  if (faults.length > 0) context.finish(EXIT.partlyDone);
}

async function runList(context: CommandContext, desk: BatchDesk, chosen: Chosen): Promise<void> {
  const limit = Number(chosen.limit);
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new Failure("input-invalid", `--limit ${chosen.limit ?? ""} is not a count`);
  }
  const clients = await clientsOf(desk, chosen.client);
  const files = await listFiles(desk.engine.database, {
    clients,
    profile: chosen.profile ?? null,
    limit,
  });
  printListing(context, files.map(rowOf), {
    json: chosen.json === true,
    columns: ["client", "profile", "sequence", "state", "adjustments", "debits", "credits", "id"],
  });
}

async function runShow(
  context: CommandContext,
  desk: BatchDesk,
  id: string,
  chosen: Chosen,
): Promise<void> {
  const { database } = desk.engine;
  const file = await fileOf(desk, id);
  const steps = await transmissionSteps(database, file.clientId, file.id);
  const chain = await chainOfFile(database, file.clientId, file.id);
  const shown = { ...rowOf(file), ...detailOf(file) };
  if (chosen.json === true) {
    return context.print(json({ ...shown, chain: chain.map(rowOf), transmissions: steps }));
  }
  for (const [name, value] of Object.entries(shown)) {
    if (value !== null) context.print(`${name.padEnd(14)} ${value}`);
  }
  for (const one of chain.filter((other) => other.id !== file.id)) {
    const relation = one.sequence < file.sequence ? "supersedes" : "superseded by";
    context.print(`${relation.padEnd(14)} ${one.sequence} ${one.id} (${one.state})`);
  }
  for (const { recordedAt, transmission, attempt, step, detail } of steps) {
    context.print(`${recordedAt}  ${transmission}.${attempt}  ${step}  ${json(detail)}`);
  }
}

async function runTest(context: CommandContext, desk: BatchDesk, chosen: Chosen): Promise<void> {
  const { client: clientId = "", profile = "" } = chosen;
  const test = await testDestination(desk, { clientId, profile });
  if (test.outcome === "failed") context.finish(EXIT.unavailable);
  if (chosen.json === true) return context.print(json(test));
  for (const { name, outcome, detail, advice } of test.steps) {
    context.print(`${outcome.padEnd(8)} ${name.padEnd(11)} ${detail}`);
    if (advice !== null) context.print(`${"".padEnd(21)}${advice}`);
  }
}

async function runResend(
  context: CommandContext,
  desk: BatchDesk,
  id: string,
  chosen: Chosen,
): Promise<void> {
  const { clientId } = await fileOf(desk, id);
  await resend(desk, { clientId, fileId: id, reason: chosen.reason ?? "", actor: actor() });
  await sendAll(desk);
  tellFile(context, await fileOf(desk, id), chosen);
}

async function runRegenerate(
  context: CommandContext,
  desk: BatchDesk,
  id: string,
  chosen: Chosen,
): Promise<void> {
  const { clientId, currency } = await fileOf(desk, id);
  if (chosen.dryRun === true) {
    const preview = await previewRegeneration(desk, { clientId, fileId: id });
    const { sums, lines, nextPostingDate, postsLater } = preview;
    const needsSecondPerson = preview.need !== null;
    if (chosen.json === true) {
      return context.print(json({ sums, lines, nextPostingDate, postsLater, needsSecondPerson }));
    }
    for (const { fate, count, amountMinor } of sums) {
      context.print(`${fate.padEnd(18)} ${count} of ${money(amountMinor, currency)}`);
    }
    return context.print(
      `posting date ${nextPostingDate}${postsLater ? ", later than before" : ""}`,
    );
  }
  const { done, waiting } = await stateFate(desk, {
    clientId,
    fileId: id,
    statement: chosen.statement ?? "notReceived",
    reason: chosen.reason ?? "",
    actor: actor(),
  });
  if (done === null) {
    if (chosen.json === true) return context.print(json({ waiting: waiting.id }));
    // One person at a terminal is one person: another one approves it, here or in the portal.
    return context.print(`statement ${waiting.id} waits for a second person's word`);
  }
  await sendAll(desk);
  if (chosen.json === true) {
    const { cameBack, refused, files } = done;
    return context.print(json({ voided: id, cameBack, refused, files }));
  }
  const files = done.files.map((file) => `${file.fileName} (${file.id})`).join(", ");
  context.print(`${id} is void; ${done.cameBack} lines came back: ${files}`);
}

async function runAcknowledge(
  context: CommandContext,
  desk: BatchDesk,
  id: string,
  chosen: Chosen,
): Promise<void> {
  const { clientId } = await fileOf(desk, id);
  const attested = await attestFile(desk, {
    clientId,
    fileId: id,
    adjustmentIds: chosen.adjustment ?? null,
    answer: chosen.refused === true ? "refused" : "accepted",
    reference: chosen.reference ?? "",
    actor: actor(),
  });
  context.remark(
    attested.waits
      ? `waits for another person's word: ${attested.rule}`
      : `${attested.settled} lines answered`,
  );
  tellFile(context, attested.file, chosen);
}

function tellFile(context: CommandContext, file: FileRow, chosen: Chosen): void {
  if (chosen.json === true) return context.print(json(rowOf(file)));
  const problem = file.problem === null ? "" : `: ${file.problem}`;
  context.print(`${file.fileName} is ${file.state}${problem}`);
}

async function fileOf(desk: BatchDesk, id: string): Promise<FileRow> {
  const isId = UUID.test(id.toLowerCase());
  const clients = await clientsOf(desk, undefined);
  const file = isId ? await findFile(desk.engine.database, clients, id) : undefined;
  if (file === undefined) throw new Failure("not-found", `no batch file ${id}`, { file: id });
  return file;
}

function rowOf(file: FileRow) {
  return {
    client: file.clientId,
    profile: file.profile,
    sequence: file.sequence,
    id: file.id,
    name: file.fileName,
    state: file.state,
    adjustments: file.adjustmentCount,
    debits: `${file.debitCount} ${money(file.debitMinor, file.currency)}`,
    credits: `${file.creditCount} ${money(file.creditMinor, file.currency)}`,
    createdAt: file.createdAt,
  };
}

function detailOf(file: FileRow) {
  return {
    marker: file.marker,
    postingDate: file.postingDate,
    layout: `${String(file.facts.file.layoutName)} ${String(file.facts.file.layoutVersion)}`,
    details: file.detailCount,
    lines: file.lineCount,
    bytes: file.sizeBytes,
    sha256: file.sha256.toString("hex"),
    hashTotal: file.hashTotal,
    problem: file.problem,
    handedOverAt: file.handedOverAt,
    acknowledgedAt: file.acknowledgedAt,
    void: file.voidStatement === null ? null : `${file.voidStatement}: ${file.voidReason ?? ""}`,
  };
}

function money(minor: string, currency: string): string {
  return `${formatAmount(BigInt(minor), currency)} ${currency}`;
}

/** Who sits at the terminal, by the system's word. */
