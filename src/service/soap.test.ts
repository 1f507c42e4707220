/** SOAP over real HTTP: golden envelopes of both versions, WS-Security, faults. */
import { createHash } from "node:crypto";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { factsOf, testAdapter } from "../../test/support/adapter.ts";
import type { Peer } from "../../test/support/peer.ts";
import { startPeer } from "../../test/support/peer.ts";
import type { SentResult } from "./adapter.ts";
import { readLookUp, readPosting, readValidation } from "./read-answer.ts";
import { readXml } from "./read-xml.ts";
import { serviceOf } from "./service-configuration.ts";

const ENVELOPE_11 = "http://schemas.xmlsoap.org/soap/envelope/";
const ENVELOPE_12 = "http://www.w3.org/2003/05/soap-envelope";
const WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
const WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
const PROFILE =
  "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0";
const BASE64 =
  "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary";

const DONE = `<?xml version="1.0"?><s:Envelope xmlns:s="${ENVELOPE_11}"><s:Body>
  <TrnAddResponse xmlns="urn:core"><RcptId>R-7</RcptId><Amt>100.10</Amt></TrnAddResponse>
</s:Body></s:Envelope>`;

const FAULT_11 = `<S:Envelope xmlns:S="${ENVELOPE_11}"><S:Body><S:Fault>
  <faultcode>S:Server</faultcode><faultstring>account is closed</faultstring>
  <detail><e:HdrFault xmlns:e="urn:core"><e:ErrCode>8004</e:ErrCode></e:HdrFault></detail>
</S:Fault></S:Body></S:Envelope>`;

const FAULT_12 = `<env:Envelope xmlns:env="${ENVELOPE_12}"><env:Body><env:Fault>
  <env:Code><env:Value>env:Sender</env:Value>
    <env:Subcode><env:Value>m:Closed</env:Value></env:Subcode></env:Code>
  <env:Reason><env:Text xml:lang="en">account is closed</env:Text></env:Reason>
</env:Fault></env:Body></env:Envelope>`;

let peer: Peer;
beforeEach(async () => {
  peer = await startPeer(() => ({ body: DONE }));
});
afterEach(() => peer.stop());

const settings = (more: Record<string, unknown> = {}, soap: Record<string, unknown> = {}) => ({
  protocol: "soap",
  url: `${peer.address}/services`,
  key: { header: null },
  soap: { action: "urn:core/TrnAdd", ...soap },
  post: {
    path: "/Transaction",
    body: {
      "j:TrnAdd": {
        "@xmlns:j": "urn:core",
        "j:Key": "{{key}}",
        "j:Amt": "{{amount}}",
        "j:Acct": "{{holder.number}}",
        "j:Rmk": "{{statementText}}",
      },
    },
  },
  answer: {
    code: "body.Fault.detail.HdrFault.ErrCode",
    message: "body.Fault.faultstring",
    reference: "body.TrnAddResponse.RcptId",
    amount: "body.TrnAddResponse.Amt",
  },
  ...more,
});

const BODY =
  '<j:TrnAdd xmlns:j="urn:core"><j:Key>k-1</j:Key><j:Amt>100.10</j:Amt>' +
  "<j:Acct>40001234</j:Acct></j:TrnAdd>";

const heard = () => {
  const request = peer.heard.at(-1);
  if (request === undefined) throw new Error("nothing came");
  return request;
};

const posted = (result: SentResult, rows: Record<string, unknown>[] = []) => {
  const service = serviceOf({ services: { core: settings({ outcomes: rows }) } }, "core");
  if (result.kind !== "answered" || service === undefined) throw new Error("no answer");
  return readPosting(result.answer, service.answer, service.outcomes);
};

describe("the envelope", () => {
  test("of 1.1: text/xml, the quoted SOAPAction, the body as the template says", async () => {
    const result = await testAdapter(settings()).call();

    expect(heard().body).toBe(
      `<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="${ENVELOPE_11}">` +
        `<soap:Body>${BODY}</soap:Body></soap:Envelope>`,
    );
    expect(heard()).toMatchObject({ method: "POST", path: "/services/Transaction" });
    expect(heard().headers).toMatchObject({
      "content-type": "text/xml; charset=utf-8",
      soapaction: '"urn:core/TrnAdd"',
      accept: "text/xml",
    });
    expect(posted(result)).toMatchObject({
      outcome: "posted",
      reference: "R-7",
      echo: { amount: "100.10" },
    });
  });

  test("of 1.1 without an action has an empty one", async () => {
    await testAdapter(settings({}, { action: undefined })).call();

    expect(heard().headers).toHaveProperty("soapaction", '""');
  });

  test("of 1.2: application/soap+xml with the action as its parameter", async () => {
    peer.answer = () => ({ body: DONE.replace(ENVELOPE_11, ENVELOPE_12) });

    const result = await testAdapter(settings({}, { version: "1.2" })).call();

    expect(heard().body).toBe(
      `<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="${ENVELOPE_12}">` +
        `<soap:Body>${BODY}</soap:Body></soap:Envelope>`,
    );
    const type = 'application/soap+xml; charset=utf-8; action="urn:core/TrnAdd"';
    expect(heard().headers).toHaveProperty("content-type", type);
    expect(heard().headers).not.toHaveProperty("soapaction");
    expect(posted(result)).toMatchObject({ outcome: "posted", reference: "R-7" });
  });

  test("a call can have an action of its own, and header blocks stand in the Header", async () => {
    const lookUp = { path: "/Inquiry", action: "urn:core/TrnInq", body: { Inq: "{{key}}" } };
    const header = { "c:Ctx": { "@xmlns:c": "urn:ctx", Trace: "{{key}}" } };

    await testAdapter(settings({ lookUp }, { header })).call({}, "lookUp");

    expect(heard().method).toBe("POST");
    expect(heard().headers).toHaveProperty("soapaction", '"urn:core/TrnInq"');
    expect(heard().body).toContain(
      '<soap:Header><c:Ctx xmlns:c="urn:ctx"><Trace>k-1</Trace></c:Ctx></soap:Header>' +
        "<soap:Body><Inq>k-1</Inq></soap:Body>",
    );
  });

  test("a fact cannot end its element; what XML forbids is refused by name", async () => {
    const adapter = testAdapter(settings());
    const evil = `</j:Rmk><j:Amt>9</j:Amt>"'&]]>`;

    await adapter.call({ statementText: evil });

    const body = readXml(heard().body).content;
    expect(body).toHaveProperty("Body.TrnAdd.Rmk", evil);
    expect(body).toHaveProperty("Body.TrnAdd.Amt", "100.10");
    await expect(async () => adapter.call({ statementText: "a\u0000" })).rejects.toMatchObject({
      code: "request-invalid",
      facts: { fact: "statementText" },
    });
    expect(peer.heard).toHaveLength(1);
  });
});

describe("WS-Security", () => {
  const withSecurity = (digest: boolean) =>
    settings({}, { security: { user: "red & ress", password: "env:CORE_PASSWORD", digest } });

  test("a password as text stands in the Header, to be understood", async () => {
    await testAdapter(withSecurity(false)).call();

    expect(heard().body).toContain(
      `<soap:Header><wsse:Security xmlns:wsse="${WSSE}" xmlns:wsu="${WSU}" ` +
        `soap:mustUnderstand="1"><wsse:UsernameToken>` +
        `<wsse:Username>red &amp; ress</wsse:Username>` +
        `<wsse:Password Type="${PROFILE}#PasswordText">open &amp; &lt;sesame&gt;</wsse:Password>` +
        `</wsse:UsernameToken></wsse:Security></soap:Header><soap:Body>`,
    );
  });

  test("a digest is what the profile says, of nonce, time and password", async () => {
    await testAdapter(withSecurity(true)).call();

    const token = /<wsse:UsernameToken>(.*)<\/wsse:UsernameToken>/.exec(heard().body)?.[1] ?? "";
    const at = (name: string): string =>
      new RegExp(`<${name}(?: [^>]*)?>([^<]*)<`).exec(token)?.[1] ?? "";
    // As a server checks it (UsernameToken Profile 1.1, lines 192-208).
    const expected = createHash("sha1")
      .update(
        Buffer.concat([
          Buffer.from(at("wsse:Nonce"), "base64"),
          Buffer.from(at("wsu:Created"), "utf8"),
          Buffer.from("open & <sesame>", "utf8"),
        ]),
      )
      .digest("base64");
    expect(at("wsse:Password")).toBe(expected);
    expect(token).toContain(`<wsse:Password Type="${PROFILE}#PasswordDigest">`);
    expect(token).toContain(`<wsse:Nonce EncodingType="${BASE64}">`);
    expect(Buffer.from(at("wsse:Nonce"), "base64")).toHaveLength(16);
    expect(at("wsu:Created")).toBe("2026-11-16T15:00:00Z");
    expect(heard().body).not.toContain("sesame");
  });

  test("is in nothing that is kept, and neither is a password that an answer repeats", async () => {
    const adapter = testAdapter(withSecurity(false), { CORE_PASSWORD: "sword & <fish>" });
    peer.answer = (request) => ({ status: 500, body: request.body });

    const result = await adapter.call();

    const { kept, headers, body } = adapter.prepare("post", factsOf());
    expect(JSON.stringify([kept, headers, body])).not.toMatch(/fish|wsse/);
    expect(heard().body).toContain("sword &amp; &lt;fish&gt;");
    expect(JSON.stringify(result)).not.toContain("fish");
  });

  test("without its secret nothing is sent", async () => {
    const call = testAdapter(withSecurity(true), {}).call();

    await expect(call).rejects.toThrow("there is no secret at env:CORE_PASSWORD");
    expect(peer.heard).toEqual([]);
  });
});

describe("a fault", () => {
  const faulting = async (status: number, body: string) => {
    peer.answer = () => ({ status, body });
    return testAdapter(settings()).call();
  };

  test("is judged by its code where a row says so", async () => {
    const rows = [{ when: { code: "8004" }, outcome: "refused" }];

    const reading = posted(await faulting(500, FAULT_11), rows);

    expect(reading).toMatchObject({
      outcome: "refused",
      code: "8004",
      reason: "account is closed",
    });
  });

  test("of 1.2 reads by its own names", async () => {
    const result = await faulting(400, FAULT_12);
    const rows = [{ when: { body: { "body.Fault.Code.Subcode.Value": "m:Closed" } } }].map(
      (row) => ({ ...row, outcome: "refused", reason: "closed" }),
    );

    expect(posted(result, rows)).toMatchObject({ outcome: "refused", reason: "closed" });
    expect(posted(result)).toMatchObject({ outcome: "unknown" });
  });

  test.each([500, 400, 422, 200])("without a row is unknown, with status %i", async (status) => {
    const result = await faulting(status, FAULT_11);

    expect(posted(result)).toMatchObject({ outcome: "unknown", reason: "account is closed" });
    if (result.kind !== "answered") throw new Error("no answer");
    const mapping = { amountIn: "decimal" } as const;
    expect(readPosting(result.answer, mapping, []).outcome).toBe("unknown");
    expect(readLookUp(result.answer, mapping, []).outcome).toBe("unknown");
    expect(readValidation(result.answer, mapping, []).outcome).toBe("unknown");
  });

  test.each([401, 403, 429])("with status %i was not processed", async (status) => {
    expect(posted(await faulting(status, FAULT_11))).toMatchObject({ outcome: "notProcessed" });
  });
});

describe("what is no envelope is unreadable, so unknown", () => {
  test.each([
    ["a page", 404, "<!DOCTYPE html><html><body>no such page</body></html>"],
    ["a page that says 200", 200, "<html><body>signed out</body></html>"],
    ["nothing", 200, ""],
    ["nothing with 400", 400, ""],
    ["half an envelope", 200, DONE.slice(0, 200)],
    ["an envelope of another kind", 200, DONE.replace(ENVELOPE_11, "urn:other")],
    ["an envelope without Body", 200, `<e:Envelope xmlns:e="${ENVELOPE_11}"/>`],
    ["two envelopes", 200, `${DONE.replace(/^<\?.*?\?>/, "")}${DONE.replace(/^<\?.*?\?>/, "")}`],
    ["a document type", 200, `<!DOCTYPE a>${DONE.replace(/^<\?.*?\?>/, "")}`],
  ])("%s", async (_, status, body) => {
    peer.answer = () => ({ status, body });

    const result = await testAdapter(settings()).call();

    expect(posted(result)).toMatchObject({
      outcome: "unknown",
      reason: expect.stringContaining("unreadable answer: it ") as string,
    });
  });
});
