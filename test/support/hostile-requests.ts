/**
 * Requests nobody should send, made from what the API says of itself: for each operation of
 * openapi.json an address, a query, headers and a body, sound but for a hostile thing or two.
 */
import type { SeededRandom } from "../../src/rehearsal/seeded-random.ts";

export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly format?: string;
  readonly minimum?: number;
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema: Schema;
}

export interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
  };
}

export interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

export interface HostileRequest {
  readonly operationId: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload?: string;
}

/** Texts that broke something somewhere: numbers, times, names, paths, patterns, formulas. */
const TEXTS: readonly string[] = [
  "",
  " ",
  "0",
  "-1",
  "-0",
  "-0.00",
  "1e9",
  "1e400",
  "NaN",
  "Infinity",
  "9007199254740993.00",
  "9223372036854775807",
  "92233720368547758.08",
  "99999999999999999999999999.99",
  "0.001",
  "1,000.00",
  "١٢٣.٠٠",
  "１００.００",
  "0x10",
  "null",
  "true",
  "__proto__",
  "constructor",
  "hasOwnProperty",
  "a\u0000b",
  "\ud800",
  "\u202eabc",
  "a\r\nset-cookie: x=y",
  "%00",
  "%",
  "../../etc/passwd",
  "=cmd|' /C calc'!A0",
  "'; drop table entry; --",
  "((((a+)+)+)+)+$",
  "{{amount}}",
  "${amount}",
  "0000-01-01",
  "-000001-01-01",
  "2026-02-30",
  "2026-11-16",
  "9999-12-31",
  "+275760-09-13",
  "2026-11-16T10:00:00Z",
  "0000-01-01T00:00:00Z",
  "9999-12-31T23:59:59Z",
  "2026-11-16T23:59:60Z",
  "00000000-0000-0000-0000-000000000000",
  "ffffffff-ffff-ffff-ffff-ffffffffffff",
  "x".repeat(300),
  "é".repeat(5000),
];

const NUMBERS: readonly string[] = ["0", "-1", "-0", "1e9", "1e308", "9007199254740993", "0.5"];

const HEADERS: readonly Readonly<Record<string, string>>[] = [
  { "if-match": "*" },
  { "if-match": '"1", "2"' },
  { "if-match": '"999999999999999999999"' },
  { "if-match": '"-1"' },
  { "if-match": "W/" },
  { "idempotency-key": "k".repeat(10_000) },
  { "idempotency-key": '""' },
  { "idempotency-key": "a b" },
  { "content-type": "text/plain" },
  { "content-type": "application/x-www-form-urlencoded" },
  { "content-type": "application/json; charset=utf-16" },
  { "content-type": "application/octet-stream" },
  { "content-type": "multipart/form-data; boundary=x" },
  { "content-type": "/" },
  { accept: "application/pdf" },
  { "if-none-match": '"1", *, W/"' },
  { range: "bytes=5-1,-,999999999999-" },
  { "accept-encoding": "x".repeat(1000) },
];

const BODIES: readonly string[] = [
  "",
  "null",
  "[]",
  "{",
  '"text"',
  "1e400",
  "{}{}",
  "\u0000",
  '{"__proto__":{"isAdmin":true}}',
  '{"constructor":{"prototype":{"x":1}}}',
  "[".repeat(10_000) + "]".repeat(10_000),
  '{"a":'.repeat(10_000) + "1" + "}".repeat(10_000),
  `[${'"\\u0000",'.repeat(5000)}1]`,
];

/** `known` names ids that exist, by the words of the path before them. */
export function hostileRequest(
  description: Description,
  random: SeededRandom,
  known: Readonly<Record<string, readonly string[]>>,
): HostileRequest {
  const path = random.pick(Object.keys(description.paths));
  const methods = description.paths[path] ?? {};
  const method = random.pick(Object.keys(methods));
  const operation = methods[method] as Operation;
  const attack = new Attack(description, random);
  const parameters = operation.parameters ?? [];
  const where = random.pick(["path", "query", "header", "body", "body", "body", "query", "none"]);
  const url = addressOf(path, random, known, where === "path") + attack.query(parameters, where);
  const schema = Object.values(operation.requestBody?.content ?? {})[0]?.schema;
  const sendsBody = method !== "get" && (schema !== undefined || random.once(3));
  return {
    operationId: operation.operationId,
    method: method.toUpperCase(),
    url,
    headers: {
      ...(sendsBody ? { "content-type": "application/json" } : {}),
      "idempotency-key": `fuzz-${random.below(1_000_000_000)}`,
      "if-match": `"${random.below(4)}"`,
      ...(where === "header" ? random.pick(HEADERS) : {}),
    },
    ...(sendsBody ? { payload: attack.body(schema, where === "body") } : {}),
  };
}

/** Every operation with a sound body and address, as somebody who means no harm sends it. */
export function soundRequests(
  description: Description,
  random: SeededRandom,
  known: Readonly<Record<string, readonly string[]>>,
): HostileRequest[] {
  const attack = new Attack(description, random);
  return Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const schema = Object.values(operation.requestBody?.content ?? {})[0]?.schema;
      return {
        operationId: operation.operationId,
        method: method.toUpperCase(),
        url: addressOf(path, random, known, false),
        headers: {
          "idempotency-key": `sound-${operation.operationId}-${random.below(1_000_000_000)}`,
          "if-match": '"1"',
          ...(schema === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(schema === undefined ? {} : { payload: attack.body(schema, false) }),
      };
    }),
  );
}

function addressOf(
  path: string,
  random: SeededRandom,
  known: Readonly<Record<string, readonly string[]>>,
  isHostile: boolean,
): string {
  let before = "";
  return path
    .split("/")
    .map((part) => {
      if (!part.startsWith("{")) {
        before = part;
        return part;
      }
      const ids = known[before];
      const sound = ids === undefined ? "1" : random.pick(ids);
      return encodeURIComponent((isHostile ? random.pick(TEXTS) : sound).toWellFormed()) || "%20";
    })
    .join("/");
}

class Attack {
  private readonly description: Description;
  private readonly random: SeededRandom;

  constructor(description: Description, random: SeededRandom) {
    this.description = description;
    this.random = random;
  }

  query(parameters: readonly Parameter[], where: string): string {
    const { random } = this;
    const inQuery = parameters.filter((one) => one.in === "query");
    const pairs: string[] = [];
    const encoded = (text: string): string => encodeURIComponent(text.toWellFormed());
    for (const one of inQuery) {
      if (where !== "query" && !random.once(3)) continue;
      const sound = String(this.sound(one.schema, 0) ?? "");
      const value = where === "query" && random.once(2) ? random.pick(TEXTS) : sound;
      pairs.push(`${one.name}=${encoded(value)}`);
      if (where === "query" && random.once(8)) pairs.push(`${one.name}=${encoded(value)}`);
    }
    if (where === "query" && random.once(6)) pairs.push(`unknown=${encoded(random.pick(TEXTS))}`);
    if (where === "query" && random.once(12)) pairs.push(`__proto__[x]=1&a[0]=1&=&&%`);
    if (where === "query" && random.once(40)) pairs.push(`client=${"x".repeat(1_000_000)}`);
    return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
  }

  /** JSON text; a hostile one has one value replaced, one member added, or is no such body. */
  body(schema: Schema | undefined, isHostile: boolean): string {
    const { random } = this;
    if (isHostile && random.once(6)) return random.pick(BODIES);
    const text = JSON.stringify(this.sound(schema ?? {}, 0) ?? {});
    if (!isHostile) return text;
    const values = [...text.matchAll(/"(?:[^"\\]|\\.)*"(?!:)|\b(?:true|false|null)\b|-?\d+/g)];
    if (values.length === 0 || random.once(10)) {
      return text.replace(/\{/, `{"__proto":1,${JSON.stringify(random.pick(TEXTS))}:1,`);
    }
    const { 0: found, index } = random.pick(values);
    return text.slice(0, index) + this.hostileValue() + text.slice(index + found.length);
  }

  private hostileValue(): string {
    const { random } = this;
    const deep = "[".repeat(500) + "]".repeat(500);
    return random.pick([
      ...Array.from({ length: 6 }, () => JSON.stringify(random.pick(TEXTS))),
      random.pick(NUMBERS),
      random.pick(["null", "true", "[]", "{}", '[""]', '{"__proto__":1}', '{"a":"\\u0000"}', deep]),
    ]);
  }

  private sound(schema: Schema, depth: number): unknown {
    const { random } = this;
    if (schema.$ref !== undefined) {
      const name = schema.$ref.split("/").at(-1) ?? "";
      return this.sound(this.description.components.schemas[name] ?? {}, depth);
    }
    if (schema.const !== undefined) return schema.const;
    if (schema.enum !== undefined) return random.pick(schema.enum);
    const choices = schema.anyOf ?? schema.oneOf;
    if (choices !== undefined) return this.sound(random.pick(choices), depth);
    switch (schema.type) {
      case "object":
        return this.soundObject(schema, depth);
      case "array":
        return depth > 6 ? [] : [this.sound(schema.items ?? {}, depth + 1)];
      case "integer":
      case "number":
        return Math.max(1, schema.minimum ?? 1);
      case "boolean":
        return random.once(2);
      case "null":
        return null;
      case "string":
        return this.soundText(schema);
      default:
        return random.pick(["x", 1, {}, true]);
    }
  }

  private soundObject(schema: Schema, depth: number): Record<string, unknown> {
    const required = new Set(schema.required);
    const members = Object.entries(schema.properties ?? {}).filter(
      ([name]) => required.has(name) || (depth < 6 && this.random.once(2)),
    );
    return Object.fromEntries(
      members.map(([name, one]) => [name, this.named(name) ?? this.sound(one, depth + 1)]),
    );
  }

  /** What a member of this name usually holds, so that more than the shape is reached. */
  private named(name: string): unknown {
    const usual: Readonly<Record<string, readonly unknown[]>> = {
      amount: ["1.00", "10.00", "100.00"],
      currency: ["USD"],
      client: ["harbor"],
      profile: ["nightly"],
      reason: ["because"],
      operation: ["issueProvisionalCredit", "payDispute", "writeOff", "denyDispute", "resolve"],
      layout: ["generic-csv", "generic-fixed-width", "json-lines"],
      account: ["4000123412341234"],
    };
    const found = usual[name];
    return found === undefined || this.random.once(10) ? undefined : this.random.pick(found);
  }

  private soundText(schema: Schema): string {
    if (schema.format === "uuid") return "00000000-0000-4000-8000-000000000000";
    if (schema.format === "date") return "2026-11-16";
    if (schema.format === "date-time") return "2026-11-16T15:00:00Z";
    return this.random.pick(["x", "harbor", "nightly", "core", "1.00", "2026-11-16", "USD"]);
  }
}
