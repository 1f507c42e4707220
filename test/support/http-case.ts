/** Cases over HTTP, for tests: a client, a claim with one dispute, operations, its assignment. */
import { afterAll, beforeAll, beforeEach, expect } from "vitest";

import { insertClient } from "../../src/cases/store.ts";
import type { Database } from "../../src/database/database.ts";
import type { Answer, CallOptions, TestServer } from "./http.ts";
import { call, testServer } from "./http.ts";

export const CARD = "4000123412341234";

export const aClaim = (client = "harbor", more: Record<string, unknown> = {}) => ({
  client,
  claimType: "Card",
  noticeReceivedOn: "2026-11-16",
  disputes: [
    {
      amount: "100.00",
      currency: "USD",
      account: CARD,
      accountKind: "card",
      facts: { network: "visa", product: "debit", regulation: "E" },
    },
  ],
  ...more,
});

export interface CaseApi {
  server(): TestServer;
  /** The API key of an administrator: another one in each test. */
  admin(): string;
  get(url: string, apiKey?: string): Promise<Answer>;
  post(url: string, options?: CallOptions, apiKey?: string): Promise<Answer>;
  client(id: string, settings?: unknown): Promise<void>;
  /** Opens a claim; answers its number and its dispute's. */
  opened(client?: string): Promise<{ claim: string; dispute: string }>;
  operate(
    dispute: string,
    operation: string,
    input?: Record<string, unknown>,
    options?: CallOptions,
  ): Promise<Answer>;
  /** The dispute's open assignment, with what it takes to do it. */
  assignmentOf(dispute: string): Promise<Answer>;
}

/**
 * A server for the file, and for each test a key of an administrator and the client "harbor" with
 * these settings.
 */
export function useCaseApi(db: Database, settings: unknown = {}): CaseApi {
  let server: TestServer;
  let admin = "";
  const get: CaseApi["get"] = (url, key = admin) => call(server.app, key, "GET", url);
  const post: CaseApi["post"] = (url, options = {}, key = admin) =>
    call(server.app, key, "POST", url, options);
  const client: CaseApi["client"] = async (id, settings = {}) => {
    const { engine } = server;
    const createdAt = engine.clock.now().toString();
    await engine.database.transaction((tx) =>
      insertClient(tx, { id, name: id, settings, createdAt }),
    );
  };
  beforeAll(async () => {
    server = await testServer(db);
  });
  beforeEach(async () => {
    // Keys are remembered for some seconds; each test has an empty database.
    server.engine.clock.advance({ minutes: 1 });
    admin = await server.keyFor("admin");
    await client("harbor", settings);
  });
  afterAll(() => server.app.close());
  return {
    server: () => server,
    admin: () => admin,
    get,
    post,
    client,
    opened: async (client = "harbor") => {
      const answer = await post("/v1/claims", { body: aClaim(client) });
      expect(answer.status).toBe(201);
      const [dispute = ""] = answer.body["disputes"] as string[];
      return { claim: String(answer.body["claim"]), dispute };
    },
    operate: (dispute, operation, input = {}, options = {}) =>
      post(`/v1/disputes/${dispute}/operations`, { body: { operation, input }, ...options }),
    assignmentOf: async (dispute) => {
      const { body } = await get("/v1/assignments");
      const found = body.items.find((item) => item["dispute"] === dispute);
      return get(`/v1/assignments/${String(found?.["id"])}`);
    },
  };
}
