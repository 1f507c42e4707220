/** Feeds of the system of record, compared with attestations and tracked movements. */
import { expect, test } from "vitest";

import { useCaseApi } from "../../test/support/http-case.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";

const db = useDatabase();
const { assignmentOf, client, get, opened, operate, post } = useCaseApi(db);

const TITLES = "reference,amount,currency,side,bookedOn";

function feed(text: string, format = "csv", name = "core.csv", bank = "harbor") {
  return post(`/v1/reconciliations?client=${bank}&format=${format}&name=${name}`, {
    body: text,
    headers: { "content-type": "text/csv" },
  });
}

/** A credit posted by hand under this reference. */
async function attested(reference: string, postingDate = "2026-11-16", bank?: string) {
  const { dispute } = await opened(bank);
  await operate(dispute, "issueProvisionalCredit", { fees: "5.00" });
  const { body } = await assignmentOf(dispute);
  const done = await post(`/v1/assignments/${String(body["id"])}/completion`, {
    version: Number(body["version"]),
    body: { reference, postingDate, attested: true },
  });
  expect(done.status).toBe(200);
  return dispute;
}

async function linesOf(answer: { body: Record<string, unknown> }, query = "") {
  const { body } = await get(`/v1/reconciliations/${String(answer.body["id"])}/lines${query}`);
  return body.items.map((one) => [one["reference"], one["outcome"], one["difference"]]);
}

async function unconfirmed() {
  return (await get("/v1/unconfirmed-attestations")).body.items;
}

test("matched, different, missing here and missing there, each with its words", async () => {
  const dispute = await attested("CORE-1");
  await attested("CORE-2");
  await attested("CORE-3");

  const answer = await feed(
    [
      TITLES,
      "CORE-1,105.00,USD,credit,2026-11-16",
      "CORE-2,99.00,USD,credit,2026-11-16",
      "CORE-9,12.00,USD,debit,2026-11-16",
    ].join("\n"),
  );

  expect(answer.status).toBe(201);
  expect(answer.body).toMatchObject({
    lines: 3,
    matched: 1,
    different: 1,
    missingHere: 1,
    missingThere: 1,
    from: "2026-11-16",
    to: "2026-11-16",
  });
  expect(await linesOf(answer)).toEqual([
    ["CORE-1", "matched", null],
    ["CORE-2", "different", "99.00 there, 105.00 here"],
    ["CORE-9", "missingHere", "no movement of ours has this reference"],
    ["CORE-3", "missingThere", "attested here, and the feed of that day does not show it"],
  ]);
  expect(await linesOf(answer, "?outcome=matched")).toEqual([["CORE-1", "matched", null]]);
  const open = await unconfirmed();
  expect(new Set(open.map((one) => one["reference"]))).toEqual(new Set(["CORE-2", "CORE-3"]));
  expect(open.some((one) => one["dispute"] === dispute)).toBe(false);
});

test("a statement of one account shows one entry of several: that is enough", async () => {
  await attested("CORE-1");

  const credit = await feed([TITLES, "CORE-1,105.00,USD,credit,2026-11-16"].join("\n"));
  const suspense = await feed([TITLES, "CORE-1,100.00,USD,debit,2026-11-16"].join("\n"));

  expect([credit.body["matched"], suspense.body["matched"]]).toEqual([1, 1]);
});

test("the same bytes again change nothing; the same posting again is told", async () => {
  await attested("CORE-1");
  const text = [TITLES, "CORE-1,105.00,USD,credit,2026-11-16"].join("\n");

  const first = await feed(text);
  const again = await feed(text, "csv", "renamed.csv");
  const twice = await feed(`${text}\n`);

  expect([first.status, again.status, twice.status]).toEqual([201, 200, 201]);
  expect(again.body["id"]).toBe(first.body["id"]);
  expect(await linesOf(twice)).toEqual([["CORE-1", "different", "it was posted there before"]]);
  const rows = await db.query(sql`select 1 as one from confirmation`);
  expect(rows).toHaveLength(1);
});

test("two who take the same feed at once take it once", async () => {
  await attested("CORE-1");
  const text = [TITLES, "CORE-1,105.00,USD,credit,2026-11-16"].join("\n");

  const answers = await Promise.all([feed(text), feed(text)]);

  expect(new Set(answers.map((one) => one.body["id"])).size).toBe(1);
  expect(new Set(answers.map((one) => one.status))).toEqual(new Set([200, 201]));
});

test("a tracked movement is confirmed by the reference of its operation", async () => {
  const { dispute } = await opened();
  await operate(dispute, "recordChargeback", { amount: "100.00", reference: "CB-1" });
  await operate(dispute, "recordMerchantCredit", { amount: "40.00", reference: "MC-1" });

  const answer = await feed(
    [TITLES, "CB-1,100.00,USD,debit,2026-11-20", "MC-1,40.00,USD,credit,2026-11-20"].join("\n"),
  );

  expect(answer.body).toMatchObject({ matched: 2, different: 0 });
});

test("a day apart is different, unless the client allows it", async () => {
  await client("lenient", { reconciliation: { toleranceDays: 1 } });
  await attested("CORE-1");
  // So that no number is used by both.
  await opened("lenient");
  await attested("CORE-1", "2026-11-16", "lenient");
  const text = [TITLES, "CORE-1,105.00,USD,credit,2026-11-17"].join("\n");

  const strict = await feed(text);
  const lenient = await feed(text, "csv", "core.csv", "lenient");

  expect(await linesOf(strict)).toEqual([
    ["CORE-1", "different", "on 2026-11-17 there, 2026-11-16 here"],
  ]);
  expect(lenient.body["matched"]).toBe(1);
});

test("BAI2 and camt.053 are read as they come", async () => {
  await attested("CORE-1");
  await attested("CORE-2");
  const bai2 = [
    "01,CORE,HARBOR,261116,2200,1,80,1,2/",
    "02,HARBOR,CORE,1,261116,2200,USD,2/",
    "03,2710,USD,010,0,,/",
    "16,399,10500,,CORE-1,,POSTED/",
    "49,10500,3/",
    "98,10500,1,5/",
    "99,10500,1,7/",
  ].join("\n");
  const camt =
    '<?xml version="1.0"?>' +
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>' +
    "<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-11-16T22:00:00Z</CreDtTm></GrpHdr>" +
    "<Stmt><Id>S1</Id><Acct><Id><Othr><Id>2710</Id></Othr></Id><Ccy>USD</Ccy></Acct>" +
    '<Ntry><Amt Ccy="USD">105.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>' +
    "<BookgDt><Dt>2026-11-16</Dt></BookgDt><AcctSvcrRef>CORE-2</AcctSvcrRef>" +
    "<BkTxCd/></Ntry></Stmt></BkToCstmrStmt></Document>";

  const first = await feed(bai2, "bai2", "core.bai");
  const second = await feed(camt, "camt.053", "core.xml");

  expect(first.body).toMatchObject({ lines: 1, matched: 1 });
  expect(second.body).toMatchObject({ lines: 1, matched: 1 });
  expect(await unconfirmed()).toEqual([]);
});

test.each([
  ["BAI2", "bai2"],
  ["camt.053", "camt.053"],
])("what a statement in %s says came back was posted there, too", async (_, format) => {
  const { dispute } = await opened();
  await operate(dispute, "recordReturn", { kind: "ach", amount: "100.00", reference: "RET-1" });
  const bai2 = [
    "01,CORE,HARBOR,261120,2200,1,80,1,2/",
    "02,HARBOR,CORE,1,261120,2200,USD,2/",
    "03,2710,USD,010,0,,/",
    "16,557,10000,,RET-1,,RETURNED/",
    "49,10000,3/",
    "98,10000,1,5/",
    "99,10000,1,7/",
  ].join("\n");
  const camt =
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>' +
    "<GrpHdr><MsgId>M1</MsgId></GrpHdr>" +
    "<Stmt><Acct><Id><Othr><Id>2710</Id></Othr></Id></Acct>" +
    '<Ntry><Amt Ccy="USD">100.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>' +
    "<BookgDt><Dt>2026-11-20</Dt></BookgDt><NtryDtls><TxDtls><Refs><TxId>RET-1</TxId></Refs>" +
    "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf></TxDtls></NtryDtls></Ntry></Stmt>" +
    "</BkToCstmrStmt></Document>";

  const answer = await feed(format === "bai2" ? bai2 : camt, format, "core");

  expect(answer.body).toMatchObject({ lines: 1, matched: 1 });
});

test.each([
  ["a line that cannot be read", `${TITLES}\nCORE-1,ten,USD,credit,2026-11-16`, "csv"],
  ["nothing", "", "csv"],
  ["a statement cut off", "01,CORE,HARBOR,261116,2200,1,80,1,2/", "bai2"],
])("%s is refused whole", async (_, text, format) => {
  await attested("CORE-1");

  const refused = await feed(text, format);

  expect(refused.status).toBeGreaterThanOrEqual(400);
  expect(refused.status).toBeLessThan(500);
  expect((await get("/v1/reconciliations")).body.items).toEqual([]);
});

test("another client's movement is none of ours", async () => {
  await client("other");
  await attested("CORE-1", "2026-11-16", "other");

  const answer = await feed([TITLES, "CORE-1,105.00,USD,credit,2026-11-16"].join("\n"));

  expect(await linesOf(answer)).toMatchObject([["CORE-1", "missingHere", expect.anything()]]);
});
