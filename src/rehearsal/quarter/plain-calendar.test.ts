import { expect, test } from "vitest";

import { clientSettings } from "../../accounting/client-settings.ts";
import { businessCalendar } from "../../kernel/calendar.ts";
import { institution } from "./institution.ts";
import { daysAfter, plainCalendar } from "./plain-calendar.ts";

const CLIENTS = institution({ outgoing: "unused", answers: "unused", basis: "assumed" });

test.each(CLIENTS)("the judge and the product agree on every day of $name", (client) => {
  const ours = businessCalendar(clientSettings(client.settings).calendar);
  const plain = plainCalendar(client.closed);

  const differing: string[] = [];
  for (let day = "2026-09-01"; day < "2028-03-01"; day = daysAfter(day, 1)) {
    const same =
      plain.isOpen(day) === ours.isBusinessDay(day) &&
      plain.openDaysAfter(day, 10) === ours.addBusinessDays(day, 10) &&
      plain.onOrAfter(day) === ours.businessDayOnOrAfter(day);
    if (!same) differing.push(day);
  }

  expect(differing).toEqual([]);
});

test("open days are counted after the first date, in both directions", () => {
  const plain = plainCalendar({ weekdays: [0, 6], dates: ["2026-11-26"] });

  expect(plain.openDaysBetween("2026-11-25", "2026-11-30")).toBe(2);
  expect(plain.openDaysBetween("2026-11-30", "2026-11-25")).toBe(-2);
  expect(plain.openDaysBetween("2026-11-25", "2026-11-25")).toBe(0);
});

test("days are counted over the end of a year and a leap day", () => {
  expect(daysAfter("2027-12-31", 1)).toBe("2028-01-01");
  expect(daysAfter("2028-02-28", 1)).toBe("2028-02-29");
  expect(daysAfter("2028-03-01", -1)).toBe("2028-02-29");
  expect(daysAfter("2026-10-01", -1)).toBe("2026-09-30");
});
