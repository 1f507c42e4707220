/** Batches and imports over HTTP: generated, shown, sent again, made again. */
import { createHash } from "node:crypto";

import { describe, expect, test } from "vitest";

import { CARD, useCaseApi } from "../../test/support/http-case.ts";
import { useDatabase } from "../../test/support/use-database.ts";

const SETTINGS = {
  batchProfiles: {
    nightly: { layout: "generic-csv", marker: "TEST", delivery: { kind: "byHand" } },
  },
};

const db = useDatabase();
const { client, get, opened, operate, post, server, admin } = useCaseApi(db, SETTINGS);

async function generated(): Promise<string> {
  const { dispute } = await opened();
  await operate(dispute, "issueProvisionalCredit", { amount: "60.00" });
  const { body } = await post("/v1/batches", { body: { client: "harbor" } });
  const [one] = body["generated"] as { files: { id: string }[] }[];
  return one?.files[0]?.id ?? "";
}

describe("a batch", () => {
  test("is shown before it is made, and made as shown", async () => {
    const { dispute } = await opened();
    await operate(dispute, "issueProvisionalCredit", { amount: "60.00" });
    const leaves = [{ count: 1, amount: { amount: "60.00", currency: "USD" } }];

    const profiles = await get("/v1/batch-profiles");
    const preview = await post("/v1/batches", { body: { dryRun: true } });
    expect(profiles.body.items).toMatchObject([
      { client: "harbor", name: "nightly", pending: leaves, nextSequence: 1, problem: null },
    ]);
    expect(preview.body).toMatchObject({
      generated: [],
      previews: [{ leaves, files: 1, emptyFile: false }],
      faults: [],
    });
    expect((await get("/v1/batches")).body.items).toEqual([]);

    const made = await post("/v1/batches", { body: {} });

    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      generated: [{ state: "cut", files: [{ sequence: 1, totals: { adjustments: 1 } }] }],
    });
    const [file] = (await get("/v1/batches?profile=nightly")).body.items;
    expect(file).toMatchObject({
      client: "harbor",
      state: "generated",
      totals: { credits: { count: 1, amount: { amount: "60.00", currency: "USD" } } },
    });
    const lines = (await get(`/v1/batches/${String(file?.["id"])}/lines`)).body.items;
    expect(lines).toMatchObject([{ line: 1, dispute, state: "inFile", live: true }]);
    const adjustment = await get(`/v1/adjustments/${String(lines[0]?.["adjustment"])}`);
    expect(adjustment.body).toMatchObject({
      attempts: [],
      batchLines: [{ batch: file?.["id"], sequence: 1, line: 1, live: true, outcome: null }],
    });
  });

  test("has bytes that agree with its hash", async () => {
    const id = await generated();
    const details = await get(`/v1/batches/${id}`);

    const content = await get(`/v1/batches/${id}/content`);

    const sha256 = createHash("sha256").update(content.text).digest("hex");
    expect(sha256).toBe(details.body["sha256"]);
    expect(details.body["chain"]).toMatchObject([{ id, sequence: 1 }]);
    expect(content.headers["content-disposition"]).toContain("attachment");
  });

  test("is regenerated after a statement, with the difference shown before", async () => {
    const id = await generated();
    const { body } = await get(`/v1/batches/${id}`);
    const version = Number(body["version"]);
    const url = `/v1/batches/${id}/regenerations`;

    const difference = await post(`${url}?dryRun=true`, { body: {}, version });
    const unstated = await post(url, { body: {}, version });
    const made = await post(url, {
      body: { statement: "notReceived", reason: "the destination says so" },
      version,
    });

    expect(difference.body["sums"]).toMatchObject([{ fate: "comesBack", count: 1 }]);
    expect(unstated.body).toMatchObject({
      code: "input-invalid",
      errors: [{ pointer: "/statement" }, { pointer: "/reason" }],
    });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      cameBack: 1,
      voided: { id, state: "void", voided: { statement: "notReceived", by: "key:admin" } },
      files: [{ sequence: 2 }],
    });
  });

  test("is sent again only by those who may, and only as it was seen", async () => {
    const id = await generated();
    const { body } = await get(`/v1/batches/${id}`);
    const url = `/v1/batches/${id}/transmissions`;
    const viewer = await server().keyFor("viewer", ["viewer"]);
    const resend = { body: { reason: "did not arrive" }, version: Number(body["version"]) };

    const refused = await post(url, resend, viewer);
    const unseen = await post(url, { ...resend, version: 99 });

    expect([refused.status, unseen.status]).toEqual([403, 412]);
    expect((await get(`/v1/batches/${id}/content`, viewer)).status).toBe(403);
    const elsewhere = await server().keyFor("elsewhere", undefined, []);
    expect((await get(`/v1/batches/${id}`, elsewhere)).status).toBe(404);
  });
});

describe("the case rollup", () => {
  test("shows the assignment in the Accounting step", async () => {
    const { claim, dispute } = await opened();
    await operate(dispute, "issueProvisionalCredit", { amount: "60.00" });

    const { status, body } = await get(`/v1/claims/${claim}/rollup`);

    expect(status).toBe(200);
    const stages = body["stages"] as {
      name: string;
      steps: { name: string; assignments: { type: string; dispute: string }[] }[];
    }[];
    expect(stages.map((one) => one.name)).toEqual(["Collect", "Analyze", "Execute", "Resolve"]);
    const accounting = stages[2]?.steps.find((one) => one.name === "Accounting");
    expect(accounting?.assignments).toMatchObject([{ type: "Pending Batch Accounting", dispute }]);
  });
});

describe("an import", () => {
  const claimLine = (key: string, client = "harbor") => ({
    type: "claim",
    key,
    client,
    claim: "2611160800C",
    claimType: "Card",
    noticeReceivedOn: "2026-11-16",
    disputes: [
      {
        dispute: "2611160800D",
        amount: "100.00",
        currency: "USD",
        account: CARD,
        network: "visa",
        product: "debit",
        regulation: "E",
      },
    ],
  });
  const operationLine = {
    type: "operation",
    key: "o1",
    client: "harbor",
    dispute: "2611160800D",
    operation: "issueProvisionalCredit",
    input: { amount: "40.00" },
  };
  const sent = (lines: readonly unknown[], apiKey = admin(), type = "application/x-ndjson") =>
    server().app.inject({
      method: "POST",
      url: "/v1/imports",
      headers: {
        authorization: `Bearer ${apiKey}`,
        "content-type": type,
        "idempotency-key": "import-1",
      },
      payload: lines
        .map((line) => (typeof line === "string" ? line : JSON.stringify(line)))
        .join("\n"),
    });

  test("takes the good lines, tells the bad ones, and does nothing twice", async () => {
    const lines = [
      claimLine("c1"),
      operationLine,
      "{ broken",
      { ...operationLine, key: "o2", input: { amount: "70.00" } },
    ];

    const first = await sent(lines);
    const again = await sent(lines);

    expect(first.statusCode).toBe(201);
    expect(first.json()).toMatchObject({
      state: "done",
      lines: 4,
      claims: 1,
      operations: 1,
      rejected: 2,
      rejects: [
        { line: 3, code: "line-invalid" },
        { line: 4, key: "o2", code: "amount-exceeds-limit" },
      ],
    });
    expect(again.json()).toMatchObject({ claims: 0, operations: 0 });
    expect((await get("/v1/disputes/2611160800D/entries")).body.items).toHaveLength(1);
    const shown = await get(String(first.headers["location"]));
    expect(shown.body).toMatchObject({ lines: 4, rejected: 2 });
  });

  test("keeps to the caller's clients", async () => {
    await client("summit");
    const harborOnly = await server().keyFor("harbor-only", undefined, ["harbor"]);

    const answer = await sent([claimLine("c1", "summit")], harborOnly);

    expect(answer.json()).toMatchObject({
      claims: 0,
      rejected: 1,
      rejects: [{ code: "not-found" }],
    });
    expect((await get("/v1/claims?client=summit")).body.items).toEqual([]);
  });

  test("is newline-delimited JSON and nothing else", async () => {
    const answer = await sent([claimLine("c1")], admin(), "application/json");

    expect(answer.statusCode).toBe(415);
  });
});

describe("a test of a profile's destination", () => {
  test("goes step by step, and a missing secret is one of them", async () => {
    const sftp = {
      kind: "sftp",
      host: "127.0.0.1",
      port: 1,
      user: "harbor",
      hostKeys: [`SHA256:${"a".repeat(43)}`],
      directory: "/inbox",
    };
    const profile = (delivery: unknown) => ({ layout: "generic-csv", marker: "TEST", delivery });
    await client("quay", {
      batchProfiles: {
        unreachable: profile({ ...sftp, password: "env:CORE_TOKEN" }),
        withoutSecret: profile({ ...sftp, password: "env:NOT_SET_ANYWHERE" }),
      },
    });

    const unreachable = await post("/v1/clients/quay/batch-profiles/unreachable/connection-test");
    const lacking = await post("/v1/clients/quay/batch-profiles/withoutSecret/connection-test");
    const none = await post("/v1/clients/quay/batch-profiles/no-such/connection-test");

    expect(unreachable).toMatchObject({ status: 200, body: { outcome: "failed" } });
    expect(unreachable.body["steps"]).toMatchObject([
      { name: "connection", outcome: "failed", detail: "no connection was made (ECONNREFUSED)" },
      { name: "hostKey", outcome: "skipped" },
      { name: "signIn", outcome: "skipped" },
      { name: "directory", outcome: "skipped" },
      { name: "writing", outcome: "skipped" },
    ]);
    expect(lacking.body["steps"]).toMatchObject([
      { outcome: "skipped" },
      { outcome: "skipped" },
      { name: "signIn", outcome: "failed", detail: "there is no secret at env:NOT_SET_ANYWHERE" },
      { outcome: "skipped" },
      { outcome: "skipped" },
    ]);
    expect(none.status).toBe(404);
  });
});
