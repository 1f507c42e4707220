/** Answers as they come over the wire: character sets, compression, size, redirects. */
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";

import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";

import { testAdapter } from "../../test/support/adapter.ts";
import type { Peer, PeerAnswer } from "../../test/support/peer.ts";
import { startPeer } from "../../test/support/peer.ts";
import { readPosting, readValidation } from "./read-answer.ts";

let peer: Peer;
beforeEach(async () => {
  peer = await startPeer(() => ({}));
});
afterEach(() => peer.stop());

const MAPPING = {
  reference: "body.answer.id",
  message: "body.answer.note",
  amountIn: "decimal",
} as const;

async function call(
  answer: Exclude<PeerAnswer, string>,
  settings: Record<string, unknown> = {},
  purpose: "post" | "probe" = "post",
) {
  peer.answer = () => answer;
  const adapter = testAdapter({
    protocol: "xml",
    url: peer.address,
    post: { path: "/p", body: { a: "" } },
    validate: { path: "/v", body: { a: { "@check": "{{key}}" } } },
    ...settings,
  });
  onTestFinished(() => adapter.close());
  return adapter.call({}, purpose);
}

async function posted(answer: Exclude<PeerAnswer, string>, settings = {}) {
  const result = await call(answer, settings);
  if (result.kind !== "answered") return result;
  return readPosting(result.answer, MAPPING, []);
}

const NOTE = "Déjà vu – 10 €";
const ANSWER = `<answer><id>P-1</id><note>${NOTE}</note></answer>`;
const latin1 = (text: string): Buffer =>
  Buffer.from(text.replace("–", "\u0096").replace("€", "\u0080"), "latin1");

describe("the character set", () => {
  test.each<[string, Record<string, string>, Buffer]>([
    ["is UTF-8 where nothing is said", {}, Buffer.from(ANSWER)],
    ["is UTF-8 by its byte order mark", {}, Buffer.from(`\uFEFF${ANSWER}`)],
    [
      "is what the byte order mark says, whatever the header says",
      { "content-type": "text/xml; charset=iso-8859-1" },
      Buffer.from(`\uFEFF${ANSWER}`),
    ],
    ["is UTF-16 by its byte order mark", {}, Buffer.from(`\uFEFF${ANSWER}`, "utf16le")],
    [
      "is ISO-8859-1 by the header",
      { "content-type": 'text/xml; charset="ISO-8859-1"' },
      latin1(ANSWER),
    ],
    [
      "is ISO-8859-1 by the XML declaration",
      { "content-type": "text/xml" },
      latin1(`<?xml version="1.0" encoding="iso-8859-1"?>${ANSWER}`),
    ],
  ])("%s", async (_, headers, body) => {
    expect(await posted({ headers, body })).toMatchObject({
      outcome: "posted",
      reference: "P-1",
      reason: NOTE,
    });
  });

  test("is configured for a core that does not say", async () => {
    expect(await posted({ body: latin1(ANSWER) }, { charset: "iso-8859-1" })).toMatchObject({
      outcome: "posted",
      reason: NOTE,
    });
  });

  test.each<[string, Record<string, string>, Buffer]>([
    ["it is not in its character set", {}, latin1(ANSWER)],
    [
      "its character set is not known",
      { "content-type": "text/xml; charset=klingon" },
      Buffer.from(ANSWER),
    ],
  ])("unreadable, so unknown: %s", async (problem, headers, body) => {
    for (const status of [200, 422, 500]) {
      expect(await posted({ status, headers, body })).toMatchObject({
        outcome: "unknown",
        reason: expect.stringContaining(problem) as string,
      });
    }
  });
});

describe("a compressed answer", () => {
  const bytes = Buffer.from(ANSWER);

  test.each<[string, Buffer]>([
    ["gzip", gzipSync(bytes)],
    ["deflate", deflateSync(bytes)],
    ["br", brotliCompressSync(bytes)],
    ["identity", bytes],
    ["deflate, gzip", gzipSync(deflateSync(bytes))],
  ])("by %s is read, though we asked for none", async (coding, body) => {
    const headers = { "content-encoding": coding };

    expect(await posted({ headers, body })).toMatchObject({ outcome: "posted" });
    expect(peer.heard.at(-1)?.headers).not.toHaveProperty("accept-encoding");
  });

  test.each<[string, string, Buffer]>([
    ["it is compressed in a way that is not known", "compress", bytes],
    ["its compression is broken", "gzip", bytes],
    ["its compression is broken", "gzip", gzipSync(bytes).subarray(0, 30)],
    ["it is longer than is read", "gzip", gzipSync(Buffer.alloc(50_000_000, " "))],
  ])("unreadable, so unknown: %s (%s)", async (problem, coding, body) => {
    expect(await posted({ headers: { "content-encoding": coding }, body })).toMatchObject({
      outcome: "unknown",
      reason: `status 200, an unreadable answer: ${problem}`,
    });
  });
});

test("an answer without end is given up, and what it said is unknown", async () => {
  const result = await call({ body: `<answer><id>P-1</id>${" ".repeat(3_000_000)}</answer>` });

  expect(result).toEqual({ kind: "lost", reason: "an answer longer than we read" });
});

test.each([301, 302, 307, 308])("a redirect (%i) is not followed", async (status) => {
  const other = await startPeer(() => ({ body: ANSWER }));
  onTestFinished(() => other.stop());

  const reading = await posted({ status, headers: { location: `${other.address}/p` } });

  expect(reading).toMatchObject({ outcome: "notProcessed" });
  expect([peer.heard.length, other.heard.length]).toEqual([1, 0]);
});

test("JSON that is none says so", async () => {
  const service = { protocol: "rest-json", validate: null };
  expect(await posted({ body: "<html>" }, service)).toMatchObject({
    outcome: "unknown",
    reason: "an unreadable answer: it is not JSON",
  });
  expect(await posted({ status: 422, body: "nope" }, service)).toMatchObject({
    outcome: "refused",
    reason: "status 422, an unreadable answer: it is not JSON",
  });
});

describe("a call that only validates", () => {
  const validated = async (answer: Exclude<PeerAnswer, string>, rows: unknown[] = []) => {
    const result = await call(answer, {}, "probe");
    if (result.kind !== "answered") throw new Error("no answer");
    return readValidation(result.answer, MAPPING, rows as never);
  };

  test("is written from its own template, without the key's header", async () => {
    await validated({ body: ANSWER });

    expect(peer.heard.at(-1)).toMatchObject({
      method: "POST",
      path: "/v",
      body: '<?xml version="1.0" encoding="UTF-8"?><a check="k-1"/>',
    });
    expect(peer.heard.at(-1)?.headers).not.toHaveProperty("idempotency-key");
  });

  test.each<[string, Exclude<PeerAnswer, string>, string]>([
    ["2xx", { body: "<answer/>" }, "wouldPost"],
    ["2xx that cannot be read", { body: "<answer" }, "unknown"],
    ["4xx", { status: 422, body: ANSWER }, "refused"],
    ["4xx that cannot be read", { status: 404, body: "<!DOCTYPE html>" }, "unknown"],
    ["401", { status: 401 }, "unknown"],
    ["409", { status: 409 }, "unknown"],
    ["3xx", { status: 302 }, "unknown"],
    ["5xx", { status: 500 }, "unknown"],
  ])("%s", async (_, answer, outcome) => {
    expect(await validated(answer)).toMatchObject({ outcome });
  });

  test("the service's own rows come first", async () => {
    const rows = [{ when: { body: { "body.answer.id": "P-1" } }, outcome: "refusedOverridable" }];

    expect(await validated({ body: ANSWER }, rows)).toMatchObject({
      outcome: "refusedOverridable",
      reason: NOTE,
    });
  });

  test("where there is none, none is written", () => {
    const adapter = testAdapter({
      protocol: "xml",
      url: peer.address,
      post: { path: "/p", body: { a: "" } },
    });

    const facts = { common: {}, entries: [], overrides: [] };
    expect(() => adapter.prepare("probe", { real: facts, masked: facts })).toThrow(
      "core has no call that only validates",
    );
  });
});
