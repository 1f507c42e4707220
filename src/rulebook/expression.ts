/**
 * The one small safe language of rule books: a typed subset of CEL over declared facts.
 *
 * cel-js parses; we type-check and compile to closures, because amounts have to be exact minor
 * units and because what could fail, divide, loop or reach outside the declared facts has to be
 * refused at load: a compiled expression cannot throw.
 */
import { Environment, ParseError } from "@marcbachmann/cel-js";
import type { ASTNode } from "@marcbachmann/cel-js";
import { compileCall, compileReceiverCall } from "./expression-calls.ts";
import {
  asAmount,
  asInteger,
  compileComparison,
  Refusal,
  requireType,
  unify,
  writtenNumber,
} from "./expression-types.ts";
import type { Compiled, ExpressionType, Scope } from "./expression-types.ts";
import { missing } from "./facts.ts";
import type { Facts, FactTypes, FactValue } from "./facts.ts";

export interface Expression {
  readonly source: string;
  readonly type: ExpressionType;
  /** The facts that it reads. */
  readonly reads: readonly string[];
  /** Pure and total: never throws for facts bound to the declarations. */
  evaluate(facts: Facts): FactValue;
}

export type CompileResult =
  | { readonly expression: Expression; readonly reasons?: undefined }
  | { readonly expression: null; readonly reasons: readonly string[] };

const LONGEST_CHARACTERS = 1000;
const parser = new Environment({ limits: { maxAstNodes: 300, maxDepth: 40 } });

/**
 * Compiles an expression whose value has to be of the given type. All reasons for a refusal are
 * returned, each quoting the part it means.
 */
export function compileExpression(
  source: string,
  types: FactTypes,
  expected: ExpressionType,
): CompileResult {
  if (source.length > LONGEST_CHARACTERS) {
    return refused(`the expression is longer than ${LONGEST_CHARACTERS} characters`);
  }
  const root = parseSafely(source);
  if ("reason" in root) return refused(root.reason);
  const scope: Scope = {
    types,
    reads: new Set(),
    reasons: [],
    compile: (node) => compileNode(node, scope),
  };
  try {
    const compiled = scope.compile(root.ast);
    const value = expected === "amount" ? asAmount(compiled) : asInteger(compiled);
    requireType(value, expected);
    if (scope.reasons.length > 0) return { expression: null, reasons: scope.reasons };
    const { evaluate } = value;
    return { expression: { source, type: expected, reads: [...scope.reads], evaluate } };
  } catch (error) {
    if (error instanceof Refusal)
      return { expression: null, reasons: [...scope.reasons, error.message] };
    throw error;
  }
}

function refused(reason: string): CompileResult {
  return { expression: null, reasons: [reason] };
}

function parseSafely(source: string): { ast: ASTNode } | { reason: string } {
  try {
    return { ast: parser.parse(source).ast };
  } catch (error) {
    if (error instanceof ParseError) return { reason: `not an expression: ${error.summary}` };
    throw error;
  }
}

function compileNode(node: ASTNode, scope: Scope): Compiled {
  switch (node.op) {
    case "value":
      return compileLiteral(node);
    case "id":
      return compileFact(node.args, scope);
    case "&&":
    case "||":
      return compileJunction(node.op, node.args, scope);
    case "!_": {
      const operand = scope.compile(node.args);
      requireType(operand, "boolean");
      const test = operand.evaluate;
      return { type: "boolean", text: textOf(node), evaluate: (facts) => test(facts) !== true };
    }
    case "-_":
      return compileNegation(node.args, textOf(node), scope);
    case "?:":
      return compileChoice(node.args, textOf(node), scope);
    case "==":
    case "!=":
    case "<":
    case "<=":
    case ">":
    case ">=":
      return compileComparison(
        node.op,
        scope.compile(node.args[0]),
        scope.compile(node.args[1]),
        textOf(node),
        scope,
      );
    case "+":
    case "-":
    case "*":
      return compileArithmetic(node.op, node.args, textOf(node), scope);
    case "in":
      return compileMembership(node.args, textOf(node), scope);
    case "call":
      return compileCall(node.args[0], node.args[1], textOf(node), scope);
    case "rcall":
      return compileReceiverCall(node.args[0], node.args[1], node.args[2], textOf(node), scope);
    default:
      throw new Refusal(
        REFUSED_OPERATORS[node.op] ?? `\`${node.op}\` is not allowed`,
        textOf(node),
      );
  }
}

const REFUSED_OPERATORS: Readonly<Record<string, string>> = {
  "/": "division is not allowed, it can fail",
  "%": "the remainder of a division is not allowed, it can fail",
  ".": "an expression cannot reach outside the declared facts",
  ".?": "an expression cannot reach outside the declared facts",
  "[]": "an index is not allowed, it can fail",
  "[?]": "an index is not allowed, it can fail",
  map: "a map is not allowed",
  list: "a list is allowed only on the right of `in`",
};

function compileLiteral(node: ASTNode & { readonly op: "value" }): Compiled {
  const text = textOf(node);
  const value = node.args;
  if (typeof value === "string")
    return { type: "string", text, literal: value, evaluate: () => value };
  if (typeof value === "boolean") return { type: "boolean", text, evaluate: () => value };
  if (typeof value === "bigint" || typeof value === "number") return writtenNumber(text);
  throw new Refusal("only texts, numbers, true and false are written out", text);
}

function compileFact(name: string, scope: Scope): Compiled {
  const fact = scope.types.get(name);
  if (fact === undefined) throw new Refusal(`unknown fact "${name}"`);
  if (fact.mayBeAbsent) {
    throw new Refusal(`the fact "${name}" may be missing: give it a default to use it here`);
  }
  scope.reads.add(name);
  return {
    type: fact.type,
    text: name,
    fact,
    evaluate: (facts) => facts.values[name] ?? fact.default ?? missing(fact),
  };
}

function compileJunction(
  op: "&&" | "||",
  [left, right]: [ASTNode, ASTNode],
  scope: Scope,
): Compiled {
  const [one, two] = [scope.compile(left), scope.compile(right)];
  requireType(one, "boolean");
  requireType(two, "boolean");
  const [first, second] = [one.evaluate, two.evaluate];
  return {
    type: "boolean",
    text: `${one.text} ${op} ${two.text}`,
    evaluate:
      op === "&&"
        ? (facts) => first(facts) === true && second(facts) === true
        : (facts) => first(facts) === true || second(facts) === true,
  };
}

function compileNegation(node: ASTNode, text: string, scope: Scope): Compiled {
  const operand = scope.compile(node);
  if (operand.type === "number") return writtenNumber(`-${operand.text}`);
  if (operand.type !== "amount" && operand.type !== "integer") {
    throw new Refusal("only an amount or a whole number has a sign", text);
  }
  const value = operand.evaluate;
  return { type: operand.type, text, evaluate: (facts) => -(value(facts) as bigint) };
}

function compileChoice(
  [test, yes, no]: [ASTNode, ASTNode, ASTNode],
  text: string,
  scope: Scope,
): Compiled {
  const condition = scope.compile(test);
  requireType(condition, "boolean");
  const [one, two] = unify(scope.compile(yes), scope.compile(no), text);
  const [when, then, otherwise] = [condition.evaluate, one.evaluate, two.evaluate];
  return {
    type: one.type,
    text,
    evaluate: (facts) => (when(facts) === true ? then(facts) : otherwise(facts)),
  };
}

function compileArithmetic(
  op: "+" | "-" | "*",
  [left, right]: [ASTNode, ASTNode],
  text: string,
  scope: Scope,
): Compiled {
  const [rawOne, rawTwo] = [scope.compile(left), scope.compile(right)];
  if (op === "*") return compileProduct(rawOne, rawTwo, text);
  const [one, two] = unify(rawOne, rawTwo, text);
  if (one.type !== "amount" && one.type !== "integer") {
    throw new Refusal(`\`${op}\` is for amounts and whole numbers`, text);
  }
  const [first, second] = [one.evaluate, two.evaluate];
  return {
    type: one.type,
    text,
    evaluate:
      op === "+"
        ? (facts) => (first(facts) as bigint) + (second(facts) as bigint)
        : (facts) => (first(facts) as bigint) - (second(facts) as bigint),
  };
}

/** An amount times a whole number is an amount; two amounts are never multiplied. */
function compileProduct(one: Compiled, two: Compiled, text: string): Compiled {
  const [left, right] = [asInteger(one), asInteger(two)];
  const countable = (side: Compiled): boolean => side.type === "integer" || side.type === "amount";
  if (
    !countable(left) ||
    !countable(right) ||
    (left.type === "amount" && right.type === "amount")
  ) {
    throw new Refusal("`*` is for an amount or a whole number times a whole number", text);
  }
  const [first, second] = [left.evaluate, right.evaluate];
  return {
    type: left.type === "amount" || right.type === "amount" ? "amount" : "integer",
    text,
    evaluate: (facts) => (first(facts) as bigint) * (second(facts) as bigint),
  };
}

function compileMembership(
  [item, container]: [ASTNode, ASTNode],
  text: string,
  scope: Scope,
): Compiled {
  const needle = scope.compile(item);
  if (container.op === "list") {
    const tests = container.args.map(
      (one) => compileComparison("==", needle, scope.compile(one), text, scope).evaluate,
    );
    return {
      type: "boolean",
      text,
      evaluate: (facts) => tests.some((test) => test(facts) === true),
    };
  }
  const list = scope.compile(container);
  if (list.type !== "list" || needle.type !== "string") {
    throw new Refusal("`in` is for a text in a list fact, or a value in a list written out", text);
  }
  const [find, within] = [needle.evaluate, list.evaluate];
  return {
    type: "boolean",
    text,
    evaluate: (facts) =>
      ((within(facts) ?? []) as readonly string[]).includes(find(facts) as string),
  };
}

function textOf(node: ASTNode): string {
  return node.input.slice(node.start, node.end);
}
