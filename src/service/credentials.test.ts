/** Signing in to a service over real HTTP: tokens, signatures, API keys; none is ever kept. */
import { createHash, createHmac } from "node:crypto";

import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";

import { factsOf, testAdapter } from "../../test/support/adapter.ts";
import type { TestAdapter } from "../../test/support/adapter.ts";
import { certificateFile, serverWith } from "../../test/support/certificates.ts";
import type { HeardRequest, Peer, PeerAnswer } from "../../test/support/peer.ts";
import { startPeer } from "../../test/support/peer.ts";

let core: Peer;
beforeEach(async () => {
  core = await startPeer(() => ({ body: "{}" }));
});
afterEach(() => core.stop());

function adapterWith(
  settings: Record<string, unknown>,
  secrets?: Readonly<Record<string, string>>,
): TestAdapter {
  const post = { path: "/p?for={{key}}", headers: { "X-Trace": "t-{{key}}" }, body: { a: "ä" } };
  const adapter = testAdapter(
    {
      protocol: "rest-json",
      url: core.address,
      post,
      timeouts: { connectSeconds: 5, callSeconds: 5 },
      ...settings,
    },
    secrets,
  );
  onTestFinished(() => adapter.close());
  return adapter;
}

const heard = (peer = core): HeardRequest => {
  const request = peer.heard.at(-1);
  if (request === undefined) throw new Error("nothing came");
  return request;
};

describe("plain sign-ins", () => {
  test.each([
    [{ kind: "basic", user: "red", password: "env:HMAC_SECRET" }, "Basic cmVkOnNpZ25pbmctc2VjcmV0"],
    [{ kind: "bearer", token: "env:HMAC_SECRET" }, "Bearer signing-secret"],
  ])("%s", async (authentication, authorization) => {
    await adapterWith({ authentication }).call();

    expect(heard().headers).toMatchObject({ authorization });
  });

  test("an API key in a header, and others beside the authentication", async () => {
    const adapter = adapterWith({
      authentication: { kind: "header", name: "X-API-Key", value: "env:CORE_API_KEY" },
      secretHeaders: { "X-Subscription": "env:HMAC_SECRET" },
    });

    await adapter.call();

    expect(heard().headers).toMatchObject({
      "x-api-key": "key-of-the-core",
      "x-subscription": "signing-secret",
    });
    const { kept, headers } = adapter.prepare("post", factsOf());
    expect(JSON.stringify([kept, headers])).not.toMatch(/key-of-the-core|signing-secret/);
  });

  test("a secret that the answer repeats is in nothing that is kept of it", async () => {
    core.answer = ({ headers }) => ({ status: 400, body: JSON.stringify({ code: "X", headers }) });
    const authentication = { kind: "basic", user: "red", password: "env:HMAC_SECRET" };

    const result = await adapterWith({ authentication }).call();

    expect(JSON.stringify(result)).toContain("••••");
    expect(JSON.stringify(result)).not.toMatch(/cmVkOnNpZ25pbmctc2VjcmV0|signing-secret/);
  });
});

describe("a signature", () => {
  const HMAC = { kind: "hmac", keyId: "k-9", secret: "env:HMAC_SECRET" };

  const signedBy = (lines: string[], algorithm: string, encoding: "hex" | "base64"): string =>
    createHmac(algorithm, "signing-secret").update(lines.join("\n")).digest(encoding);

  test("covers method, path, time and body by default", async () => {
    await adapterWith({ authentication: HMAC }).call();

    const { headers, body } = heard();
    const lines = [
      "POST",
      "/p?for=k-1",
      "2026-11-16T15:00:00Z",
      createHash("sha256").update(Buffer.from(body, "utf8")).digest("hex"),
    ];
    expect(headers).toMatchObject({
      "x-signature": signedBy(lines, "sha256", "hex"),
      "x-timestamp": "2026-11-16T15:00:00Z",
      "x-key-id": "k-9",
    });
  });

  test("covers what is configured, in that order and those words", async () => {
    const authentication = {
      ...HMAC,
      keyId: undefined,
      algorithm: "sha512",
      encoding: "base64",
      signed: ["key", "header.X-Trace", "header.host", "header.Content-Type", "timestamp"],
      timestampAs: "seconds",
      headers: { signature: "Authorization", timestamp: "X-Time", keyId: null },
      signaturePrefix: "HMAC ",
    };

    await adapterWith({ authentication }).call();

    const seconds = "1794841200";
    const host = core.address.replace("http://", "");
    const signed = signedBy(
      ["k-1", "t-k-1", host, "application/json", seconds],
      "sha512",
      "base64",
    );
    expect(heard().headers).toMatchObject({ authorization: `HMAC ${signed}`, "x-time": seconds });
  });

  test("of a look-up without a body covers that of nothing", async () => {
    const settings = { authentication: { ...HMAC, signed: ["bodySha256", "header.X-Trace"] } };

    await adapterWith({ ...settings, lookUp: { path: "/q" } }).call({}, "lookUp");

    const nothing = createHash("sha256").update("").digest("hex");
    const expected = signedBy([nothing, ""], "sha256", "hex");
    expect(heard().headers).toMatchObject({ "x-signature": expected });
  });

  test("the time that was signed is no secret: an answer may say it", async () => {
    const said = '{"postedAt":"2026-11-16T15:00:00Z"}';
    core.answer = ({ headers }) => ({ body: `${said} ${String(headers["x-signature"])}` });

    const result = await adapterWith({ authentication: HMAC }).call();

    expect(result).toMatchObject({ text: `${said} ••••` });
  });

  test("can have a key in bytes", async () => {
    const authentication = { ...HMAC, secretEncoding: "hex", signed: ["method"] };

    await adapterWith({ authentication }, { HMAC_SECRET: "00ff" }).call();

    const expected = createHmac("sha256", Buffer.from([0, 255]))
      .update("POST")
      .digest("hex");
    expect(heard().headers).toMatchObject({ "x-signature": expected });
  });
});

describe("OAuth 2.0 client credentials", () => {
  let tokens: Peer;
  let given = 0;
  const aToken = (more: Record<string, unknown> = {}): PeerAnswer => ({
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      access_token: `token-${(given += 1)}`,
      token_type: "Bearer",
      expires_in: 300,
      ...more,
    }),
  });
  beforeEach(async () => {
    given = 0;
    tokens = await startPeer(() => aToken());
  });
  afterEach(() => tokens.stop());

  const oauth = (more: Record<string, unknown> = {}) => ({
    authentication: {
      kind: "oauth2",
      tokenUrl: `${tokens.address}/oauth/token`,
      clientId: "red:ress",
      clientSecret: "env:CLIENT_SECRET",
      ...more,
    },
  });
  const usedTokens = (): (string | undefined)[] =>
    core.heard.map((request) => request.headers.authorization);

  test("asks another origin as RFC 6749 says, and brings the token", async () => {
    await adapterWith(oauth({ scope: "post read", audience: "core" })).call();

    const pair = Buffer.from("red%3Aress:client%3A+secret").toString("base64");
    expect(heard(tokens)).toMatchObject({
      method: "POST",
      path: "/oauth/token",
      body: "grant_type=client_credentials&scope=post+read&audience=core",
      headers: {
        authorization: `Basic ${pair}`,
        "content-type": "application/x-www-form-urlencoded",
      },
    });
    expect(usedTokens()).toEqual(["Bearer token-1"]);
  });

  test("can bring id and secret in the body", async () => {
    await adapterWith(oauth({ placement: "body" })).call();

    expect(heard(tokens).body).toBe(
      "grant_type=client_credentials&client_id=red%3Aress&client_secret=client%3A+secret",
    );
    expect(heard(tokens).headers).not.toHaveProperty("authorization");
  });

  test("a token is used until shortly before it ends", async () => {
    const adapter = adapterWith(oauth());

    for (const seconds of [0, 269, 2]) {
      adapter.clock.advance({ seconds });
      await adapter.call();
    }

    expect(usedTokens()).toEqual(["Bearer token-1", "Bearer token-1", "Bearer token-2"]);
  });

  test("many calls at once ask for one token", async () => {
    const adapter = adapterWith(oauth());

    await Promise.all(Array.from({ length: 20 }, () => adapter.call()));

    expect(tokens.heard).toHaveLength(1);
    expect(new Set(usedTokens())).toEqual(new Set(["Bearer token-1"]));
  });

  test("after a 401 the next call brings a new one", async () => {
    const adapter = adapterWith(oauth());
    core.answer = () => ({ status: 401 });
    await adapter.call();
    core.answer = () => ({ body: "{}" });

    await adapter.call();
    await adapter.call();

    expect(usedTokens()).toEqual(["Bearer token-1", "Bearer token-2", "Bearer token-2"]);
  });

  test.each<[string, PeerAnswer, string]>([
    ["refuses", { status: 401, body: '{"error":"invalid_client"}' }, "answered 401 invalid_client"],
    ["is broken", { status: 503 }, "answered 503"],
    ["redirects", { status: 302, headers: { location: "/other" } }, "answered 302"],
    ["answers a page", { body: "<html>" }, "holds none"],
    ["gives another kind", aTokenOf("MAC"), "another kind than bearer"],
    ["gives a token that is no header", aTokenOf("Bearer", "a\r\nb"), "holds none"],
    ["hangs up", "drop", "the connection was lost"],
    ["is silent", "silence", "no whole answer in time"],
  ])("a token service that %s is proof that nothing was sent", async (_, answer, reason) => {
    tokens.answer = () => answer;
    const timeouts = { connectSeconds: 1, callSeconds: 0.5 };

    const result = await adapterWith({ ...oauth(), timeouts }).call();

    expect(result).toMatchObject({
      kind: "notSent",
      reason: expect.stringMatching(`^no access token: .*${reason}`) as string,
    });
    expect(JSON.stringify(result)).not.toContain("secret");
    expect(core.heard).toEqual([]);
  });

  test("a refused token service is asked again by the next call", async () => {
    const adapter = adapterWith(oauth());
    tokens.answer = () => ({ status: 500 });
    await adapter.call();
    tokens.answer = () => aToken();

    expect(await adapter.call()).toMatchObject({ kind: "answered" });
  });

  test("a slow token leaves the posting only what is left of the time-out", async () => {
    const token = aToken();
    tokens.answer = () => (typeof token === "object" ? { ...token, milliseconds: 1500 } : token);
    core.answer = () => "silence";
    const adapter = adapterWith({ ...oauth(), timeouts: { connectSeconds: 2, callSeconds: 2 } });
    const started = performance.now();

    expect(await adapter.call()).toMatchObject({ kind: "lost" });

    expect(performance.now() - started).toBeLessThan(3300);
  });

  test("the token service has a TLS of its own", async () => {
    const secure = await startPeer(() => aToken(), { tls: serverWith("server") });
    onTestFinished(() => secure.stop());
    const tokenUrl = `${secure.address}/t`;

    const without = await adapterWith(oauth({ tokenUrl })).call();
    const ca = certificateFile("ca");
    const trusting = await adapterWith(oauth({ tokenUrl, tls: { ca } })).call();

    expect(without).toMatchObject({
      kind: "notSent",
      reason: expect.stringContaining("not signed by an authority that we trust") as string,
    });
    expect(trusting).toMatchObject({ kind: "answered" });
  });

  test("a token is in nothing that is kept", async () => {
    core.answer = ({ headers }) => ({ status: 500, body: JSON.stringify(headers) });
    const adapter = adapterWith(oauth());

    const result = await adapter.call();

    expect(core.heard).toHaveLength(1);
    expect(JSON.stringify([result, adapter.prepare("post", factsOf())])).not.toMatch(
      /token-1|client: secret/,
    );
  });
});

function aTokenOf(type: string, value = "abc"): PeerAnswer {
  return { body: JSON.stringify({ access_token: value, token_type: type, expires_in: 1 }) };
}
