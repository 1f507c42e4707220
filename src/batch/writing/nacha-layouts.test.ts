/** What the Nacha layouts write, an independent reader accepts, and our own reads back. */
import fc from "fast-check";
import { expect, test } from "vitest";

import { readByTheRules } from "../../../test/support/nacha-by-the-rules.ts";
import {
  NACHA_VALUES,
  trialBytes,
  trialMovement,
  trialRenderer,
} from "../../../test/support/trial-file.ts";
import { readInbound } from "../../formats/read/read-inbound.ts";

const LAYOUTS = ["nacha-ppd", "nacha-ccd"] as const;

const someMovements = fc.array(
  fc.tuple(
    fc.constantFrom("debit" as const, "credit" as const),
    fc.bigInt({ min: 1n, max: 9_999_999_999n }),
  ),
  { minLength: 1, maxLength: 40 },
);

test.each(LAYOUTS)(
  "%s: an independent reader accepts what is written, and finds it all",
  (layout) => {
    fc.assert(
      fc.property(someMovements, (wanted) => {
        const movements = wanted.map(([side, minor], index) => trialMovement(index, side, minor));

        const bytes = trialBytes({ layout, values: NACHA_VALUES }, movements);

        const file = readByTheRules(bytes.toString("latin1"));
        expect(file).toMatchObject({ modifier: "C", created: "2611241800", effective: "261125" });
        expect(file.entryClass).toBe(layout.slice(-3).toUpperCase());
        expect(file.entries.map((one) => [one.transactionCode, BigInt(one.cents)])).toEqual(
          wanted.map(([side, minor]) => [side === "debit" ? "27" : "22", minor]),
        );
        expect(file.entries.map((one) => Number(one.trace.slice(8)))).toEqual(
          wanted.map((_, index) => index + 1),
        );
        const again = readInbound("nacha-return", bytes);
        expect(again.faults).toEqual([]);
        expect(again.lines.map((line) => [line.side, line.amountMinor])).toEqual(wanted);
      }),
      { numRuns: 40 },
    );
  },
);

test("every line counts into blocks of ten, and the filler too", () => {
  const renderer = trialRenderer({ layout: "nacha-ppd", values: NACHA_VALUES });

  for (let line = 1; line <= 7; line += 1) renderer.add(trialMovement(line, "credit", 100n));

  expect(renderer.totals()).toMatchObject({
    detailCount: 7,
    lineCount: 20,
    hashTotal: 84_730_016n,
  });
});

test("an account number or amount that is too long is refused by field, never cut", () => {
  const wide = trialRenderer({
    layout: "nacha-ppd",
    values: NACHA_VALUES,
    number: "123456789012345678",
  });
  const renderer = trialRenderer({ layout: "nacha-ppd", values: NACHA_VALUES });

  expect(() => wide.add(trialMovement(1, "debit", 100n))).toThrow(
    "DFI account number: 18 characters, room for 17",
  );
  expect(() => renderer.add(trialMovement(1, "debit", 10_000_000_000n))).toThrow("amount: 11");
  expect(renderer.totals()).toMatchObject({ detailCount: 0, debitMinor: 0n });
});

test("what moves no money, and a 37th file of a day, are refused by field", () => {
  const renderer = trialRenderer({ layout: "nacha-ppd", values: NACHA_VALUES });
  const late = trialRenderer({
    layout: "nacha-ppd",
    values: NACHA_VALUES,
    facts: { fileOfDay: 37 },
  });

  expect(() => renderer.add(trialMovement(1, "debit", 100n, { entries: [] }))).toThrow(
    'transaction code: "memo" is not in its map',
  );
  expect(() => late.begin()).toThrow('file id modifier: "37" is not in its map');
});

test("a sum that outgrows the control record starts a new file, it is never cut", () => {
  const renderer = trialRenderer({ layout: "nacha-ppd", values: NACHA_VALUES });
  const large = 9_999_999_999n;
  for (let line = 1; line <= 100; line += 1) renderer.add(trialMovement(line, "debit", large));
  const before = renderer.totals();

  expect(renderer.add(trialMovement(101, "debit", large), () => true)).toBeNull();
  expect(renderer.totals()).toEqual(before);
  expect(() => renderer.add(trialMovement(101, "debit", large))).toThrow("total debit");
  expect(renderer.add(trialMovement(101, "credit", large), () => true)).not.toBeNull();
});

test("a routing number of the wrong length, or a value that is not given, is refused", () => {
  const short = { ...NACHA_VALUES, receivingDfi: "12104288" };
  const { companyId: _, ...without } = NACHA_VALUES;

  const renderer = trialRenderer({ layout: "nacha-ppd", values: short });

  expect(() => renderer.add(trialMovement(1, "debit", 1n))).toThrow("exactly 9 wanted");
  expect(() => trialRenderer({ layout: "nacha-ppd", values: without })).toThrow(
    expect.objectContaining({
      faults: [{ pointer: "/values/companyId", detail: "the layout needs it" }],
    }) as Error,
  );
});

test.each(["nacha-ppd", "nacha-ccd"])(
  "%s, which names no currency, holds dollars only",
  (layout) => {
    const yen = trialRenderer({ layout, values: NACHA_VALUES, facts: { currency: "JPY" } });

    expect(() => yen.begin()).toThrow('service class code: "JPY" is not in its map');
  },
);
