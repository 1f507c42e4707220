import { createHash, createHmac } from "node:crypto";

import { Temporal } from "temporal-polyfill";
import { describe, expect, test } from "vitest";

import { secretsFrom } from "../../connections/secrets.ts";
import { manualClock } from "../../kernel/clock.ts";
import type { S3Reach } from "../delivery-shapes.ts";

import type { BucketCall, SignedCall } from "./s3-calls.ts";
import { bucketCalls, HASH_OF_NOTHING } from "./s3-calls.ts";

const SECRETS = { ID: "AKIAEXAMPLE", KEY: "wJalrXUtnFEMI/EXAMPLE", TOKEN: "a session" };

const REACH: S3Reach = {
  endpoint: "https://s3.example.com",
  bucket: "answers",
  region: "eu-central-1",
  prefix: "",
  addressing: "path",
  accessKeyId: "env:ID",
  secretAccessKey: "env:KEY",
  connectSeconds: 20,
  answerSeconds: 60,
};

const clock = manualClock(Temporal.Instant.from("2026-11-16T09:08:07.654Z"));
const OF_NOTHING = { "x-amz-content-sha256": HASH_OF_NOTHING };
const LIST = { method: "GET", key: null, headers: OF_NOTHING } as const;

function called(call: BucketCall, reach: Partial<S3Reach> = {}): SignedCall {
  return bucketCalls({ ...REACH, ...reach }, secretsFrom(SECRETS), clock)(call);
}

/** Signature version 4, reckoned anew from what would be sent. */
function signatureOf(method: string, { url, signed }: SignedCall): string {
  const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
  const hmac = (key: string | Buffer, text: string) =>
    createHmac("sha256", key).update(text).digest();
  const { pathname, search } = new URL(url);
  const names = /SignedHeaders=([^,]+)/.exec(signed["Authorization"] ?? "")?.[1] ?? "";
  const lower = new Map(Object.entries(signed).map(([name, value]) => [name.toLowerCase(), value]));
  const headers = names.split(";").map((name) => `${name}:${lower.get(name)}\n`);
  const request = [
    method,
    pathname,
    search.slice(1),
    headers.join(""),
    names,
    lower.get("x-amz-content-sha256"),
  ].join("\n");
  const scope = "20261116/eu-central-1/s3/aws4_request";
  const text = ["AWS4-HMAC-SHA256", "20261116T090807Z", scope, sha256(request)].join("\n");
  const key = scope
    .split("/")
    .reduce<string | Buffer>((before, part) => hmac(before, part), `AWS4${SECRETS.KEY}`);
  return hmac(key, text).toString("hex");
}

test("the hash of nothing is that of no bytes", () => {
  expect(createHash("sha256").update("").digest("hex")).toBe(HASH_OF_NOTHING);
});

describe("where a call goes", () => {
  test.each<[string, BucketCall, Partial<S3Reach>, string]>([
    ["the bucket itself", LIST, {}, "https://s3.example.com/answers"],
    ["a bucket that is a host", LIST, { addressing: "host" }, "https://answers.s3.example.com/"],
    [
      "an object",
      { ...LIST, key: "north/ack.csv" },
      {},
      "https://s3.example.com/answers/north/ack.csv",
    ],
    [
      "an object of a bucket that is a host",
      { ...LIST, key: "north/ack.csv" },
      { addressing: "host" },
      "https://answers.s3.example.com/north/ack.csv",
    ],
    [
      "a store below a folder and a port",
      { ...LIST, key: "a" },
      { endpoint: "http://127.0.0.1:9000/minio/" },
      "http://127.0.0.1:9000/minio/answers/a",
    ],
    [
      "a name of every kind of character",
      { ...LIST, key: "a b/ü+%'()*!?#&=~-_.csv" },
      {},
      "https://s3.example.com/answers/a%20b/%C3%BC%2B%25%27%28%29%2A%21%3F%23%26%3D~-_.csv",
    ],
    [
      "what is asked, in the order of its names",
      { ...LIST, query: { prefix: "a/b c", delimiter: "/", "continuation-token": "1+2/3==" } },
      {},
      "https://s3.example.com/answers?continuation-token=1%2B2%2F3%3D%3D&delimiter=%2F&prefix=a%2Fb%20c",
    ],
    [
      "something asked of nothing",
      { ...LIST, query: { prefix: "" } },
      {},
      "https://s3.example.com/answers?prefix=",
    ],
  ])("%s", (_, call, reach, url) => {
    const found = called(call, reach);

    expect(found.url).toBe(url);
    expect(new URL(found.url).href, "no library changes it on the way").toBe(url);
    expect(found.signed["host"]).toBe(new URL(url).host);
    expect(found.signed["Authorization"]).toContain(`Signature=${signatureOf("GET", found)}`);
  });
});

describe("what is signed", () => {
  test("the second of the clock, the hash of what is sent, and each header that is given", () => {
    const found = called({
      method: "PUT",
      key: "a",
      headers: { ...OF_NOTHING, "if-none-match": "*", "x-amz-meta-own": "7" },
    });

    expect(found.signed).toMatchObject({ "X-Amz-Date": "20261116T090807Z", ...OF_NOTHING });
    const { Authorization = "" } = found.signed;
    expect(Authorization).toMatch(
      /Credential=AKIAEXAMPLE\/20261116\/eu-central-1\/s3\/aws4_request/,
    );
    expect(Authorization).toMatch(/SignedHeaders=host;(if-none-match;)?x-amz-content-sha256;/);
    expect(Authorization).toContain("x-amz-meta-own");
    expect(Authorization).toContain(`Signature=${signatureOf("PUT", found)}`);
  });

  test("another method, key or hash is another signature", () => {
    const signature = (call: BucketCall) => called(call).signed["Authorization"];
    const calls: BucketCall[] = [
      LIST,
      { ...LIST, method: "HEAD" },
      { ...LIST, key: "a" },
      { ...LIST, query: { prefix: "a" } },
      { ...LIST, headers: { "x-amz-content-sha256": "0".repeat(64) } },
    ];

    expect(new Set(calls.map(signature)).size).toBe(calls.length);
  });

  test("a session's token goes along, and only where there is one", () => {
    const found = called(LIST, { sessionToken: "env:TOKEN" });

    expect(found.signed["X-Amz-Security-Token"]).toBe("a session");
    expect(found.signed["Authorization"]).toContain("x-amz-security-token");
    expect(called(LIST).signed["X-Amz-Security-Token"]).toBeUndefined();
  });

  test("the secret itself is nowhere", () => {
    const found = called(LIST, { sessionToken: "env:TOKEN" });

    expect(JSON.stringify(found)).not.toContain(SECRETS.KEY);
  });

  test.each(["accessKeyId", "secretAccessKey", "sessionToken"] as const)(
    "without %s nothing is called",
    (name) => {
      expect(() => called(LIST, { [name]: "env:NOTHING" })).toThrow("no secret at env:NOTHING");
    },
  );
});
