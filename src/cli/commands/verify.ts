/** `redress verify`: recompute everything from the books, and say what is wrong and where. */
import type { Command } from "commander";

import { json } from "../../database/sql.ts";
import { failpointsFrom } from "../../kernel/failpoints.ts";
import { CHECKED, verify } from "../../proof/verify/verify.ts";
import type { CommandContext } from "../context.ts";
import { EXIT } from "../exit-code.ts";

interface Options {
  readonly json?: boolean;
  readonly limit: string;
  readonly list?: boolean;
}

export function verifyCommands(program: Command, context: CommandContext): void {
  program
    .command("verify")
    .option("--json", "print entries, violations and the books digest as JSON")
    .option("--limit <count>", "violations shown; all are counted", "1000")
    .option("--list", "print what is checked, and stop")
    .description(
      "recompute balances, states, links, files and totals; exit 1 and say where one is wrong",
    )
    .action((options: Options) => runVerify(context, options));
}

async function runVerify(context: CommandContext, options: Options): Promise<void> {
  if (options.list === true) {
    for (const { name, holds } of CHECKED) context.print(`${name}: ${holds}`);
    return;
  }
  const { engine, vault, keys, secrets, close } = await context.openEngine();
  try {
    let left = Number(options.limit);
    const desk = { engine, vault, keys, secrets, failpoints: failpointsFrom(undefined) };
    const verdict = await verify(desk, {
      onViolation: ({ check, client, at, what }) => {
        left -= 1;
        if (left >= 0) context.remark(`${check}: client ${client}, ${at}: ${what}`);
        if (left === -1) context.remark("more follow; all of them are counted");
      },
    });
    const { entries, violations, booksDigest } = verdict;
    if (options.json === true) {
      context.print(json({ entries: Number(entries), violations, booksDigest }));
    } else {
      const found = violations === 1 ? "1 violation" : `${violations} violations`;
      context.print(`${entries} entries, ${found}, books digest ${booksDigest}`);
    }
    context.finish(violations === 0 ? EXIT.done : EXIT.failure);
  } finally {
    await close();
  }
}
