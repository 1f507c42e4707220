/** TLS to a service, over real HTTPS: whom we trust, who we are, and that nothing leaves else. */
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import type { ServerOptions } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, describe, expect, onTestFinished, test } from "vitest";

import { testAdapter } from "../../test/support/adapter.ts";
import {
  certificateFile,
  fingerprint,
  MUTUAL,
  serverWith,
} from "../../test/support/certificates.ts";
import type { Peer } from "../../test/support/peer.ts";
import { startPeer } from "../../test/support/peer.ts";

const peers: Peer[] = [];
afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.stop()));
});

async function peerWith(tls: ServerOptions, port = 0): Promise<Peer> {
  const peer = await startPeer(() => ({ body: "{}" }), { tls, port });
  peers.push(peer);
  return peer;
}

function adapterFor(peer: Peer, tls: Record<string, unknown> | null, secrets = {}) {
  const adapter = testAdapter(
    {
      protocol: "rest-json",
      url: peer.address,
      post: { path: "/p", body: {} },
      tls,
      timeouts: { connectSeconds: 10, callSeconds: 20 },
    },
    secrets,
  );
  onTestFinished(() => adapter.close());
  return adapter;
}

const TRUSTING = { ca: certificateFile("ca") };
const OURS = {
  ...TRUSTING,
  certificate: certificateFile("client"),
  key: certificateFile("client-key"),
};

describe("the service's certificate", () => {
  test("of an authority that we trust is fine", async () => {
    const peer = await peerWith(serverWith("server"));

    expect(await adapterFor(peer, TRUSTING).call()).toMatchObject({ kind: "answered" });
  });

  test.each([
    ["untrusted", "its certificate is not signed by an authority that we trust"],
    ["expired", "its certificate has expired"],
    ["elsewhere", "its certificate is for another name"],
  ])("that is %s is proof that nothing was sent", async (name, reason) => {
    const peer = await peerWith(serverWith(name));

    const result = await adapterFor(peer, TRUSTING).call();

    expect(result).toMatchObject({
      kind: "notSent",
      reason: expect.stringContaining(reason) as string,
    });
    expect(peer.heard).toEqual([]);
  });

  test("of a private authority is not trusted where none is named", async () => {
    const peer = await peerWith(serverWith("server"));

    expect(await adapterFor(peer, null).call()).toMatchObject({
      kind: "notSent",
      reason: expect.stringContaining("not signed by an authority that we trust") as string,
    });
  });

  test("may be for the name that is configured", async () => {
    const peer = await peerWith(serverWith("elsewhere"));
    const adapter = adapterFor(peer, { ...TRUSTING, serverName: "elsewhere.test" });

    expect(await adapter.call()).toMatchObject({ kind: "answered" });
  });

  test("that is none, for there is no TLS, is proof that nothing was sent", async () => {
    const plain = await startPeer(() => ({}));
    peers.push(plain);
    const peer = { ...plain, address: plain.address.replace("http:", "https:") };

    expect(await adapterFor(peer, TRUSTING).call()).toMatchObject({ kind: "notSent" });
    expect(plain.heard).toEqual([]);
  });
});

describe("a pin", () => {
  test("lets its certificate through, written as openssl prints it or bare", async () => {
    const peer = await peerWith(serverWith("server"));
    const bare = fingerprint("server").replaceAll(":", "").toLowerCase();

    for (const pin of [fingerprint("server"), bare]) {
      const adapter = adapterFor(peer, { ...TRUSTING, pinnedSha256: [pin] });
      expect(await adapter.call()).toMatchObject({ kind: "answered" });
    }
  });

  test("refuses a certificate that changed between two calls, saying which it saw", async () => {
    const before = await peerWith(serverWith("server"));
    const adapter = adapterFor(before, { ...TRUSTING, pinnedSha256: [fingerprint("server")] });
    expect(await adapter.call()).toMatchObject({ kind: "answered" });
    await before.stop();
    const after = await peerWith(serverWith("renewed"), before.port);

    const seen = fingerprint("renewed").replaceAll(":", "");
    expect(await adapter.call()).toEqual(
      expect.objectContaining({
        kind: "notSent",
        reason: `its certificate is not one of those pinned (SHA-256 ${seen})`,
      }),
    );
    expect(after.heard).toEqual([]);
  });

  test("may name the next certificate beforehand", async () => {
    const pinnedSha256 = [fingerprint("server"), fingerprint("renewed")];
    const before = await peerWith(serverWith("server"));
    const adapter = adapterFor(before, { ...TRUSTING, pinnedSha256 });
    expect(await adapter.call()).toMatchObject({ kind: "answered" });
    await before.stop();
    await peerWith(serverWith("renewed"), before.port);

    expect(await adapter.call()).toMatchObject({ kind: "answered" });
  });

  test("trusts nobody whom no authority of ours signed", async () => {
    const peer = await peerWith(serverWith("untrusted"));
    const pinnedSha256 = [fingerprint("untrusted")];

    expect(await adapterFor(peer, { ...TRUSTING, pinnedSha256 }).call()).toMatchObject({
      kind: "notSent",
      reason: expect.stringContaining("not signed") as string,
    });
  });
});

describe("mutual TLS", () => {
  test.each([
    ["a key in plain", OURS, {}],
    [
      "a key with a passphrase",
      { ...OURS, key: certificateFile("client-key-encrypted"), passphrase: "env:PASSPHRASE" },
      { PASSPHRASE: "open-sesame" },
    ],
  ])("signs us in with %s", async (_, tls, secrets) => {
    const peer = await peerWith(serverWith("server", MUTUAL));

    expect(await adapterFor(peer, tls, secrets).call()).toMatchObject({ kind: "answered" });
    expect(peer.heard).toHaveLength(1);
  });

  test.each([
    ["TLSv1.2", "no secure connection can be made"],
    // Here it is told after we have begun to write, and a reset may overtake it: hence the retry.
    ["TLSv1.3", "it does not accept our certificate"],
  ] as const)(
    "without a certificate over %s is not sent",
    { retry: 5 },
    async (version, reason) => {
      const versions = { minVersion: version, maxVersion: version };
      const peer = await peerWith(serverWith("server", { ...MUTUAL, ...versions }));

      expect(await adapterFor(peer, TRUSTING).call()).toMatchObject({
        kind: "notSent",
        reason: expect.stringContaining(reason) as string,
      });
      expect(peer.heard).toEqual([]);
    },
  );

  test("is refused with another's certificate over TLS 1.2: not sent", async () => {
    const peer = await peerWith(serverWith("server", { ...MUTUAL, maxVersion: "TLSv1.2" }));
    const stranger = {
      ...TRUSTING,
      certificate: certificateFile("stranger"),
      key: certificateFile("stranger-key"),
    };

    expect(await adapterFor(peer, stranger).call()).toMatchObject({ kind: "notSent" });
    expect(peer.heard).toEqual([]);
  });

  test.each([
    ["a wrong passphrase", "client-key-encrypted", "env:PASSPHRASE"],
    ["the key of another certificate", "stranger-key", undefined],
    ["what is no key", "ca", undefined],
  ])("with %s fails before anything is sent", async (_, key, passphrase) => {
    const peer = await peerWith(serverWith("server", MUTUAL));
    const tls = { ...OURS, key: certificateFile(key), passphrase };
    const adapter = adapterFor(peer, tls, { PASSPHRASE: "wrong" });

    await expect(adapter.call()).rejects.toThrow(
      "certificate or key of the service cannot be used",
    );
    expect(peer.heard).toEqual([]);
  });

  test("an authority that was exchanged on the disk is read after the first refusal", async () => {
    const folder = mkdtempSync(join(tmpdir(), "redress-tls-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const ca = join(folder, "ca.pem");
    copyFileSync(certificateFile("other-ca").slice("file:".length), ca);
    const peer = await peerWith(serverWith("server"));
    const adapter = adapterFor(peer, { ca: `file:${ca}` });
    expect(await adapter.call()).toMatchObject({ kind: "notSent" });

    copyFileSync(certificateFile("ca").slice("file:".length), ca);

    expect(await adapter.call()).toMatchObject({ kind: "answered" });
  });
});
