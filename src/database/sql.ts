/**
 * The `sql` tag: a value becomes a parameter, and there is no other way to put a value into a
 * statement. Statements nest, so that a condition can be built from parts; text never comes from
 * data, which is why there is no tag for identifiers.
 *
 * The name of a statement is the hash of its text: the driver prepares it once per connection.
 */
import { createHash } from "node:crypto";

import { assert } from "../kernel/assert.ts";

export class Statement {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly name: string;
  readonly #parts: readonly string[];

  constructor(parts: readonly string[], values: readonly unknown[], known?: Prepared) {
    const { text, name } = known ?? prepared(parts);
    this.text = text;
    this.name = name;
    this.values = values;
    this.#parts = parts;
  }

  /** The text around each value: one part more than there are values. */
  get parts(): readonly string[] {
    return this.#parts;
  }
}

interface Prepared {
  readonly text: string;
  readonly name: string;
}

const byTemplate = new WeakMap<TemplateStringsArray, Prepared>();
const nameByText = new Map<string, string>();
const REMEMBERED_TEXTS = 10_000;

/**
 * A statement of the text given with its values as parameters; a value that is itself a statement
 * becomes part of the text. `undefined` is refused: write `null` where null is meant.
 */
export function sql(template: TemplateStringsArray, ...values: readonly unknown[]): Statement {
  if (!values.some((value) => value instanceof Statement)) {
    for (const value of values) assert(value !== undefined, `undefined in: ${template.join("?")}`);
    let known = byTemplate.get(template);
    if (known === undefined) byTemplate.set(template, (known = prepared(template)));
    return new Statement(template, values, known);
  }
  return flattened(template, values);
}

/** A statement of nothing, for a condition that does not apply. */
export const nothing: Statement = new Statement([""], []);

/** Statements with a separator between them; none gives `nothing`. */
export function joined(
  statements: readonly Statement[],
  separator: ", " | " and " | " or " | "\n" | " union all ",
): Statement {
  const parts = statements.map((_, index) => (index === 0 ? "" : separator));
  return statements.length === 0 ? nothing : flattened([...parts, ""], statements);
}

/**
 * A value as the text of a `jsonb` parameter (or of an element of a `jsonb[]` one). A bare array
 * would become a PostgreSQL array, and a bigint has no JSON: both are settled here, the bigint as
 * decimal text.
 */
export function json(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    // A bigint in it. Asking at every value would cost all the others four times as much.
    return JSON.stringify(value, (_, inner: unknown) =>
      typeof inner === "bigint" ? inner.toString() : inner,
    );
  }
}

function flattened(template: readonly string[], values: readonly unknown[]): Statement {
  const parts: string[] = [];
  const flat: unknown[] = [];
  let open = template[0] ?? "";
  values.forEach((value, index) => {
    const after = template[index + 1] ?? "";
    if (value instanceof Statement) {
      const [first = "", ...rest] = value.parts;
      open += first;
      rest.forEach((part, nested) => {
        parts.push(open);
        flat.push(value.values[nested]);
        open = part;
      });
      open += after;
      return;
    }
    assert(value !== undefined, `undefined in: ${template.join("?")}`);
    parts.push(open);
    flat.push(value);
    open = after;
  });
  return new Statement([...parts, open], flat);
}

function prepared(parts: readonly string[]): Prepared {
  const text = parts.reduce((head, part, index) => `${head}$${index}${part}`);
  let name = nameByText.get(text);
  if (name === undefined) {
    name = createHash("sha256").update(text).digest("base64url").slice(0, 22);
    if (nameByText.size < REMEMBERED_TEXTS) nameByText.set(text, name);
  }
  return { text, name };
}
