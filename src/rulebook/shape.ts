/**
 * Zod shapes over positioned values: what does not fit becomes problems with file and line.
 *
 * The same shapes are published as JSON Schema, so an editor complains where the loader would.
 */
import { z } from "zod";
import type { Path, Place, Problem, Raw } from "./source.ts";

/** A value that knows its places; `Source` is one, a merged record (`book.ts`) another. */
export interface Positioned {
  readonly value: Raw;
  at(path: Path): Place;
  atKey(path: Path): Place;
}

/** The typed value, or null with each misfit added to `problems`. */
export function fit<T>(shape: z.ZodType<T>, from: Positioned, problems: Problem[]): T | null {
  const result = shape.safeParse(from.value);
  if (result.success) return result.data;
  for (const issue of result.error.issues) complain(issue, [], from, problems);
  return null;
}

type Issue = z.core.$ZodIssue;

function complain(issue: Issue, parent: Path, from: Positioned, problems: Problem[]): void {
  const path: Path = [...parent, ...issue.path.map((part) => asPart(part))];
  if (issue.code === "unrecognized_keys") {
    for (const key of issue.keys) {
      problems.push({ ...from.atKey([...path, key]), reason: `unknown key "${key}"` });
    }
    return;
  }
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    for (const inner of closestBranch(issue.errors)) complain(inner, path, from, problems);
    return;
  }
  if (issue.code === "invalid_key" || issue.code === "invalid_element") {
    for (const inner of issue.issues) {
      problems.push({ ...from.atKey(path), reason: reasonOf(inner, String(path.at(-1) ?? "")) });
    }
    return;
  }
  const value = valueAt(from.value, path);
  const last = path.at(-1);
  if (value === undefined && typeof last === "string") {
    problems.push({ ...from.atKey(path.slice(0, -1)), reason: `"${last}" is missing` });
    return;
  }
  const named = typeof last === "string" ? `${last}: ` : "";
  problems.push({ ...from.at(path), reason: `${named}${reasonOf(issue, value)}` });
}

/** The branch that got furthest is the one the author meant. */
function closestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  const depth = (issues: readonly Issue[]): number =>
    Math.max(0, ...issues.map((issue) => issue.path.length)) * 100 - issues.length;
  return branches.reduce((best, branch) => (depth(branch) > depth(best) ? branch : best));
}

function reasonOf(issue: Issue, value: Raw | undefined): string {
  const shown = value === undefined ? "nothing" : JSON.stringify(value);
  const short = shown.length > 60 ? `${shown.slice(0, 57)}…` : shown;
  if (issue.code === "invalid_type") return `expected ${issue.expected}, found ${short}`;
  if (issue.code === "invalid_value") {
    return `${short} is not one of ${issue.values.map((one) => String(one)).join(", ")}`;
  }
  if (issue.code === "custom") return issue.message;
  return `${short}: ${issue.message.replace(/^(Invalid|Too small|Too big)[^:]*: /, "")}`;
}

function valueAt(value: Raw, path: Path): Raw | undefined {
  let here: Raw | undefined = value;
  for (const part of path) {
    if (typeof here !== "object" || here === null) return undefined;
    here = (here as Readonly<Record<string | number, Raw>>)[part];
  }
  return here;
}

function asPart(part: PropertyKey): string | number {
  return typeof part === "symbol" ? String(part) : part;
}

/** A name as rules, operations, collections and facts bear it: one camelCase or PascalCase word. */
export const nameShape = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, "a name has letters, digits and _ only");
