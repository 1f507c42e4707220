import { expect, test } from "vitest";

import type { MinuteCalls } from "../api/service-types.ts";
import { callSeries, latencySeries, totals } from "./calls-over-time.ts";

const SPAN = { from: "2026-11-16T15:00:00Z", until: "2026-11-16T15:03:00Z" };
const CALLS: readonly MinuteCalls[] = [
  { minute: "2026-11-16T15:00:00Z", outcomes: { posted: 5, alreadyPosted: 1, unknown: 2 } },
  { minute: "2026-11-16T15:02:00Z", outcomes: { refused: 1, notFound: 3 } },
];

test("every minute has a figure, and each group stands on those below it", () => {
  const { at, calls, tops } = callSeries(CALLS, SPAN);

  expect(at.map((second) => second - (at[0] ?? 0))).toEqual([0, 60, 120]);
  expect(calls[0]).toEqual([6, 0, 0]);
  expect(tops.at(-1)).toEqual([8, 0, 4]);
  expect(tops[1]).toEqual([6, 0, 3]);
});

test("totals leave out groups without calls", () => {
  const found = totals(callSeries(CALLS, SPAN));

  expect(found.map(({ name, total }) => [name, total])).toEqual([
    ["answered", 6],
    ["asked", 3],
    ["refused", 1],
    ["unknown", 2],
  ]);
});

test("a minute without postings is a gap in the latencies", () => {
  const rows = [{ minute: "2026-11-16T15:01:00Z", p50: 5, p95: 9, p99: 12, calls: 3 }];

  expect(latencySeries(rows, SPAN)).toEqual([
    [null, 5, null],
    [null, 9, null],
    [null, 12, null],
  ]);
});
