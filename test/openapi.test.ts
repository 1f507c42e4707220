/** The committed description of the API: fresh, of the version it says, complete. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { openApiText } from "../src/http/open-api.ts";
import { FAILURE_CODES } from "../src/kernel/failure.ts";

interface Operation {
  operationId: string;
  summary: string;
  description: string;
  tags: string[];
  parameters?: { name: string; in: string }[];
  responses: Record<string, { description: string }>;
}

const text = await openApiText();
const document = JSON.parse(text) as {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown> };
};
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, operation })),
);

test("openapi.json is what the routes say: `npm run openapi` writes it", async () => {
  const committed = await readFile(join(import.meta.dirname, "..", "openapi.json"), "utf8");

  expect(committed).toBe(text);
});

test("it is OpenAPI 3.1 and every reference leads somewhere", () => {
  expect(document.openapi).toMatch(/^3\.1\./);
  const references = [...text.matchAll(/"\$ref": "#\/components\/schemas\/([^"]+)"/g)];
  expect(references.length).toBeGreaterThan(50);
  for (const [, name] of references)
    expect(document.components.schemas).toHaveProperty([name ?? ""]);
});

test("every operation has an id of its own, a summary, and says who may", () => {
  const ids = operations.map((one) => one.operation.operationId);

  expect(new Set(ids).size).toBe(ids.length);
  for (const { operation } of operations) {
    expect(operation.summary).toMatch(/^\S/);
    expect(operation.tags).toHaveLength(1);
    expect(operation.description).toMatch(/Needs the right to|signed in|without sign-in/);
  }
});

test("every command asks for an Idempotency-Key, or says why it needs none", () => {
  const without = operations
    .filter(({ name }) => name.startsWith("post "))
    .filter(({ operation }) => !operation.parameters?.some((one) => one.name === "idempotency-key"))
    .map(({ operation }) => operation.operationId);

  // Opening a claim again is its heartbeat. Signing in makes a session each time; taking and
  // giving back are guarded by the version; showing a number, testing a connection, showing a
  // request or a layout change nothing.
  expect(without.sort()).toEqual([
    "lockClaim",
    "previewBatchLayout",
    "previewOperation",
    "releaseAssignment",
    "revealAccount",
    "signIn",
    "takeAssignment",
    "takeNext",
    "testBatchDestination",
    "testServiceConnection",
    "tryServiceRequest",
  ]);
});

test("failures named in the description exist", () => {
  const named = [...text.matchAll(/`([a-z]+(?:-[a-z]+)+)`: /g)].map((match) => match[1] ?? "");

  expect(named.length).toBeGreaterThan(100);
  for (const code of named) expect(FAILURE_CODES).toContain(code);
});
