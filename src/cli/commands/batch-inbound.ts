/**
 * `redress batch inbound …`: takes in what a destination sent back, lists what its lines did, and
 * settles single lines by hand, with a reason.
 */
import { readFile, stat } from "node:fs/promises";

import type { Command } from "commander";
import { Option } from "commander";

import { listAlarms } from "../../batch/alarms.ts";
import type { BatchDesk } from "../../batch/desk.ts";
import { EXPLANATIONS } from "../../batch/inbound/explanations.ts";
import type { Explanation } from "../../batch/inbound/explanations.ts";
import { receiveFile } from "../../batch/inbound/receive-file.ts";
import {
  readFileAgain,
  redriveLine,
  refuseFile,
  releaseFile,
  setLineAside,
} from "../../batch/inbound/settle-by-hand.ts";
import type { LineState } from "../../batch/inbound/store.ts";
import type { InboundFileRow } from "../../batch/inbound/views.ts";
import {
  findInboundFile,
  lineCounts,
  linesOfInbound,
  listInboundFiles,
} from "../../batch/inbound/views.ts";
import type { WaitsFor } from "../../batch/inbound/waits.ts";
import { WAITS_FOR, waitsFor } from "../../batch/inbound/waits.ts";
import { workInbound } from "../../batch/inbound/work-inbound.ts";
import { json } from "../../database/sql.ts";
import { MOST_BYTES, sizeInWords } from "../../formats/read/limits.ts";
import { Failure } from "../../kernel/failure.ts";
import { UUID } from "../../kernel/ids.ts";
import type { CommandContext } from "../context.ts";
import { printListing } from "../output.ts";
import { actor, clientsOf, withDesk } from "./with-desk.ts";

interface Chosen {
  readonly client?: string;
  readonly profile?: string;
  readonly json?: boolean;
  readonly limit?: string;
  readonly state?: LineState;
  readonly waits?: WaitsFor | "any";
  readonly reason?: string;
  readonly match?: string;
  readonly setAside?: boolean;
  readonly release?: boolean;
  readonly refuse?: boolean;
}

const LINE_STATES = ["waiting", "applied", "repeated", "noted", "unmatched", "setAside"];

export function inboundCommands(group: Command, context: CommandContext): void {
  const command = (name: string, description: string): Command =>
    group.command(name).description(description).option("--json", "print the result as JSON");
  const run =
    (
      work: (context: CommandContext, desk: BatchDesk, id: string, chosen: Chosen) => Promise<void>,
    ) =>
    (id: string, chosen: Chosen) =>
      withDesk(context, (desk) => work(context, desk, id, chosen));

  command("inbound", "take in a file that a destination sent back, and match its lines")
    .argument("<path>", "the file")
    .requiredOption("--profile <name>", "the batch profile whose files it answers")
    .option("--client <id>", "whose profile, where there are several clients")
    .action(run(takeIn));
  command("inbound-list", "return files, newest first")
    .option("--client <id>", "only this client's")
    .option("--profile <name>", "only this batch profile")
    .addOption(
      new Option("--waits [for]", "only those that wait: for this, or for anything")
        .choices([...Object.keys(WAITS_FOR), "any"])
        .preset("any"),
    )
    .option("--limit <count>", "at most so many", "50")
    .action((chosen: Chosen) => withDesk(context, (desk) => list(context, desk, chosen)));
  command("inbound-lines", "the lines of a return file, and what each did")
    .argument("<file>", "id of the return file")
    .addOption(new Option("--state <state>", "only lines of this state").choices(LINE_STATES))
    .option("--limit <count>", "at most so many", "500")
    .action(run(showLines));
  command("inbound-line", "settle one line: match it again, to a line of ours, or set it aside")
    .argument("<file:line>", "id of the return file, a colon, the line's place among its lines")
    .requiredOption("--reason <text>", "why")
    .option("--match <batch:line>", "the line of our file that it speaks of")
    .option("--set-aside", "it stays without effect")
    .action(run(settleLine));
  command("inbound-file", "release or refuse a held file; read a refused one again")
    .argument("<file>", "id of the return file")
    .requiredOption("--reason <text>", "why")
    .option("--release", "match its lines although its totals differ")
    .option("--refuse", "take none of its lines")
    .action(run(decideFile));
  command("alarms", "what an owner has to look at")
    .option("--client <id>", "only this client's")
    .option("--limit <count>", "at most so many", "50")
    .action((chosen: Chosen) => withDesk(context, (desk) => alarms(context, desk, chosen)));
}

async function takeIn(
  context: CommandContext,
  desk: BatchDesk,
  path: string,
  chosen: Chosen,
): Promise<void> {
  const clients = await clientsOf(desk, chosen.client);
  const [clientId] = clients;
  if (clientId === undefined || clients.length > 1) {
    throw new Failure("input-invalid", "say which client with --client");
  }
  const { size } = await stat(path);
  if (size > MOST_BYTES) {
    const limit = sizeInWords(MOST_BYTES);
    throw new Failure("body-too-large", `${path} has more than ${limit}`, {
      limitBytes: MOST_BYTES,
    });
  }
  const { file, isRepeat } = await receiveFile(desk, {
    clientId,
    profile: chosen.profile ?? "",
    name: path,
    source: "command",
    bytes: await readFile(path),
    actor: actor(),
  });
  if (isRepeat) context.remark(`these bytes came before, as ${file.name}: nothing was done again`);
  await tell(context, desk, await workInbound(desk, clientId, file.id), chosen);
}

async function tell(
  context: CommandContext,
  desk: BatchDesk,
  file: InboundFileRow,
  chosen: Chosen,
): Promise<void> {
  const counts = await lineCounts(desk.engine.database, file);
  if (chosen.json === true) return context.print(json({ ...rowOf(file), counts }));
  const problem = file.problem === null ? "" : `: ${file.problem}`;
  context.print(`${file.name} is ${file.state}${problem} (${file.id})`);
  for (const { line, place, reason } of file.faults.slice(0, 20)) {
    context.print(`  ${line === null ? place : `line ${line}, ${place}`}: ${reason}`);
  }
  for (const { control, said, counted, agrees } of file.totals) {
    if (!agrees) context.print(`  ${control}: ${said} said, ${counted} counted`);
  }
  for (const { state, outcome, count } of counts) {
    context.print(`  ${count} ${state}${outcome === null ? "" : `, ${outcome}`}`);
  }
}

async function list(context: CommandContext, desk: BatchDesk, chosen: Chosen): Promise<void> {
  const files = await listInboundFiles(desk.engine.database, {
    clients: await clientsOf(desk, chosen.client),
    profile: chosen.profile ?? null,
    waits: chosen.waits ?? null,
    limit: Number(chosen.limit ?? "50"),
  });
  const columns = ["client", "profile", "name", "state", "waits", "lines", "receivedAt", "id"];
  printListing(context, files.map(rowOf), { json: chosen.json === true, columns });
}

async function showLines(
  context: CommandContext,
  desk: BatchDesk,
  id: string,
  chosen: Chosen,
): Promise<void> {
  const file = await inboundFile(desk, id);
  const lines = await linesOfInbound(desk.engine.database, file, {
    after: 0n,
    limit: Number(chosen.limit ?? "500"),
    state: chosen.state ?? null,
  });
  const rows = lines.map((line) => ({
    place: line.ordinal,
    line: line.line,
    status: line.status,
    reference: line.endToEndId ?? line.reference ?? line.traceNumber,
    minor: line.amountMinor,
    code: line.code,
    state: line.state,
    outcome: line.outcome ?? wordsOf(line.explanation),
    adjustment: line.adjustmentId,
  }));
  const columns = Object.keys(rows[0] ?? { place: null });
  printListing(context, rows, { json: chosen.json === true, columns });
}

async function settleLine(
  context: CommandContext,
  desk: BatchDesk,
  at: string,
  chosen: Chosen,
): Promise<void> {
  const [id, ordinal] = placeOf(at);
  const { clientId } = await inboundFile(desk, id);
  const reason = chosen.reason ?? "";
  const on = { clientId, fileId: id, ordinal, reason, actor: actor() };
  const [fileId, lineNumber] = chosen.match === undefined ? [] : placeOf(chosen.match);
  const to = fileId === undefined || lineNumber === undefined ? null : { fileId, lineNumber };
  const settled =
    chosen.setAside === true
      ? await setLineAside(desk, on)
      : await redriveLine(desk, { ...on, to });
  if (chosen.json === true) return context.print(json(settled));
  const words = settled.outcome ?? wordsOf(settled.explanation);
  context.print(`line ${ordinal} is ${settled.state}${words === null ? "" : `: ${words}`}`);
}

async function decideFile(
  context: CommandContext,
  desk: BatchDesk,
  id: string,
  chosen: Chosen,
): Promise<void> {
  const { clientId } = await inboundFile(desk, id);
  const request = { clientId, fileId: id, reason: chosen.reason ?? "", actor: actor() };
  if (chosen.release === true) await releaseFile(desk, request);
  else if (chosen.refuse === true) await refuseFile(desk, request);
  else await readFileAgain(desk, request);
  await tell(context, desk, await workInbound(desk, clientId, id), chosen);
}

async function alarms(context: CommandContext, desk: BatchDesk, chosen: Chosen): Promise<void> {
  const rows = await listAlarms(desk.engine.database, {
    clients: await clientsOf(desk, chosen.client),
    onlyOpen: true,
    limit: Number(chosen.limit ?? "50"),
  });
  const columns = ["owner", "kind", "text", "raisedAt", "id"];
  const shown = rows.map(({ clientId, id, profile, kind, subject, owner, text, raisedAt }) => ({
    client: clientId,
    id,
    profile,
    kind,
    subject,
    owner,
    text,
    raisedAt,
  }));
  printListing(context, shown, { json: chosen.json === true, columns });
}

function placeOf(text: string): readonly [string, bigint] {
  const found = /^([0-9a-f-]{36}):([0-9]{1,15})$/i.exec(text);
  if (found === null) throw new Failure("input-invalid", `${text} is not ID:LINE`);
  return [found[1] as string, BigInt(found[2] as string)];
}

async function inboundFile(desk: BatchDesk, id: string): Promise<InboundFileRow> {
  const isId = UUID.test(id.toLowerCase());
  const clients = await clientsOf(desk, undefined);
  const file = isId ? await findInboundFile(desk.engine.database, clients, id) : undefined;
  if (file === undefined) throw new Failure("not-found", `no return file ${id}`, { file: id });
  return file;
}

function wordsOf(explanation: string | null): string | null {
  return explanation === null ? null : EXPLANATIONS[explanation as Explanation];
}

function rowOf(file: InboundFileRow) {
  return {
    client: file.clientId,
    profile: file.profile,
    name: file.name,
    state: file.state,
    waits: waitsFor(file),
    problem: file.problem,
    lines: file.lineCount,
    receivedAt: file.receivedAt,
    id: file.id,
  };
}
