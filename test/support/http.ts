/** A server over a test's database, with somebody signed in by API key. Calls go by `inject`. */
import { join } from "node:path";

import type { FastifyInstance, LightMyRequestResponse } from "fastify";

import { actionsOf } from "../../src/action-verbs.ts";
import { approvalDesk } from "../../src/approval-desk.ts";
import { createApiKey } from "../../src/access/create-api-key.ts";
import type { Role } from "../../src/access/roles.ts";
import { ROLES } from "../../src/access/roles.ts";
import type { Database } from "../../src/database/database.ts";
import { signedCursors } from "../../src/http/cursor.ts";
import type { HttpDependencies } from "../../src/http/dependencies.ts";
import { buildServer } from "../../src/http/server.ts";
import { noFailpoints } from "../../src/kernel/failpoints.ts";
import { serviceJobKinds } from "../../src/service/job-kinds.ts";
import { secretsFrom } from "../../src/connections/secrets.ts";
import { decisionJobKind } from "../../src/work/approvals/job-kind.ts";
import { jobKinds } from "../../src/work/job-kinds.ts";
import type { TestEngine } from "./engine.ts";
import { TEST_KEYS, testEngine } from "./engine.ts";

export interface TestServer {
  readonly app: FastifyInstance;
  readonly engine: TestEngine;
  /** A key with these roles (all by default) for these clients (all by default). */
  keyFor(name: string, roles?: readonly Role[], clients?: readonly string[]): Promise<string>;
}

export interface Answer {
  readonly status: number;
  readonly headers: LightMyRequestResponse["headers"];
  // Tests say what they expect of it.
  readonly body: Record<string, unknown> & { items: Record<string, unknown>[] };
  readonly text: string;
}

/** What the references of tests' services lead to. */
export const TEST_SECRETS: Readonly<Record<string, string>> = { CORE_TOKEN: "sesame" };

const PROJECT = join(import.meta.dirname, "../..");

/** Not listening; close it after the test file. */
export async function testServer(
  database: Database,
  given: Partial<HttpDependencies> = {},
): Promise<TestServer> {
  const engine = testEngine(database);
  const secrets = secretsFrom(TEST_SECRETS);
  const { vault } = engine;
  const batch = { engine, vault, keys: TEST_KEYS, secrets, failpoints: noFailpoints };
  const approvals = approvalDesk(engine, batch);
  const app = await buildServer({
    engine,
    vault,
    actions: actionsOf({ engine, vault, secrets }),
    approvals,
    batch,
    service: { engine, vault, secrets },
    jobs: {
      kinds: jobKinds([...serviceJobKinds(engine), decisionJobKind(approvals)]),
      wake: () => undefined,
    },
    cursors: signedCursors(Buffer.alloc(32, 3)),
    version: "0.0.0-test",
    notReady: () => Promise.resolve(null),
    portalDirectory: null,
    errorPagesDirectory: join(PROJECT, "docs/reference/errors"),
    secureCookies: false,
    ...given,
  });
  const keyFor: TestServer["keyFor"] = async (name, roles = ROLES, clients) => {
    const request = { name, roles, clients: clients ?? null, expiresAt: null };
    // A person for each: two keys of one person are one person.
    const by = { actor: `owner-of-${name}`, requestId: null };
    const { key } = await createApiKey(engine, request, by);
    return key;
  };
  return { app, engine, keyFor };
}

let requestOrdinal = 0;

export interface CallOptions {
  readonly body?: unknown;
  /** A fresh one for every command unless given; null sends none. */
  readonly key?: string | null;
  readonly version?: number;
  readonly headers?: Record<string, string>;
}

/** Calls the API with an API key; null calls it without. */
export async function call(
  app: FastifyInstance,
  apiKey: string | null,
  method: "GET" | "POST" | "PUT" | "DELETE",
  url: string,
  options: CallOptions = {},
): Promise<Answer> {
  const fresh = method === "POST" ? `test-${(requestOrdinal += 1)}` : null;
  const key = options.key === undefined ? fresh : options.key;
  const response = await app.inject({
    method,
    url,
    headers: {
      ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
      ...(key === null ? {} : { "idempotency-key": key }),
      ...(options.version === undefined ? {} : { "if-match": `"${options.version}"` }),
      ...options.headers,
    },
    ...(options.body === undefined ? {} : { payload: options.body as object }),
  });
  const isJson = (response.headers["content-type"] ?? "").includes("json");
  return {
    status: response.statusCode,
    headers: response.headers,
    body: isJson ? response.json<Answer["body"]>() : { items: [] },
    text: response.body,
  };
}
