/**
 * What one field of a service says that does not fit another, and secrets that stand where they
 * would be shown: found when the settings load, every fault with its place.
 */
import type { FieldFault } from "../kernel/failure.ts";

import type { Tls } from "../connections/shapes.ts";

import type { Authentication, Hmac } from "./connection-shapes.ts";
import type { WrittenCalls } from "./request-templates.ts";
import { isSecretPlace } from "./secret-places.ts";
import { isForbiddenInXml } from "../formats/xml-characters.ts";

export interface WrittenConnection extends WrittenCalls {
  readonly url: string;
  readonly charset: string;
  readonly authentication: Authentication;
  readonly secretHeaders: Readonly<Record<string, string>>;
  readonly tls: Tls | null;
  readonly key: { readonly header: string | null };
  readonly soap: WrittenCalls["soap"] & { readonly security: { readonly user: string } | null };
}

type Report = (place: string, detail: string) => void;

export function checkConnection(
  service: WrittenConnection,
  isSoapGiven: boolean,
  pointer: string,
  faults: FieldFault[],
): void {
  const report: Report = (place, detail) => {
    faults.push({ pointer: `${pointer}${place}`, detail });
  };
  checkAddress(service.url, "/url", report);
  checkCharset(service.charset, report);
  if (service.tls !== null) checkTls(service.tls, service.url, "/tls", report);
  const { authentication } = service;
  if (authentication.kind === "oauth2") {
    const { tokenUrl, tls } = authentication;
    checkAddress(tokenUrl, "/authentication/tokenUrl", report);
    if (tls !== undefined) checkTls(tls, tokenUrl, "/authentication/tls", report);
  }
  if (authentication.kind === "hmac") checkHmac(authentication, service, report);
  checkSoap(service, isSoapGiven, report);
  checkBody(service.soap.header, "/soap/header", report);
  for (const name of ["post", "lookUp", "validate"] as const) {
    const call = service[name];
    if (call === null) continue;
    checkPath(call.path, `/${name}/path`, report);
    checkHeaders(call.headers, `/${name}/headers`, report);
    checkBody(call.body, `/${name}/body`, report);
  }
}

/** An address is shown and exported: nothing secret may stand in it. */
function checkAddress(address: string, place: string, report: Report): void {
  const { username, password, search, hash } = new URL(address);
  if (username !== "" || password !== "") {
    report(place, "holds a user or password: they stand under authentication");
  }
  if (search !== "" || hash !== "") report(place, "has no query and no fragment");
}

function checkCharset(label: string, report: Report): void {
  try {
    void new TextDecoder(label);
  } catch {
    report("/charset", "is not a character set that is known");
  }
}

function checkTls(tls: Tls, address: string, place: string, report: Report): void {
  if (!address.startsWith("https:")) report(place, "needs an address with https");
  if ((tls.certificate === undefined) !== (tls.key === undefined)) {
    const missing = tls.key === undefined ? "key" : "certificate";
    report(`${place}/${missing}`, "certificate and key stand together");
  }
  if (tls.passphrase !== undefined && tls.key === undefined) {
    report(`${place}/passphrase`, "is of a key, and there is none");
  }
}

function checkHmac(hmac: Hmac, service: WrittenConnection, report: Report): void {
  const { headers, keyId, signed } = hmac;
  if (headers.keyId !== null && keyId === undefined) {
    report("/authentication/keyId", "is missing; headers.keyId null sends none");
  }
  if (signed.includes("timestamp") && headers.timestamp === null) {
    report("/authentication/headers/timestamp", "a signed timestamp has to be sent");
  }
  const sent = [headers.signature, headers.timestamp, headers.keyId].flatMap((name) =>
    name === null ? [] : [name.toLowerCase()],
  );
  if (new Set(sent).size !== sent.length) {
    report("/authentication/headers", "have one name each");
  }
  const known = new Set(
    [
      ...Object.keys(service.post.headers),
      ...Object.keys(service.secretHeaders),
      service.key.header ?? "",
      "content-type",
      "accept",
      "host",
      ...(service.protocol === "soap" ? ["soapaction"] : []),
      ...(headers.timestamp === null ? [] : [headers.timestamp]),
      ...(headers.keyId === null ? [] : [headers.keyId]),
    ].map((name) => name.toLowerCase()),
  );
  signed.forEach((part, index) => {
    if (part.startsWith("header.") && !known.has(part.slice("header.".length).toLowerCase())) {
      report(`/authentication/signed/${index}`, "is not a header that a posting carries");
    }
  });
}

function checkSoap(service: WrittenConnection, isSoapGiven: boolean, report: Report): void {
  if (service.protocol !== "soap") {
    if (isSoapGiven) report("/soap", "stands only beside the protocol soap");
  } else if (isForbiddenInXml(service.soap.security?.user ?? "")) {
    report("/soap/security/user", "holds a character that XML cannot carry");
  }
  for (const name of ["post", "lookUp", "validate"] as const) {
    const call = service[name];
    if (call === null) continue;
    if (service.protocol === "soap") {
      if (call.method !== undefined && call.method !== "POST") {
        report(`/${name}/method`, "a SOAP call is a POST");
      }
      if (call.body === undefined) report(`/${name}/body`, "a SOAP call has a body");
    } else if (call.action !== undefined) {
      report(`/${name}/action`, "stands only beside the protocol soap");
    }
  }
}

const SECRET_WORD =
  /^(.*[-_.])?(api[-_]?key|subscription[-_]?key|token|secret|password|passwd|pwd|authorization)$/i;

/** A path is on record and in exports; a constant parameter with such a name is a secret. */
function checkPath(path: string, place: string, report: Report): void {
  const query = path.split("?").slice(1).join("?");
  for (const parameter of query.split("&")) {
    const [name = "", value = ""] = parameter.split("=");
    if (SECRET_WORD.test(decoded(name)) && value !== "" && !value.includes("{{")) {
      report(place, `${name} looks like a secret; secrets are sent in headers, by reference`);
    }
  }
}

/** What belongs to the element or property around it. */
const INNER = new Set(["#text", "then", "else", "as"]);

/** So is a body; a constant under such a name is a secret, in JSON and in XML. */
function checkBody(tree: unknown, place: string, report: Report, around = ""): void {
  if (typeof tree !== "object" || tree === null) {
    const text = String(tree ?? "");
    if (SECRET_WORD.test(around) && text !== "" && !text.includes("{{")) {
      report(place, 'looks like a secret: it stands here as {"$secret": "env:NAME"}');
    }
    return;
  }
  if (isSecretPlace(tree)) return;
  for (const [name, inner] of Object.entries(tree)) {
    const isPart = Array.isArray(tree) || INNER.has(name);
    const own = isPart ? around : name.replace(/^@?(.*:)?/, "");
    checkBody(inner, `${place}/${name}`, report, own);
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Ours to write, or the connection's. */
const NOT_A_TEMPLATE = new Set([
  "host",
  "connection",
  "content-length",
  "expect",
  "keep-alive",
  "transfer-encoding",
  "upgrade",
]);

const SECRET_HEADERS = new Set(["authorization", "proxy-authorization", "cookie"]);

function checkHeaders(
  headers: Readonly<Record<string, string>>,
  place: string,
  report: Report,
): void {
  for (const [name, value] of Object.entries(headers)) {
    const isConstant = !value.includes("{{");
    if (NOT_A_TEMPLATE.has(name.toLowerCase())) {
      report(`${place}/${name}`, "is the connection's own header");
    } else if (
      SECRET_HEADERS.has(name.toLowerCase()) ||
      (isConstant && SECRET_WORD.test(name.replace(/^x-/i, "")))
    ) {
      report(`${place}/${name}`, "looks like a secret: it stands under authentication");
    }
  }
}
