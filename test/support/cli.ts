/** A group of commands over a test's engine: what it said, and the code it finished with. */
import { Command } from "commander";
import { Temporal } from "temporal-polyfill";

import type { CommandContext } from "../../src/cli/context.ts";
import { manualClock } from "../../src/kernel/clock.ts";
import { batchDesk } from "./batch-desk.ts";
import type { TestEngine } from "./engine.ts";
import { standardBook, START } from "./engine.ts";

export interface Told {
  readonly lines: string[];
  readonly remarks: string[];
  code: number;
}

type Commands = (program: Command, context: CommandContext) => void;

/** Runs `redress WORDS…`; throws what the command throws. */
export function atTheTerminal(
  engine: TestEngine,
  commands: Commands,
  ...words: readonly string[]
): Promise<Told> {
  return told(commands, words, {
    clock: engine.clock,
    openEngine: () =>
      Promise.resolve({
        ...batchDesk(engine),
        vault: engine.vault,
        rulebooks: (id) => (id === "standard" ? standardBook : undefined),
        embedded: false,
        close: () => Promise.resolve(),
      }),
  });
}

/** As `atTheTerminal`, of a command that opens no database: one that does fails. */
export function withoutDatabase(commands: Commands, ...words: readonly string[]): Promise<Told> {
  return told(commands, words, {
    clock: manualClock(Temporal.Instant.from(START)),
    openEngine: () => Promise.reject(new Error("the command needs no database")),
  });
}

async function told(
  commands: Commands,
  words: readonly string[],
  opened: Pick<CommandContext, "clock" | "openEngine">,
): Promise<Told> {
  const said: Told = { lines: [], remarks: [], code: 0 };
  const context: CommandContext = {
    ...opened,
    databaseUrl: undefined,
    dataDirectory: "",
    projectDirectory: process.cwd(),
    print: (line) => said.lines.push(line),
    remark: (line) => said.remarks.push(line),
    finish: (code) => {
      said.code = code;
    },
  };
  const program = new Command().exitOverride();
  program.configureOutput({ writeErr: () => undefined });
  commands(program, context);
  await program.parseAsync([...words], { from: "user" });
  return said;
}
