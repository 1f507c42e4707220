/**
 * The one way to PostgreSQL: what every room sees of it, over a pool of `pg` connections.
 *
 * Application connections take the role `redress_app`, which owns nothing, so that the database
 * itself refuses what the application must never do. Sessions run in UTC.
 */
import { randomInt } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";

import pg from "pg";

import { assert } from "../kernel/assert.ts";
import { copyFrom, copyTo, cursorRows } from "./bulk.ts";
import type { Chunks } from "./bulk.ts";
import { isConflict, sqlState, understood } from "./errors.ts";
import { listener } from "./listen.ts";
import type { Statement } from "./sql.ts";
import type { Done, Way } from "./turns.ts";
import { openTurns } from "./turns.ts";
import { boundValues, resultTypes } from "./values.ts";

export interface Queries {
  query<Row extends object>(statement: Statement): Promise<Row[]>;
  /** The only row. None or two is our own mistake; a row that may be absent is `maybe`. */
  one<Row extends object>(statement: Statement): Promise<Row>;
  maybe<Row extends object>(statement: Statement): Promise<Row | undefined>;
  /** Runs it and says how many rows it touched. */
  execute(statement: Statement): Promise<number>;
  /**
   * Rows one by one through a cursor: memory stays flat however many there are. Inside a
   * transaction no other statement can run before it is read to its end or left.
   */
  stream<Row extends object>(statement: Statement, rowsPerFetch?: number): AsyncIterable<Row>;
  /** `copy … from stdin`: feeds it the chunks and says how many rows went in. */
  copyIn(statement: Statement, chunks: Chunks): Promise<number>;
  /** `copy … to stdout`: the bytes as they come. Values are scalars, written as literals. */
  copyOut(statement: Statement): AsyncIterable<Buffer>;
}

export interface Transaction extends Queries {
  /** A part that may fail alone: its statements are undone and the transaction goes on. */
  savepoint<Result>(work: () => Promise<Result>): Promise<Result>;
}

export interface TransactionOptions {
  /** Default: read committed, with rows locked in sorted order. */
  readonly isolation?: "read committed" | "repeatable read" | "serializable";
  readonly readOnly?: boolean;
}

export interface Database extends Queries {
  /**
   * Runs `work` in one transaction: committed when it resolves, rolled back when it throws. Where
   * another transaction got in the way (serialization, deadlock) it runs again, so `work` must
   * have no effect outside the database. Throws `database-unreachable` when the connection is
   * lost; lost during the commit, the outcome is not known.
   */
  transaction<Result>(
    work: (transaction: Transaction) => Promise<Result>,
    options?: TransactionOptions,
  ): Promise<Result>;
  /**
   * Calls `heard` for every notification on the channel, and with "" whenever some may have been
   * missed. Notifications are hints; the truth is a row. Resolves when it listens.
   */
  listen(channel: string, heard: (payload: string) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly databaseUrl: string;
  /** `owner` only for migrations, the doctor and tests: it stays the role that signed in. */
  readonly role?: "application" | "owner";
  readonly connections?: number;
  readonly applicationName?: string;
  /** Attempts of a transaction that meets a conflict. */
  readonly attempts?: number;
  readonly random?: () => number;
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

const IDLE_IN_TRANSACTION_SECONDS = 300;

/** A database behind a pool. Connects when first used. */
export function connectDatabase(options: DatabaseOptions): Database {
  const configuration = clientConfiguration(options);
  const settings = sessionSettings(options.role ?? "application");
  const poolConfiguration = {
    ...configuration,
    max: options.connections ?? 16,
    idleTimeoutMillis: 30_000,
    // The pool waits for the promise, though its types do not say so.
    onConnect: settled(settings),
  };
  const pool = new pg.Pool(poolConfiguration);
  pool.on("error", () => undefined);
  const ears = listener(configuration, settings);

  return {
    ...queriesOver(fromPool(pool)),
    transaction: (work, chosen = {}) => transact(pool, options, work, chosen),
    listen: (channel, heard) => ears.listen(channel, heard),
    close: async () => {
      await ears.close();
      await pool.end();
    },
  };
}

function clientConfiguration(options: DatabaseOptions): pg.ClientConfig {
  return {
    connectionString: options.databaseUrl,
    types: resultTypes,
    application_name: options.applicationName ?? "redress",
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  };
}

function sessionSettings(role: "application" | "owner"): string {
  const takeRole = role === "application" ? "set role redress_app; " : "";
  return (
    `${takeRole}set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set bytea_output = 'hex'; ` +
    `set standard_conforming_strings = on; ` +
    `set idle_in_transaction_session_timeout = '${IDLE_IN_TRANSACTION_SECONDS}s'`
  );
}

function settled(settings: string): (client: pg.ClientBase) => Promise<unknown> {
  return (client) => {
    // A lost connection fails the statement that waits on it; without a listener it would also
    // end the process.
    client.on("error", () => undefined);
    return client.query(settings);
  };
}

/**
 * A connection for as long as it is held; inside a transaction always the same one. `alone`: no
 * other statement may be on its way, for rows or bytes are read bit by bit.
 */
type Hold = (way: Way) => Held | Promise<Held>;

interface Held {
  readonly client: pg.ClientBase;
  release(broken: boolean): void;
  /** What an error comes from: of a statement that an earlier one made fail, the earlier one's. */
  causeOf(error: unknown): unknown;
}

function fromPool(pool: pg.Pool): Hold {
  return async () => {
    try {
      const client = await pool.connect();
      return { client, release: (broken) => client.release(broken), causeOf: (error) => error };
    } catch (error) {
      throw understood(error);
    }
  };
}

function queriesOver(hold: Hold): Queries {
  const run = async <Row extends object>(statement: Statement): Promise<pg.QueryResult<Row>> =>
    withClient(hold, "beside", (client) =>
      client.query<Row>({
        text: statement.text,
        name: statement.name,
        values: boundValues(statement.values),
      }),
    );
  const query = async <Row extends object>(statement: Statement): Promise<Row[]> =>
    (await run<Row>(statement)).rows;
  return {
    query,
    one: async <Row extends object>(statement: Statement) => {
      const [row, second] = await query<Row>(statement);
      assert(row !== undefined, `a row was expected from: ${statement.text}`);
      assert(second === undefined, `one row was expected from: ${statement.text}`);
      return row;
    },
    maybe: async <Row extends object>(statement: Statement) => {
      const [row, second] = await query<Row>(statement);
      assert(second === undefined, `at most one row was expected from: ${statement.text}`);
      return row;
    },
    execute: async (statement) => (await run(statement)).rowCount ?? 0,
    copyIn: (statement, chunks) =>
      withClient(hold, "alone", (client) => copyFrom(client, statement, chunks)),
    copyOut: (statement) => held(hold, (client) => copyTo(client, statement), "ends mid-way"),
    stream: <Row extends object>(statement: Statement, rowsPerFetch = 2000) =>
      held(hold, (client) => cursorRows<Row>(client, statement, rowsPerFetch), "can be left"),
  };
}

async function withClient<Result>(
  hold: Hold,
  way: Way,
  work: (client: pg.ClientBase) => Promise<Result>,
): Promise<Result> {
  const holding = hold(way);
  const { client, release, causeOf } = holding instanceof Promise ? await holding : holding;
  let broken = false;
  try {
    return await work(client);
  } catch (error) {
    const cause = causeOf(error);
    const meaning = understood(cause);
    broken = meaning !== cause;
    throw meaning;
  } finally {
    release(broken);
  }
}

/**
 * As `withClient` for something that is read bit by bit: the connection is held to its end. A
 * cursor can be left half way; a copy then still has bytes under way, and its connection is lost.
 */
async function* held<Item>(
  hold: Hold,
  items: (client: pg.ClientBase) => AsyncIterable<Item>,
  left: "can be left" | "ends mid-way",
): AsyncGenerator<Item> {
  const { client, release } = await hold("alone");
  let broken = left === "ends mid-way";
  try {
    yield* items(client);
    broken = false;
  } catch (error) {
    const meaning = understood(error);
    broken = meaning !== error;
    throw meaning;
  } finally {
    release(broken);
  }
}

async function transact<Result>(
  pool: pg.Pool,
  options: DatabaseOptions,
  work: (transaction: Transaction) => Promise<Result>,
  settings: TransactionOptions,
): Promise<Result> {
  const attempts = options.attempts ?? 5;
  const random = options.random ?? (() => randomInt(1_000_000) / 1_000_000);
  const sleep = options.sleep ?? ((milliseconds: number) => delay(milliseconds));
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transactOnce(pool, work, settings);
    } catch (error) {
      if (!isConflict(error) || attempt >= attempts) throw error;
      await sleep(random() * 20 * 2 ** attempt);
    }
  }
}

async function transactOnce<Result>(
  pool: pg.Pool,
  work: (transaction: Transaction) => Promise<Result>,
  settings: TransactionOptions,
): Promise<Result> {
  const { client, release } = await fromPool(pool)("alone");
  let broken = false;
  let hasEnded = false;
  const spoil = (): void => {
    broken = true;
  };
  try {
    await client.query(beginning(settings));
    const result = await work(transactionOver(client, spoil, () => hasEnded));
    hasEnded = true;
    assert(!broken, "a transaction left a copy half way");
    const ended = await client.query("commit");
    // PostgreSQL answers so where a statement failed that nobody waited for.
    assert(ended.command === "COMMIT", "a transaction ended in spite of a statement that failed");
    return result;
  } catch (error) {
    hasEnded = true;
    const meaning = understood(error);
    broken ||= meaning !== error;
    if (!broken) {
      await client.query("rollback").catch(spoil);
    }
    throw meaning;
  } finally {
    sendAhead(client, false);
    release(broken);
  }
}

/**
 * Whether the driver sends a statement while it waits for the answer to another. It is an option of
 * a connection; only transactions want it, and what reads bit by bit cannot have it. It may change
 * while no answer is outstanding.
 */
function sendAhead(client: pg.ClientBase, isAhead: boolean): void {
  Object.assign(client, { pipeline: isAhead });
}

function beginning({ isolation = "read committed", readOnly = false }: TransactionOptions): string {
  return `begin isolation level ${isolation} ${readOnly ? "read only" : "read write"}`;
}

/**
 * Statements of one transaction run one after another in the order in which they were asked for.
 * Those asked for side by side are sent at once: none waits for the answer to the one before it.
 * Once one has failed the others fail for the same reason.
 */
function transactionOver(
  client: pg.ClientBase,
  spoil: () => void,
  hasEnded: () => boolean,
): Transaction {
  let depth = 0;
  let failure: unknown;
  const turns = openTurns();
  const causeOf = (error: unknown): unknown => {
    if (sqlState(error) === undefined) return error;
    failure ??= error;
    return failure;
  };
  const heldUntil = (way: Way, done: Done): Held => {
    // What was left running would commit by itself, on a connection that is another's by now.
    if (hasEnded()) {
      done();
      throw new Error("a statement of a transaction that has ended");
    }
    if (way === "alone") sendAhead(client, false);
    const release = (broken: boolean): void => {
      if (broken) spoil();
      if (way === "alone") sendAhead(client, true);
      done();
    };
    return { client, release, causeOf };
  };
  const hold: Hold = (way) => {
    const turn = turns.take(way);
    return turn instanceof Promise
      ? turn.then((done) => heldUntil(way, done))
      : heldUntil(way, turn);
  };
  sendAhead(client, true);
  return {
    ...queriesOver(hold),
    savepoint: async (work) => {
      const name = `part_${++depth}`;
      await client.query(`savepoint ${name}`);
      try {
        const result = await work();
        await client.query(`release savepoint ${name}`);
        return result;
      } catch (error) {
        await client.query(`rollback to savepoint ${name}`);
        failure = undefined;
        throw error;
      }
    },
  };
}
