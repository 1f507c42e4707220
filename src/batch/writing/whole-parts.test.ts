import { describe, expect, test } from "vitest";

import { preparedAhead, wholeParts } from "./whole-parts.ts";

const FETCHED = 4;

interface Row {
  readonly adjustmentId: string;
  readonly step: number;
}

async function allOf<Part>(parts: AsyncIterable<Part>): Promise<Part[]> {
  const all: Part[] = [];
  for await (const part of parts) all.push(part);
  return all;
}

/** One row per letter, numbered as it comes. */
function rowsOf(letters: string): Row[] {
  return Array.from(letters, (adjustmentId, step) => ({ adjustmentId, step }));
}

/** A cursor over the rows: so many at a time, and how often it was asked. */
function cursorOver(rows: readonly Row[]) {
  const asked: number[] = [];
  const fetch = (): Promise<Row[]> => {
    const from = asked.length * FETCHED;
    asked.push(from);
    return Promise.resolve(rows.slice(from, from + FETCHED));
  };
  return { asked, fetch };
}

async function partsOf(letters: string): Promise<string[]> {
  const { fetch } = cursorOver(rowsOf(letters));
  const parts = await allOf(wholeParts(fetch, FETCHED));
  const steps = parts.flat().map((row) => row.step);
  expect(steps).toEqual(Array.from(letters, (_, step) => step));
  return parts.map((part) => part.map((row) => row.adjustmentId).join(""));
}

describe("rows of one adjustment stay together", () => {
  test.each<[string, string, string[]]>([
    ["no row at all", "", []],
    ["one row", "a", ["a"]],
    ["fewer than a part", "abb", ["abb"]],
    ["exactly one part", "aabb", ["aa", "bb"]],
    ["exactly two parts", "aabbccdd", ["aa", "bbcc", "dd"]],
    ["an adjustment over the bound", "aaabbbcc", ["aaa", "bbb", "cc"]],
    ["an adjustment that ends at the bound", "aaaabb", ["aaaabb"]],
    ["one longer than a part", "abbbbbbbc", ["a", "bbbbbbbc"]],
    ["one of exactly two parts alone", "aaaaaaaa", ["aaaaaaaa"]],
    ["each a row of its own", "abcdefghi", ["abc", "defg", "hi"]],
  ])("%s: %s", async (_, letters, expected) => {
    expect(await partsOf(letters)).toEqual(expected);
  });

  test("the last part is known by being short: nothing is asked behind it", async () => {
    const short = cursorOver(rowsOf("aabbcc"));
    const full = cursorOver(rowsOf("aabb"));

    await allOf(wholeParts(short.fetch, FETCHED));
    await allOf(wholeParts(full.fetch, FETCHED));

    expect(short.asked).toEqual([0, 4]);
    expect(full.asked).toEqual([0, 4]);
  });

  test("the next part is asked for before the caller has done with one", async () => {
    const { asked, fetch } = cursorOver(rowsOf("aabbccddee"));
    const parts = wholeParts(fetch, FETCHED);

    await parts.next();

    expect(asked).toEqual([0, 4]);
    await parts.return(undefined);
  });

  test("a failure is told when its part's turn comes, also where it is the first", async () => {
    let asked = 0;
    const fetch = (): Promise<Row[]> => {
      asked += 1;
      return asked === 1 ? Promise.resolve(rowsOf("aabb")) : Promise.reject(new Error("cut off"));
    };
    const parts = wholeParts(fetch, FETCHED);

    expect((await parts.next()).value).toHaveLength(2);
    await expect(parts.next()).rejects.toThrow("cut off");
    const gone = wholeParts<Row>(() => Promise.reject(new Error("no cursor")), FETCHED);
    await expect(gone.next()).rejects.toThrow("no cursor");
  });
});

describe("parts are prepared ahead", () => {
  async function* given(parts: readonly string[]): AsyncGenerator<string> {
    yield* parts;
  }

  test.each([0, 1, 2, 5])("%d parts keep their order and are each prepared", async (count) => {
    const all = Array.from({ length: count }, (_, at) => `part ${at}`);
    const prepared: string[] = [];
    const prepare = async (part: string): Promise<void> => {
      await Promise.resolve();
      prepared.push(part);
    };

    expect(await allOf(preparedAhead(given(all), prepare))).toEqual(all);
    expect(prepared).toEqual(all);
  });

  test("no part is handed out before it is prepared, and two are prepared at most", async () => {
    const waiting: (() => void)[] = [];
    const prepare = (): Promise<void> => new Promise((resolve) => waiting.push(resolve));
    const parts = preparedAhead(given(["a", "b", "c"]), prepare);
    let handedOut = false;
    const first = parts.next().then((one) => {
      handedOut = true;
      return one;
    });
    await new Promise(setImmediate);
    expect({ begun: waiting.length, handedOut }).toEqual({ begun: 1, handedOut: false });

    waiting[0]?.();

    expect((await first).value).toBe("a");
    expect(waiting).toHaveLength(2);
    waiting[1]?.();
  });

  test("a failure to prepare ends it", async () => {
    const prepare = (part: string): Promise<void> =>
      part === "b" ? Promise.reject(new Error("not b")) : Promise.resolve();
    const parts = preparedAhead(given(["a", "b", "c"]), prepare);

    expect((await parts.next()).value).toBe("a");
    await expect(parts.next()).rejects.toThrow("not b");
  });
});
