import { expect, test } from "vitest";

import { jobWords } from "./job-words.ts";

test("a bulk action is told with what is done to each", () => {
  const action = { attested: true, reference: "R-1", postingDate: "2026-11-27" };

  expect(jobWords({ queue: "ExecuteAccounting.Card", action })).toEqual([
    "in Execute Accounting · Card",
    "reference R-1",
    "posting date 2026-11-27",
  ]);
});

test("a service's failed calls and approvals are told by their filter alone", () => {
  expect(jobWords({ service: "core", code: "E7" })).toEqual(["at core", "code E7"]);
  expect(jobWords({ ids: "a,b", approved: false })).toEqual(["2 by name", "to decline"]);
});
