import { describe, expect, test } from "vitest";

import { joined, json, nothing, sql } from "./sql.ts";

describe("the sql tag", () => {
  test("puts every value outside the text", () => {
    const statement = sql`select * from claim where id = ${"x' or true --"} and amount > ${5n}`;

    expect(statement.text).toBe("select * from claim where id = $1 and amount > $2");
    expect(statement.values).toEqual(["x' or true --", 5n]);
  });

  test("numbers the parameters of nested statements as they come", () => {
    const condition = sql`b = ${2} and c = ${3}`;

    const statement = sql`select ${1}::int where ${condition} or d = ${4} or (${condition})`;

    expect(statement.text).toBe(
      "select $1::int where b = $2 and c = $3 or d = $4 or (b = $5 and c = $6)",
    );
    expect(statement.values).toEqual([1, 2, 3, 4, 2, 3]);
  });

  test("leaves no trace of a statement of nothing", () => {
    const statement = sql`select 1 ${nothing}where a = ${7}`;

    expect(statement.text).toBe("select 1 where a = $1");
    expect(statement.values).toEqual([7]);
  });

  test("names the same text the same, whatever the values and wherever it is written", () => {
    const first = sql`select ${1}`;
    const second = sql`select ${2}`;
    const other = sql`select ${1} `;

    expect(first.name).toBe(second.name);
    expect(first.name).not.toBe(other.name);
    expect(first.name.length).toBeLessThan(64);
  });

  test.each([
    { given: [], text: "", values: [] },
    { given: [sql`a = ${1}`], text: "a = $1", values: [1] },
    {
      given: [sql`a = ${1}`, sql`b`, sql`c = ${3}`],
      text: "a = $1 and b and c = $2",
      values: [1, 3],
    },
  ])("joins $given.length conditions", ({ given, text, values }) => {
    const statement = joined(given, " and ");

    expect(statement.text).toBe(text);
    expect(statement.values).toEqual(values);
  });

  test("refuses undefined, alone and beside a nested statement", () => {
    expect(() => sql`select ${undefined}`).toThrow(/undefined in: select \?/);
    expect(() => sql`select ${undefined}, ${sql`now()`}`).toThrow(/undefined in/);
  });
});

test("json writes a bigint as decimal text and keeps an array an array", () => {
  expect(json([{ minor: 12345678901234567890n }, null])).toBe(
    '[{"minor":"12345678901234567890"},null]',
  );
});
