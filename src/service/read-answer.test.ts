import { describe, expect, test } from "vitest";

import { parseJsonExactly, readLookUp, readPosting, textAt } from "./read-answer.ts";
import type { ServiceAnswer } from "./read-answer.ts";
import type { AnswerMapping } from "./service-configuration.ts";

const mapping: AnswerMapping = {
  code: "body.error.code",
  reference: "body.id",
  amount: "body.amount",
  postingDate: "body.postedAt",
  amountIn: "decimal",
};

function answer(status: number, body: unknown = {}, headers = {}): ServiceAnswer {
  return { status, headers, body };
}

describe("the shipped outcome table", () => {
  test.each([
    [200, "posted"],
    [201, "posted"],
    [302, "notProcessed"],
    [307, "notProcessed"],
    [400, "refused"],
    [401, "notProcessed"],
    [403, "notProcessed"],
    [404, "refused"],
    [408, "unknown"],
    [409, "unknown"],
    [422, "refused"],
    [425, "unknown"],
    [429, "notProcessed"],
    [500, "unknown"],
    [502, "unknown"],
    [503, "unknown"],
    [504, "unknown"],
  ])("reads status %i as %s", (status, outcome) => {
    expect(readPosting(answer(status, { id: "R1" }), mapping, []).outcome).toBe(outcome);
  });

  test.each([
    [200, "posted"],
    [404, "notFound"],
    [410, "notFound"],
    [401, "unknown"],
    [409, "unknown"],
    [500, "unknown"],
  ])("reads a look-up's status %i as %s", (status, outcome) => {
    expect(readLookUp(answer(status, { id: "R1" }), mapping, []).outcome).toBe(outcome);
  });
});

describe("an answer that cannot be read", () => {
  test.each([
    ["without the reference that is mapped", answer(201, {})],
    ["that is no JSON", { status: 201, headers: {}, body: undefined }],
  ])("%s is unknown, not posted", (_, given) => {
    expect(readPosting(given, mapping, [])).toMatchObject({
      outcome: "unknown",
      reason: "an unreadable answer",
    });
    expect(readLookUp({ ...given, status: 200 }, mapping, []).outcome).toBe("unknown");
  });
});

describe("a service's own rows come first", () => {
  const rows = [
    { when: { code: ["1016", "1014"] }, outcome: "refused" as const, reason: "no posting" },
    { when: { status: "5xx" as const, code: "W1" }, outcome: "refusedOverridable" as const },
    { when: { header: { "X-Replayed": "TRUE" } }, outcome: "alreadyPosted" as const },
    { when: { body: { "body.status": "PENDING" } }, outcome: "unknown" as const },
  ];

  test.each([
    ["a code", answer(200, { error: { code: 1016 } }), "refused"],
    ["a status and a code", answer(503, { error: { code: "W1" } }), "refusedOverridable"],
    ["a status without the code", answer(503, {}), "unknown"],
    ["a header", answer(200, { id: "R1" }, { "x-replayed": "true" }), "alreadyPosted"],
    ["a field", answer(200, { id: "R1", status: "PENDING" }), "unknown"],
    ["none", answer(200, { id: "R1" }), "posted"],
  ])("by %s", (_, given, outcome) => {
    expect(readPosting(given, mapping, rows).outcome).toBe(outcome);
  });
});

test("amounts never go through a floating number", () => {
  const body = parseJsonExactly('{"id": 12345678901234567890, "amount": 100.10, "ok": true}');

  const reading = readPosting(answer(201, body), mapping, []);

  expect(reading).toMatchObject({ reference: "12345678901234567890", echo: { amount: "100.10" } });
});

test.each([
  ["2026-11-16", "2026-11-16"],
  ["2026-11-16T23:59:59Z", "2026-11-16"],
  ["16.11.2026", null],
  ["2026-13-01", null],
])("a posting date of %s is read as %s", (postedAt, on) => {
  expect(readPosting(answer(201, { id: "1", postedAt }), mapping, []).postingDate).toBe(on);
});

test.each([
  ["body.a.0.b", "deep"],
  ["body.toString", null],
  ["body.a", null],
  ["header.X-Id", "7"],
  ["body.none.at.all", null],
])("%s is %s", (source, text) => {
  expect(textAt(answer(200, { a: [{ b: "deep" }] }, { "x-id": "7" }), source)).toBe(text);
});
