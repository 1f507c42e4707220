/** `redress db`: bring the schema up to date, and see whether it is what it should be. */
import { join } from "node:path";

import type { Command } from "commander";

import { examine } from "../../database/doctor.ts";
import type { Difference } from "../../database/doctor.ts";
import { migrate, pendingMigrations } from "../../database/migrate.ts";
import { openDatabase } from "../../database/open.ts";
import { json } from "../../database/sql.ts";
import type { CommandContext } from "../context.ts";
import { EXIT } from "../exit-code.ts";

export function databaseCommands(program: Command, context: CommandContext): void {
  const group = program.command("db").description("the database's schema");
  group
    .command("migrate")
    .description("apply the migrations that are not applied yet")
    .option("--json", "print what was applied as JSON")
    .action((options: { json?: boolean }) => runMigrate(context, options));
  group
    .command("doctor")
    .description(
      "compare the live schema with the expected one; exit 1 and the repair if it differs",
    )
    .option("--json", "print the differences as JSON")
    .action((options: { json?: boolean }) => runDoctor(context, options));
}

async function runMigrate(context: CommandContext, options: { json?: boolean }): Promise<void> {
  const applied = await withDatabase(context, (databaseUrl) =>
    migrate({ databaseUrl, ...migrations(context), log: context.remark }),
  );
  if (options.json === true) context.print(json({ applied }));
  else context.print(applied.length === 0 ? "up to date" : `${applied.length} applied`);
}

async function runDoctor(context: CommandContext, options: { json?: boolean }): Promise<void> {
  const { pending, differences } = await withDatabase(context, async (databaseUrl) => {
    const { directory, clock } = migrations(context);
    const waiting = await pendingMigrations({ databaseUrl, directory });
    // What a migration is going to bring is not missing yet.
    const found =
      waiting.length > 0
        ? []
        : await examine({ databaseUrl, migrationsDirectory: directory, clock });
    return { pending: waiting, differences: found };
  });
  const healthy = pending.length === 0 && differences.length === 0;
  if (options.json === true) context.print(json({ pending, differences }));
  else if (healthy) context.print("the schema is as expected");
  else printDifferences(context, differences);
  if (pending.length > 0) {
    context.remark(`not applied: ${pending.join(", ")}. Run \`redress db migrate\` first.`);
  }
  context.finish(healthy ? EXIT.done : EXIT.failure);
}

/** The remarks are SQL comments, so that the whole output can be read, edited and run. */
function printDifferences(context: CommandContext, differences: readonly Difference[]): void {
  for (const { kind, name, problem, live, expected, repair } of differences) {
    context.print(`-- ${kind} ${name}: ${problem}`);
    if (kind !== "function" && live !== undefined) {
      context.print(`--   is:       ${live}\n--   expected: ${expected ?? ""}`);
    }
    context.print(`${repair}\n`);
  }
  if (differences.length === 0) return;
  context.remark(
    `${differences.length} differences. Read the repair above, then run it as the owner; ` +
      "what it drops is lost.",
  );
}

function migrations(context: CommandContext): {
  directory: string;
  clock: CommandContext["clock"];
} {
  return { directory: join(context.projectDirectory, "migrations"), clock: context.clock };
}

async function withDatabase<Result>(
  context: CommandContext,
  work: (databaseUrl: string) => Promise<Result>,
): Promise<Result> {
  const { databaseUrl, dataDirectory, remark } = context;
  const opened = await openDatabase({ databaseUrl, dataDirectory, log: remark });
  try {
    return await work(opened.databaseUrl);
  } finally {
    await opened.close();
  }
}
