import { expect, test } from "vitest";

import type { RegulatoryClock } from "../api/clock-types.ts";

import { clockLine } from "./clock-bars.ts";
import { leftWords } from "./clock-looks.ts";

const CLOCK: RegulatoryClock = {
  clock: "a",
  title: "A",
  regulation: "Reg E",
  citation: "",
  paragraph: "",
  round: 1,
  state: "running",
  length: "10 business days",
  startsOn: "2026-11-01",
  startedBy: "notice",
  warnOn: "2026-11-08",
  dueOn: "2026-11-10",
  endedOn: null,
  endedBy: null,
  because: [],
  reasons: [],
  businessDaysLeft: 5,
  calendarDaysLeft: 5,
};

test("a bar reaches to the end of its last day, and today stands inside its own", () => {
  const line = clockLine([CLOCK], "2026-11-05");

  expect(line).toMatchObject({ first: "2026-11-01", last: "2026-11-10", today: 45 });
  expect(line?.bars).toEqual([
    { key: "1-a", label: "A", tone: "info", from: 0, to: 100, ended: null },
  ]);
});

test("what was warned of, met and missed differ", () => {
  const met: RegulatoryClock = { ...CLOCK, state: "met", endedOn: "2026-11-05" };
  const late: RegulatoryClock = { ...CLOCK, state: "metLate", endedOn: "2026-11-20" };

  const line = clockLine([CLOCK, met, late, { ...CLOCK, startsOn: null }], "2026-11-09");

  expect(line?.bars.map((bar) => bar.tone)).toEqual(["warn", "good", "bad"]);
  expect(line?.last).toBe("2026-11-20");
  expect(clockLine([{ ...CLOCK, dueOn: null }], "2026-11-09")).toBeNull();
});

test("what is left is said in business days", () => {
  expect([leftWords(3), leftWords(1), leftWords(0), leftWords(-2), leftWords(null)]).toEqual([
    "3 business days left",
    "1 business day left",
    "no business day left",
    "2 business days late",
    "",
  ]);
});
