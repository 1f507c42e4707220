import { expect, test } from "vitest";

import { PAIN_VALUES } from "../../test/support/trial-file.ts";
import type { Layout } from "../formats/layout.ts";
import { filesExpected } from "./files-count.ts";
import type { BatchProfile } from "./profile.ts";
import { layoutSources } from "./writing/layout-sources.ts";
import { layoutOf } from "./writing/layouts.ts";

type Sums = Parameters<typeof filesExpected>[0];

function layoutNamed(layout: string, more: Partial<Layout> = {}): Layout {
  const { layout: known } = layoutOf(
    { name: "core", layout, values: PAIN_VALUES },
    layoutSources([]),
  );
  return { ...known, ...more } as Layout;
}

function expected(
  sums: Sums,
  profile: Partial<BatchProfile> = {},
  layout = layoutNamed("json-lines"),
) {
  return filesExpected(sums, { emptyFile: "skip", ...profile }, layout);
}

const usd = (count: bigint) => ({ currency: "USD", count });
const eur = (count: bigint) => ({ currency: "EUR", count });

test("each currency is a file of its own, and nothing pending is none", () => {
  expect(expected([usd(3n), eur(1n)])).toEqual({ files: 2, isAtLeast: false, isEmpty: false });
  expect(expected([])).toEqual({ files: 0, isAtLeast: false, isEmpty: false });
});

test("nothing pending is one empty file where the profile sends it and the layout has it", () => {
  const sends = { emptyFile: "send", maximumLines: 10 } as const;

  expect(expected([], sends)).toEqual({ files: 1, isAtLeast: false, isEmpty: true });
  expect(expected([usd(1n)], sends)).toEqual({ files: 1, isAtLeast: true, isEmpty: false });
  expect(expected([], sends, layoutNamed("pain-001"))).toMatchObject({ files: 0, isEmpty: false });
});

test("the most adjustments a file may have split it, exactly", () => {
  const files = (count: bigint) => expected([usd(count)], { maximumAdjustments: 10 });

  expect([files(10n), files(11n)].map((one) => one.files)).toEqual([1, 2]);
  expect(files(11n).isAtLeast).toBe(false);
});

test("where lines or bytes are limited it is the least that there will be", () => {
  const limited = layoutNamed("json-lines", { maximumLines: 10_000 });

  expect(expected([usd(25_000n)], {}, limited)).toMatchObject({ files: 3, isAtLeast: true });
  expect(expected([usd(1n)], { maximumBytes: 1024 }).isAtLeast).toBe(true);
});
