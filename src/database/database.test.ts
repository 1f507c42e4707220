import { Temporal } from "temporal-polyfill";
import { describe, expect, test, vi } from "vitest";

import { useDatabase } from "../../test/support/use-database.ts";
import { Failure } from "../kernel/failure.ts";
import { connectDatabase } from "./database.ts";
import { sqlState, violatedConstraint } from "./errors.ts";
import { json, sql } from "./sql.ts";

const database = useDatabase();

test("the application signs in as a role that owns nothing, in UTC", async () => {
  const row = await database.one<{ role: string; zone: string }>(
    sql`select current_user::text as role, current_setting('timezone') as zone`,
  );
  const owned = await database.query(
    sql`select relname from pg_class where relowner = 'redress_app'::regrole`,
  );

  expect(row).toEqual({ role: "redress_app", zone: "UTC" });
  expect(owned).toEqual([]);
});

describe("values", () => {
  test("come back exact: no number for what a number cannot hold, no local time", async () => {
    const row = await database.one(sql`
      select 9223372036854775807::int8 as large, 0.1::numeric(20, 2) as exact,
             date '2026-11-23' as day, timestamptz '2026-11-23 23:30:00.000001-05' as instant,
             array[1, null, -3]::int8[] as list, '{"a": [1]}'::jsonb as object,
             array[timestamptz '2026-01-01 00:00Z', null] as instants,
             array[date '2026-01-02'] as days, '\\x00ff'::bytea as bytes, '{}'::int8[] as empty
    `);

    expect(row).toEqual({
      large: 9223372036854775807n,
      exact: "0.10",
      day: "2026-11-23",
      instant: "2026-11-24T04:30:00.000001Z",
      list: [1n, null, -3n],
      object: { a: [1] },
      instants: ["2026-01-01T00:00:00Z", null],
      days: ["2026-01-02"],
      bytes: Buffer.from([0, 255]),
      empty: [],
    });
  });

  test("go in as a set through unnest, with nulls, bytes and json among them", async () => {
    const amounts = [1n, null, 9007199254740993n];
    const texts = ['a "quoted", {braced} \\ text', null, "NULL"];
    const objects = [json({ list: [1, "two"] }), null, json([])];
    const hashes = [Buffer.from([1, 2]), Buffer.alloc(0), null];

    const rows = await database.query(sql`
      select * from unnest(${amounts}::bigint[], ${texts}::text[], ${objects}::jsonb[],
                           ${hashes}::bytea[]) as given (amount, text, object, hash)
    `);

    expect(rows).toEqual(
      amounts.map((amount, index) => ({
        amount,
        text: texts[index],
        object: index === 1 ? null : JSON.parse(objects[index] ?? ""),
        hash: hashes[index],
      })),
    );
  });

  test("go in as a set whatever their texts hold", async () => {
    const texts = [
      ...["", " ", "null", "Null", "nullify", "{}", "a,b", "'", '"', "\\", '\\"', "two\nlines"],
      ...["é 💶", 'é "💶"', 'a\t"b"\n', '\u2028"', "same", "same", null, null, '{"a": "b\\n\\"c"}'],
    ];
    const flags = texts.map((text) => (text === null ? null : text === ""));
    const counts = texts.map((_, index) => index - 1.5);

    const rows = await database.query<{ text: string | null }>(sql`
      select * from unnest(${texts}::text[], ${flags}::boolean[], ${counts}::float8[])
        as given (text, flag, count)
    `);
    const { none } = await database.one<{ none: string[] }>(sql`select ${[]}::text[] as none`);

    const wanted = texts.map((text, index) => ({ text, flag: flags[index], count: counts[index] }));
    expect(rows).toEqual(wanted);
    expect(none).toEqual([]);
  });

  test("of Temporal go in as they are, alone and in arrays", async () => {
    const instant = Temporal.Instant.from("2026-11-23T12:00:00.123456Z");
    const days = [Temporal.PlainDate.from("2026-02-28"), null];

    const row = await database.one(
      sql`select ${instant}::timestamptz as instant, ${days}::date[] as days`,
    );

    expect(row).toEqual({ instant: "2026-11-23T12:00:00.123456Z", days: ["2026-02-28", null] });
  });
});

test("one expects exactly one row, maybe at most one", async () => {
  const two = sql`select generate_series(1, 2) as n`;
  const none = sql`select 1 as n where false`;

  await expect(database.one(two)).rejects.toThrow(/one row was expected/);
  await expect(database.one(none)).rejects.toThrow(/a row was expected/);
  await expect(database.maybe(two)).rejects.toThrow(/at most one row/);
  expect(await database.maybe(none)).toBeUndefined();
});

test("a statement is prepared once per connection and used again", async () => {
  await database.transaction(async (transaction) => {
    for (const value of [1, 2, 3]) await transaction.one(sql`select ${value}::int as "again"`);
    const prepared = await transaction.one<{ times: bigint }>(sql`
      select sum(generic_plans + custom_plans)::bigint as times
      from pg_prepared_statements where statement like '%as "again"'
    `);

    expect(prepared.times).toBe(3n);
  });
});

describe("a transaction", () => {
  const table = async (): Promise<void> => {
    await database.owner.execute(sql`drop table if exists counter`);
    await database.owner.execute(
      sql`create table counter (id int constraint counter_key primary key, value int not null)`,
    );
    await database.owner.execute(sql`grant all on counter to redress_app`);
    await database.execute(sql`insert into counter values (1, 0), (2, 0)`);
  };
  const values = async (): Promise<number[]> => {
    const rows = await database.query<{ value: number }>(
      sql`select value from counter order by id`,
    );
    return rows.map(({ value }) => value);
  };

  test("that throws leaves nothing behind", async () => {
    await table();

    const broken = database.transaction(async (transaction) => {
      await transaction.execute(sql`update counter set value = 9`);
      throw new Error("on purpose");
    });

    await expect(broken).rejects.toThrow("on purpose");
    expect(await values()).toEqual([0, 0]);
  });

  test("keeps what was done around a part that failed", async () => {
    await table();

    const failed = await database.transaction(async (transaction) => {
      await transaction.execute(sql`update counter set value = 1 where id = 1`);
      const part = transaction.savepoint(async () => {
        await transaction.execute(sql`update counter set value = 7 where id = 2`);
        await transaction.execute(sql`insert into counter values (1, 1)`);
      });
      return part.then(
        () => undefined,
        (error: unknown) => ({ state: sqlState(error), name: violatedConstraint(error) }),
      );
    });

    expect(failed).toEqual({ state: "23505", name: "counter_key" });
    expect(await values()).toEqual([1, 0]);
  });

  test("runs again when two deadlock, so that both are done", async () => {
    await table();
    let arrived = 0;
    const runs = vi.fn<() => void>();
    const move = (first: number, second: number): Promise<void> =>
      database.transaction(async (transaction) => {
        runs();
        await transaction.execute(sql`update counter set value = value + 1 where id = ${first}`);
        arrived += 1;
        await vi.waitUntil(() => arrived >= 2);
        await transaction.execute(sql`update counter set value = value + 1 where id = ${second}`);
      });

    await Promise.all([move(1, 2), move(2, 1)]);

    expect(await values()).toEqual([2, 2]);
    expect(runs.mock.calls.length).toBeGreaterThan(2);
  });

  test("gives up on conflicts after the attempts allowed, waiting longer each time", async () => {
    const waits: number[] = [];
    const impatient = connectDatabase({
      databaseUrl: database.url,
      attempts: 3,
      random: () => 0.5,
      sleep: async (milliseconds) => void waits.push(milliseconds),
    });
    const runs = vi.fn<() => void>();

    const broken = impatient.transaction(async (transaction) => {
      runs();
      await transaction.execute(
        sql`do $$ begin raise exception 'conflict' using errcode = '40001'; end $$`,
      );
    });

    await expect(broken).rejects.toMatchObject({ code: "40001" });
    expect(runs).toHaveBeenCalledTimes(3);
    expect(waits).toEqual([20, 40]);
    await impatient.close();
  });

  test("that is read only refuses to write, and serializable is what it says", async () => {
    await table();
    const write = sql`update counter set value = 1`;

    await expect(
      database.transaction((transaction) => transaction.execute(write), { readOnly: true }),
    ).rejects.toMatchObject({ code: "25006" });
    const row = await database.transaction(
      (transaction) => transaction.one(sql`show transaction_isolation`),
      { isolation: "serializable" },
    );
    expect(row).toEqual({ transaction_isolation: "serializable" });
  });
});

describe("many rows", () => {
  test("stream through a cursor, and the connection is free again when left half way", async () => {
    let sum = 0n;
    for await (const { n } of database.stream<{ n: bigint }>(
      sql`select generate_series(1, ${5000})::bigint as n`,
      1000,
    )) {
      sum += n;
      if (n === 4000n) break;
    }

    expect(sum).toBe(8002000n);
    const busy = Array.from({ length: 12 }, (_, n) =>
      database.one<{ n: number }>(sql`select ${n}::int as n`),
    );
    expect((await Promise.all(busy)).map(({ n }) => n)).toEqual([...Array(12).keys()]);
  });

  test("go in and out by copy, counted, with scalars where copy takes no parameters", async () => {
    await database.owner.execute(sql`create table copied (id bigint, text text)`);
    await database.owner.execute(sql`grant all on copied to redress_app`);
    const lines = function* (): Generator<string> {
      for (let id = 1; id <= 3000; id += 1) yield `${id}\tit's ${id}\n`;
    };

    const count = await database.copyIn(sql`copy copied (id, text) from stdin`, lines());
    let text = "";
    for await (const chunk of database.copyOut(sql`
      copy (select text from copied where id > ${2998n} and text <> ${"it's 3000"}) to stdout
    `)) {
      text += chunk.toString();
    }

    expect(count).toBe(3000);
    expect(text).toBe("it's 2999\n");
  });

  test("that do not fit fail the copy and leave none of them", async () => {
    await database.owner.execute(sql`create table copied_badly (id bigint)`);
    await database.owner.execute(sql`grant all on copied_badly to redress_app`);

    const broken = database.copyIn(sql`copy copied_badly from stdin`, ["1\n", "two\n"]);

    await expect(broken).rejects.toMatchObject({ code: "22P02" });
    expect(await database.query(sql`select id from copied_badly`)).toEqual([]);
  });
});

describe("listening", () => {
  test("hears what is said on its channel until it stops", async () => {
    const heard: string[] = [];
    const stop = await database.listen("news", (payload) => heard.push(payload));

    await database.execute(sql`select pg_notify('news', 'first'), pg_notify('other', 'x')`);
    await vi.waitUntil(() => heard.length > 0);
    await stop();
    await database.execute(sql`select pg_notify('news', 'second')`);
    await database.one(sql`select 1 as settled`);

    expect(heard).toEqual(["first"]);
  });

  test("goes on after its connection broke, and hears that something may be missing", async () => {
    const heard: string[] = [];
    const stop = await database.listen("steady", (payload) => heard.push(payload));

    await database.owner.execute(sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where query like 'listen "steady"' and pid <> pg_backend_pid()
    `);
    await vi.waitUntil(() => heard.includes(""), { timeout: 10_000 });
    await database.execute(sql`select pg_notify('steady', 'again')`);
    await vi.waitUntil(() => heard.includes("again"), { timeout: 10_000 });

    expect(heard).toEqual(["", "again"]);
    await stop();
  });
});

describe("a database that does not answer", () => {
  test("is a failure the caller can act on", async () => {
    const url = new URL(database.url);
    url.port = "1";
    const nowhere = connectDatabase({ databaseUrl: url.href });

    await expect(nowhere.query(sql`select 1`)).rejects.toMatchObject({
      name: "Failure",
      code: "database-unreachable",
    });
    await nowhere.close();
  });

  test("in the middle of a transaction too, and the next statement finds a new one", async () => {
    const broken = database.transaction(async (transaction) => {
      const { pid } = await transaction.one<{ pid: number }>(sql`select pg_backend_pid() as pid`);
      await database.owner.execute(sql`select pg_terminate_backend(${pid})`);
      await transaction.query(sql`select 1`);
    });

    await expect(broken).rejects.toThrow(Failure);
    expect(await database.one(sql`select 1 as fine`)).toEqual({ fine: 1 });
  });
});
