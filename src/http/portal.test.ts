/** The portal's files: the page with its nonce, never cached; the others for ever. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { testServer } from "../../test/support/http.ts";
import type { TestServer } from "../../test/support/http.ts";
import { useDatabase } from "../../test/support/use-database.ts";

const db = useDatabase();
let server: TestServer;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "redress-portal-"));
  await mkdir(join(directory, "assets"));
  await writeFile(join(directory, "index.html"), `<style nonce="__CSP_NONCE__"></style>`);
  await writeFile(join(directory, "assets", "main-abc123.js"), "void 0;");
  await writeFile(join(directory, "assets", "main-abc123.js.map"), "{}");
  server = await testServer(db, { portalDirectory: directory });
});
afterAll(async () => {
  await server.app.close();
  await rm(directory, { recursive: true });
});

const get = (url: string) => server.app.inject({ url });

test.each(["/", "/claims/2405230003C", "/queues?client=harbor"])(
  "%s is the page, with this answer's nonce, not cached",
  async (url) => {
    const first = await get(url);
    const second = await get(url);

    expect(first.statusCode).toBe(200);
    expect(first.headers["cache-control"]).toBe("no-cache");
    const nonce = /nonce="([0-9a-f]{32})"/.exec(first.body)?.[1] ?? "none";
    expect(first.headers["content-security-policy"]).toContain(`'nonce-${nonce}'`);
    expect(second.body).not.toBe(first.body);
  },
);

test("a file named by its content is kept for ever, without sign-in", async () => {
  const { statusCode, headers } = await get("/assets/main-abc123.js");

  expect(statusCode).toBe(200);
  expect(headers["cache-control"]).toBe("public, max-age=31536000, immutable");
  expect(headers["content-type"]).toContain("javascript");
});

test.each(["/v1/nowhere", "/assets/gone.js", "/assets/main-abc123.js.map", "/docs/gone"])(
  "%s stays a problem",
  async (url) => {
    const { statusCode, headers } = await get(url);

    expect(statusCode).toBe(404);
    expect(headers["content-type"]).toContain("application/problem+json");
  },
);
