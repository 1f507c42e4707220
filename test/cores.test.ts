/** The stand-in cores by themselves: what each knows of keys, refuses, looks up and takes back. */
import { Buffer } from "node:buffer";
import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Temporal } from "temporal-polyfill";
import { request } from "undici";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { fineractCore, FINERACT_SECRETS } from "../examples/cores/fineract/core.ts";
import { GALILEO_SECRETS, galileoCore } from "../examples/cores/galileo/core.ts";
import { jackHenryCore } from "../examples/cores/jack-henry/core.ts";
import { errorsOf } from "../examples/cores/jack-henry/errors.ts";
import type { AskedTransaction } from "../examples/cores/jack-henry/errors.ts";
import type { CoreOptions, RunningCore } from "../examples/cores/server.ts";
import { startCore } from "../examples/cores/server.ts";

/** Enough for a fault on one call in two to hit first, second and no calls. */
const KEYS = Array.from({ length: 12 }, (_, at) => String(at + 1));

let core: RunningCore;
let directory: string;
let now: number;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "redress-core-"));
  now = Temporal.Instant.from("2026-11-20T12:00:00Z").epochMilliseconds;
});
afterEach(async () => {
  await core.stop();
  await rm(directory, { recursive: true, force: true });
});

async function start(options: Omit<CoreOptions, "now">): Promise<void> {
  core = await startCore({ ...options, now: () => now });
}

async function post(path: string, headers: Record<string, string>, body: string) {
  const answer = await request(`${core.address}${path}`, { method: "POST", headers, body });
  return {
    status: answer.statusCode,
    headers: answer.headers,
    text: await answer.body.text(),
  };
}

describe("Fineract", () => {
  const PATH = "/fineract-provider/api/v1/journalentries";
  const pair = Buffer.from(`redress:${FINERACT_SECRETS.FINERACT_PASSWORD}`).toString("base64");

  async function entry(key: string, more: Record<string, unknown> = {}, path = PATH) {
    const body = {
      transactionDate: "2026-11-20",
      currencyCode: "USD",
      debits: [{ glAccountId: "1410", amount: "100.00" }],
      credits: [{ glAccountId: "5200", amount: "100.00" }],
      ...more,
    };
    const headers = {
      authorization: `Basic ${pair}`,
      "fineract-platform-tenantid": "default",
      "idempotency-key": key,
    };
    const { status, headers: answered, text } = await post(path, headers, JSON.stringify(body));
    const read = JSON.parse(text) as {
      transactionId?: string;
      errors?: { userMessageGlobalisationCode: string }[];
    };
    const [error] = read.errors ?? [];
    return {
      status,
      id: read.transactionId,
      code: error?.userMessageGlobalisationCode.replace("error.msg.glJournalEntry.invalid.", ""),
      isStored: answered["x-served-from-cache"] === "true",
    };
  }

  test("answers a key that it knows with what it said before, and posts nothing", async () => {
    await start({ shape: fineractCore() });

    const first = await entry("k1");
    const again = await entry("k1");
    const other = await entry("k2");

    expect(first).toMatchObject({ status: 200, isStored: false });
    expect(again).toEqual({ ...first, isStored: true });
    expect(other.id).not.toBe(first.id);
    expect(core.book.postings).toHaveLength(2);
  });

  test("says that a key's call is still running", async () => {
    await start({ shape: fineractCore() });
    core.state.running.add("k1");

    expect(await entry("k1")).toMatchObject({ status: 425 });
    expect(core.book.postings).toHaveLength(0);
  });

  test("stores what it refused: a call put right needs a new key", async () => {
    await start({ shape: fineractCore() });
    core.state.closed.add("5200");
    const refused = { status: 403, code: "account.disabled" };
    expect(await entry("k1")).toMatchObject({ ...refused, isStored: false });
    core.state.closed.clear();

    expect(await entry("k1")).toMatchObject({ ...refused, isStored: true });
    expect(await entry("k2")).toMatchObject({ status: 200 });
  });

  test.each([
    ["future.date", { transactionDate: "2026-11-24" }],
    ["accounting.closed", { transactionDate: "2026-10-31" }],
    ["no.debits.or.credits", { debits: [] }],
    ["mismatch.debits.credits", { debits: [{ glAccountId: "1410", amount: "99.99" }] }],
    [
      "account.manual.adjustments.not.permitted",
      { debits: [{ glAccountId: "1488", amount: "100.00" }] },
    ],
  ])("refuses %s", async (code, more) => {
    await start({ shape: fineractCore() });
    core.state.closedThrough = "2026-10-31";

    expect(await entry("k1", more)).toMatchObject({ status: 403, code });
    expect(core.book.postings).toHaveLength(0);
  });

  test("refuses nothing on purpose that it has posted", async () => {
    await start({ shape: fineractCore(), plan: { fault: "definiteRefusal", oneIn: 2, seed: 1 } });

    const calls = await Promise.all(
      KEYS.map(async (key) => [await entry(key), await entry(key), await entry(key)]),
    );

    const posted = KEYS.filter((key) => core.book.of(key).length > 0);
    expect(posted.length).toBeGreaterThan(0);
    expect(core.refused.size).toBeGreaterThan(0);
    calls.forEach((answers, at) => {
      const isPosted = posted.includes(KEYS[at] ?? "");
      expect(answers.map(({ id }) => id !== undefined)).toEqual(answers.map(() => isPosted));
      expect(core.refused.has(KEYS[at] ?? "")).toBe(!isPosted);
    });
  });

  test("takes an entry back by a second one with the sides changed", async () => {
    await start({ shape: fineractCore() });
    const { id } = await entry("k1");

    const reversal = await entry("k2", {}, `${PATH}/${id}?command=reverse`);

    expect(reversal.status).toBe(200);
    expect([...core.book.balances().values()]).toEqual([0n, 0n]);
  });

  test("knows its keys after a restart, and leaves out a line cut short", async () => {
    const journal = join(directory, "book.ndjson");
    await start({ shape: fineractCore(), journal });
    const { id } = await entry("k1");
    await core.stop();
    await appendFile(journal, '{"id":"7000');

    await start({ shape: fineractCore(), journal });

    expect(await entry("k1")).toMatchObject({ id, isStored: true });
    expect(core.book.postings).toHaveLength(1);
  });
});

describe("Galileo", () => {
  const SIGNED_IN = {
    authorization: "Bearer gal-token-0123456789abcdef",
    "api-trans-key": GALILEO_SECRETS.GALILEO_TRANS_KEY,
  };

  async function call(
    method: string,
    fields: Record<string, string>,
    as: "json" | "form" = "json",
  ): Promise<{ status_code: string; response_data?: { adjustment_id: string; amount: string } }> {
    const type = as === "form" ? "application/x-www-form-urlencoded" : "application/json";
    const { text } = await post(
      `/intserv/4.0/${method}`,
      { ...SIGNED_IN, "content-type": type },
      as === "form" ? new URLSearchParams(fields).toString() : JSON.stringify(fields),
    );
    return JSON.parse(text) as Awaited<ReturnType<typeof call>>;
  }

  const adjust = (transactionId: string, amount = "10.00", as: "json" | "form" = "json") =>
    call(
      "createAdjustment",
      {
        transactionId,
        accountNo: "5200",
        fundingAccount: "1410",
        debitCreditIndicator: "C",
        amount,
      },
      as,
    );
  const statusOf = (requestTransactionId: string) =>
    call("getCallStatus", { requestTransactionId, requestMethodName: "createAdjustment" });

  test("says that it knows an id, and tells the first result when asked", async () => {
    await start({ shape: galileoCore() });

    const first = await adjust("41", "10.00", "form");
    const again = await adjust("41", "12.00");

    expect(first.status_code).toBe("0");
    expect(again).toMatchObject({ status_code: "24", response_data: { amount: "10.00" } });
    expect(await statusOf("41")).toMatchObject({
      status_code: "0",
      response_data: { adjustment_id: first.response_data?.adjustment_id },
    });
    expect((await statusOf("42")).status_code).toBe("448-01");
    expect(core.book.postings).toHaveLength(1);
  });

  test("refuses nothing on purpose that it has posted", async () => {
    await start({ shape: galileoCore(), plan: { fault: "definiteRefusal", oneIn: 2, seed: 1 } });

    for (const key of KEYS) {
      const answers = [await adjust(key), await adjust(key), await adjust(key)];
      const refused = answers.map(({ status_code }) => status_code === "447-04");
      const refusals = refused.filter(Boolean).length;
      expect(refused).toEqual(refused.map((_, at) => at < refusals));
      expect(core.book.of(key)).toHaveLength(refusals < answers.length ? 1 : 0);
    }
    expect(core.refused.size).toBeGreaterThan(0);
    expect(core.book.postings.length).toBeGreaterThan(0);
  });

  test("lets an id be used again after a failure, and after 90 days", async () => {
    await start({ shape: galileoCore() });
    core.state.closed.add("5200");
    expect((await adjust("41")).status_code).toBe("447-04");
    core.state.closed.clear();

    expect((await adjust("41")).status_code).toBe("0");
    now += 90 * 86_400_000 - 1;
    expect((await adjust("41")).status_code).toBe("24");
    now += 1;
    expect((await adjust("41")).status_code).toBe("0");
  });

  test.each(["0", "9223372036854775807", "4e3", "1.5", ""])(
    "takes no %s for an id: it has 64 bits",
    async (id) => {
      await start({ shape: galileoCore() });

      expect((await adjust(id)).status_code).toBe("2");
    },
  );

  test("takes an adjustment back once, under its own id and for its own amount", async () => {
    await start({ shape: galileoCore() });
    await adjust("41");
    const reverse = (amount: string) => call("reverseAdjustment", { transactionId: "41", amount });

    expect((await reverse("9.00")).status_code).toBe("447-01");
    expect((await reverse("10.00")).status_code).toBe("0");
    expect((await reverse("10.00")).status_code).toBe("24");
    expect([...core.book.balances().values()]).toEqual([0n, 0n]);
  });
});

describe("Jack Henry", () => {
  const ASKED: AskedTransaction = {
    account: "5200000001",
    accountType: "D",
    offset: "1410-0100",
    isCredit: true,
    minor: 10_000n,
    tranCode: "5200",
    isMemo: false,
    reference: "k1",
    effectiveDate: "2026-11-20",
    text: "",
  };

  test.each<[string, string[], Partial<AskedTransaction>]>([
    ["nothing", [], {}],
    ["an account that is not there", ["1003"], { account: "0000001" }],
    ["a closed one", ["1004"], { account: "999" }],
    ["a closed one on the other side", ["1004"], { offset: "999" }],
    ["a dormant one", ["1005"], { account: "520077" }],
    ["one charged off", ["1008"], { account: "520066" }],
    ["a debit where none may be posted", ["1014"], { account: "520055", isCredit: false }],
    ["a credit where debits may not", [], { account: "520055" }],
    ["a credit where none may be posted", ["1016"], { account: "520044" }],
    ["too little money", ["1017"], { account: "520033", isCredit: false }],
    ["a memo post on a ledger account", ["1034"], { accountType: "G", isMemo: true }],
    ["a memo post on a deposit", [], { isMemo: true }],
    ["no such type of account", ["1043"], { accountType: "X" }],
    ["no transaction code", ["1052"], { tranCode: "" }],
    ["no amount", ["1055"], { minor: null }],
    ["several at once", ["1004", "1052", "1005"], { account: "9977", tranCode: "x" }],
  ])("refuses %s: %j", async (_, codes, more) => {
    await start({ shape: jackHenryCore() });

    const found = errorsOf({ ...ASKED, ...more }, new Set(["999", "9977"]));

    expect(found.map((one) => one.code)).toEqual(codes);
  });

  test("knows no keys: what is sent twice is posted twice, as the history shows", async () => {
    await start({ shape: jackHenryCore() });
    const envelope = (operation: string) =>
      `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Header><Security>` +
      `<Username>redress</Username><Password>jx-Wm3!password</Password></Security></e:Header>` +
      `<e:Body><${operation}><AccountId><AcctId>5200000001</AcctId><AcctType>D</AcctType>` +
      `</AccountId><EFTTrnId>k1</EFTTrnId><Amt>10.00</Amt><DrCr>C</DrCr>` +
      `<TrnCodeCode>5200</TrnCodeCode><GLInterfaceCode>1410-0100</GLInterfaceCode>` +
      `</${operation}></e:Body></e:Envelope>`;
    const send = (operation: string) => post("/x", {}, envelope(operation));

    const validated = await send("TrnAddValidate");
    expect([validated.status, core.book.postings.length]).toEqual([200, 0]);
    const first = await send("TrnAdd");
    await send("TrnAdd");
    const found = await send("AcctHistSrch");

    expect(first.text).toMatch(/<BatchNum>41<.*<SeqNum>\d+<.*<TrnRcptId>\d+<.*>Success</);
    expect(found.text).toContain("<TotRec>2</TotRec>");
    expect(core.book.of("k1")).toHaveLength(2);
  });
});
