/** `redress config`: what is set, and where it came from. Secrets are masked. */
import type { Command } from "commander";

import type { CommandContext } from "../context.ts";
import { printListing } from "../output.ts";

export interface ExplainedSetting {
  readonly setting: string;
  readonly value: string | null;
  readonly source: string;
  readonly meaning: string;
}

/** `explain` gives each setting, its value and where it came from; secrets are masked. */
export function configurationCommands(
  program: Command,
  context: CommandContext,
  explain: () => readonly ExplainedSetting[],
): void {
  program
    .command("config")
    .description("the settings")
    .command("explain")
    .description("each setting, its value and where it came from, secrets masked")
    .option("--json", "print them as JSON")
    .action((options: { json?: boolean }) => {
      const rows = explain().map((row) => ({ ...row }));
      printListing(context, rows, {
        ...options,
        columns: ["setting", "value", "source", "meaning"],
      });
    });
}
