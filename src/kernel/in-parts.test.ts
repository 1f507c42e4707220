/** Work on a large set: all of it, in order, with room for others between its parts. */
import { expect, test } from "vitest";

import { eachInParts, mapInParts, PART } from "./in-parts.ts";

const items = Array.from({ length: 3 * PART + 1 }, (_, index) => index);

test("every item once, in order", async () => {
  expect(await mapInParts(items, (item) => item + 1)).toEqual(items.map((item) => item + 1));
  expect(await mapInParts([], () => 1)).toEqual([]);
});

test("what came meanwhile has its turn between two parts", async () => {
  const done: (number | "another's")[] = [];
  const working = eachInParts(items, (item) => {
    if (item === PART - 1) setImmediate(() => done.push("another's"));
    done.push(item);
  });
  await working;

  expect(done.indexOf("another's")).toBe(PART);
  expect(done).toHaveLength(items.length + 1);
});

test("a small set is worked on at once", () => {
  const done: number[] = [];
  void eachInParts(items.slice(0, PART), (item) => done.push(item));

  expect(done).toHaveLength(PART);
});

test("what one of them throws ends the work and says so", async () => {
  const done: number[] = [];
  const working = eachInParts(items, (item) => {
    if (item === PART + 2) throw new Error("this one");
    done.push(item);
  });

  await expect(working).rejects.toThrow("this one");
  expect(done).toHaveLength(PART + 2);
});
