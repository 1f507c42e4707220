/** Statements and status reports: what comes back, what speaks of a whole file, and of how much. */
import { expect, test } from "vitest";

import { aSentFile, bringIn } from "../../../test/support/answers.ts";
import { pendingCredits, stateOf } from "../../../test/support/batch.ts";
import { batchDesk, PROFILE, SENDING } from "../../../test/support/batch-desk.ts";
import { testEngine } from "../../../test/support/engine.ts";
import { useDatabase } from "../../../test/support/use-database.ts";
import { sql } from "../../database/sql.ts";
import { generateNow } from "../generate.ts";
import { transmitNext } from "../transmit.ts";
import { fileById } from "../views.ts";
import { linesOfInbound } from "./views.ts";

const db = useDatabase();
const engine = testEngine(db);
const desk = batchDesk(engine);

type Format = "camt.053" | "camt.054" | "pain.002" | "bai2";

/** Credits to holders: a statement of our own account shows them as debits. */
function sentWith(format: Format, amounts: readonly string[], more = {}) {
  return aSentFile(desk, engine, amounts, {
    basis: "onAcknowledgement",
    returnFile: { format, sides: "opposite" },
    ...more,
  });
}

async function bring(client: string, text: string): Promise<string[]> {
  const file = await bringIn(desk, client, text);
  expect(file.faults).toEqual([]);
  const lines = await linesOfInbound(db, file, { after: 0n, limit: 100 });
  return lines.map((one) => `${one.state} ${one.outcome ?? one.explanation ?? ""}`.trim());
}

function statesOf(adjustments: readonly string[]): Promise<string[]> {
  return Promise.all(adjustments.map((id) => stateOf(engine, id)));
}

async function executed(): Promise<string> {
  const row = await db.one<{ sum: string }>(sql`
    select coalesce(sum(executed_minor), 0)::text as sum from balance
    where collection = 'accountHolder'
  `);
  return row.sum;
}

function notification(id: string, entries: string): string {
  return (
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn>' +
    `<GrpHdr><MsgId>${id}</MsgId></GrpHdr><Ntfctn><Acct><Id><Othr><Id>77</Id></Othr></Id></Acct>` +
    `${entries}</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>`
  );
}

function entry(amount: string, side: string, details: string, more = ""): string {
  return (
    `<Ntry><NtryRef>1</NtryRef><Amt Ccy="USD">${amount}</Amt><CdtDbtInd>${side}</CdtDbtInd>` +
    `${more}<Sts><Cd>BOOK</Cd></Sts><AcctSvcrRef>2</AcctSvcrRef>` +
    `<NtryDtls>${details}</NtryDtls></Ntry>`
  );
}

function named(reference: string | undefined, more = ""): string {
  return `<TxDtls><Refs><EndToEndId>${reference}</EndToEndId></Refs>${more}</TxDtls>`;
}

const RETURNED = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>";
const REVERSED = "<RvslInd>true</RvslInd>";

test.each([
  ["a return that moves money the other way", RETURNED, "", "CRDT"],
  ["a return shown on the side of what it returns", RETURNED, "", "DBIT"],
  ["a reversal", "", REVERSED, "CRDT"],
])("camt.054: %s brings it back", async (_, detail, more, side) => {
  const { client, adjustments } = await sentWith("camt.054", ["10.00"]);
  const [one] = adjustments;

  const posted = await bring(client, notification("N-1", entry("10.00", "DBIT", named(one))));
  expect(posted).toEqual(["applied executed"]);
  const back = entry("10.00", side, named(one, detail), more);
  expect(await bring(client, notification("N-2", back))).toEqual(["applied returned"]);

  expect(await statesOf(adjustments)).toEqual(["batchFailed"]);
  expect(await executed()).toBe("0");
});

test("camt.054: a posting on the wrong side is still not ours", async () => {
  const { client, adjustments } = await sentWith("camt.054", ["10.00"]);

  const fates = await bring(
    client,
    notification("N-1", entry("10.00", "CRDT", named(adjustments[0]))),
  );

  expect(fates).toEqual(["unmatched sideDiffers"]);
});

test("BAI2: a returned item brings back what an earlier statement showed as posted", async () => {
  const { client, adjustments } = await sentWith("bai2", ["10.00"]);
  const statement = (id: string, code: string): string =>
    [
      `01,BANK,US,261116,0100,${id},,,2/`,
      "02,US,BANK,1,261116,,USD,2/",
      "03,77,USD,010,,,/",
      `16,${code},1000,Z,B1,${adjustments[0]},TEXT/`,
      "49,1000,3/",
      "98,1000,1,5/",
      "99,1000,1,7/",
    ].join("\r\n");

  expect(await bring(client, statement("1", "451"))).toEqual(["applied executed"]);
  expect(await bring(client, statement("2", "257"))).toEqual(["applied returned"]);

  expect(await executed()).toBe("0");
});

const whole = (fileId: string): string =>
  `<Btch><MsgId>${fileId.replaceAll("-", "")}</MsgId></Btch>`;

test("a collective entry of all of our file answers the whole of it", async () => {
  const { client, adjustments, fileId } = await sentWith("camt.054", ["10.00", "20.00"]);

  const fates = await bring(client, notification("N-1", entry("30.00", "DBIT", whole(fileId))));

  expect(fates).toEqual(["applied wholeFile"]);
  expect(await statesOf(adjustments)).toEqual(["executed", "executed"]);
});

/** Without a number of the servicer's own, as some banks book a file. */
function nameless(text: string): string {
  return text.replace(/<NtryRef>.*<\/NtryRef>/, "").replace(/<AcctSvcrRef>.*<\/AcctSvcrRef>/, "");
}

test.each([
  ["of a part of it", entry("10.00", "DBIT", "BATCH"), "amountDiffers"],
  ["of a part, without a number", nameless(entry("10.00", "DBIT", "BATCH")), "amountDiffers"],
  ["on the other side", entry("30.00", "CRDT", "BATCH"), "sideDiffers"],
  ["in euro", entry("30.00", "DBIT", "BATCH").replace("USD", "EUR"), "currencyDiffers"],
])("a collective entry %s answers nothing", async (_, text, explanation) => {
  const { client, adjustments, fileId } = await sentWith("camt.054", ["10.00", "20.00"]);

  const fates = await bring(client, notification("N-1", text.replace("BATCH", whole(fileId))));

  expect(fates).toEqual([`unmatched ${explanation}`]);
  expect(await statesOf(adjustments)).toEqual(["inFile", "inFile"]);
});

test("a number of the servicer's own is no line of our file", async () => {
  const { client, adjustments, fileId } = await sentWith("camt.054", ["10.00", "10.00"]);
  const message = `<TxDtls><Refs><MsgId>${fileId.replaceAll("-", "")}</MsgId></Refs></TxDtls>`;

  const fates = await bring(client, notification("N-1", entry("10.00", "DBIT", message)));

  expect(fates).toEqual(["unmatched noReference"]);
  expect(await statesOf(adjustments)).toEqual(["inFile", "inFile"]);
});

function report(fileId: string, payment: string, group = ""): string {
  const id = fileId.replaceAll("-", "");
  return (
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>' +
    `<GrpHdr><MsgId>R-1</MsgId></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>${id}</OrgnlMsgId>` +
    `${group}</OrgnlGrpInfAndSts>${payment.replaceAll("FILE", id)}</CstmrPmtStsRpt></Document>`
  );
}

const PAYMENT = "<OrgnlPmtInfAndSts><OrgnlPmtInfId>FILE</OrgnlPmtInfId>";
const REJECTED = "<PmtInfSts>RJCT</PmtInfSts><StsRsnInf><Rsn><Cd>DT01</Cd></Rsn></StsRsnInf>";

test("pain.002: the status of our only payment is that of the whole file", async () => {
  const { client, adjustments, fileId } = await sentWith("pain.002", ["10.00", "20.00"]);

  const payment = `${PAYMENT}${REJECTED}</OrgnlPmtInfAndSts>`;

  expect(await bring(client, report(fileId, payment))).toEqual(["applied wholeFile"]);
  expect(await statesOf(adjustments)).toEqual(["batchFailed", "batchFailed"]);
});

test("pain.002: a payment is refused whole, though only one transaction is named", async () => {
  const { client, adjustments, fileId } = await sentWith("pain.002", ["10.00", "20.00"]);
  const culprit =
    `<TxInfAndSts><OrgnlEndToEndId>${adjustments[1]}</OrgnlEndToEndId>` +
    "<TxSts>RJCT</TxSts></TxInfAndSts>";
  const refused = `<OrgnlNbOfTxs>2</OrgnlNbOfTxs>${REJECTED}`;
  const payment = `${PAYMENT}${refused}${culprit}</OrgnlPmtInfAndSts>`;

  expect(await bring(client, report(fileId, payment))).toEqual([
    "applied failed",
    "applied wholeFile",
  ]);
  expect(await statesOf(adjustments)).toEqual(["batchFailed", "batchFailed"]);
});

test("pain.002: the number of a payment is no line of our file", async () => {
  const { client, adjustments, fileId } = await sentWith("pain.002", ["10.00", "20.00"]);
  const payment = `${PAYMENT}${REJECTED}</OrgnlPmtInfAndSts>`.replace("FILE", "1");

  expect(await bring(client, report(fileId, payment))).toEqual(["unmatched noReference"]);
  expect(await statesOf(adjustments)).toEqual(["inFile", "inFile"]);
});

test("pain.002: one transaction that is not named does not speak of the file", async () => {
  const { client, adjustments, fileId } = await sentWith("pain.002", ["10.00", "20.00"]);
  const nameless = "<TxInfAndSts><StsId>1</StsId><TxSts>RJCT</TxSts></TxInfAndSts>";

  const fates = await bring(client, report(fileId, `${PAYMENT}${nameless}</OrgnlPmtInfAndSts>`));

  expect(fates).toEqual(["unmatched noReference"]);
  expect(await statesOf(adjustments)).toEqual(["inFile", "inFile"]);
});

test("a file that is still to be sent is not acknowledged, and leaves", async () => {
  const { client } = await sentWith("pain.002", ["10.00"]);
  const later = await pendingCredits(engine, client, ["20.00"]);
  const { files } = await generateNow(desk, { clientId: client, profile: PROFILE, actor: "ann" });
  const [file] = files;

  const fates = await bring(client, report(file?.id ?? "", "", "<GrpSts>ACSC</GrpSts>"));

  expect(fates).toEqual(["unmatched notLeft"]);
  expect(await statesOf(later)).toEqual(["inFile"]);
  await transmitNext(desk, SENDING);
  expect((await fileById(db, client, file?.id ?? ""))?.state).toBe("handedOver");
});

test("a file that waits for its release is answered by nobody, and holds up nothing", async () => {
  const release = { release: { secondPerson: true } };
  const { client, adjustments, fileId } = await sentWith("pain.002", ["10.00"], release);
  const named =
    `<TxInfAndSts><OrgnlEndToEndId>${adjustments[0]}</OrgnlEndToEndId>` +
    "<TxSts>ACSC</TxSts></TxInfAndSts>";
  const payment = `${PAYMENT}${named}</OrgnlPmtInfAndSts>`;

  const text = report(fileId, payment, "<OrgnlNbOfTxs>2</OrgnlNbOfTxs><GrpSts>ACSC</GrpSts>");

  expect(await bring(client, text)).toEqual(["unmatched notLeft", "unmatched notLeft"]);
  expect(await statesOf(adjustments)).toEqual(["inFile"]);
});
