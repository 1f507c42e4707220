import fc from "fast-check";
import { expect, test } from "vitest";

import { NACHA_VALUES, PAIN_VALUES } from "../../../test/support/trial-file.ts";
import { FieldRefused } from "../../formats/field-text.ts";
import { layoutSources } from "./layout-sources.ts";
import { canonicalJson, layoutOf, shippedLayouts } from "./layouts.ts";
import type { Movement, MovementEntry } from "./line-values.ts";
import type { FileFacts, FileRenderer } from "./render-file.ts";
import { fileRenderer } from "./render-file.ts";

const SOURCES = layoutSources(["merchantName"]);
const HOLDER = "0190a1b2-0000-7000-8000-000000000001";

const FACTS: FileFacts = {
  fileId: "0190a1b2-0000-7000-8000-00000000000f",
  fileSequence: 7n,
  fileOfDay: 1,
  messageId: "0190a1b200007000800000000000000f",
  fileName: "core-2026-11-24-7.txt",
  marker: "TEST",
  sender: "North Bank",
  receiver: null,
  client: "north",
  profile: "core",
  layoutName: "trial",
  layoutVersion: "1",
  businessDate: "2026-11-24",
  postingDate: "2026-11-24",
  cutOff: "endOfDay",
  createdAt: "2026-11-24T23:00:01Z",
  zone: "America/New_York",
  currency: "USD",
  supersedesSequence: null,
  supersedesFileId: null,
};

function entry(more: Partial<MovementEntry> = {}): MovementEntry {
  return {
    id: "0190a1b2-0000-7000-8000-0000000000e0",
    rule: "ProvisionalCredit",
    kind: "original",
    debitCollection: "suspense",
    debitAccount: "suspense-visa-1044",
    debitTranCode: "501",
    creditCollection: "accountHolder",
    creditAccount: HOLDER,
    creditTranCode: "201",
    amountMinor: 12_500n,
    plannedPostingDate: "2026-11-24",
    ...more,
  };
}

/** The same money, out of the holder's account. */
function debitOf(debitCollection: string): Partial<Movement> {
  const sides = { debitCollection, debitAccount: HOLDER };
  const other = { creditCollection: "suspense", creditAccount: "suspense-visa-1044" };
  return { entries: [entry({ ...sides, ...other })] };
}

function movement(more: Partial<Movement> = {}): Movement {
  return {
    adjustmentId: "0190a1b2-0000-7000-8000-00000000000a",
    keyRevision: 1,
    claim: "2611240001C",
    dispute: "2611240001D",
    holderAccount: HOLDER,
    operation: "issueProvisionalCredit",
    principalRule: "ProvisionalCredit",
    reversesAdjustmentId: null,
    amountMinor: 12_500n,
    eventDate: "2026-11-23",
    firstPostingDate: "2026-11-24",
    facts: { merchantName: "Corner, Shop" },
    entries: [entry()],
    ...more,
  };
}

function renderer(layout: object | string): FileRenderer {
  const values = { ...NACHA_VALUES, ...PAIN_VALUES };
  const kept = layoutOf({ name: "core", layout: layout as string, values }, SOURCES);
  return fileRenderer({
    layout: kept.layout,
    sources: SOURCES,
    facts: {
      ...FACTS,
      ...Object.fromEntries(Object.entries(values).map(([key, value]) => [`value.${key}`, value])),
    },
    zone: "America/New_York",
    words: { textOf: (rule) => `${rule} text`, numberOf: () => "744567899" },
  });
}

function layout(per: string, from: string[], more: object = {}): object {
  return {
    format: "delimited",
    name: "trial",
    version: "1",
    titles: false,
    lineEnding: "lf",
    detail: { per, fields: from.map((name) => ({ name, from: name, required: false })) },
    trailer: {
      fields: ["detailCount", "lineCount", "debitCount", "debitSum", "creditCount", "creditSum"]
        .concat("hashTotal")
        .map((name) => ({ name, from: name })),
    },
    ...more,
  };
}

test.each([...shippedLayouts().keys()])("the shipped layout %s renders a whole file", (name) => {
  const file = renderer(name);
  const direction = name === "pain-008" ? debitOf("accountHolder") : {};

  const details = file.add(movement(direction)).text;
  const text = file.begin() + details + file.end();
  const lines = text.split(/\r?\n/);

  expect(lines.pop()).toBe("");
  if (!name.startsWith("pain")) expect(lines).toHaveLength(file.totals().lineCount);
  expect(text).toContain("2611240001");
  const width = name.includes("fixed") ? 200 : 94;
  if (name.includes("fixed") || name.startsWith("nacha"))
    expect(new Set(lines.map((line) => line.length))).toEqual(new Set([width]));
});

test("the holder's side decides debit and credit, and totals count by it", () => {
  const file = renderer(layout("entry", ["lineNumber", "direction", "amount", "account"]));
  const debit = entry({
    debitCollection: "accountHolder",
    debitAccount: HOLDER,
    creditCollection: "suspense",
    creditAccount: "suspense-visa-1044",
    amountMinor: 700n,
  });

  const lines = [file.add(movement()).text, file.add(movement({ entries: [debit] })).text];

  expect(lines).toEqual([`1,credit,125.00,${HOLDER}\n`, `2,debit,7.00,${HOLDER}\n`]);
  expect(file.totals()).toMatchObject({
    debitCount: 1,
    debitMinor: 700n,
    creditCount: 1,
    creditMinor: 12_500n,
    detailCount: 2,
    lineCount: 3,
  });
});

test("a line between two of the institution's own accounts is the debited account's", () => {
  const file = renderer(layout("entry", ["direction", "account"]));

  const { text } = file.add(
    movement({ entries: [entry({ creditAccount: "loss-fraud", creditCollection: "loss" })] }),
  );

  expect(text).toBe("debit,suspense-visa-1044\n");
});

test("per step, an entry is a debit line and a credit line with ids of their own", () => {
  const file = renderer(layout("step", ["direction", "account", "tranCode", "stepId"]));

  const { text, detailCount } = file.add(movement());

  expect(detailCount).toBe(2);
  expect(text).toBe(
    "debit,suspense-visa-1044,501,0190a1b2-0000-7000-8000-0000000000e1\n" +
      `credit,${HOLDER},201,0190a1b2-0000-7000-8000-0000000000e2\n`,
  );
  expect(file.totals()).toMatchObject({ debitMinor: 12_500n, creditMinor: 12_500n });
});

test("combined entries on one line say the sum, and never one GL account for several", () => {
  const entries = [
    entry({ amountMinor: 12_000n }),
    entry({ rule: "RefundFee", debitAccount: "fees", amountMinor: 500n }),
  ];
  const holderOnly = renderer(layout("adjustment", ["amount", "account", "rule"]));
  const withBoth = renderer(layout("adjustment", ["amount", "debitAccount"]));

  expect(holderOnly.add(movement({ entries })).text).toBe(`125.00,${HOLDER},ProvisionalCredit\n`);
  expect(() => withBoth.add(movement({ entries }))).toThrow("debitAccount: its 2 entries differ");
});

test("a movement without money is a memo line that no sum counts", () => {
  const file = renderer(layout("entry", ["direction", "amount", "account"]));

  const { text } = file.add(movement({ entries: [], operation: "setAmountInDispute" }));

  expect(text).toBe("memo,125.00,\n");
  expect(file.totals()).toMatchObject({ detailCount: 1, debitCount: 0, creditCount: 0 });
});

test("the hash total keeps the lower digits of the accounts' sum", () => {
  const hashTotal = { from: "debitAccount", digits: 4 };
  const file = renderer(layout("entry", ["debitAccount"], { hashTotal }));

  file.add(movement({ entries: [entry({ debitAccount: "gl-9999" })] }));
  file.add(movement({ entries: [entry({ debitAccount: "gl-0003" })] }));

  expect(file.totals().hashTotal).toBe(2n);
});

test.each([{ digits: 18 }, { digits: 7 }, { digits: 18, first: 9 }, { digits: 3, first: 12 }])(
  "a hash total of %o adds as its words say, whatever the accounts are",
  (rule) => {
    const account = fc.string({
      unit: fc.constantFrom(...Array.from("0123456789-ag")),
      maxLength: 40,
    });
    fc.assert(
      fc.property(fc.array(account, { maxLength: 8 }), (accounts) => {
        const hashTotal = { from: "debitAccount", ...rule };
        const file = renderer(layout("entry", ["debitAccount"], { hashTotal }));
        for (const debitAccount of accounts) {
          file.add(movement({ entries: [entry({ debitAccount })] }));
        }
        const numbers = accounts.map((text) =>
          BigInt(text.replaceAll(/[^0-9]/g, "").slice(0, rule.first ?? 40)),
        );
        const sum = numbers.reduce((all, one) => all + one, 0n);
        expect(file.totals().hashTotal).toBe(sum % 10n ** BigInt(rule.digits));
      }),
    );
  },
);

test("a movement that does not fit leaves no trace, and the next takes its number", () => {
  const narrow = layout("entry", ["lineNumber"], {
    detail: {
      per: "entry",
      fields: [
        { name: "line", from: "lineNumber" },
        { name: "merchant", from: "fact.merchantName", longest: 12 },
      ],
    },
  });
  const file = renderer(narrow);
  const long = movement({
    facts: { merchantName: "A merchant whose name is long" },
    entries: [entry()],
  });
  file.add(movement());
  const before = file.totals();

  expect(() => file.add(long)).toThrow(FieldRefused);

  expect(file.totals()).toEqual(before);
  expect(file.add(movement()).text).toBe('2,"Corner, Shop"\n');
});

test("the second entry's refusal undoes the first entry's line too", () => {
  const file = renderer(
    layout("entry", [], {
      detail: { per: "entry", fields: [{ name: "code", from: "debitTranCode" }] },
    }),
  );

  expect(() => file.add(movement({ entries: [entry(), entry({ debitTranCode: null })] }))).toThrow(
    "debitTranCode is absent",
  );

  expect(file.totals()).toMatchObject({ detailCount: 0, creditMinor: 0n, hashTotal: 0n });
});

test("an unknown layout or source is refused with what there is", () => {
  expect(() => layoutOf({ name: "core", layout: "no-such" }, SOURCES)).toThrow("generic-csv");
  expect(() => renderer(layout("entry", ["fact.secret"]))).toThrow("the layout of batch profile");
});

test("canonical JSON does not depend on the order of keys", () => {
  expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: null })).toBe('{"a":null,"b":[{"c":2,"d":1}]}');
});

test.each([
  ["detailCount", 10],
  ["lineCount", 9],
])("a %s that outgrows its field starts a new file, whatever the sums are", (from, fit) => {
  const narrow = {
    format: "fixedWidth",
    name: "trial",
    version: "1",
    detail: { fields: [{ name: "key", from: "key", width: 40 }] },
    trailer: {
      fields: [
        { name: "count", from, width: 1 },
        { name: "sum", from: "creditSum", width: 18 },
      ],
    },
  };
  const file = renderer(narrow);

  const added = Array.from({ length: fit }, () => file.add(movement(), () => true));

  expect(added.at(-1)).toBeNull();
  expect(added.slice(0, -1)).not.toContain(null);
  expect(() => file.end()).not.toThrow();
});

test("a hash total for which the trailer has no room is refused by field", () => {
  const narrow = {
    format: "fixedWidth",
    name: "trial",
    version: "1",
    hashTotal: { from: "debitAccount" },
    detail: { per: "entry", fields: [{ name: "key", from: "key", width: 40 }] },
    trailer: { fields: [{ name: "hash", from: "hashTotal", width: 6 }] },
  };
  const file = renderer(narrow);
  const account = (debitAccount: string): Movement =>
    movement({ entries: [entry({ debitAccount })] });
  file.add(account("12345"));

  expect(() => file.add(account("1234567"))).toThrow("hash: 7 characters, room for 6");
  expect(() => file.end()).not.toThrow();
});
