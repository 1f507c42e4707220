/**
 * Compares the live schema with the expected one, which is what the migrations make in an empty
 * database beside it, and says how to repair what differs. It changes nothing itself.
 */
import { randomBytes } from "node:crypto";

import pg from "pg";

import type { Clock } from "../kernel/clock.ts";
import { connectDatabase } from "./database.ts";
import { temporaryServer } from "./embedded/temporary.ts";
import { sqlState } from "./errors.ts";
import { migrate } from "./migrate.ts";
import { readSchema } from "./schema.ts";
import type { SchemaKind, SchemaThing } from "./schema.ts";

export interface Difference {
  readonly kind: SchemaKind;
  /** `table.column` and the like. */
  readonly name: string;
  readonly problem: "missing" | "unexpected" | "different";
  /** What is there and what is expected, where both are. */
  readonly live?: string;
  readonly expected?: string;
  /** SQL to run as the owner, after reading it: dropping loses what is in there. */
  readonly repair: string;
}

export interface DoctorOptions {
  readonly databaseUrl: string;
  readonly migrationsDirectory: string;
  readonly clock: Clock;
}

const INSUFFICIENT_PRIVILEGE = "42501";

/** What differs, in an order in which the repairs can be run; nothing for a healthy schema. */
export async function examine(options: DoctorOptions): Promise<Difference[]> {
  const live = await schemaOf(options.databaseUrl);
  const expected = await expectedSchema(options);
  return compareSchemas(live, expected);
}

/** Pure: both lists as `readSchema` gives them. */
export function compareSchemas(
  live: readonly SchemaThing[],
  expected: readonly SchemaThing[],
): Difference[] {
  const liveByKey = new Map(live.map((thing) => [keyOf(thing), thing]));
  const expectedByKey = new Map(expected.map((thing) => [keyOf(thing), thing]));
  const missingTables = new Set(
    expected.filter((thing) => thing.kind === "table" && !liveByKey.has(keyOf(thing))).map(nameOf),
  );
  const unexpectedTables = new Set(
    live.filter((thing) => thing.kind === "table" && !expectedByKey.has(keyOf(thing))).map(nameOf),
  );
  const missingOrDifferent = expected.flatMap((thing): Difference[] => {
    const found = liveByKey.get(keyOf(thing));
    // A missing table brings its columns with it.
    if (thing.kind === "column" && missingTables.has(thing.owner)) return [];
    if (found === undefined) return [{ ...about(thing, "missing"), repair: `${thing.create};` }];
    if (found.definition === thing.definition) return [];
    return [
      {
        ...about(thing, "different"),
        live: found.definition,
        expected: thing.definition,
        repair: repairOf(found, thing),
      },
    ];
  });
  const unexpected = live
    .filter((thing) => !expectedByKey.has(keyOf(thing)) && !unexpectedTables.has(thing.owner))
    .map((thing) => ({ ...about(thing, "unexpected"), repair: `${thing.drop};` }))
    .toReversed();
  return [...missingOrDifferent, ...unexpected];
}

function repairOf(live: SchemaThing, expected: SchemaThing): string {
  if (expected.kind === "function") {
    return `${expected.create.replace(/^create( or replace)? /i, "create or replace ")};`;
  }
  if (expected.kind === "column") return alterColumn(live, expected);
  if (expected.kind === "table") {
    return `-- ${expected.name} has to be made anew and its rows moved:\n-- ${expected.definition}`;
  }
  return `${live.drop};\n${expected.create};`;
}

function alterColumn(live: SchemaThing, expected: SchemaThing): string {
  const [is, wanted] = [live.column, expected.column];
  if (is === undefined || wanted === undefined) return `${live.drop};\n${expected.create};`;
  if (is.generated !== wanted.generated || is.identity !== wanted.identity || is.generated !== "") {
    return `${live.drop};\n${expected.create};`;
  }
  const alter = `alter table ${expected.owner} alter column ${expected.name}`;
  const steps: string[] = [];
  if (is.type !== wanted.type) steps.push(`type ${wanted.type}`);
  if (is.default !== wanted.default) {
    steps.push(wanted.default === null ? "drop default" : `set default ${wanted.default}`);
  }
  if (is.not_null !== wanted.not_null)
    steps.push(wanted.not_null ? "set not null" : "drop not null");
  return steps.map((step) => `${alter} ${step};`).join("\n");
}

function about(thing: SchemaThing, problem: Difference["problem"]): Omit<Difference, "repair"> {
  const name = thing.owner === "" ? thing.name : `${thing.owner}.${thing.name}`;
  return { kind: thing.kind, name, problem };
}

function keyOf(thing: SchemaThing): string {
  return `${thing.kind} ${thing.owner} ${thing.name}`;
}

function nameOf(thing: SchemaThing): string {
  return thing.name;
}

async function schemaOf(databaseUrl: string): Promise<SchemaThing[]> {
  const database = connectDatabase({ databaseUrl, role: "owner", connections: 1 });
  try {
    return await readSchema(database);
  } finally {
    await database.close();
  }
}

/** In a database of the same server; where we may not make one, in a server of our own. */
async function expectedSchema(options: DoctorOptions): Promise<SchemaThing[]> {
  const name = `redress_expected_${randomBytes(6).toString("hex")}`;
  try {
    await execute(options.databaseUrl, `create database ${name} template template0`);
  } catch (error) {
    if (sqlState(error) !== INSUFFICIENT_PRIVILEGE) throw error;
    return expectedElsewhere(options);
  }
  try {
    const url = new URL(options.databaseUrl);
    url.pathname = `/${name}`;
    return await migratedSchema(options, url.href);
  } finally {
    await execute(options.databaseUrl, `drop database ${name} with (force)`);
  }
}

async function expectedElsewhere(options: DoctorOptions): Promise<SchemaThing[]> {
  const server = await temporaryServer("redress-doctor-");
  try {
    return await migratedSchema(options, server.databaseUrl);
  } finally {
    await server.remove();
  }
}

async function migratedSchema(options: DoctorOptions, databaseUrl: string): Promise<SchemaThing[]> {
  const { migrationsDirectory: directory, clock } = options;
  await migrate({ databaseUrl, directory, clock });
  return schemaOf(databaseUrl);
}

async function execute(databaseUrl: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
