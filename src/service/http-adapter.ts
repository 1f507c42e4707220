/**
 * The adapter for services over HTTP: templates in, one call, the answer's body out. What differs
 * by protocol is the codec's; who we are is the credentials'; the rest is here once.
 *
 * The rule it protects: what is kept of a request holds no secret; they are added when it is sent.
 */
import { randomBytes } from "node:crypto";

import type { Clock } from "../kernel/clock.ts";
import { Failure } from "../kernel/failure.ts";
import { storable } from "../kernel/fit-text.ts";

import type { PreparedRequest, SentResult, ServiceAdapter } from "./adapter.ts";
import type { Codec, WrittenBody } from "./codec.ts";
import { codecOf } from "./codecs.ts";
import { openCredentials } from "./credentials.ts";
import { decodeAnswer } from "./decode-answer.ts";
import type { ServiceDesk } from "./desk.ts";
import { withoutSecrets } from "./mask.ts";
import { NoToken } from "./oauth-tokens.ts";
import type { RequestTemplate } from "./request-templates.ts";
import type { Secrets } from "../connections/secrets.ts";
import type { Service } from "./service-configuration.ts";
import type { AttemptPurpose } from "./store.ts";
import type { FactTable, RequestFacts, Template } from "./template.ts";
import { readTls } from "../connections/tls.ts";
import type { HttpResult } from "./transport.ts";
import { LONGEST_ANSWER_BYTES, reopening } from "./transport.ts";

export interface AdapterEnvironment {
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly randomBytes: (size: number) => Uint8Array;
  /** Overrides the service's own time-out of a call; for tests. */
  readonly callSeconds?: number | undefined;
}

/** The adapter of a service as the desk's processes open it; who opens it closes it. */
export function openAdapter(
  desk: Pick<ServiceDesk, "secrets" | "callTimeoutSeconds"> & {
    readonly engine: { readonly clock: Clock };
  },
  service: Service,
): ServiceAdapter {
  const { secrets, callTimeoutSeconds: callSeconds, engine } = desk;
  return httpAdapter(service, { secrets, clock: engine.clock, randomBytes, callSeconds });
}

export function httpAdapter(service: Service, given: AdapterEnvironment): ServiceAdapter {
  const used = new Set<string>();
  const environment = { ...given, secrets: remembering(given.secrets, used) };
  const base = new URL(service.url);
  const codec = codecOf(service);
  const callSeconds = environment.callSeconds ?? service.timeouts.callSeconds;
  const { connectSeconds } = service.timeouts;
  const transport = reopening(() => ({
    origin: base.origin,
    connections: service.concurrency,
    connectSeconds,
    callSeconds,
    tls: readTls(service.tls, environment.secrets),
  }));
  const credentials = openCredentials(service, { ...environment, connectSeconds, callSeconds });
  return {
    prepare: (purpose, { real, masked: shown }) => {
      const template = templateFor(service, purpose);
      const masked = { ...shown, isMasked: true } as const;
      const written = codec.write(template, real);
      return {
        purpose,
        method: template.method,
        path: pathOf(base, template.path, real),
        headers: headersOf(template, { service, purpose, codec, written, facts: real }),
        key: String(real.common["key"] ?? ""),
        body: written.text,
        kept: {
          method: template.method,
          path: pathOf(base, template.path, masked),
          body: codec.write(template, masked).kept,
        },
      };
    },
    send: async (request, mayLeave = () => true) => {
      const started = performance.now();
      const ready = finished(request, codec, environment);
      let signedIn;
      try {
        signedIn = await credentials.of({ ...ready, host: base.host });
      } catch (error) {
        if (!(error instanceof NoToken)) throw error;
        return { kind: "notSent", reason: error.message };
      }
      const result = await transport.call({
        method: ready.method,
        path: ready.path,
        headers: { ...ready.headers, ...signedIn.headers },
        body: ready.body,
        mayLeave,
        // Token and posting share one time-out, so that the key's life is reckoned rightly.
        milliseconds: callSeconds * 1000 - (performance.now() - started),
      });
      if (result.kind === "answered" && result.status === 401) signedIn.refused();
      return read(result, { codec, service, secrets: [...used, ...signedIn.secrets] });
    },
    close: async () => {
      await Promise.all([transport.close(), credentials.close()]);
    },
  };
}

function remembering(secrets: Secrets, used: Set<string>): Secrets {
  return (reference) => {
    const secret = secrets(reference);
    used.add(secret);
    return secret;
  };
}

function templateFor(service: Service, purpose: AttemptPurpose): RequestTemplate {
  const { postTemplate, lookUpTemplate, validateTemplate } = service;
  switch (purpose) {
    case "post":
      return postTemplate;
    case "lookUp":
      if (lookUpTemplate !== null) return lookUpTemplate;
      throw new Failure("request-invalid", `${service.name} has no look-up`);
    case "probe":
      if (validateTemplate !== null) return validateTemplate;
      throw new Failure("request-invalid", `${service.name} has no call that only validates`);
  }
}

/** A fact in a path is one segment or value: whatever it holds, it is encoded when it is named. */
function pathOf(base: URL, template: Template, facts: RequestFacts): string {
  const encoded = (table: FactTable): FactTable =>
    new Proxy(table, {
      get: (facts, name) => {
        const value = facts[String(name)] ?? null;
        return value === null ? null : encodeURIComponent(String(value).toWellFormed());
      },
    });
  const path = template.render({
    ...facts,
    common: encoded(facts.common),
    entries: facts.entries.map(encoded),
  });
  return `${base.pathname.replace(/\/$/, "")}${String(path ?? "")}`;
}

interface HeaderSources {
  readonly service: Service;
  readonly purpose: AttemptPurpose;
  readonly codec: Codec;
  readonly written: WrittenBody;
  readonly facts: RequestFacts;
}

/** The template's own come last, whatever their case. */
function headersOf(
  template: RequestTemplate,
  { service, purpose, codec, written, facts }: HeaderSources,
): Record<string, string> {
  const all: [string, string][] = [["accept", codec.accept], ...Object.entries(written.headers)];
  if (purpose === "post" && service.key.header !== null) {
    all.push([service.key.header, String(facts.common["key"])]);
  }
  for (const [name, value] of Object.entries(template.headers)) {
    all.push([name, String(value.render(facts) ?? "").replaceAll(/[^\t\x20-\x7e]/g, "")]);
  }
  const byName = new Map(all.map(([name, value]) => [name.toLowerCase(), [name, value]]));
  return Object.fromEntries(byName.values()) as Record<string, string>;
}

function finished(
  request: PreparedRequest,
  codec: Codec,
  { clock, secrets, randomBytes }: AdapterEnvironment,
): PreparedRequest {
  if (request.body === null) return request;
  const moment = {
    get now() {
      return clock.now().toString();
    },
    secretAt: secrets,
    randomBytes,
  };
  return { ...request, body: codec.finish(request.body, moment) };
}

interface Reading {
  readonly codec: Codec;
  readonly service: Service;
  readonly secrets: readonly string[];
}

/** What was answered was sent: no mistake of ours in reading it may look as if it were not. */
async function read(result: HttpResult, reading: Reading): Promise<SentResult> {
  if (result.kind !== "answered") return result;
  try {
    return await readAnswered(result, reading);
  } catch {
    return { kind: "lost", reason: "an answer that we failed to read" };
  }
}

/** An answer that echoes a secret must not bring it onto the record. */
async function readAnswered(
  result: Extract<HttpResult, { kind: "answered" }>,
  { codec, service, secrets }: Reading,
): Promise<SentResult> {
  const { status, bytes } = result;
  const headers = Object.fromEntries(
    Object.entries(result.headers).map(([name, value]) => [name, withoutSecrets(value, secrets)]),
  );
  const decoded = await decodeAnswer(bytes, headers, {
    longestBytes: LONGEST_ANSWER_BYTES,
    charset: service.charset,
    isXml: codec.isXml,
  });
  if (decoded.problem !== null) {
    const { problem } = decoded;
    const answer = { status, headers, body: undefined, problem, isUnclear: codec.isXml };
    return { kind: "answered", text: `(${bytes.length} bytes: ${problem})`, answer };
  }
  const text = withoutSecrets(decoded.text, secrets);
  const answer = { status, headers, ...codec.read(text) };
  return { kind: "answered", text: storable(text), answer };
}
