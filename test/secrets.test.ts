/**
 * After a full run against cores that repeat everything they were sent: no secret and no whole
 * account number stands in a log line, an answer of the API, or a table other than the vault's.
 */
import { Buffer } from "node:buffer";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { request } from "undici";
import { afterEach, beforeEach, expect, test } from "vitest";

import { insertClient } from "../src/cases/store.ts";
import { sql, Statement } from "../src/database/sql.ts";
import type { HeardRequest, Peer, PeerAnswer } from "./support/peer.ts";
import { startPeer } from "./support/peer.ts";
import { useDatabase } from "./support/use-database.ts";

const PROJECT = join(import.meta.dirname, "..");
const SECRETS = {
  CORE_BEARER: "bearer-5tQ8zzK1",
  CORE_PASSWORD: "basic-Pw/77:+x",
  CORE_API_KEY: "api-key-Zx93<&>",
  CORE_CLIENT_SECRET: "oauth-secret-Jh2",
  CORE_HMAC: "hmac-secret-0Kp4",
  CORE_WSSE: "wsse-Pass&word9",
} as const;
const TOKEN = "issued-token-Aa11Bb22";

const db = useDatabase();
let directory: string;
let child: ChildProcess | undefined;
let peer: Peer;
let heard: Map<string, number>;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "redress-secrets-"));
  heard = new Map();
  peer = await startPeer(nasty);
});
afterEach(async () => {
  if (child?.exitCode === null && child.signalCode === null) {
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  await peer.stop();
  await rm(directory, { recursive: true, force: true });
});

/** Repeats headers and body: first an error page, then a refusal, then as what it posted. */
function nasty(asked: HeardRequest): PeerAnswer {
  const calls = (heard.get(asked.path) ?? 0) + 1;
  heard.set(asked.path, calls);
  const { headers, body, path } = asked;
  const echo = `${JSON.stringify(headers)} ${body} ${inGroups(body)} ${path}`;
  if (asked.path === "/token") {
    const body = { error: echo, error_description: echo };
    if (calls === 1) return { status: 400, body: JSON.stringify(body) };
    return { status: 200, body: JSON.stringify({ access_token: TOKEN, expires_in: 60 }) };
  }
  if (calls % 3 === 1) return { status: 500, body: echo };
  const status = calls % 3 === 2 ? 422 : 200;
  if (asked.path.includes("soap")) return { status, body: envelopeOf(asked.body) };
  return { status, body: JSON.stringify({ id: `S${calls}`, message: echo, code: echo }) };
}

/** Every account number of a text as a person reads it out. */
function inGroups(text: string): string {
  return (text.match(/[0-9]{12,}/g) ?? []).flatMap(written).join(", ");
}

function written(number: string): string[] {
  return ["-", " "].map((between) => number.match(/.{1,4}/g)?.join(between) ?? number);
}

/** Where a leak stands, for whoever has to close it. */
function around(text: string, word: string): string {
  const at = text.indexOf(word);
  return text.slice(Math.max(0, at - 120), at + word.length + 40);
}

function envelopeOf(said: string): string {
  const text = said.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return (
    `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><Ok>` +
    `<id>S1</id><message>${text}</message></Ok></s:Body></s:Envelope>`
  );
}

const AUTHENTICATIONS: Readonly<Record<string, unknown>> = {
  bearer: { kind: "bearer", token: "env:CORE_BEARER" },
  basic: { kind: "basic", user: "redress", password: "env:CORE_PASSWORD" },
  header: { kind: "header", name: "X-Api-Key", value: "env:CORE_API_KEY" },
  hmac: { kind: "hmac", keyId: "k1", secret: "env:CORE_HMAC" },
  missing: { kind: "bearer", token: "env:NOT_THERE" },
};

function serviceOf(name: string) {
  const common = {
    url: peer.address,
    maxAccountingServiceCallRetries: 2,
    retrySpacingSeconds: [1],
    timeouts: { connectSeconds: 2, callSeconds: 2 },
    answer: { reference: "body.id", message: "body.message", code: "body.code" },
  };
  const body = {
    number: "{{entry.creditNumber}}",
    holder: "{{holder.number}}",
    amount: "{{amount}}",
  };
  if (name === "soap") {
    return {
      ...common,
      validate: { path: "/soap-check", body: { Check: body } },
      protocol: "soap",
      soap: { security: { user: "redress", password: "env:CORE_WSSE" } },
      post: { path: "/soap", body: { Post: body } },
      answer: { reference: "body.Ok.id", message: "body.Ok.message" },
    };
  }
  const authentication =
    name === "oauth2"
      ? {
          kind: "oauth2",
          tokenUrl: `${peer.address}/token`,
          clientId: "redress",
          clientSecret: "env:CORE_CLIENT_SECRET",
        }
      : AUTHENTICATIONS[name];
  return {
    ...common,
    protocol: "rest-json",
    authentication,
    post: { path: `/${name}`, body },
    validate: { path: `/${name}-check`, body },
    lookUp: { path: `/${name}-inquiry?account={{holder.number}}` },
  };
}

const SERVICES = [...Object.keys(AUTHENTICATIONS), "oauth2", "soap"];

function numbersOf(name: string): string[] {
  const place = SERVICES.indexOf(name);
  return [0, 1, 2].map((ordinal) => `53${place}${ordinal}771234567${place}${ordinal}9`);
}

test("no secret and no whole account number is anywhere but where it belongs", async () => {
  for (const name of SERVICES) {
    const settings = { services: { core: serviceOf(name) } };
    const createdAt = "2026-11-16T15:00:00Z";
    await db.transaction((tx) => insertClient(tx, { id: name, name, settings, createdAt }));
  }
  let log = "";
  child = spawn(process.execPath, [join(PROJECT, "src/main.ts")], {
    env: {
      PATH: process.env["PATH"] ?? "",
      DATABASE_URL: db.url,
      REDRESS_DATA: directory,
      REDRESS_LOG: "debug",
      REDRESS_RETRY_DIVISOR: "1000",
      PORT: "0",
      ...SECRETS,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout?.on("data", (part) => (log += String(part)));
  child.stderr?.on("data", (part) => (log += String(part)));
  const first = join(directory, "first-run.json");
  while (!existsSync(first)) await delay(50);
  const { address, apiKey } = JSON.parse(await readFile(first, "utf8")) as Record<string, string>;
  const answers: string[] = [];
  const ask = async (path: string, sent?: Sent): Promise<string> => {
    const { statusCode, body } = await request(`${address}${path}`, {
      method: sent?.method ?? (sent === undefined ? "GET" : "POST"),
      headers: {
        authorization: `Bearer ${apiKey}`,
        "idempotency-key": `key-${answers.length}`,
        ...(sent?.text === undefined ? {} : { "content-type": sent.type ?? "application/json" }),
        ...(sent?.version === undefined ? {} : { "if-match": sent.version }),
      },
      ...(sent?.text === undefined ? {} : { body: sent.text }),
    });
    const text = await body.text();
    answers.push(`${path.split("?")[0]} ${statusCode} ${text}`);
    return text;
  };

  const type = "application/x-ndjson";
  const imported = await ask("/v1/imports", { text: SERVICES.flatMap(linesOf).join("\n"), type });
  expect(JSON.parse(imported)).toMatchObject({ operations: SERVICES.length * 3 });
  await everyOneTried();
  await askForEverything(ask);
  await beWrong(ask);
  await retryAll(ask);
  child.kill("SIGTERM");
  await once(child, "exit");

  // The cores were sent what they need: the search below looks for what really left.
  const sent = peer.heard.map((one) => `${JSON.stringify(one.headers)} ${one.body}`).join("\n");
  const numbers = SERVICES.flatMap(numbersOf);
  expect(sent).toContain(SECRETS.CORE_BEARER);
  expect(sent).toContain(numbers[0]);
  const api = answers.join("\n");
  for (const kind of ['"attempts"', '"sent":{', '"rejects":[{', '"reason"', " 404 ", " 422 "]) {
    expect(api, `an answer with ${kind}`).toContain(kind);
  }
  const places = { log, ...Object.fromEntries(answers.entries()), database: await tablesBeside() };
  const words = [
    ...forms([...Object.values(SECRETS), TOKEN]),
    ...numbers.flatMap((number) => [number, ...written(number)]),
  ];
  const leaks = Object.entries(places).flatMap(([place, text]) =>
    words
      .filter((word) => text.includes(word))
      .map((word) => `${word} in ${place}: ${around(text, word)}`),
  );
  expect(leaks).toEqual([]);
  for (const text of [log, places.database]) expect(text.length).toBeGreaterThan(100);
}, 120_000);

interface Sent {
  readonly method?: "POST" | "PUT";
  readonly text?: string;
  readonly type?: string;
  readonly version?: string;
}

type Ask = (path: string, sent?: Sent) => Promise<string>;

function ids(text: string): string[] {
  const { items = [] } = JSON.parse(text) as { items?: { id?: string }[] };
  return items.flatMap(({ id }) => (id === undefined ? [] : [id]));
}

/** Every listing and every page that the portal shows. */
async function askForEverything(ask: Ask): Promise<void> {
  for (const path of ["/v1/clients", "/v1/services", "/v1/queues", "/v1/users", "/v1/batches"]) {
    await ask(path);
  }
  for (const id of ids(await ask("/v1/assignments?limit=100"))) await ask(`/v1/assignments/${id}`);
  for (const id of ids(await ask("/v1/claims?limit=100"))) {
    await ask(`/v1/claims/${id}`);
    await ask(`/v1/claims/${id}/rollup`);
  }
  const disputes = await db.query<{ id: string }>(sql`select id from dispute`);
  for (const { id } of disputes) {
    for (const part of ["", "/entries", "/collections", "/positions"]) {
      await ask(`/v1/disputes/${id}${part}`);
    }
  }
  for (const id of ids(await ask("/v1/adjustments?limit=100"))) {
    expect(await ask(`/v1/adjustments/${id}`)).toContain('"attempts"');
  }
  for (const name of SERVICES) {
    await ask(`/v1/clients/${name}/services`);
    const service = `/v1/clients/${name}/services/core`;
    for (const part of ["", "/monitor", "/failures"]) await ask(`${service}${part}`);
    await ask(`${service}/connection-test`, { method: "POST" });
    const [adjustment] = await db.query<{ id: string }>(sql`
      select id from adjustment where client_id = ${name} limit 1
    `);
    for (const call of ["post", "lookUp", "validate", "validate", "validate"]) {
      const text = { call, adjustment: adjustment?.id, send: call === "validate" };
      await ask(`${service}/trial`, { text: JSON.stringify(text) });
    }
  }
}

/** What is refused names its place and its rule; it does not repeat what it was given. */
async function beWrong(ask: Ask): Promise<void> {
  const [number = ""] = numbersOf("basic");
  const { CORE_BEARER: secret } = SECRETS;
  const lines = linesOf("basic").map((line) => JSON.parse(line) as Record<string, unknown>);
  const [claim] = lines;
  const [dispute] = (claim?.["disputes"] ?? []) as Record<string, unknown>[];
  const wrong = [
    { account: `${number}x` },
    { amount: number },
    { currency: number },
    { dispute: number },
    { network: number },
  ].map((more) => ({ ...claim, key: "wrong", disputes: [{ ...dispute, ...more }] }));
  const broken = `{"type": "claim", "account": "${number}",`;
  const text = [...wrong.map((one) => JSON.stringify(one)), broken].join("\n");
  const { id } = JSON.parse(await ask("/v1/imports", { text, type: "application/x-ndjson" })) as {
    id: string;
  };
  await ask(`/v1/imports/${id}`);

  for (const one of wrong) await ask("/v1/claims", { text: JSON.stringify(one) });
  await ask("/v1/claims", { text: broken });
  await ask(`/v1/claims?q=${number}`);
  await ask(`/v1/nothing?number=${number}&secret=${secret}`);
  await ask("/v1/clients/basic/services/core/trial", {
    text: JSON.stringify({ facts: { "holder.number": number, nothing: number } }),
  });
  for (const more of [
    { authentication: { kind: "bearer", token: secret } },
    { authentication: { kind: secret } },
    { post: { path: `/x?api_key=${secret}`, body: {} } },
    { post: { path: "/x", headers: { Authorization: secret }, body: {} } },
    { url: `https://redress:${secret}@127.0.0.1` },
  ]) {
    await ask("/v1/clients/basic/services/core", {
      method: "PUT",
      version: '"1"',
      text: JSON.stringify({ ...serviceOf("basic"), ...more }),
    });
  }
}

async function retryAll(ask: Ask): Promise<void> {
  const text = JSON.stringify({ kind: "retryFailedServiceCalls" });
  const { id } = JSON.parse(await ask("/v1/jobs", { text })) as { id: string };
  await expect
    .poll(async () => (JSON.parse(await ask(`/v1/jobs/${id}`)) as { state: string }).state, {
      timeout: 30_000,
    })
    .toBe("done");
  await ask(`/v1/jobs/${id}/items`);
  await everyOneTried();
}

/** As they are written, and as they are sent: in Base64, in a URL, in XML, in JSON. */
function forms(secrets: readonly string[]): string[] {
  return secrets.flatMap((secret) => [
    secret,
    Buffer.from(secret).toString("base64"),
    Buffer.from(`redress:${secret}`).toString("base64"),
    encodeURIComponent(secret),
    secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;"),
  ]);
}

function linesOf(client: string): string[] {
  return numbersOf(client).flatMap((account, ordinal) => {
    const digits = `261116${String(SERVICES.indexOf(client) * 10 + ordinal).padStart(4, "0")}`;
    const dispute = `${digits}D`;
    const facts = { network: "visa", product: "debit", regulation: "E" };
    const disputes = [{ dispute, amount: "100.00", currency: "USD", account, ...facts }];
    return [
      JSON.stringify({
        type: "claim",
        key: `claim-${ordinal}`,
        client,
        claim: `${digits}C`,
        claimType: "Card",
        noticeReceivedOn: "2026-11-16",
        disputes,
      }),
      JSON.stringify({
        type: "operation",
        key: `operation-${ordinal}`,
        client,
        dispute,
        operation: "issueProvisionalCredit",
        input: {},
      }),
    ];
  });
}

/** Until each has been answered or given up, by three calls or more. */
async function everyOneTried(): Promise<void> {
  const end = performance.now() + 60_000;
  for (;;) {
    const { open } = await db.one<{ open: number }>(sql`
      select count(*)::int as open from adjustment
      where state in ('pendingService', 'sending') or (state = 'unknown' and machine_may_act)
    `);
    if (open === 0) return;
    if (performance.now() > end) throw new Error(`${open} are still open`);
    await delay(100);
  }
}

/** Every row of every table but those that hold the sealed numbers. */
async function tablesBeside(): Promise<string> {
  const tables = await db.query<{ name: string }>(sql`
    select c.relname as name from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition
      and c.relname not in ('account_number', 'account_key', 'schema_migration')
  `);
  const texts: string[] = [];
  for (const { name } of tables) {
    const all = `select row_to_json(t)::text as row from "${name}" t limit 10000`;
    const rows = await db.query<{ row: string }>(new Statement([all], []));
    texts.push(name, ...rows.map((one) => one.row));
  }
  return texts.join("\n");
}
