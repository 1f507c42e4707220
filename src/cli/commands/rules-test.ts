/** `redress rules test DIR`: plays scenario files against a rule book, one line each. */
import { join, resolve } from "node:path";

import type { Command } from "commander";

import { json } from "../../database/sql.ts";
import { Failure } from "../../kernel/failure.ts";
import { testScenarios } from "../../rehearsal/rules-test.ts";
import { loadRuleBook } from "../../rulebook/read.ts";
import { describe } from "../../rulebook/source.ts";
import type { CommandContext } from "../context.ts";
import { EXIT } from "../exit-code.ts";

interface Options {
  readonly book?: string;
  readonly json?: boolean;
}

export function addRulesTest(rules: Command, context: CommandContext): void {
  rules
    .command("test")
    .argument("[directory]", "scenario files; by default those that come with Redress")
    .option("--book <directory>", "the rule book; by default the standard one")
    .option("--json", "one JSON line a scenario")
    .description("play every scenario file and print the first difference of those that fail")
    .action((directory: string | undefined, options: Options) =>
      testRules(directory, options, context),
    );
}

/** Exits 1 where any scenario fails, and where there is none. */
async function testRules(
  directory: string | undefined,
  options: Options,
  context: CommandContext,
): Promise<void> {
  const shelf = join(context.projectDirectory, "rulebooks");
  const book = resolve(options.book ?? join(shelf, "standard"));
  const { rulebook, problems } = await loadRuleBook(book, { shelf });
  if (rulebook === null) {
    for (const problem of problems) context.remark(describe(problem));
    throw new Failure("rulebook-invalid", `${book} has ${problems.length} problems`);
  }
  const scenarios = resolve(directory ?? join(context.projectDirectory, "test", "scenarios"));
  const results = await testScenarios(rulebook, scenarios);
  for (const { id, title, difference } of results) {
    if (options.json === true)
      context.print(json({ id, title, passed: difference === null, difference }));
    else context.print(`${difference === null ? "ok  " : "FAIL"} ${id} ${title}`);
    if (difference !== null && options.json !== true) context.print(`     ${difference}`);
  }
  const failed = results.filter((result) => result.difference !== null).length;
  if (options.json !== true) context.print(`${results.length - failed} passed, ${failed} failed`);
  if (results.length === 0) context.remark(`there is no scenario file in ${scenarios}`);
  context.finish(failed === 0 && results.length > 0 ? EXIT.done : EXIT.failure);
}
