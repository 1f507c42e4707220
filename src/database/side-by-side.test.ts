/** Statements of one transaction that are asked for side by side: their order, their failures. */
import { expect, test, vi } from "vitest";

import { useDatabase } from "../../test/support/use-database.ts";
import { askInOrder } from "./ask-in-order.ts";
import { sql } from "./sql.ts";

const database = useDatabase();

test("statements asked for side by side run one after another, without a warning", async () => {
  const warned = vi.fn<(warning: Error) => void>();
  process.on("warning", warned);

  const rows = await database.transaction((transaction) =>
    Promise.all(
      [1, 2, 3].map((n) => transaction.one(sql`select ${n}::int as n, pg_sleep(0.01)::text`)),
    ),
  );

  expect(rows).toMatchObject([{ n: 1 }, { n: 2 }, { n: 3 }]);
  expect(warned).not.toHaveBeenCalled();
  process.off("warning", warned);
});

test("statements asked for in order run so, with turns for others between them", async () => {
  const asked: string[] = [];

  const [first, second, third] = await database.transaction((transaction) =>
    askInOrder(
      [
        async () => {
          asked.push("first");
          return transaction.one(sql`select 1 as n, pg_sleep(0.05)::text`);
        },
        async () => {
          asked.push("second");
          setImmediate(() => asked.push("another's"));
          return transaction.one(sql`select 2 as n`);
        },
        async () => {
          asked.push("third");
          return "no statement";
        },
      ],
      1_000,
    ),
  );

  expect([first, second, third]).toMatchObject([{ n: 1 }, { n: 2 }, "no statement"]);
  expect(asked).toEqual(["first", "second", "another's", "third"]);
});

test("asked for in order, the first that fails is why all do; none goes unheard", async () => {
  const unheard = vi.fn<(reason: unknown) => void>();
  process.on("unhandledRejection", unheard);

  const failed = database.transaction((transaction) =>
    askInOrder(
      [
        () => transaction.one(sql`select 1 / 0`),
        () => new Promise((resolve) => setTimeout(resolve, 20)),
        () => transaction.one(sql`select 2 as n`),
      ],
      1_000,
    ),
  );

  await expect(failed).rejects.toThrow("division by zero");
  await new Promise((resolve) => setTimeout(resolve, 40));
  expect(unheard).not.toHaveBeenCalled();
  process.off("unhandledRejection", unheard);
});

test("what fails beside others is why they fail, and is worth the same repetition", async () => {
  let runs = 0;
  const later = async <Result>(work: Promise<Result>): Promise<Result> => {
    const result = await work;
    await Promise.resolve();
    return result;
  };
  const conflict = sql`do $$ begin raise exception 'conflict' using errcode = '40001'; end $$`;

  const rows = await database.transaction((transaction) => {
    runs += 1;
    const first = runs === 1 ? transaction.query(conflict) : transaction.query(sql`select 1`);
    // The reason comes through more hands than what it made fail.
    const slowly = [1, 2, 3].reduce((work) => work.then((row) => row), later(later(first)));
    return Promise.all([slowly, transaction.query(sql`select 2 as n`)]);
  });

  expect(runs).toBe(2);
  expect(rows[1]).toEqual([{ n: 2 }]);
});

test("the same statement twice, never prepared, fails beside another for its reason", async () => {
  const seen: string[] = [];
  const same = sql`select 'never prepared before' as seen`;

  const failed = await database
    .transaction((transaction) =>
      Promise.allSettled([
        transaction.query(sql`select 1 / 0`),
        transaction.query(same),
        transaction.query(same),
      ]).then((results) => {
        for (const one of results) if (one.status === "rejected") seen.push(String(one.reason));
        throw new Error("to the end");
      }),
    )
    .catch(String);

  expect(failed).toBe("Error: to the end");
  expect(seen).toEqual([1, 2, 3].map(() => "error: division by zero"));
});

test("a statement that failed unnoticed takes the transaction with it", async () => {
  await database.owner.execute(sql`create table unnoticed (id int)`);
  await database.owner.execute(sql`grant all on unnoticed to redress_app`);

  const broken = database.transaction(async (transaction) => {
    await transaction.execute(sql`insert into unnoticed values (1)`);
    void transaction.query(sql`select 1 / 0`).catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    return "done";
  });

  await expect(broken).rejects.toThrow(/a statement that failed/);
  expect(await database.query(sql`select id from unnoticed`)).toEqual([]);
});

test("after a part that failed the rest goes on, beside each other and a stream", async () => {
  const seen = await database.transaction(async (transaction) => {
    await transaction
      .savepoint(() => transaction.execute(sql`select 1 / 0`))
      .catch(() => undefined);
    const streamed = async (): Promise<number[]> => {
      const all: number[] = [];
      const rows = transaction.stream<{ n: number }>(sql`select generate_series(1, 3) as n`, 2);
      for await (const { n } of rows) all.push(n);
      return all;
    };
    return Promise.all([
      transaction.one(sql`select 'before' as seen`),
      streamed(),
      transaction.one(sql`select 'after' as seen`),
      transaction.one(sql`select 'again' as seen`),
    ]);
  });

  expect(seen).toEqual([{ seen: "before" }, [1, 2, 3], { seen: "after" }, { seen: "again" }]);
});

test("a stream can be left half way, and the transaction goes on", async () => {
  const seen = await database.transaction(async (transaction) => {
    for await (const { n } of transaction.stream<{ n: number }>(
      sql`select generate_series(1, 100) as n`,
      10,
    )) {
      if (n === 25) break;
    }
    return transaction.one(sql`select 'after' as seen`);
  });

  expect(seen).toEqual({ seen: "after" });
});

test("a copy left half way undoes the transaction, and the next one is well", async () => {
  await database.owner.execute(sql`create table half_way (id int)`);
  await database.owner.execute(sql`grant all on half_way to redress_app`);

  const broken = database.transaction(async (transaction) => {
    await transaction.execute(sql`insert into half_way values (1)`);
    for await (const chunk of transaction.copyOut(
      sql`copy (select generate_series(1, ${1_000_000})) to stdout`,
    )) {
      if (chunk.length > 0) break;
    }
  });

  await expect(broken).rejects.toThrow(/left a copy half way/);
  expect(await database.query(sql`select id from half_way`)).toEqual([]);
});
