import { expect, test } from "vitest";

import { accountWords, asSentence, spoken, spokenWork } from "./states.ts";

test("names of operations and roles in the server's words are spoken", () => {
  expect(spoken("issueProvisionalCredit may move at most 320.10 USD here")).toBe(
    "Issue provisional credit may move at most 320.10 USD here",
  );
  expect(spoken("it needs somebody (roles: approver, seniorApprover)")).toBe(
    "it needs somebody (roles: approver, senior approver)",
  );
});

test("so are rules, states and routes in the reason of a clock", () => {
  const reason =
    "Execute Accounting Assignment (ProvisionalCredit2ndOperation pendingManual) was waiting, " +
    "nobody of Accounting had it; DenyDispute posted on 2026-11-20 by MANUAL";

  expect(spokenWork(reason)).toBe(
    "Execute Accounting Assignment (provisional credit 2nd operation pending manual) was " +
      "waiting, nobody of Accounting had it; deny dispute posted on 2026-11-20 by hand",
  );
});

test("an account is its name in words, or its masked digits", () => {
  expect(accountWords("suspenseDebitSecond")).toBe("Suspense debit second");
  expect(accountWords("499900••••4617")).toBe("499900••••4617");
});

test("a decision is a sentence, and the days in it stay days", () => {
  expect(asSentence(spoken("reopened; undoes the decision deny of 2026-11-16"))).toBe(
    "Reopened; undoes the decision deny of 2026-11-16.",
  );
});
