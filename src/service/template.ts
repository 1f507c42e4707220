/**
 * Request templates: JSON with placeholders that name the adjustment's facts.
 *
 * A text that is one placeholder alone keeps the fact's type; among other text it becomes text.
 * `{"$each": "entries", "as": …}` repeats for every entry (or code of `overrides`),
 * `{"$if": "adjustment.memo", "then": …, "else": …}` chooses. `{"$secret": "env:NAME"}` is
 * put in when it is sent, and never kept. Only declared facts can be named,
 * nothing is evaluated: a template cannot reach outside the data model.
 */
import { secretShape } from "../connections/shapes.ts";
import { Failure } from "../kernel/failure.ts";
import type { FieldFault } from "../kernel/failure.ts";

import {
  FREE_FACTS,
  ITEM_FACTS,
  NUMBER_FACTS,
  POLICY_FACT,
  REQUEST_FACTS,
} from "./request-fact-names.ts";
import { isSecretPlace, markOf, shownSecret } from "./secret-places.ts";

/** A whole number that floating ones do not hold is a bigint: JSON writes its digits. */
export type FactValue = string | number | bigint | boolean | null;
export type FactTable = Readonly<Record<string, FactValue>>;

/** What a template can name: `entry.…` is the principal's entry, or the one at hand in `$each`. */
export interface RequestFacts {
  readonly common: FactTable;
  readonly entries: readonly FactTable[];
  /** What a person authorised to override, one `override.code` each. */
  readonly overrides: readonly FactTable[];
  /** For the record: a number that is masked is text, and no secret is put in. */
  readonly isMasked?: true;
}

/** What `$each` repeats for. */
const LISTS = ["entries", "overrides"] as const;

export type Json = string | number | bigint | boolean | null | Json[] | { [name: string]: Json };

export interface Template {
  /** Throws `request-invalid` naming the fact that does not fit its filter. */
  render(facts: RequestFacts): Json | undefined;
  /** `number` where a whole account number is named, `policy` where a closed account's is. */
  readonly uses: ReadonlySet<"number" | "policy">;
}

type Renderer = (facts: RequestFacts, entry: FactTable) => Json | undefined;

const PLACEHOLDER =
  /\{\{\s*([A-Za-z][A-Za-z0-9_.-]*)((?:\s*\|\s*[a-zA-Z]+(?:\s+[0-9]{1,4})?)*)\s*\}\}/g;

/** Compiles; every fault is added with its JSON Pointer. */
export function compileTemplate(value: unknown, pointer: string, faults: FieldFault[]): Template {
  const uses = new Set<"number" | "policy">();
  const renderer = compileValue(value, pointer, { faults, uses, inEach: false });
  return {
    uses,
    render: (facts) => renderer(facts, facts.entries[0] ?? {}),
  };
}

interface Compiling {
  readonly faults: FieldFault[];
  readonly uses: Set<"number" | "policy">;
  readonly inEach: boolean;
}

function compileValue(value: unknown, pointer: string, compiling: Compiling): Renderer {
  if (typeof value === "string") return compileText(value, pointer, compiling);
  if (value === null || typeof value === "number" || typeof value === "boolean") {
    return () => value;
  }
  if (Array.isArray(value)) {
    const items = value.map((item, index) => compileValue(item, `${pointer}/${index}`, compiling));
    return (facts, entry) => items.map((item) => item(facts, entry)).filter(isThere);
  }
  if (typeof value !== "object") {
    compiling.faults.push({ pointer, detail: "is not JSON" });
    return () => null;
  }
  const record = value as Record<string, unknown>;
  if ("$each" in record) return compileEach(record, pointer, compiling);
  if ("$if" in record) return compileIf(record, pointer, compiling);
  if (isSecretPlace(record)) return compileSecret(record, pointer, compiling);
  const members = Object.entries(record).map(
    ([name, member]) => [name, compileValue(member, `${pointer}/${name}`, compiling)] as const,
  );
  return (facts, entry) => {
    const rendered: { [name: string]: Json } = {};
    for (const [name, member] of members) {
      const inner = member(facts, entry);
      if (inner !== undefined) rendered[name] = inner;
    }
    return rendered;
  };
}

function compileSecret(
  record: Record<string, unknown>,
  pointer: string,
  { faults }: Compiling,
): Renderer {
  const { success, data } = secretShape.safeParse(record["$secret"]);
  if (!success || Object.keys(record).length > 1) {
    faults.push({ pointer, detail: 'is {"$secret": "env:NAME"} or {"$secret": "file:PATH"}' });
    return () => null;
  }
  const [mark, shown] = [markOf(data), shownSecret(data)];
  return ({ isMasked }) => (isMasked === true ? shown : mark);
}

function compileEach(
  record: Record<string, unknown>,
  pointer: string,
  compiling: Compiling,
): Renderer {
  const others = Object.keys(record).filter((name) => name !== "$each" && name !== "as");
  const list = LISTS.find((name) => name === record["$each"]);
  if (list === undefined || !("as" in record) || others.length > 0) {
    const lists = LISTS.map((name) => `"${name}"`).join(" or ");
    compiling.faults.push({ pointer, detail: `is {"$each": ${lists}, "as": …}` });
    return () => null;
  }
  const item = compileValue(record["as"], `${pointer}/as`, { ...compiling, inEach: true });
  return (facts) => facts[list].map((one) => item(facts, one)).filter(isThere);
}

function compileIf(
  record: Record<string, unknown>,
  pointer: string,
  compiling: Compiling,
): Renderer {
  const name = record["$if"];
  const others = Object.keys(record).filter((one) => !["$if", "then", "else"].includes(one));
  if (typeof name !== "string" || !("then" in record) || others.length > 0) {
    compiling.faults.push({ pointer, detail: 'is {"$if": fact, "then": …, "else": …}' });
    return () => null;
  }
  checkName(name, `${pointer}/$if`, compiling);
  const positive = compileValue(record["then"], `${pointer}/then`, compiling);
  const negative =
    "else" in record ? compileValue(record["else"], `${pointer}/else`, compiling) : undefined;
  return (facts, entry) => {
    const fact = factOf(name, facts, entry);
    const holds = fact !== null && fact !== false && fact !== "";
    return holds ? positive(facts, entry) : negative?.(facts, entry);
  };
}

interface Placeholder {
  readonly name: string;
  readonly filters: readonly Filter[];
}

function compileText(text: string, pointer: string, compiling: Compiling): Renderer {
  const parts: (string | Placeholder)[] = [];
  let from = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    if (match.index > from) parts.push(text.slice(from, match.index));
    from = match.index + match[0].length;
    const name = match[1] as string;
    checkName(name, pointer, compiling);
    parts.push({ name, filters: compileFilters(match[2] ?? "", pointer, compiling) });
  }
  if (from < text.length || parts.length === 0) parts.push(text.slice(from));
  if (parts.some((part) => typeof part === "string" && /\{\{|\}\}/.test(part))) {
    compiling.faults.push({ pointer, detail: `${text} is not a placeholder` });
  }
  const [only] = parts;
  if (parts.length === 1 && typeof only === "object") {
    return (facts, entry) => valueOf(only, facts, entry);
  }
  return (facts, entry) =>
    parts
      .map((part) => (typeof part === "string" ? part : textOf(valueOf(part, facts, entry))))
      .join("");
}

function checkName(name: string, pointer: string, { faults, uses }: Compiling): void {
  if (NUMBER_FACTS.has(name)) uses.add("number");
  if (name === POLICY_FACT) uses.add("policy");
  if (REQUEST_FACTS.has(name) || ITEM_FACTS.has(name) || name.startsWith(FREE_FACTS)) return;
  faults.push({ pointer, detail: `${name} is not a fact of an adjustment` });
}

function factOf(name: string, facts: RequestFacts, entry: FactTable): FactValue {
  return (ITEM_FACTS.has(name) ? entry[name] : facts.common[name]) ?? null;
}

function valueOf({ name, filters }: Placeholder, facts: RequestFacts, entry: FactTable): FactValue {
  const isMasked = facts.isMasked === true && NUMBER_FACTS.has(name);
  return filters.reduce<FactValue>(
    (value, filter) =>
      value === null || (isMasked && filter === exactNumber) ? value : filter(value, name),
    factOf(name, facts, entry),
  );
}

type Filter = (value: NonNullable<FactValue>, name: string) => FactValue;

const FILTERS: Readonly<Record<string, (count: number) => Filter>> = {
  text: () => String,
  number: () => exactNumber,
  upper: () => (value) => String(value).toUpperCase(),
  lower: () => (value) => String(value).toLowerCase(),
  comma: () => (value) => String(value).replace(".", ","),
  year: () => (value) => String(value).slice(0, 4),
  month: () => (value) => String(value).slice(5, 7),
  day: () => (value) => String(value).slice(8, 10),
  digits: () => (value) => String(value).replaceAll(/[^0-9]/g, ""),
  first: (count) => (value) => String(value).slice(0, count),
  fill: (count) => (value) => String(value).padStart(count, "0"),
};

function compileFilters(text: string, pointer: string, { faults }: Compiling): Filter[] {
  const written = text.split("|").map((part) => part.trim());
  return written
    .filter((part) => part !== "")
    .flatMap((part) => {
      const [name = "", count] = part.split(/\s+/);
      const filter = Object.hasOwn(FILTERS, name) ? FILTERS[name] : undefined;
      const wantsCount = name === "first" || name === "fill";
      if (filter === undefined || wantsCount !== (count !== undefined)) {
        faults.push({ pointer, detail: `${part} is not a filter` });
        return [];
      }
      return [filter(Number(count ?? 0))];
    });
}

/**
 * A floating number says 15 digits exactly: a whole one that is longer (a key of 64 bits) keeps all
 * of them as a bigint, one with decimal places is refused, not rounded.
 */
function exactNumber(value: NonNullable<FactValue>, name: string): number | bigint {
  const text = String(value);
  const digits = text.replace(/^-?0*/, "").replace(".", "");
  const isWhole = /^-?[0-9]{1,64}$/.test(text);
  if (!isWhole && (!/^-?[0-9]+\.[0-9]+$/.test(text) || digits.length > 15)) {
    throw new Failure("request-invalid", `${name} does not fit a JSON number`, { fact: name });
  }
  return digits.length > 15 ? BigInt(text) : Number(text);
}

function textOf(value: FactValue): string {
  return value === null ? "" : String(value);
}

function isThere(value: Json | undefined): value is Json {
  return value !== undefined;
}
