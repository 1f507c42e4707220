/** `redress reconcile FILE`: a feed of the system of record, compared with our movements. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";

import { Option } from "commander";
import type { Command } from "commander";

import { json } from "../../database/sql.ts";
import { Failure } from "../../kernel/failure.ts";
import type { FeedFormat } from "../../reconcile/reconcile-file.ts";
import { FEED_FORMATS, reconcileFile } from "../../reconcile/reconcile-file.ts";
import type { CommandContext } from "../context.ts";
import { EXIT } from "../exit-code.ts";

import { actor } from "./with-desk.ts";

interface Options {
  readonly client: string;
  readonly format: FeedFormat;
  readonly json?: boolean;
}

export function reconcileCommands(program: Command, context: CommandContext): void {
  program
    .command("reconcile")
    .argument("<file>", "what the system of record says it posted")
    .requiredOption("--client <client>", "whose movements")
    .addOption(
      new Option("--format <format>", "how the file is written")
        .choices(FEED_FORMATS)
        .makeOptionMandatory(),
    )
    .option("--json", "print what came of it as JSON")
    .description("compare a feed with our movements; the same file again changes nothing")
    .action((file: string, options: Options) => run(context, file, options));
}

/** Exits 7 where something differs or is missing. */
async function run(context: CommandContext, file: string, options: Options): Promise<void> {
  const bytes = await readFile(file).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new Failure("not-found", `there is no file ${file}`, { file });
  });
  const { engine, close } = await context.openEngine();
  try {
    const { client, format } = options;
    const feed = { clientId: client, name: basename(file), format, bytes, actor: actor() };
    const { reconciliation: done, isRepeat } = await reconcileFile(engine, feed);
    if (options.json === true) {
      const { sha256, ...rest } = done;
      context.print(json({ ...rest, sha256: Buffer.from(sha256).toString("hex"), isRepeat }));
    } else {
      context.print(
        `${done.lineCount} lines: ${done.matchedCount} matched, ` +
          `${done.differentCount} different, ${done.missingHereCount} missing here, ` +
          `${done.missingThereCount} missing there` +
          (isRepeat ? " (taken before)" : ""),
      );
    }
    if (done.differentCount + done.missingHereCount + done.missingThereCount > 0) {
      context.finish(EXIT.partlyDone);
    }
  } finally {
    await close();
  }
}
