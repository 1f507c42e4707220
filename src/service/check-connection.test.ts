/** What does not fit together in a service's settings, and secrets in plain sight: by place. */
import { describe, expect, test } from "vitest";

import { Failure } from "../kernel/failure.ts";
import { servicesOf } from "./service-configuration.ts";

const JSON_SERVICE = { protocol: "rest-json", url: "https://core", post: { path: "/p", body: {} } };
const SOAP_SERVICE = { ...JSON_SERVICE, protocol: "soap", post: { path: "/p", body: { Add: "" } } };
const XML_SERVICE = { ...SOAP_SERVICE, protocol: "xml" };
const HMAC = { kind: "hmac", keyId: "k", secret: "env:S" };
const OAUTH = {
  kind: "oauth2",
  tokenUrl: "https://tokens/t",
  clientId: "redress",
  clientSecret: "env:S",
};

function faultsOf(service: Record<string, unknown>): string[] {
  try {
    servicesOf({ services: { core: service } });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return error.faults.map((fault) => fault.pointer.replace("/services/core", ""));
  }
  return [];
}

const withPost = (service: object, post: object) => ({
  ...service,
  post: { path: "/p", body: { Add: "" }, ...post },
});

describe("sound", () => {
  test.each<[string, Record<string, unknown>]>([
    ["soap", SOAP_SERVICE],
    ["xml", XML_SERVICE],
    [
      "secrets by reference in a body",
      withPost(XML_SERVICE, {
        body: {
          Add: { "@Password": { $secret: "env:S" }, Token: { "#text": { $secret: "file:/s" } } },
        },
      }),
    ],
    ["a fact of such a name", withPost(JSON_SERVICE, { body: { token: "{{key}}" } })],
    [
      "soap with everything",
      {
        ...SOAP_SERVICE,
        soap: {
          version: "1.2",
          action: "urn:add/{{adjustment.rule}}",
          header: { "c:Ctx": { "@xmlns:c": "urn:c" } },
          security: { user: "u", password: "file:/p", digest: true },
        },
        lookUp: { path: "/q", action: "urn:inq", body: { Inq: "{{key}}" } },
        validate: { path: "/v", body: { Add: { "@test": "true" } } },
      },
    ],
    ["hmac", { ...JSON_SERVICE, authentication: HMAC }],
    [
      "hmac over headers that are sent",
      {
        ...withPost(JSON_SERVICE, { headers: { "X-Trace": "{{key}}" } }),
        authentication: {
          ...HMAC,
          signed: ["header.x-trace", "header.Host", "header.idempotency-key", "key"],
        },
      },
    ],
    ["oauth2", { ...JSON_SERVICE, authentication: { ...OAUTH, scope: "post", audience: "a" } }],
    [
      "mutual TLS with a pin as openssl prints it",
      {
        ...JSON_SERVICE,
        tls: {
          ca: "file:ca",
          certificate: "file:c",
          key: "file:k",
          passphrase: "env:P",
          pinnedSha256: [Array.from({ length: 32 }, () => "AB").join(":")],
        },
      },
    ],
    [
      "a query with facts",
      withPost(JSON_SERVICE, { path: "/p?key={{key}}&token={{adjustment.id}}" }),
    ],
    ["a secret in a header by reference", { ...JSON_SERVICE, secretHeaders: { "X-Sub": "env:S" } }],
  ])("%s", (_, service) => {
    expect(faultsOf(service)).toEqual([]);
  });
});

describe("refused, naming the place", () => {
  test.each<[string, Record<string, unknown>, string[]]>([
    ["soap beside another protocol", { ...XML_SERVICE, soap: {} }, ["/soap"]],
    ["an action without SOAP", withPost(XML_SERVICE, { action: "x" }), ["/post/action"]],
    [
      "a SOAP call that is no POST and has no body",
      { ...SOAP_SERVICE, lookUp: { method: "GET", path: "/q" } },
      ["/lookUp/method", "/lookUp/body"],
    ],
    ["another version", { ...SOAP_SERVICE, soap: { version: "1.3" } }, ["/soap/version"]],
    [
      "a WS-Security password in plain sight",
      { ...SOAP_SERVICE, soap: { security: { user: "u", password: "sesame" } } },
      ["/soap/security/password"],
    ],
    [
      "an unknown fact in the action",
      { ...SOAP_SERVICE, soap: { action: "{{nope}}" } },
      ["/post/action"],
    ],
    [
      "an unknown fact in the header",
      { ...SOAP_SERVICE, soap: { header: { A: "{{nope}}" } } },
      ["/soap/header/A"],
    ],
    [
      "secrets in plain sight in a body",
      withPost(XML_SERVICE, {
        body: { Add: { "@pwd": "hunter2", "c:Token": { "@t": "1", "#text": "abc" } } },
      }),
      ["/post/body/Add/@pwd", "/post/body/Add/c:Token/#text"],
    ],
    [
      "a secret in a body that is no reference",
      withPost(JSON_SERVICE, { body: { password: { $secret: "hunter2" } } }),
      ["/post/body/password"],
    ],
    ["text for a tree", withPost(XML_SERVICE, { body: "<a/>" }), ["/post/body"]],
    ["two roots", withPost(XML_SERVICE, { body: { a: "", b: "" } }), ["/post/body"]],
    ["a list at the top", withPost(XML_SERVICE, { body: { a: ["1", "2"] } }), ["/post/body"]],
    ["text at the top", withPost(SOAP_SERVICE, { body: { "#text": "1" } }), ["/post/body"]],
    [
      "names that are none",
      withPost(XML_SERVICE, { body: { a: { "b c": "", "@1": "", "x:y:z": "" } } }),
      ["/post/body/a/b c", "/post/body/a/@1", "/post/body/a/x:y:z"],
    ],
    [
      "a tree in an attribute",
      withPost(XML_SERVICE, { body: { a: { "@x": { y: "" } } } }),
      ["/post/body/a/@x"],
    ],
    [
      "a character that XML forbids",
      withPost(XML_SERVICE, { body: { a: { $if: "adjustment.memo", then: "\u0001" } } }),
      ["/post/body/a/then"],
    ],
    ["half of mutual TLS", { ...JSON_SERVICE, tls: { certificate: "file:c" } }, ["/tls/key"]],
    [
      "the other half, and a passphrase of nothing",
      { ...JSON_SERVICE, tls: { passphrase: "env:P" } },
      ["/tls/passphrase"],
    ],
    ["TLS without https", { ...JSON_SERVICE, url: "http://core", tls: {} }, ["/tls"]],
    [
      "a pin that is none",
      { ...JSON_SERVICE, tls: { pinnedSha256: ["abc"] } },
      ["/tls/pinnedSha256/0"],
    ],
    ["a key in plain sight", { ...JSON_SERVICE, tls: { ca: "-----BEGIN" } }, ["/tls/ca"]],
    ["an unknown setting of TLS", { ...JSON_SERVICE, tls: { insecure: true } }, ["/tls"]],
    [
      "a signature over what is not sent",
      {
        ...JSON_SERVICE,
        authentication: {
          kind: "hmac",
          secret: "env:S",
          signed: ["timestamp", "header.x-none", "body"],
          headers: { timestamp: null },
        },
      },
      ["/authentication/signed/2"],
    ],
    [
      "a signature over a header that a posting lacks, without key id and timestamp",
      {
        ...JSON_SERVICE,
        authentication: {
          kind: "hmac",
          secret: "env:S",
          signed: ["timestamp", "header.x-none"],
          headers: { timestamp: null },
        },
      },
      ["/authentication/keyId", "/authentication/headers/timestamp", "/authentication/signed/1"],
    ],
    [
      "two names for one header",
      { ...JSON_SERVICE, authentication: { ...HMAC, headers: { keyId: "x-signature" } } },
      ["/authentication/headers"],
    ],
    [
      "a token address with a password",
      {
        ...JSON_SERVICE,
        authentication: { ...OAUTH, tokenUrl: "http://u:p@tokens/?a=b", tls: {} },
      },
      ["/authentication/tokenUrl", "/authentication/tokenUrl", "/authentication/tls"],
    ],
    ["an address with a password", { ...JSON_SERVICE, url: "https://u:p@core" }, ["/url"]],
    ["an address with a query", { ...JSON_SERVICE, url: "https://core/?api_key=1" }, ["/url"]],
    ["a character set of nobody", { ...JSON_SERVICE, charset: "klingon" }, ["/charset"]],
    [
      "a secret in a query",
      withPost(JSON_SERVICE, { path: "/p?v=1&api_key=abc&x-token=1" }),
      ["/post/path", "/post/path"],
    ],
    [
      "secrets in headers",
      withPost(JSON_SERVICE, {
        headers: { Authorization: "Bearer {{key}}", "X-API-Key": "abc", Host: "other" },
      }),
      ["/post/headers/Authorization", "/post/headers/X-API-Key", "/post/headers/Host"],
    ],
    [
      "an outcome that no validation has",
      {
        ...JSON_SERVICE,
        validate: { path: "/v", body: {}, outcomes: [{ when: {}, outcome: "posted" }] },
      },
      ["/validate/outcomes/0/outcome"],
    ],
  ])("%s", (_, service, pointers) => {
    expect(faultsOf(service)).toEqual(pointers);
  });
});
