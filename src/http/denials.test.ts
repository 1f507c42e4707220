/** Denials over HTTP: letters and postings from one fact, deny debits against their day, holds. */
import { expect, test } from "vitest";

import { aClaim, useCaseApi } from "../../test/support/http-case.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { reissueLetters } from "../accounting/letters/issue-letters.ts";
import { releaseDue } from "../accounting/release-due.ts";

const db = useDatabase();
const api = useCaseApi(db, { holds: { fraudCardStatus: { good: ["transferred"] } } });

type Body = Record<string, unknown>;

/** Credited by hand on the first day, and denied on notice. */
async function denied(input: Body = {}): Promise<string> {
  const { dispute } = await api.opened();
  await api.operate(dispute, "issueProvisionalCredit");
  await attest(dispute);
  const answer = await api.operate(dispute, "denyDispute", { reason: "noError", ...input });
  expect(answer.status).toBe(201);
  return dispute;
}

async function attest(dispute: string, postingDate = today()): Promise<number> {
  const { body } = await api.assignmentOf(dispute);
  const answer = await api.post(`/v1/assignments/${String(body["id"])}/completion`, {
    body: { reference: "CORE-1", postingDate, attested: true },
    version: Number(body["version"]),
  });
  return answer.status;
}

function today(): string {
  const now = api.server().engine.clock.now();
  return now.toZonedDateTimeISO("America/New_York").toPlainDate().toString();
}

async function letters(dispute: string): Promise<{ current: Body; versions: Body[] }> {
  const { body } = await api.get(`/v1/disputes/${dispute}/letters`);
  return { current: body["current"] as Body, versions: body["versions"] as Body[] };
}

async function denyDebit(dispute: string): Promise<Body | undefined> {
  const { body } = await api.get("/v1/deny-debits");
  return body.items.find((one) => one["dispute"] === dispute);
}

async function pass(days: number): Promise<void> {
  for (let day = 0; day < days; day += 1) {
    api.server().engine.clock.advance({ hours: 24 });
    await releaseDue(api.server().engine);
  }
}

test("a letter and the posting have one date: another notice changes both", async () => {
  const dispute = await denied();
  await api.post(`/v1/disputes/${dispute}/letters`, { body: {} });
  await api.operate(dispute, "recordNoticeSent");
  await reissueLetters(api.server().engine);
  const first = await letters(dispute);
  expect(first.current).toMatchObject({
    noticeModel: "futureDebit",
    provisionalCreditAmount: "100.00",
    provisionalCreditExecutedOn: today(),
    debitAmount: "100.00",
    noticeSentOn: today(),
  });
  const day = String(first.current["debitDate"]);
  expect(await denyDebit(dispute)).toMatchObject({ requiredOn: day, plannedPostingDate: day });

  await pass(1);
  await api.operate(dispute, "recordNoticeSent", { debitDate: "2026-12-15" });
  await reissueLetters(api.server().engine);

  const { current, versions } = await letters(dispute);
  expect(current["debitDate"]).toBe("2026-12-15");
  expect(versions.map((one) => [one["version"], one["changed"]])).toEqual([
    [3, ["noticeSentOn", "debitDate"]],
    [2, ["noticeSentOn", "debitDate", "newLetterNeeded"]],
    [1, []],
  ]);
  expect(await denyDebit(dispute)).toMatchObject({
    requiredOn: "2026-12-15",
    plannedPostingDate: "2026-12-15",
    verdict: "planned",
  });
});

test("issuing again without a change makes no version", async () => {
  const dispute = await denied();

  await api.post(`/v1/disputes/${dispute}/letters`, { body: {} });
  await api.post(`/v1/disputes/${dispute}/letters`, { body: {} });

  expect((await letters(dispute)).versions).toHaveLength(1);
});

test("the denial says what may be done, and why not", async () => {
  const dispute = await denied();
  const before = await api.get(`/v1/disputes/${dispute}/denial`);
  await api.operate(dispute, "recordNoticeSent");
  const after = await api.get(`/v1/disputes/${dispute}/denial`);

  expect(before.body["actions"]).toEqual([
    { operation: "recordNoticeSent", allowed: true, why: null },
    {
      operation: "performDebit",
      allowed: false,
      why: "The notice has to be sent first: record it",
    },
    { operation: "cancelDenial", allowed: true, why: null },
  ]);
  expect((after.body["actions"] as Body[]).map((one) => one["allowed"])).toEqual([
    true,
    true,
    true,
  ]);
  expect(before.body["earliestIfSentToday"]).toBe((after.body["denial"] as Body)["debitDate"]);
});

test("a deny debit is compared with its day: on it, late, or now with its window", async () => {
  const onTime = await denied();
  const late = await denied();
  const now = await denied({ debitOn: "now" });
  const waiting = await denied();
  await attest(now);
  for (const dispute of [onTime, late]) await api.operate(dispute, "recordNoticeSent");
  const { requiredOn } = (await denyDebit(onTime)) as { requiredOn: string };
  while (today() < requiredOn) await pass(1);

  expect(await attest(onTime, requiredOn)).toBe(200);
  await pass(1);
  expect((await denyDebit(late))?.["verdict"]).toBe("overdue");
  expect(await attest(late)).toBe(200);

  const verdicts = await Promise.all([onTime, late, now, waiting].map(denyDebit));
  expect(verdicts.map((one) => one?.["verdict"])).toEqual([
    "onItsDay",
    "late",
    "performedNow",
    "waitsForNotice",
  ]);
  const shown = await api.get(`/v1/disputes/${late}/denial`);
  expect(shown.body["debits"]).toMatchObject([
    { requiredOn, postingDate: today(), verdict: "late", amount: { amount: "100.00" } },
  ]);
  const { body } = await api.get(`/v1/deny-debits?from=${requiredOn}&to=${requiredOn}&limit=1`);
  expect(body.items).toHaveLength(1);
  const rest = await api.get(
    `/v1/deny-debits?from=${requiredOn}&to=${requiredOn}&limit=1&cursor=${String(body["next"])}`,
  );
  expect(rest.body.items).toHaveLength(1);
  expect(rest.body.items[0]?.["dispute"]).not.toBe(body.items[0]?.["dispute"]);
});

test("a person cannot attest a debit before the day that its notice names", async () => {
  const dispute = await denied();
  await api.operate(dispute, "recordNoticeSent");
  const { requiredOn } = (await denyDebit(dispute)) as { requiredOn: string };
  while (today() < requiredOn) await pass(1);

  expect(await attest(dispute, "2026-11-18")).toBe(422);
  expect(await attest(dispute, requiredOn)).toBe(200);
});

test("a system says how the fraud card stands, and its history shows", async () => {
  await api.client("second", {
    secondOperations: true,
    tracked: ["ProvisionalCredit"],
    holds: { fraudCardStatus: { good: ["transferred"] } },
  });
  const claim = await api.post("/v1/claims", {
    body: {
      client: "second",
      claimType: "Card",
      disputes: [
        {
          amount: "100.00",
          currency: "USD",
          account: "4000123412341234",
          accountKind: "card",
          facts: { network: "visa", regulation: "E", fraud: true, cardBlocked: true },
        },
      ],
    },
  });
  const [dispute = ""] = claim.body["disputes"] as string[];
  const credited = await api.operate(dispute, "issueProvisionalCredit");
  const held = (credited.body["adjustments"] as Body[]).find((one) => one["state"] === "planned");
  const url = `/v1/adjustments/${String(held?.["id"])}`;
  expect(held?.["assignment"]).toBe("Review Fraud Card Status");

  const both = await api.post(`${url}/hold-answers`, { body: { number: "1", status: "x" } });
  const blocked = await api.post(`${url}/hold-answers`, { body: { status: "blocked" } });
  const good = await api.post(`${url}/hold-answers`, { body: { status: "transferred" } });
  const again = await api.post(`${url}/hold-answers`, { body: { status: "transferred" } });

  expect([both.status, blocked.status, good.status, again.status]).toEqual([422, 200, 200, 409]);
  expect(blocked.body).toMatchObject({ state: "planned", outcome: "unknown" });
  expect(good.body).toMatchObject({ state: "pendingManual", outcome: "good" });
  const { body } = await api.get(`${url}/hold`);
  expect((body["events"] as Body[]).map((one) => [one["kind"], one["outcome"]])).toEqual([
    ["answered", "unknown"],
    ["answered", "good"],
    ["ended", "passed"],
  ]);
});

test("the review's actions are offered, and carried out by whoever may", async () => {
  await api.client("cards", { holds: { activeCardNumber: {} } });
  const opened = await api.post("/v1/claims", {
    body: aClaim("cards", { noticeReceivedOn: today() }),
  });
  const [dispute = ""] = opened.body["disputes"] as string[];
  await api.operate(dispute, "issueProvisionalCredit");
  const { body } = await api.assignmentOf(dispute);
  expect(body["type"]).toBe("Review Active Card Number");
  expect((body["actions"] as Body[]).map((one) => one["name"])).toEqual([
    ...["take", "release", "supply", "postable", "notPostable", "retry", "cancellation"],
    ...["pending", "unworkable", "assignment", "note"],
  ]);
  const act = (action: string, given: Body, version = Number(body["version"])) =>
    api.post(`/v1/assignments/${String(body["id"])}/${action}`, { body: given, version });

  const stale = await act("supply", { number: "4000123412345678" }, 99);
  const nothing = await act("supply", {});
  const still = await act("retry", {});
  const supplied = await act("supply", { number: "4000123412345678", reason: "by telephone" });

  expect([stale.status, nothing.status, still.status]).toEqual([412, 422, 409]);
  expect(supplied.status).toBe(200);
  const [request] = (await api.get("/v1/approvals")).body.items;
  await api.post(
    `/v1/approvals/${String(request?.["id"])}/decisions`,
    { version: 1, body: { approved: true } },
    await api.server().keyFor("ben"),
  );
  const next = await api.assignmentOf(dispute);
  expect(next.body["type"]).toBe("Execute Accounting Assignment");
  expect(JSON.stringify(next.body)).toMatch(/400012\D+5678/);
});
