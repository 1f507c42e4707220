/**
 * Who we are, said anew with every call: the headers that sign it in. They are made when it is
 * sent and kept nowhere.
 */
import { createHash, createHmac } from "node:crypto";

import type { Clock } from "../kernel/clock.ts";

import type { Hmac } from "./connection-shapes.ts";
import { accessTokens } from "./oauth-tokens.ts";
import type { Secrets } from "../connections/secrets.ts";
import type { Service } from "./service-configuration.ts";

export interface CallToSignIn {
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly key: string;
  readonly body: string | null;
}

export interface SignedIn {
  readonly headers: Readonly<Record<string, string>>;
  /** Made of secrets: never on record, should an answer repeat it. */
  readonly secrets: readonly string[];
  /** The service answered 401: what can be renewed is not used again. */
  refused(): void;
}

export interface Credentials {
  /** Throws `NoToken`, or `configuration-invalid` where a secret is missing. */
  of(call: CallToSignIn): Promise<SignedIn>;
  close(): Promise<void>;
}

export interface CredentialsEnvironment {
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly connectSeconds: number;
  readonly callSeconds: number;
}

export function openCredentials(
  service: Service,
  environment: CredentialsEnvironment,
): Credentials {
  const { authentication: by } = service;
  const { secrets, clock } = environment;
  const tokens = by.kind === "oauth2" ? accessTokens(by, service, environment) : null;
  return {
    of: async (call) => {
      const extra = Object.fromEntries(
        Object.entries(service.secretHeaders).map(([name, at]) => [name, secrets(at)]),
      );
      const signed = (headers: Record<string, string>, made: string[] = []): SignedIn => ({
        headers: { ...extra, ...headers },
        secrets: made,
        refused: () => undefined,
      });
      switch (by.kind) {
        case "none":
          return signed({});
        case "basic": {
          const pair = base64(`${by.user}:${secrets(by.password)}`);
          return signed({ authorization: `Basic ${pair}` }, [pair]);
        }
        case "bearer":
          return signed({ authorization: `Bearer ${secrets(by.token)}` });
        case "header":
          return signed({ [by.name]: secrets(by.value) });
        case "hmac": {
          const sent = signature(by, withHeaders(call, extra), secrets(by.secret), clock);
          const made = sent[by.headers.signature]?.slice(by.signaturePrefix.length) ?? "";
          return signed(sent, [made]);
        }
        case "oauth2": {
          const token = (await tokens?.current()) ?? "";
          return {
            headers: { ...extra, authorization: `Bearer ${token}` },
            secrets: [token],
            refused: () => tokens?.drop(token),
          };
        }
      }
    },
    close: async () => {
      await tokens?.close();
    },
  };
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

function withHeaders(call: CallToSignIn, more: Readonly<Record<string, string>>): CallToSignIn {
  return { ...call, headers: { host: call.host, ...call.headers, ...more } };
}

function signature(
  hmac: Hmac,
  call: CallToSignIn,
  secret: string,
  clock: Clock,
): Record<string, string> {
  const { headers: names, keyId } = hmac;
  const timestamp = timestampOf(clock, hmac.timestampAs);
  const sent: Record<string, string> = {};
  if (names.timestamp !== null) sent[names.timestamp] = timestamp;
  if (names.keyId !== null && keyId !== undefined) sent[names.keyId] = keyId;
  const signed = hmac.signed.map((part) =>
    partOf(part, { ...call, headers: { ...call.headers, ...sent } }, timestamp),
  );
  const key = hmac.secretEncoding === "text" ? secret : Buffer.from(secret, hmac.secretEncoding);
  const digest = createHmac(hmac.algorithm, key).update(signed.join("\n"));
  sent[names.signature] = `${hmac.signaturePrefix}${digest.digest(hmac.encoding)}`;
  return sent;
}

/** A header that this call does not carry counts as an empty one. */
function partOf(part: string, call: CallToSignIn, timestamp: string): string {
  switch (part) {
    case "method":
      return call.method;
    case "path":
      return call.path;
    case "timestamp":
      return timestamp;
    case "key":
      return call.key;
    case "bodySha256":
      return createHash("sha256")
        .update(call.body ?? "")
        .digest("hex");
    default: {
      const wanted = part.slice("header.".length).toLowerCase();
      const found = Object.entries(call.headers).find(([name]) => name.toLowerCase() === wanted);
      return found?.[1] ?? "";
    }
  }
}

function timestampOf(clock: Clock, as: Hmac["timestampAs"]): string {
  const now = clock.now();
  if (as === "iso") return now.toString({ smallestUnit: "second" });
  const milliseconds = Math.floor(now.epochMilliseconds);
  return String(as === "seconds" ? Math.floor(milliseconds / 1000) : milliseconds);
}
