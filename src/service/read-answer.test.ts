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
    [202, "unknown"],
    [302, "notProcessed"],
    [303, "unknown"],
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

describe("an answer without content", () => {
  const byHeader = { ...mapping, reference: "header.location" };
  const nothing = { headers: {}, body: undefined };

  test("is posted by a reference in its header", () => {
    const given = { status: 201, headers: { location: "/postings/7" }, body: undefined };

    expect(readPosting(given, byHeader, [])).toMatchObject({
      outcome: "posted",
      reference: "/postings/7",
    });
    expect(readPosting({ ...given, headers: {} }, byHeader, []).outcome).toBe("unknown");
    const page = { ...given, problem: "it is not JSON" };
    expect(readPosting(page, byHeader, []).outcome).toBe("unknown");
  });

  test("is posted where no reference is mapped and its status says that there is none", () => {
    const { reference: _, ...without } = mapping;

    expect(readPosting({ ...nothing, status: 204 }, without, []).outcome).toBe("posted");
    expect(readPosting({ ...nothing, status: 200 }, without, []).outcome).toBe("unknown");
    expect(readPosting({ ...nothing, status: 204 }, mapping, []).outcome).toBe("unknown");
  });

  test("an empty list of a look-up is no posting, and not found where a row says so", () => {
    const { reference: _, ...without } = mapping;
    const rows = (empty: string) => [
      { when: { status: 200, empty }, outcome: "notFound" as const },
    ];

    expect(readLookUp(answer(200, []), without, []).outcome).toBe("unknown");
    expect(readLookUp(answer(200, []), mapping, rows("body")).outcome).toBe("notFound");
    expect(readLookUp(answer(200, { a: [] }), mapping, rows("body.a")).outcome).toBe("notFound");
    expect(readLookUp(answer(200, {}), mapping, rows("body.a")).outcome).toBe("unknown");
    const found = answer(200, { id: "R1", a: [{}] });
    expect(readLookUp(found, mapping, rows("body.a")).outcome).toBe("posted");
  });
});

describe("what no column holds", () => {
  test("is left out of a text, or makes it none", () => {
    const body = { id: "R\u00001\ud800", postedAt: "2026-11-31", error: { code: "\u0000" } };

    expect(readPosting(answer(201, body), mapping, [])).toMatchObject({
      outcome: "posted",
      reference: "R1\ufffd",
      postingDate: null,
    });
    const long = readPosting(answer(201, { id: "9".repeat(9000) }), mapping, []);
    expect(long.outcome).toBe("unknown");
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
  ["ymd", "20261116", "2026-11-16"],
  ["ymd", "2026/11/16 08:00", "2026-11-16"],
  ["dmy", "16.11.2026", "2026-11-16"],
  ["dmy", "6/1/2026", "2026-01-06"],
  ["dmy", "31.11.2026", null],
  ["mdy", "11/16/2026", "2026-11-16"],
  ["mdy", "16/11/2026", null],
] as const)("in the order %s a posting date of %s is read as %s", (dateIn, postedAt, on) => {
  const given = answer(201, { id: "1", postedAt });

  expect(readPosting(given, { ...mapping, dateIn }, []).postingDate).toBe(on);
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
