/** What no parser reads: answered over a real socket as every refusal is, and hung up on. */
import { connect } from "node:net";
import type { AddressInfo } from "node:net";

import { afterAll, beforeAll, expect, test } from "vitest";

import { testServer } from "../../test/support/http.ts";
import type { TestServer } from "../../test/support/http.ts";
import { useDatabase } from "../../test/support/use-database.ts";

const db = useDatabase();
let server: TestServer;
beforeAll(async () => {
  server = await testServer(db);
  await server.app.listen({ host: "127.0.0.1", port: 0 });
});
afterAll(() => server.app.close());

const HEAD = "POST /v1/session HTTP/1.1\r\nHost: x\r\n";

const ODD = [
  ["two lengths", `${HEAD}Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}   `, 400],
  ["a length and chunks", `${HEAD}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0`, 400],
  ["a length below nothing", `${HEAD}Content-Length: -1\r\n\r\n`, 400],
  ["no HTTP", "\u0016\u0003\u0001\u0000\r\n\r\n", 400],
  ["a cookie with a control character", `${HEAD}Cookie: a=\u0001\r\n\r\n`, 400],
  ["a header without end", `${HEAD}X: ${"a".repeat(100_000)}`, 431],
] as const;

test.each(ODD)("%s is refused as a problem", async (_, bytes, status) => {
  const { head, body } = await answerTo(bytes);

  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(head).toContain("content-type: application/problem+json");
  expect(head).toContain("connection: close");
  expect(JSON.parse(body)).toMatchObject({
    status,
    code: status === 431 ? "request-head-too-large" : "request-invalid",
    retryable: false,
  });
});

test("a request that never ends is not waited for", () => {
  const { requestTimeout, headersTimeout } = server.app.server;

  expect(requestTimeout).toBe(300_000);
  expect(headersTimeout).toBe(60_000);
});

async function answerTo(bytes: string): Promise<{ head: string; body: string }> {
  const { port } = server.app.server.address() as AddressInfo;
  const socket = connect(port, "127.0.0.1");
  // What is still to be sent when the server hangs up is its own affair.
  socket.on("error", () => undefined);
  const parts: Buffer[] = [];
  socket.on("data", (part) => parts.push(part));
  socket.write(Buffer.from(bytes, "latin1"));
  await new Promise((resolve) => socket.on("close", resolve));
  const [head = "", body = ""] = Buffer.concat(parts).toString("utf8").split("\r\n\r\n");
  return { head, body };
}
