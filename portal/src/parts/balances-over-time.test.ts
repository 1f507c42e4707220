import { expect, test } from "vitest";

import type { Entry } from "../api/types.ts";

import { balancesOverTime } from "./balances-over-time.ts";

const SIDE = { account: "a", tranCode: null };

function entry(recordedAt: string, debit: string, credit: string, amount: string): Entry {
  return {
    id: recordedAt,
    steps: { debit: "1", credit: "2" },
    rule: "ProvisionalCredit",
    label: "Provisional Credit",
    operation: "issueProvisionalCredit",
    debit: { ...SIDE, collection: debit },
    credit: { ...SIDE, collection: credit },
    amount: { amount, currency: "USD" },
    processing: "execute",
    kind: "original",
    undoes: null,
    eventDate: "2026-11-16",
    plannedPostingDate: "2026-11-16",
    postingDate: null,
    bookedOn: "2026-11-16",
    adjustment: { id: "x", state: "executed", route: "AUTO" },
    rulebook: "standard 1",
    chosenBy: [],
    actor: "amy",
    recordedAt,
  };
}

test("balances start at zero, follow the entries in time, and stay until now", () => {
  const entries = [
    entry("1970-01-02T00:00:00Z", "merchant", "suspense", "40.00"),
    entry("1970-01-01T12:00:00Z", "suspense", "accountHolder", "100.00"),
  ];

  const { at, collections } = balancesOverTime(entries, 200_000);

  expect(at.slice(1)).toEqual([43_200, 86_400, 200_000]);
  expect(Object.fromEntries(collections.map(({ name, values }) => [name, values]))).toEqual({
    suspense: [0, -100, -60, -60],
    accountHolder: [0, 100, 100, 100],
    merchant: [0, 0, -40, -40],
  });
});

test("at every point the collections add up to zero", () => {
  const entries = [
    entry("1970-01-01T12:00:00Z", "suspense", "accountHolder", "100.00"),
    entry("1970-01-01T13:00:00Z", "loss", "suspense", "60.50"),
  ];

  const { at, collections } = balancesOverTime(entries, 100_000);

  const sums = at.map((_, index) =>
    collections.reduce((sum, { values }) => sum + (values[index] ?? Number.NaN), 0),
  );
  expect(sums).toEqual([0, 0, 0, 0]);
});
