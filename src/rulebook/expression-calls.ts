/**
 * The functions of the expression language: few, total, and none that loops or converts.
 */
import type { ASTNode } from "@marcbachmann/cel-js";
import { Refusal, requireType, unify } from "./expression-types.ts";
import type { Compiled, Scope } from "./expression-types.ts";

const LOOPS = ["all", "exists", "exists_one", "existsOne", "map", "filter", "transformList"];
const CONVERSIONS = [
  "int",
  "uint",
  "double",
  "string",
  "bytes",
  "bool",
  "timestamp",
  "duration",
  "dyn",
  "type",
];

/** `min(…)` and `max(…)` of amounts or whole numbers, `size(list)`. */
export function compileCall(
  name: string,
  args: readonly ASTNode[],
  text: string,
  scope: Scope,
): Compiled {
  if (name === "min" || name === "max") return compileExtreme(name, args, text, scope);
  if (name === "size" && args.length === 1) {
    const list = scope.compile(args[0] as ASTNode);
    requireType(list, "list");
    const value = list.evaluate;
    return {
      type: "integer",
      text,
      evaluate: (facts) => BigInt(((value(facts) ?? []) as readonly string[]).length),
    };
  }
  if (CONVERSIONS.includes(name)) {
    throw new Refusal(`\`${name}\` converts, which can fail: declare the fact's type`, text);
  }
  if (name === "has") throw new Refusal("`has` is not needed: give the fact a default", text);
  throw new Refusal(`unknown function \`${name}\``, text);
}

/** `text.startsWith(…)`, `endsWith`, `contains`. */
export function compileReceiverCall(
  name: string,
  receiver: ASTNode,
  args: readonly ASTNode[],
  text: string,
  scope: Scope,
): Compiled {
  if (LOOPS.includes(name)) throw new Refusal(`\`${name}\` loops, which is not allowed`, text);
  if (name === "matches") {
    throw new Refusal("`matches` is not allowed, a pattern can take too long", text);
  }
  const test = TEXT_TESTS.get(name);
  if (test === undefined) throw new Refusal(`unknown function \`${name}\``, text);
  if (args.length !== 1) throw new Refusal(`\`${name}\` takes one text`, text);
  const whole = scope.compile(receiver);
  const part = scope.compile(args[0] as ASTNode);
  requireType(whole, "string");
  requireType(part, "string");
  const [subject, wanted] = [whole.evaluate, part.evaluate];
  return {
    type: "boolean",
    text,
    evaluate: (facts) => test(subject(facts) as string, wanted(facts) as string),
  };
}

const TEXT_TESTS: ReadonlyMap<string, (whole: string, part: string) => boolean> = new Map([
  ["startsWith", (whole, part) => whole.startsWith(part)],
  ["endsWith", (whole, part) => whole.endsWith(part)],
  ["contains", (whole, part) => whole.includes(part)],
]);

function compileExtreme(
  name: "min" | "max",
  args: readonly ASTNode[],
  text: string,
  scope: Scope,
): Compiled {
  const sides = args.map((arg) => scope.compile(arg));
  const typed = sides.find((side) => side.type !== "number");
  if (sides.length < 2 || typed === undefined) {
    throw new Refusal(`\`${name}\` takes two or more values, not only written numbers`, text);
  }
  if (typed.type !== "amount" && typed.type !== "integer") {
    throw new Refusal(`\`${name}\` is for amounts and whole numbers`, text);
  }
  const values = sides.map((side) => unify(side, typed, text)[0].evaluate);
  const [first, ...rest] = values as [Compiled["evaluate"], ...Compiled["evaluate"][]];
  const better = name === "min" ? (a: bigint, b: bigint) => a < b : (a: bigint, b: bigint) => a > b;
  return {
    type: typed.type,
    text,
    evaluate: (facts) => {
      let best = first(facts) as bigint;
      for (const value of rest) {
        const candidate = value(facts) as bigint;
        if (better(candidate, best)) best = candidate;
      }
      return best;
    },
  };
}
