import { describe, expect, test } from "vitest";

import { actionBody, actionShape, missing, shownFields, mayBeMain } from "./action-fields.ts";

describe("completing by hand", () => {
  const shape = actionShape("completion");

  test("names everything that is missing", () => {
    expect(missing(shape, { postingDate: "16 Nov" })).toEqual({
      reference: "Fill this in",
      postingDate: "A date as 2026-11-16",
      attested: "Needed to go on",
    });
  });

  test("does not take blanks for a reference", () => {
    const given = { reference: "  ", postingDate: "2026-11-16", attested: "true" };

    expect(Object.keys(missing(shape, given))).toEqual(["reference"]);
  });

  test("sends trimmed texts and the attestation as true", () => {
    const given = { reference: " CORE-1 ", postingDate: "2026-11-16", attested: "true" };

    expect(missing(shape, given)).toEqual({});
    expect(actionBody(shape, given)).toEqual({
      reference: "CORE-1",
      postingDate: "2026-11-16",
      attested: true,
    });
  });
});

describe("a finding", () => {
  const shape = actionShape("finding");

  test("asks for the reference only where it posted", () => {
    const names = (posted: string) => shownFields(shape, { posted }).map((field) => field.name);

    expect(names("true")).toEqual(["posted", "reference", "postingDate", "reason"]);
    expect(names("false")).toEqual(["posted", "reason"]);
  });

  test("does not send a reference that is not shown any more", () => {
    const given = { posted: "false", reference: "CORE-1", reason: "not in the day's list" };

    expect(actionBody(shape, given)).toEqual({ posted: false, reason: "not in the day's list" });
  });
});

test("an action without fields sends nothing of another one", () => {
  expect(actionBody(actionShape("run"), { reason: "left over" })).toEqual({});
});

test("a text that reads true stays a text", () => {
  expect(actionBody(actionShape("failure"), { reason: "true" })).toEqual({ reason: "true" });
});

test("what undoes the work or only speaks of it is never offered first", () => {
  const first = ["cancellation", "note", "release", "unworkable", "take"].filter(mayBeMain);

  expect(first).toEqual(["take"]);
});
