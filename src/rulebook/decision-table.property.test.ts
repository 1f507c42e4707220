/**
 * Random tables: the compiled table decides as a naive reader of the same cells would, and the
 * checker's verdicts hold at every point that the cells can tell apart.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";

import { compileTable, tableFields } from "./decision-table.ts";
import { factTypes, suppliedFact } from "./facts.ts";
import type { Facts, FactValue } from "./facts.ts";
import { fit } from "./shape.ts";
import { parseSource } from "./source.ts";
import type { Problem } from "./source.ts";

const types = factTypes([
  suppliedFact("amount", "amount", "an amount"),
  suppliedFact("network", "string", "a text"),
  suppliedFact("regulation", "string", "listed", ["E", "Z"]),
  suppliedFact("fraud", "boolean", "a boolean"),
  suppliedFact("cards", "integer", "a count"),
  suppliedFact("tags", "list", "texts"),
  { ...suppliedFact("branch", "string", "may be absent"), mayBeAbsent: true },
]);

/** What a generated cell means, apart from how it is written. */
interface Meaning {
  readonly text: string;
  readonly fits: (value: FactValue, exponent: number) => boolean;
}

/** Bounds of amounts in thousandths, so that some are finer than a cent. */
const bound = fc.integer({ min: -2, max: 6 }).map((step) => BigInt(step) * 2_505n);

function written(thousandths: bigint): string {
  const size = thousandths < 0n ? -thousandths : thousandths;
  const text = `${size / 1000n}.${String(size % 1000n).padStart(3, "0")}`;
  return thousandths < 0n ? `-${text}` : text;
}

const order: Readonly<Record<string, (a: bigint, b: bigint) => boolean>> = {
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
};

/** An amount in ten-thousandths, whatever its currency. */
function exact(value: FactValue, exponent: number): bigint {
  return (value as bigint) * 10n ** BigInt(4 - exponent);
}

const operator = fc.constantFrom(">", ">=", "<", "<=");

const amountItem = fc.oneof(
  fc.tuple(operator, bound).map(([sign, limit]): Meaning => ({
    text: `${sign} ${written(limit)}`,
    fits: (value, exponent) => order[sign]?.(exact(value, exponent), limit * 10n) === true,
  })),
  fc.tuple(bound, bound, fc.boolean(), fc.boolean()).map(([a, b, open, close]): Meaning => {
    const [low, high] = a < b ? [a, b] : [b, a];
    const point = low === high;
    const [from, to] = [point || open ? "[" : "(", point || close ? "]" : ")"];
    return {
      text: `${from}${written(low)} .. ${written(high)}${to}`,
      fits: (value, exponent) => {
        const amount = exact(value, exponent);
        const above = from === "[" ? amount >= low * 10n : amount > low * 10n;
        return above && (to === "]" ? amount <= high * 10n : amount < high * 10n);
      },
    };
  }),
  bound.map((point): Meaning => ({
    text: written(point),
    fits: (value, exponent) => exact(value, exponent) === point * 10n,
  })),
);

const countItem = fc
  .tuple(operator, fc.integer({ min: -1, max: 4 }))
  .map(([sign, limit]): Meaning => ({
    text: `${sign} ${limit}`,
    fits: (value) => order[sign]?.(value as bigint, BigInt(limit)) === true,
  }));

function textItem(...texts: readonly string[]) {
  return fc.constantFrom(...texts).map((text): Meaning => ({
    text,
    fits: (value) =>
      text === "absent"
        ? value === null
        : Array.isArray(value)
          ? value.includes(text)
          : String(value) === text,
  }));
}

/** One to three alternatives, perhaps negated. */
function cellOf(item: fc.Arbitrary<Meaning>): fc.Arbitrary<Meaning> {
  return fc
    .tuple(fc.array(item, { minLength: 1, maxLength: 3 }), fc.boolean())
    .map(([items, negated]): Meaning => {
      const text = items.map((one) => one.text).join(" | ");
      const any: Meaning["fits"] = (value, exponent) =>
        items.some((one) => one.fits(value, exponent));
      return negated
        ? { text: `not(${text})`, fits: (value, exponent) => !any(value, exponent) }
        : { text, fits: any };
    });
}

const row = fc.record(
  {
    amount: cellOf(amountItem),
    network: cellOf(textItem("visa", "star", "amex")),
    regulation: cellOf(textItem("E", "Z")),
    fraud: cellOf(textItem("true", "false")),
    cards: cellOf(countItem),
    tags: cellOf(textItem("vip", "staff")),
    branch: cellOf(textItem("north", "absent")),
  },
  { requiredKeys: [] },
);

type Row = Readonly<Partial<Record<string, Meaning>>>;

const facts: fc.Arbitrary<Facts> = fc
  .tuple(
    fc.constantFrom(0, 2, 3),
    bound,
    fc.bigInt({ min: -1n, max: 1n }),
    fc.record({
      network: fc.constantFrom("visa", "star", "amex", "other"),
      regulation: fc.constantFrom("E", "Z"),
      fraud: fc.boolean(),
      cards: fc.bigInt({ min: -3n, max: 6n }),
      tags: fc.subarray(["vip", "staff", "other"]),
      branch: fc.constantFrom("north", "south", null),
    }),
  )
  .map(([exponent, near, off, values]) => {
    const amount = (near * 10n ** BigInt(exponent)) / 1000n + off;
    return { exponent, values: { ...values, amount } };
  });

const shape = z.strictObject(tableFields(z.string()));

function load(hit: string, rows: readonly Row[], withDefault: boolean) {
  const lines = rows.map((cells, index) => {
    const when = Object.entries(cells).map(([input, cell]) => `${input}: '${cell?.text}'`);
    return `  - { id: r${index}, when: { ${when.join(", ")} }, then: r${index} }`;
  });
  const body = lines.length === 0 ? "rows: []" : `rows:\n${lines.join("\n")}`;
  const problems: Problem[] = [];
  const text = `hit: ${hit}\n${body}\n${withDefault ? "default: none\n" : ""}`;
  const from = parseSource("t.yaml", text, problems);
  const value = fit(shape, from, problems);
  const context = { name: "T", types, from, path: [], problems, outcome: (one: string) => one };
  const table = value === null ? null : compileTable(value, context);
  return { table, reasons: problems.map(({ reason }) => reason) };
}

function fitting(rows: readonly Row[], given: Facts): readonly string[] {
  return rows.flatMap((cells, index) => {
    const fits = Object.entries(cells).every(
      ([input, cell]) => cell?.fits(given.values[input] ?? null, given.exponent) === true,
    );
    return fits ? [`r${index}`] : [];
  });
}

/** Rows of one or two cells over inputs with few values: every case can be tried. */
const discreteRow = fc
  .tuple(row, fc.subarray(["network", "regulation", "fraud", "branch", "cards"], { maxLength: 2 }))
  .map(([cells, inputs]): Row => {
    const kept = Object.entries(cells).filter(([input]) => inputs.includes(input));
    return Object.fromEntries(kept);
  });

const EVERY_CASE: readonly Facts[] = ["visa", "star", "amex", "other"].flatMap((network) =>
  ["E", "Z"].flatMap((regulation) =>
    [true, false].flatMap((fraud) =>
      ["north", "south", null].flatMap((branch) =>
        Array.from({ length: 9 }, (_, cards) => ({
          exponent: 2,
          values: { network, regulation, fraud, branch, cards: BigInt(cards - 3) },
        })),
      ),
    ),
  ),
);

const points = fc.array(facts, { minLength: 30, maxLength: 30 });
const RUNS = { numRuns: 400 };

describe("random tables", () => {
  it("decide and explain as a naive reader does", () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 6 }), points, (rows, given) => {
        const { table, reasons } = load("first", rows, true);
        if (table === null) {
          expect(reasons.every((reason) => /unreachable|can never fit/.test(reason))).toBe(true);
          return;
        }

        for (const point of given) {
          const expected = fitting(rows, point)[0] ?? "default";
          expect(table.evaluate(point).row).toBe(expected);
          const explained = table.explain(point);
          expect(explained.row).toBe(expected);
          for (const { row: id, hit, failed } of explained.rows) {
            if (hit) expect(id).toBe(expected);
            const fits = fitting(rows, point).includes(id);
            expect(failed === null).toBe(fits);
          }
        }
      }),
      RUNS,
    );
  });

  it("shown free of overlap never have two rows that fit", () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 3 }), points, (rows, given) => {
        const { reasons } = load("unique", rows, true);
        const overlapping = reasons.some((reason) => reason.includes("overlaps"));
        if (overlapping) return;

        for (const point of given) expect(fitting(rows, point).length).toBeLessThan(2);
      }),
      RUNS,
    );
  });

  it("shown free of gaps always have a row that fits", () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), points, (rows, given) => {
        const { reasons } = load("first", rows, false);
        if (reasons.some((reason) => reason.includes("no default"))) return;

        for (const point of given) expect(fitting(rows, point)).not.toEqual([]);
      }),
      RUNS,
    );
  });

  it("called unreachable have no point at which the row decides", () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 6 }), points, (rows, given) => {
        const { reasons } = load("first", rows, true);
        const unreachable = reasons.flatMap((reason) => /^row "(r\d)"/.exec(reason)?.[1] ?? []);

        for (const point of given) {
          expect(unreachable).not.toContain(fitting(rows, point)[0] ?? "default");
        }
      }),
      RUNS,
    );
  });

  it("are faulted exactly where trying every case finds the fault", () => {
    fc.assert(
      fc.property(fc.array(discreteRow, { maxLength: 6 }), (rows) => {
        const fits = EVERY_CASE.map((given) => fitting(rows, given));
        const unique = load("unique", rows, true).reasons;
        const first = load("first", rows, false).reasons;
        const deciding = new Set(fits.map(([decides]) => decides));
        const idle = rows.flatMap((_, index) => (deciding.has(`r${index}`) ? [] : [`r${index}`]));

        expect(unique.some((reason) => reason.includes("overlaps"))).toBe(
          fits.some((several) => several.length > 1),
        );
        expect(first.some((reason) => reason.includes("no default"))).toBe(
          fits.some((none) => none.length === 0),
        );
        expect(first.flatMap((reason) => /^row "(r\d)"/.exec(reason)?.[1] ?? [])).toEqual(idle);
      }),
      RUNS,
    );
  });
});
