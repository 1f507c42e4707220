import { expect, test } from "vitest";

import { ASSIGNMENT_TYPES } from "../accounting/adjustment-machine.ts";
import { businessCalendar } from "../kernel/calendar.ts";

import { assignmentTermsFrom } from "./assignment-terms.ts";
import { firstRiseAt, risen } from "./sla-stages.ts";
import { ASSIGNMENT_TYPE_ROWS } from "./assignment-types.ts";

const calendar = businessCalendar({ holidays: "federal-reserve", zone: "America/New_York" });
const termsOf = assignmentTermsFrom({ calendarOf: () => calendar });
// A Monday, 10:00 in New York.
const opened = {
  clientId: "harbor",
  claimType: "Card",
  openedAt: "2026-11-16T15:00:00Z",
  plannedPostingDate: "2026-11-16",
};

test("every assignment that an adjustment shows has a row, and each type only one", () => {
  const types = ASSIGNMENT_TYPE_ROWS.map((row) => row.type);

  expect(types).toEqual(expect.arrayContaining([...ASSIGNMENT_TYPES]));
  expect(new Set(types).size).toBe(types.length);
  expect(types).toContain("Accounting Exception");
  expect(types).toContain("Merchant Funds Disbursement");
});

test("all accounting user work is daily critical", () => {
  const user = ASSIGNMENT_TYPE_ROWS.filter((row) => row.kind === "user");

  expect(user.filter((row) => !row.dailyCritical)).toEqual([]);
  expect(user.length).toBeGreaterThan(4);
});

test.each([
  // type, goal, deadline: days end at midnight in New York, which is 05:00Z in winter
  ["Pending Accounting Service", "2026-11-16T15:00:00Z", "2026-11-16T15:05:00Z"],
  ["Pending Batch Accounting", "2026-11-17T05:00:00Z", "2026-11-17T06:00:00Z"],
  ["Execute Accounting Assignment", "2026-11-18T05:00:00Z", "2026-11-20T05:00:00Z"],
  ["Execute Accounting Service Failed", "2026-11-17T05:00:00Z", "2026-11-18T05:00:00Z"],
  ["Pending Deny Debit", "2026-11-17T05:00:00Z", "2026-11-18T05:00:00Z"],
  ["Merchant Funds Disbursement", null, null],
])("%s: goal %s, deadline %s", (type, goalAt, deadlineAt) => {
  expect(termsOf({ ...opened, type })).toMatchObject({ goalAt, deadlineAt });
});

test("business days skip the weekend, holidays and the hour that summer time takes", () => {
  const friday = termsOf({
    ...opened,
    openedAt: "2026-11-20T23:30:00Z",
    type: "Execute Accounting Assignment",
  });
  const overThanksgiving = termsOf({
    ...opened,
    openedAt: "2026-11-25T15:00:00Z",
    type: "Execute Accounting Assignment",
  });
  const intoSummer = termsOf({
    ...opened,
    openedAt: "2026-03-06T15:00:00Z",
    type: "Execute Accounting Assignment",
  });

  expect(friday.goalAt).toBe("2026-11-24T05:00:00Z");
  expect(overThanksgiving.goalAt).toBe("2026-11-28T05:00:00Z");
  expect(intoSummer.goalAt).toBe("2026-03-10T04:00:00Z");
});

test("what comes in on a closed day counts from the next open one", () => {
  const saturday = termsOf({
    ...opened,
    openedAt: "2026-11-21T15:00:00Z",
    type: "Execute Accounting Service Failed",
  });

  expect(saturday.goalAt).toBe("2026-11-24T05:00:00Z");
});

test("a batch assignment's goal is the predicted departure, where one is known", () => {
  const withWindows = assignmentTermsFrom({
    calendarOf: () => calendar,
    departureOf: ({ destination }) => (destination === "core-file" ? "2026-11-16T22:30:00Z" : null),
  });

  const known = withWindows({
    ...opened,
    type: "Pending Batch Accounting",
    destination: "core-file",
  });
  const unknown = withWindows({
    ...opened,
    type: "Pending Batch Accounting",
    destination: "other",
  });

  expect(known).toMatchObject({
    goalAt: "2026-11-16T22:30:00Z",
    deadlineAt: "2026-11-16T23:30:00Z",
  });
  expect(unknown.goalAt).toBe("2026-11-17T05:00:00Z");
});

test("a queue is named by its work and the claim's type", () => {
  expect(termsOf({ ...opened, type: "Execute Accounting Assignment" })).toMatchObject({
    queue: "ExecuteAccounting.Card",
    kind: "user",
  });
});

test("urgency rises at goal, at deadline and again every day after, never above 100", () => {
  const times = { goalAt: "2026-11-18T05:00:00Z", deadlineAt: "2026-11-20T05:00:00Z" };
  const type = "Execute Accounting Assignment";

  const goal = risen({ type, urgency: 10, rises: 0, ...times });
  const deadline = risen({ type, ...times, ...goal });
  const again = risen({ type, ...times, ...deadline });
  const third = risen({ type, ...times, ...again, urgency: 98 });

  expect(firstRiseAt({ type, ...times })).toBe(times.goalAt);
  expect(goal).toMatchObject({
    urgency: 15,
    rises: 1,
    nextRiseAt: times.deadlineAt,
    passed: "goal",
  });
  expect(deadline).toMatchObject({
    urgency: 20,
    rises: 2,
    nextRiseAt: "2026-11-21T05:00:00Z",
    passed: "deadline",
  });
  expect(again).toMatchObject({ urgency: 25, nextRiseAt: "2026-11-22T05:00:00Z" });
  expect(third).toMatchObject({ urgency: 100, passed: "deadline again" });
});

test("a goal that raises nothing is passed in silence", () => {
  const type = "Pending Accounting Service";
  const times = { goalAt: "2026-11-16T15:00:00Z", deadlineAt: "2026-11-16T15:05:00Z" };

  expect(firstRiseAt({ type, ...times })).toBe(times.deadlineAt);
  expect(risen({ type, urgency: 10, rises: 0, ...times })).toMatchObject({
    urgency: 20,
    rises: 2,
    nextRiseAt: "2026-11-16T16:05:00Z",
    passed: "deadline",
  });
});

test("without goal and deadline the urgency never rises", () => {
  const type = "Merchant Funds Disbursement";

  expect(firstRiseAt({ type, goalAt: null, deadlineAt: null })).toBeNull();
});
