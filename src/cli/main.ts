#!/usr/bin/env node
/**
 * `redress`: parses, calls one verb, presents. Results go to stdout, everything else to stderr;
 * the exit code says what happened. One file per group of commands, listed here.
 */
import { join } from "node:path";

import { Command, CommanderError } from "commander";

import { explainConfiguration, readConfiguration } from "../config.ts";
import { systemClock } from "../kernel/clock.ts";
import { Failure } from "../kernel/failure.ts";
import { approvalCommands } from "./commands/approvals.ts";
import { batchCommands } from "./commands/batch.ts";
import { clientCommands } from "./commands/clients.ts";
import { configurationCommands } from "./commands/config.ts";
import { databaseCommands } from "./commands/db.ts";
import { importCommands } from "./commands/import.ts";
import { reconcileCommands } from "./commands/reconcile.ts";
import { ruleCommands } from "./commands/rules.ts";
import { serverCommands } from "./commands/serve.ts";
import { verifyCommands } from "./commands/verify.ts";
import type { CommandContext } from "./context.ts";
import { EXIT, exitCodeOf } from "./exit-code.ts";

type Group = (program: Command, context: CommandContext) => void;

const GROUPS: readonly Group[] = [
  (program, context) =>
    configurationCommands(program, context, () => explainConfiguration(process.env)),
  databaseCommands,
  clientCommands,
  approvalCommands,
  batchCommands,
  importCommands,
  reconcileCommands,
  ruleCommands,
  verifyCommands,
  (program) =>
    // Loaded when asked for: other commands start without the server.
    serverCommands(program, async (role, options) =>
      (await import("../main.ts")).serve(process.env, role, options),
    ),
];

// Whoever reads the results may have had enough of them, as `head` has.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

try {
  const context = contextFrom(process.env);
  const program = new Command("redress")
    .description("dispute accounting: operations in, books kept, movements executed")
    .showSuggestionAfterError()
    .exitOverride();
  for (const group of GROUPS) group(program, context);
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

function contextFrom(environment: NodeJS.ProcessEnv): CommandContext {
  const configuration = readConfiguration(environment);
  const { databaseUrl, dataDirectory } = configuration;
  const remark = (line: string): boolean => process.stderr.write(`${line}\n`);
  return {
    databaseUrl,
    dataDirectory,
    projectDirectory: join(import.meta.dirname, "..", ".."),
    clock: systemClock,
    openEngine: async () =>
      (await import("../open-engine.ts")).openEngine(configuration, environment, () => undefined),
    print: (line) => process.stdout.write(`${line}\n`),
    remark,
    finish: (code) => {
      process.exitCode = code;
    },
  };
}

/** What went wrong and what to do about it; a stack only for our own mistakes. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (error instanceof Failure) {
    process.stderr.write(`${error.code}: ${error.message}\n`);
    for (const { pointer, detail } of error.faults)
      process.stderr.write(`  ${pointer}: ${detail}\n`);
    process.stderr.write(`${error.remedy}\n`);
  } else {
    process.stderr.write(
      `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
  }
  return exitCodeOf(error);
}
