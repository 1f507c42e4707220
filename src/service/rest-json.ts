/** The adapter for REST/JSON services: templates in, one HTTP call, the answer's JSON out. */
import { Buffer } from "node:buffer";

import { Failure } from "../kernel/failure.ts";

import type { PreparedRequest, ServiceAdapter } from "./adapter.ts";
import { parseJsonExactly } from "./read-answer.ts";
import type { Secrets } from "./secrets.ts";
import type { RequestTemplate, Service } from "./service-configuration.ts";
import type { Json, RequestFacts, Template } from "./template.ts";
import type { Transport } from "./transport.ts";
import { httpTransport } from "./transport.ts";

export function restJsonAdapter(
  service: Service,
  secrets: Secrets,
  callSeconds: number = service.timeouts.callSeconds,
): ServiceAdapter {
  const base = new URL(service.url);
  let transport: Transport | undefined;
  const open = (): Transport =>
    (transport ??= httpTransport({
      origin: base.origin,
      connections: service.concurrency,
      connectSeconds: service.timeouts.connectSeconds,
      callSeconds,
    }));
  return {
    prepare: (purpose, { real, masked }) => {
      const template = purpose === "post" ? service.postTemplate : service.lookUpTemplate;
      if (template === null) {
        throw new Failure("request-invalid", `${service.name} has no look-up`);
      }
      const headers = headersOf(template, service, purpose, real);
      const body = template.body === null ? null : JSON.stringify(rendered(template.body, real));
      return {
        purpose,
        method: template.method,
        path: pathOf(base, template.path, real),
        headers,
        body,
        kept: {
          method: template.method,
          path: pathOf(base, template.path, masked),
          body: template.body === null ? null : rendered(template.body, masked),
        },
      };
    },
    send: async (request) => {
      const headers = { ...request.headers, ...authentication(service, secrets) };
      const result = await open().call({ ...request, headers });
      if (result.kind !== "answered") return result;
      const { status, text } = result;
      return {
        kind: "answered",
        text,
        answer: { status, headers: result.headers, body: read(text) },
      };
    },
    close: async () => {
      await transport?.close();
    },
  };
}

function rendered(template: Template, facts: RequestFacts): Json {
  return template.render(facts) ?? null;
}

/** A fact in a path is one segment or value: whatever it holds, it is encoded. */
function pathOf(base: URL, template: Template, facts: RequestFacts): string {
  const encoded = Object.fromEntries(
    Object.entries(facts.common).map(([name, value]) => [
      name,
      value === null ? null : encodeURIComponent(String(value)),
    ]),
  );
  const entries = facts.entries.map((entry) =>
    Object.fromEntries(
      Object.entries(entry).map(([name, value]) => [
        name,
        value === null ? null : encodeURIComponent(String(value)),
      ]),
    ),
  );
  const path = String(rendered(template, { common: encoded, entries }));
  return `${base.pathname.replace(/\/$/, "")}${path}`;
}

function headersOf(
  template: RequestTemplate,
  service: Service,
  purpose: PreparedRequest["purpose"],
  facts: RequestFacts,
): Record<string, string> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (template.body !== null) headers["content-type"] = "application/json";
  if (purpose === "post" && service.key.header !== null) {
    headers[service.key.header] = String(facts.common["key"]);
  }
  for (const [name, value] of Object.entries(template.headers)) {
    headers[name] = String(rendered(value, facts)).replaceAll(/[^\t\x20-\x7e]/g, "");
  }
  return headers;
}

function authentication({ authentication: by }: Service, secrets: Secrets): Record<string, string> {
  switch (by.kind) {
    case "none":
      return {};
    case "basic": {
      const pair = Buffer.from(`${by.user}:${secrets(by.password)}`).toString("base64");
      return { authorization: `Basic ${pair}` };
    }
    case "bearer":
      return { authorization: `Bearer ${secrets(by.token)}` };
    case "header":
      return { [by.name]: secrets(by.value) };
  }
}

function read(text: string): unknown {
  try {
    return parseJsonExactly(text);
  } catch {
    return undefined;
  }
}
