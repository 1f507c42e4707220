/** A group of commands over a test's engine: what it printed, and the code it finished with. */
import { Command } from "commander";

import type { CommandContext } from "../../src/cli/context.ts";
import { batchDesk } from "./batch-desk.ts";
import type { TestEngine } from "./engine.ts";
import { standardBook } from "./engine.ts";

export interface Told {
  readonly lines: string[];
  code: number;
}

/** Runs `redress WORDS…`; throws what the command throws. */
export async function atTheTerminal(
  engine: TestEngine,
  commands: (program: Command, context: CommandContext) => void,
  ...words: string[]
): Promise<Told> {
  const told: Told = { lines: [], code: 0 };
  const context: CommandContext = {
    databaseUrl: undefined,
    dataDirectory: "",
    projectDirectory: "",
    clock: engine.clock,
    openEngine: () =>
      Promise.resolve({
        ...batchDesk(engine),
        vault: engine.vault,
        rulebooks: (id) => (id === "standard" ? standardBook : undefined),
        embedded: false,
        close: () => Promise.resolve(),
      }),
    print: (line) => told.lines.push(line),
    remark: () => undefined,
    finish: (code) => {
      told.code = code;
    },
  };
  const program = new Command().exitOverride();
  program.configureOutput({ writeErr: () => undefined });
  commands(program, context);
  await program.parseAsync(words, { from: "user" });
  return told;
}
