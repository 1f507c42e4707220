/**
 * `redress rules`: `check [DIR]` prints every problem of a rule book as `file:line:column reason`.
 */
import { join, relative, resolve } from "node:path";

import type { Command } from "commander";

import { json } from "../../database/sql.ts";
import { describeChange } from "../../rulebook/changes.ts";
import { loadRuleBook } from "../../rulebook/read.ts";
import { describe } from "../../rulebook/source.ts";
import type { CommandContext } from "../context.ts";
import { EXIT } from "../exit-code.ts";
import { addRulesTest } from "./rules-test.ts";

export function ruleCommands(program: Command, context: CommandContext): void {
  const rules = program.command("rules").description("rule books: check, test");
  rules
    .command("check")
    .argument("[directory]", "the rule book; by default the standard one")
    .option("--json", "one JSON document: id, version, problems and changes")
    .description("load a rule book and print every problem with its file and line")
    .action(async (directory: string | undefined, options: { readonly json?: boolean }) => {
      await checkRules(directory, options, context);
    });
  addRulesTest(rules, context);
}

/** Exits 1 where there is any problem, 3 where there is no book. */
async function checkRules(
  directory: string | undefined,
  options: { readonly json?: boolean },
  context: CommandContext,
): Promise<void> {
  const shelf = join(context.projectDirectory, "rulebooks");
  const path = resolve(directory ?? join(shelf, "standard"));
  const prefix = (of: string): string => {
    const shown = relative(process.cwd(), of);
    return shown === "" ? "" : `${shown}/`;
  };
  const { rulebook, problems } = await loadRuleBook(path, { shelf, prefix });
  context.finish(problems.length === 0 ? EXIT.done : EXIT.failure);
  if (options.json === true) {
    const { id = null, version = null, changes = [] } = rulebook ?? {};
    context.print(json({ id, version, problems, changes }));
    return;
  }
  for (const problem of problems) context.print(describe(problem));
  if (rulebook === null) {
    context.remark(`${problems.length} ${problems.length === 1 ? "problem" : "problems"}`);
    return;
  }
  const { accounts, changes, collections } = rulebook;
  for (const change of changes) context.remark(describeChange(change));
  context.remark(
    `${rulebook.id} ${rulebook.version} is sound: ${collections.size} collections, ` +
      `${accounts.tables.length} account tables`,
  );
}
