/** Plays every scenario file of a directory against a rule book, in memory. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { Failure } from "../kernel/failure.ts";
import type { RuleBook } from "../rulebook/load.ts";

import { readScenario } from "./scenario-file.ts";
import { playScenario } from "./scenario.ts";

export interface ScenarioResult {
  readonly file: string;
  readonly id: string;
  readonly title: string;
  /** The first difference in words; null where the scenario holds. */
  readonly difference: string | null;
}

/** All `*.json` below the directory, in order of their names. A file that is none fails by name. */
export async function testScenarios(
  rulebook: RuleBook,
  directory: string,
): Promise<ScenarioResult[]> {
  const names = (await readdir(directory, { recursive: true }))
    .filter((name) => name.endsWith(".json"))
    .sort(inOrder);
  const results: ScenarioResult[] = [];
  for (const file of names) {
    results.push(testOne(rulebook, file, await readFile(join(directory, file), "utf8")));
  }
  return results;
}

function testOne(rulebook: RuleBook, file: string, text: string): ScenarioResult {
  let [id, title] = [file, ""];
  try {
    const scenario = readScenario(text);
    ({ id, title } = scenario);
    return { file, id, title, difference: playScenario(rulebook, scenario) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { file, id, title, difference: `${error.code}: ${error.message}` };
  }
}

/** `A2` before `A11`: numbers in names count as numbers. */
function inOrder(one: string, other: string): number {
  return one.localeCompare(other, "en", { numeric: true });
}
