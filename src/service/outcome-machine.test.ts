import { describe, expect, test } from "vitest";

import type { CallLimits, EarlierAttempt, PostingContext } from "./outcome-machine.ts";
import { afterLookUp, afterPosting, nextWhileUnknown } from "./outcome-machine.ts";
import type { Reading } from "./read-answer.ts";
import type { PostingOutcome } from "./service-configuration.ts";
import { serviceOf } from "./service-configuration.ts";

const SECOND = 1000;

function limits(changes: Record<string, unknown> = {}): CallLimits {
  const core = {
    protocol: "rest-json",
    url: "http://core",
    post: { path: "/postings", body: {} },
    retryJitter: 0,
    ...changes,
  };
  return serviceOf({ services: { core } }, "core") as CallLimits;
}

const LOOK_UP = { path: "/postings/{{key}}", absenceIsProofAfterSeconds: 60, maximum: 3 };
const IGNORES_KEYS = { key: { lifeSeconds: 0 } };

const asked = {
  amountMinor: 10000n,
  currency: "USD",
  debitAccounts: new Set(["suspense", "1410"]),
  creditAccounts: new Set(["holder", "4000"]),
};

function context(changes: Partial<PostingContext> = {}): PostingContext {
  return {
    limits: limits(),
    asked,
    wasUnknown: false,
    isProvenAbsent: false,
    calls: 1,
    random: 0,
    waitsDividedBy: 1,
    ...changes,
  };
}

function reading<Outcome extends string = PostingOutcome>(
  outcome: Outcome,
  echo: Partial<Reading<Outcome>["echo"]> = {},
): Reading<Outcome> {
  return {
    outcome,
    code: null,
    codes: [],
    reason: "because",
    reference: "R1",
    postingDate: "2026-11-16",
    echo: { amount: null, currency: null, debitAccount: null, creditAccount: null, ...echo },
    isParked: false,
  };
}

describe("the six outcomes of a first call", () => {
  test("posted: executed with the core's reference", () => {
    expect(afterPosting(reading("posted"), context())).toEqual({
      kind: "executed",
      reference: "R1",
      on: "2026-11-16",
    });
  });

  test("already posted, the same amount and accounts: executed", () => {
    const echo = { amount: "100.00", currency: "USD", debitAccount: "1410", creditAccount: "4000" };

    expect(afterPosting(reading("alreadyPosted", echo), context())).toMatchObject({
      kind: "executed",
    });
  });

  test.each([
    [{ amount: "100.01" }, "amount 100.01 instead of 100.00"],
    [{ amount: "100.00", currency: "EUR" }, "currency EUR instead of USD"],
    [{ amount: "100.00", debitAccount: "9999" }, "another debited account"],
    [{ amount: "100.00", creditAccount: "9999" }, "another credited account"],
    [{ amount: "ten" }, "amount ten instead of 100.00"],
  ])("already posted with %o: unknown, and only a person may find out", (echo, difference) => {
    const consequence = afterPosting(
      reading("alreadyPosted", echo),
      context({ limits: limits({ lookUp: LOOK_UP }) }),
    );

    expect(consequence).toMatchObject({
      kind: "unknown",
      machineMayAct: false,
      reason: `under our key the system of record has another posting: ${difference}`,
    });
  });

  test.each([
    [LOOK_UP, true],
    [null, false],
  ])("already posted without saying what, look-up %o: the look-up or a person", (lookUp, may) => {
    const consequence = afterPosting(
      reading("alreadyPosted"),
      context({ limits: limits({ lookUp }) }),
    );

    expect(consequence).toMatchObject({ kind: "unknown", machineMayAct: may });
  });

  test("refused: failed at once, however many retries are left", () => {
    expect(afterPosting(reading("refused"), context())).toEqual({
      kind: "failed",
      event: "refused",
      reason: "because",
      isOverridable: false,
    });
    expect(afterPosting(reading("refusedOverridable"), context())).toMatchObject({
      event: "refused",
      isOverridable: true,
    });
  });

  test("not processed: again after the spacing, until the retries are used up", () => {
    const again = context({ limits: limits({ maxAccountingServiceCallRetries: 2 }), calls: 2 });

    expect(afterPosting(reading("notProcessed"), again)).toEqual({
      kind: "again",
      reason: "because",
      waitSeconds: 30,
    });
    const usedUp = afterPosting(reading("notProcessed"), { ...again, calls: 3 });
    expect(usedUp).toMatchObject({ kind: "failed", event: "retriesUsedUp" });
  });

  test("not processed with Retry-After: not before", () => {
    const slow = context({ retryAfterSeconds: 90 });

    expect(afterPosting(reading("notProcessed"), slow)).toMatchObject({ waitSeconds: 90 });
  });

  test.each([
    [{ lookUp: LOOK_UP }, true],
    [{ lookUp: LOOK_UP, ...IGNORES_KEYS }, true],
    [{}, true],
    [IGNORES_KEYS, false],
  ])("unknown with %o: may the machine go on? %s", (changes, machineMayAct) => {
    const consequence = afterPosting(reading("unknown"), context({ limits: limits(changes) }));

    expect(consequence).toMatchObject({ kind: "unknown", machineMayAct });
  });
});

describe("a call made while an earlier one was unknown", () => {
  const resent = { wasUnknown: true };

  test("not processed: still unknown, because the earlier one may have been", () => {
    const consequence = afterPosting(reading("notProcessed"), context(resent));

    expect(consequence).toMatchObject({ kind: "unknown", machineMayAct: true });
  });

  test("refused: no proof, since posting it may be why it is refused now", () => {
    expect(afterPosting(reading("refused"), context(resent))).toMatchObject({
      kind: "unknown",
      machineMayAct: false,
      reason: "refused (because) after a call of unknown outcome",
    });
    const withLookUp = context({ ...resent, limits: limits({ lookUp: LOOK_UP }) });
    expect(afterPosting(reading("refused"), withLookUp)).toMatchObject({ machineMayAct: true });
  });

  test.each([
    { isProvenAbsent: true },
    { limits: limits({ key: { duplicatesAnsweredFirst: true } }) },
  ])("refused by %o: final", (changes) => {
    const consequence = afterPosting(reading("refused"), context({ ...resent, ...changes }));

    expect(consequence).toMatchObject({ kind: "failed", event: "refused" });
  });
});

describe("a look-up", () => {
  const by = { asked, limits: limits({ lookUp: LOOK_UP }) };

  test("that finds the posting executes it; another amount is a person's", () => {
    expect(afterLookUp(reading("posted", { amount: "100.0" }), by)).toMatchObject({
      kind: "executed",
    });
    expect(afterLookUp(reading("posted", { amount: "1.00" }), by)).toMatchObject({
      kind: "unknown",
      machineMayAct: false,
    });
  });

  test("that finds a refusal fails it", () => {
    expect(afterLookUp(reading("refused"), by)).toMatchObject({ event: "refused" });
  });

  test.each(["notFound", "unknown"] as const)("that says %s settles nothing yet", (outcome) => {
    expect(afterLookUp(reading(outcome), by)).toBeNull();
  });
});

describe("what is next while unknown", () => {
  const post = (at: number, outcome: string | null = "unknown"): EarlierAttempt => ({
    purpose: "post",
    startedAt: at * SECOND,
    overAt: at * SECOND,
    outcome,
    isCutShort: false,
    isOfAssignment: true,
  });
  const lookUp = (at: number, outcome: string): EarlierAttempt => ({
    ...post(at, outcome),
    purpose: "lookUp",
  });
  const cutShort = (attempt: EarlierAttempt): EarlierAttempt => ({
    ...attempt,
    outcome: null,
    isCutShort: true,
  });

  test.each<[string, EarlierAttempt[], Record<string, unknown>, number, object]>([
    ["looks up first", [post(0)], { lookUp: LOOK_UP }, 5, { kind: "lookUp" }],
    [
      "waits until absence is proof",
      [post(0), lookUp(5, "notFound")],
      { lookUp: LOOK_UP },
      10,
      { kind: "wait", waitSeconds: 50 },
    ],
    [
      "looks up again when absence is proof",
      [post(0), lookUp(5, "notFound")],
      { lookUp: LOOK_UP },
      60,
      { kind: "lookUp" },
    ],
    [
      "sends again what is proven absent",
      [post(0), lookUp(60, "notFound")],
      { lookUp: LOOK_UP },
      61,
      { kind: "resend", isProvenAbsent: true },
    ],
    [
      "counts from when the call was over, not from when it was meant to leave",
      [{ ...post(0), overAt: 30 * SECOND }, lookUp(60, "notFound")],
      { lookUp: LOOK_UP },
      61,
      { kind: "wait", waitSeconds: 29 },
    ],
    [
      "counts from when the last of all calls was over",
      [cutShort({ ...post(0), overAt: 40 * SECOND }), post(5), lookUp(70, "notFound")],
      { lookUp: LOOK_UP },
      71,
      { kind: "wait", waitSeconds: 29 },
    ],
    [
      "counts from its start where the clock was set back while it was under way",
      [{ ...post(10), overAt: 0 }, lookUp(61, "notFound")],
      { lookUp: LOOK_UP },
      62,
      { kind: "wait", waitSeconds: 8 },
    ],
    [
      "sends again what is proven absent even where keys are ignored",
      [post(0), lookUp(60, "notFound")],
      { lookUp: LOOK_UP, ...IGNORES_KEYS },
      61,
      { kind: "resend", isProvenAbsent: true },
    ],
    [
      "looks up anew after every call",
      [post(0), lookUp(60, "notFound"), post(61)],
      { lookUp: LOOK_UP },
      62,
      { kind: "lookUp" },
    ],
    [
      "sends again with the same key where absence never is proof",
      [post(0), lookUp(5, "notFound")],
      { lookUp: { ...LOOK_UP, absenceIsProofAfterSeconds: null } },
      6,
      { kind: "resend", isProvenAbsent: false },
    ],
    [
      "asks a person where absence never is proof and keys are ignored",
      [post(0), lookUp(5, "notFound")],
      { lookUp: { ...LOOK_UP, absenceIsProofAfterSeconds: null }, ...IGNORES_KEYS },
      6,
      { kind: "person" },
    ],
    [
      "stops looking up after the maximum",
      [post(0), lookUp(1, "unknown"), lookUp(2, "unknown"), lookUp(3, "unknown")],
      { lookUp: LOOK_UP },
      4,
      { kind: "resend", isProvenAbsent: false },
    ],
    [
      "sends again inside the key's life",
      [post(0)],
      { key: { lifeSeconds: 600 } },
      500,
      { kind: "resend" },
    ],
    [
      "asks a person past the key's life",
      [post(0)],
      { key: { lifeSeconds: 600 } },
      600,
      { kind: "person", reason: "the system of record may have forgotten the key" },
    ],
    [
      "measures the life from the first call",
      [post(0), post(400)],
      { key: { lifeSeconds: 600 } },
      590,
      { kind: "person" },
    ],
    ["never sends again where keys are ignored", [post(0)], IGNORES_KEYS, 1, { kind: "person" }],
    [
      "asks a person when the retries are used up",
      [post(0), post(1)],
      { maxAccountingServiceCallRetries: 1 },
      2,
      { kind: "person", reason: "tried 2 times; the outcome is unknown" },
    ],
    [
      "fails what is proven absent when the retries are used up",
      [post(0), post(1), lookUp(70, "notFound")],
      { lookUp: LOOK_UP, maxAccountingServiceCallRetries: 1 },
      71,
      { kind: "failed", event: "foundNotPosted" },
    ],
    [
      "goes on looking up after look-ups that were cut short",
      [post(0), ...[1, 2, 3].map((at) => cutShort(lookUp(at, "unknown")))],
      { lookUp: LOOK_UP, ...IGNORES_KEYS },
      4,
      { kind: "lookUp" },
    ],
    [
      "counts no call that was cut short as a try",
      [cutShort(post(0)), cutShort(post(1)), post(2), lookUp(70, "notFound")],
      { lookUp: LOOK_UP, maxAccountingServiceCallRetries: 1 },
      71,
      { kind: "resend", isProvenAbsent: true },
    ],
    [
      "sends what was cut short again with the same key, where there is no look-up",
      [cutShort(post(0)), cutShort(post(1))],
      { maxAccountingServiceCallRetries: 1 },
      2,
      { kind: "resend", isProvenAbsent: false },
    ],
    [
      "ends before a person what kills worker after worker",
      Array.from({ length: 50 }, (_, at) => cutShort(post(at))),
      {},
      50,
      {
        kind: "person",
        reason: "cut short 50 times by the end of a worker; the outcome is unknown",
      },
    ],
    [
      "ends before a person what kills worker after worker that looks it up",
      [post(0), ...Array.from({ length: 50 }, (_, at) => cutShort(lookUp(at, "unknown")))],
      { lookUp: LOOK_UP, ...IGNORES_KEYS },
      50,
      { kind: "person" },
    ],
    [
      "fails what kills worker after worker and is proven absent",
      [...Array.from({ length: 50 }, (_, at) => cutShort(post(at))), lookUp(150, "notFound")],
      { lookUp: LOOK_UP },
      151,
      { kind: "failed", event: "foundNotPosted" },
    ],
    [
      "asks a person where there may be calls that were not read",
      [...Array.from({ length: 999 }, (_, at) => cutShort(post(at))), lookUp(1100, "notFound")],
      { lookUp: LOOK_UP },
      1101,
      { kind: "person", reason: "called and looked up 1000 times" },
    ],
    [
      "fails what was refused and is proven absent",
      [post(0), post(1, "refused"), lookUp(70, "notFound")],
      { lookUp: LOOK_UP },
      71,
      { kind: "failed", event: "refused" },
    ],
  ])("%s", (_, history, changes, at, step) => {
    expect(nextWhileUnknown(history, limits(changes), at * SECOND)).toMatchObject(step);
  });
});
