/**
 * Amounts of rules and limits: `min(committedAccountHolder, surplus)`, `max(0, uncredited - x)`.
 *
 * Names, whole numbers of zero, + and -, min() and max(): it cannot fail, divide or loop. Values
 * are minor units. Compiled once to a closure.
 */
export type AmountExpression = (values: AmountValues) => bigint;

export type AmountValues = Readonly<Record<string, bigint>>;

export interface CompiledAmount {
  readonly text: string;
  /** Names that it reads. */
  readonly reads: readonly string[];
  readonly evaluate: AmountExpression;
}

const TOKEN = /\s*(?:([A-Za-z][A-Za-z0-9_]*)|([0-9]+)|([-+(),]))/y;
const LONGEST_CHARACTERS = 300;

/** Compiles an expression over the names given. Answers the reason where it is not one. */
export function compileAmount(
  text: string,
  names: ReadonlySet<string>,
): CompiledAmount | { readonly reason: string } {
  if (text.length > LONGEST_CHARACTERS) return { reason: "the expression is too long" };
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) {
      return { reason: `"${text.slice(at).trim().slice(0, 20)}" is not allowed in an amount` };
    }
    tokens.push(match[1] ?? match[2] ?? (match[3] as string));
  }
  const reader = { tokens, at: 0, names, reads: new Set<string>() };
  try {
    const evaluate = sum(reader);
    if (reader.at < tokens.length) return { reason: `unexpected "${tokens[reader.at] as string}"` };
    return { text, reads: [...reader.reads], evaluate };
  } catch (error) {
    if (error instanceof NotAnAmount) return { reason: error.message };
    throw error;
  }
}

class NotAnAmount extends Error {}

interface Reader {
  readonly tokens: readonly string[];
  at: number;
  readonly names: ReadonlySet<string>;
  readonly reads: Set<string>;
}

function sum(reader: Reader): AmountExpression {
  let left = term(reader);
  for (;;) {
    const sign = reader.tokens[reader.at];
    if (sign !== "+" && sign !== "-") return left;
    reader.at += 1;
    const [first, second] = [left, term(reader)];
    left =
      sign === "+"
        ? (values) => first(values) + second(values)
        : (values) => first(values) - second(values);
  }
}

function term(reader: Reader): AmountExpression {
  const token = reader.tokens[reader.at];
  if (token === undefined) throw new NotAnAmount("the expression ends too early");
  reader.at += 1;
  if (token === "-") {
    const inner = term(reader);
    return (values) => -inner(values);
  }
  if (token === "(") {
    const inner = sum(reader);
    expect(reader, ")");
    return inner;
  }
  if (token === "min" || token === "max") return extremum(reader, token);
  if (/^[0-9]/.test(token)) {
    if (!/^0+$/.test(token)) throw new NotAnAmount(`${token}: the only number allowed is 0`);
    return () => 0n;
  }
  if (!/^[A-Za-z]/.test(token)) throw new NotAnAmount(`unexpected "${token}"`);
  if (!reader.names.has(token)) throw new NotAnAmount(`unknown amount "${token}"`);
  reader.reads.add(token);
  return (values) => values[token] ?? 0n;
}

function extremum(reader: Reader, name: "min" | "max"): AmountExpression {
  expect(reader, "(");
  const parts = [sum(reader)];
  while (reader.tokens[reader.at] === ",") {
    reader.at += 1;
    parts.push(sum(reader));
  }
  expect(reader, ")");
  const better = name === "min" ? (a: bigint, b: bigint) => a < b : (a: bigint, b: bigint) => a > b;
  return (values) =>
    parts.map((part) => part(values)).reduce((best, value) => (better(value, best) ? value : best));
}

function expect(reader: Reader, token: string): void {
  if (reader.tokens[reader.at] !== token) throw new NotAnAmount(`"${token}" is missing`);
  reader.at += 1;
}
