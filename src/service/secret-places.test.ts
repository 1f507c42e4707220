/** Cores that want to be told in the body who calls: the secret leaves, and stands nowhere. */
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";

import { factsOf, SECRETS, testAdapter } from "../../test/support/adapter.ts";
import type { Peer } from "../../test/support/peer.ts";
import { startPeer } from "../../test/support/peer.ts";

let peer: Peer;
beforeEach(async () => {
  peer = await startPeer(({ body }) => ({ status: 400, body }));
});
afterEach(() => peer.stop());

const SECRET = { $secret: "env:CORE_PASSWORD" };

test.each([
  ["rest-json", { user: "redress", password: SECRET }, '"password":"open & <sesame>"'],
  ["xml", { in: { "@pwd": SECRET, Pwd: SECRET } }, 'pwd="open &amp; &lt;sesame&gt;"'],
  ["soap", { in: { Pwd: { "@t": "1", "#text": SECRET } } }, ">open &amp; &lt;sesame&gt;</Pwd>"],
])("%s: is sent as it has to be written, and kept by its reference", async (...given) => {
  const [protocol, body, sent] = given;
  const adapter = testAdapter({ protocol, url: peer.address, post: { path: "/p", body } });
  onTestFinished(() => adapter.close());

  const request = adapter.prepare("post", factsOf());
  const result = await adapter.send(request);

  expect(peer.heard[0]?.body).toContain(sent);
  expect(JSON.stringify(request)).not.toContain("sesame");
  expect(JSON.stringify(request.kept)).toContain("•••• (env:CORE_PASSWORD)");
  expect(JSON.stringify(result)).not.toContain("sesame");
});

test("where it is missing, nothing leaves", async () => {
  const post = { path: "/p", body: { password: { $secret: "env:NOBODY" } } };
  const service = { protocol: "rest-json", url: peer.address, post };
  const adapter = testAdapter(service, SECRETS);
  onTestFinished(() => adapter.close());

  await expect(adapter.call()).rejects.toThrow("there is no secret at env:NOBODY");
  expect(peer.heard).toEqual([]);
});
