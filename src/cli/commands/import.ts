/** `redress import FILE|-`: claims and operations as NDJSON, resumable, with progress. */
import { createWriteStream } from "node:fs";
import { mkdtemp, open, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

import type { Command } from "commander";

import type { Database } from "../../database/database.ts";
import { json } from "../../database/sql.ts";
import { Failure } from "../../kernel/failure.ts";
import { importFile } from "../../imports/import-file.ts";
import type { ImportRun } from "../../imports/store.ts";
import { rejectsOf } from "../../imports/store.ts";
import type { CommandContext } from "../context.ts";
import { EXIT } from "../exit-code.ts";

interface Options {
  readonly json?: boolean;
}

export function importCommands(program: Command, context: CommandContext): void {
  program
    .command("import")
    .argument("<file>", "NDJSON of claims and operations, or - for standard input")
    .option("--json", "print what came in as JSON")
    .description("import claims and operations; killed and started again it goes on")
    .action((file: string, options: Options) => runImport(context, file, options));
}

/** Exits 7 where lines were rejected: the others are in. */
async function runImport(context: CommandContext, file: string, options: Options): Promise<void> {
  const { engine, vault, close } = await context.openEngine();
  const spool = file === "-" ? await spooled() : null;
  try {
    const path = spool?.path ?? file;
    const started = performance.now();
    const progress = progressLine(context, started);
    const run = await importFile(engine, vault, path, { actor: "import", onProgress: progress });
    process.stderr.write(process.stderr.isTTY ? "\n" : "");
    const rejects = run.rejected === 0n ? null : await writeRejects(engine.database, run.id, file);
    if (options.json === true) {
      const { lines, ...rest } = summaryOf(run);
      context.print(json({ lines, ...rest, rejects }));
    } else {
      context.print(
        `${run.linesDone} lines: ${run.claims} claims, ${run.operations} operations, ` +
          `${run.duplicates} known before, ${run.rejected} rejected`,
      );
    }
    if (rejects !== null) {
      context.remark(`rejected lines with their reasons: ${rejects}`);
      context.finish(EXIT.partlyDone);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      throw new Failure("not-found", `there is no file ${file}`, { file });
    }
    throw error;
  } finally {
    await close();
    if (spool !== null) await rm(spool.directory, { recursive: true, force: true });
  }
}

function summaryOf(run: ImportRun) {
  const { linesDone: lines, claims, operations, duplicates, rejected } = run;
  return { lines, claims, operations, duplicates, rejected };
}

/** Standard input as a file, so that its content has an identity as every import has. */
async function spooled(): Promise<{ path: string; directory: string }> {
  const directory = await mkdtemp(join(tmpdir(), "redress-import-"));
  const path = join(directory, "stdin.ndjson");
  await pipeline(process.stdin, createWriteStream(path));
  return { path, directory };
}

const SECONDS_BETWEEN_LINES = 5;

/** One line rewritten on a terminal; elsewhere a plain line every few seconds. */
function progressLine(context: CommandContext, started: number): (run: ImportRun) => void {
  let said = 0;
  let from: bigint | null = null;
  return (run) => {
    from ??= run.linesDone;
    const seconds = (performance.now() - started) / 1000;
    const percent = run.bytesTotal === 0n ? 100n : (100n * run.bytesDone) / run.bytesTotal;
    const perSecond = seconds > 0 ? Math.round(Number(run.linesDone - from) / seconds) : 0;
    const share = Number(run.bytesDone) / Math.max(1, Number(run.bytesTotal));
    const left = share > 0 ? Math.round((seconds * (1 - share)) / share) : 0;
    const words =
      `${percent}%  ${run.linesDone} lines, ${run.rejected} rejected, ` +
      `${perSecond} a second, about ${left} s left`;
    if (process.stderr.isTTY) process.stderr.write(`\r${words.padEnd(78)}`);
    else if (seconds - said >= SECONDS_BETWEEN_LINES) {
      said = seconds;
      context.remark(words);
    }
  };
}

/** The rejects of the whole run beside the file, written anew and put in place whole. */
async function writeRejects(database: Database, runId: string, file: string): Promise<string> {
  const path = file === "-" ? "stdin.rejects.ndjson" : `${file}.rejects.ndjson`;
  const handle = await open(`${path}.part`, "w");
  try {
    for await (const reject of rejectsOf(database, runId)) {
      const { line, ...rest } = reject;
      await handle.write(`${JSON.stringify({ line: Number(line), ...rest })}\n`);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${path}.part`, path);
  return path;
}
