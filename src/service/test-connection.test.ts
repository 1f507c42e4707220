/** The test of a connection over real HTTPS: what each step says, and that nothing is posted. */
import type { ServerOptions } from "node:https";

import { afterEach, expect, test } from "vitest";

import {
  certificateFile,
  fingerprint,
  MUTUAL,
  serverWith,
} from "../../test/support/certificates.ts";
import { testEngine } from "../../test/support/engine.ts";
import type { Peer, PeerAnswer } from "../../test/support/peer.ts";
import { startPeer } from "../../test/support/peer.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { secretsFrom } from "../connections/secrets.ts";
import { serviceOf } from "./service-configuration.ts";
import { testConnection } from "./test-connection.ts";

const db = useDatabase();
const engine = testEngine(db);
const peers: Peer[] = [];
const TRUSTING = { ca: certificateFile("ca") };

afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.stop()));
});

async function peerWith(tls: ServerOptions | undefined, answer: PeerAnswer): Promise<Peer> {
  const peer = await startPeer(() => answer, tls === undefined ? {} : { tls });
  peers.push(peer);
  return peer;
}

async function tested(peer: Peer, settings: Record<string, unknown>) {
  const service = serviceOf(
    {
      services: {
        core: {
          protocol: "rest-json",
          url: peer.address,
          post: { path: "/postings", body: {} },
          health: { path: "/health" },
          timeouts: { connectSeconds: 10, callSeconds: 10 },
          ...settings,
        },
      },
    },
    "core",
  );
  if (service === undefined) throw new Error("no service");
  const secrets = secretsFrom({ CLIENT_SECRET: "very-secret" });
  const { outcome, steps } = await testConnection(
    { engine, vault: engine.vault, secrets },
    service,
  );
  return { outcome, step: Object.fromEntries(steps.map((one) => [one.name, one])) };
}

test("tells of the certificate, who signed it and until when", async () => {
  const peer = await peerWith(serverWith("server"), { body: "{}" });

  const pinnedSha256 = [fingerprint("server")];
  const { outcome, step } = await tested(peer, { tls: { ...TRUSTING, pinnedSha256 } });

  expect(outcome).toBe("ok");
  expect(step["tls"]?.detail).toMatch(/^TLSv1\.3; certificate of .+ by .+, valid until 2120-/);
  expect(step["tls"]?.detail).toContain(fingerprint("server").replaceAll(":", ""));
  expect(peer.heard.map(({ method, path }) => [method, path])).toEqual([["GET", "/health"]]);
});

test.each([
  ["untrusted", TRUSTING, "not signed by an authority", "tls.ca"],
  ["expired", TRUSTING, "has expired", "renew"],
  ["elsewhere", TRUSTING, "for another name", "serverName"],
  [
    "server",
    { ...TRUSTING, pinnedSha256: [fingerprint("renewed")] },
    "not one of those pinned",
    "pinnedSha256",
  ],
])("of a certificate that is %s says so and what to do, and sends nothing", async (...row) => {
  const [name, tls, detail, advice] = row;
  const peer = await peerWith(serverWith(name), { body: "{}" });

  const { outcome, step } = await tested(peer, { tls });

  expect(outcome).toBe("failed");
  expect(step["tls"]?.detail).toContain(detail);
  expect(step["tls"]?.advice).toContain(advice);
  expect(step["call"]).toMatchObject({ outcome: "skipped" });
  expect(peer.heard).toEqual([]);
});

test("finds that our own certificate is missing", async () => {
  const peer = await peerWith(serverWith("server", MUTUAL), { body: "{}" });

  const { outcome, step } = await tested(peer, { tls: TRUSTING });

  expect(outcome).toBe("failed");
  expect(step["call"]?.detail).toContain("does not accept our certificate");
  expect(peer.heard).toEqual([]);
});

test("that a port speaks no TLS is a failure of TLS", async () => {
  const peer = await peerWith(undefined, { body: "{}" });
  const url = peer.address.replace("http:", "https:");

  const { step } = await tested(peer, { url, tls: TRUSTING });

  expect(step["connection"]).toMatchObject({ outcome: "ok" });
  expect(step["tls"]).toMatchObject({ outcome: "failed" });
});

test("that a name leads nowhere ends it there", async () => {
  const peer = await peerWith(undefined, { body: "{}" });

  const { step } = await tested(peer, { url: "http://nowhere.invalid" });

  expect(step["address"]).toMatchObject({ outcome: "failed" });
  expect(step["connection"]).toMatchObject({ outcome: "skipped" });
});

test("asks the token service, and says what it refused", async () => {
  const peer = await peerWith(undefined, { status: 401, body: '{"error":"invalid_client"}' });
  const authentication = {
    kind: "oauth2",
    tokenUrl: `${peer.address}/token`,
    clientId: "us",
    clientSecret: "env:CLIENT_SECRET",
  };

  const { step } = await tested(peer, { authentication });

  expect(step["signIn"]).toMatchObject({
    outcome: "failed",
    detail: "no access token: the token service answered 401 invalid_client",
  });
  expect(JSON.stringify(step)).not.toContain("very-secret");
});

test.each([
  [{ status: 500, body: "" }, "failed", "HTTP 500"],
  [{ status: 403, body: "" }, "failed", "does not let us in"],
  ["drop" as const, "failed", "lost"],
])("of %o at the health path says %s", async (answer, outcome, detail) => {
  const peer = await peerWith(undefined, answer);

  const { step } = await tested(peer, {});

  expect(step["call"]).toMatchObject({ outcome });
  expect(step["call"]?.detail).toContain(detail);
});

test("without health and look-up there is nothing to call, and it says what to set", async () => {
  const peer = await peerWith(undefined, { body: "{}" });

  const { outcome, step } = await tested(peer, { health: null });

  expect(outcome).toBe("ok");
  expect(step["call"]).toMatchObject({ outcome: "skipped" });
  expect(step["call"]?.advice).toContain("health.path");
  expect(peer.heard).toEqual([]);
});
