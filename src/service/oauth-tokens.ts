/**
 * Access tokens by OAuth 2.0 client credentials (RFC 6749 §4.4): kept in memory until shortly
 * before they expire, one request for a new one at a time, dropped when the service refuses one.
 *
 * A token that cannot be had is proof that the posting was not sent.
 */
import type { Clock } from "../kernel/clock.ts";

import type { OAuth2 } from "./connection-shapes.ts";
import { decodeAnswer } from "./decode-answer.ts";
import type { Secrets } from "../connections/secrets.ts";
import type { Service } from "./service-configuration.ts";
import { readTls } from "../connections/tls.ts";
import { LONGEST_ANSWER_BYTES, reopening } from "./transport.ts";
import type { HttpCall, HttpResult } from "./transport.ts";

/** The call cannot be signed in, so it is not sent. Its message is for people. */
export class NoToken extends Error {}

export interface AccessTokens {
  /** Throws `NoToken`, or `configuration-invalid` where the secret is missing. */
  current(): Promise<string>;
  /** The token was refused; another one that came meanwhile stays. */
  drop(token: string): void;
  close(): Promise<void>;
}

interface Environment {
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly connectSeconds: number;
  readonly callSeconds: number;
}

interface Token {
  readonly value: string;
  /** Milliseconds since the epoch; null: the answer did not say. */
  readonly useUntil: number | null;
}

/** A token is renewed when a tenth of its life is left, at most so long before its end. */
const EARLIEST_RENEWAL_SECONDS = 60;

export function accessTokens(
  oauth: OAuth2,
  service: Pick<Service, "url" | "tls">,
  environment: Environment,
): AccessTokens {
  const address = new URL(oauth.tokenUrl);
  const { secrets, clock, connectSeconds, callSeconds } = environment;
  const isOfService = address.origin === new URL(service.url).origin;
  const tls = oauth.tls ?? (isOfService ? service.tls : null);
  const transport = reopening(() => ({
    origin: address.origin,
    connections: 1,
    connectSeconds,
    callSeconds,
    tls: readTls(tls, secrets),
  }));
  let token: Token | null = null;
  let asking: Promise<Token> | null = null;

  const ask = async (): Promise<Token> => {
    const asked = clock.now().epochMilliseconds;
    const result = await transport.call(tokenCall(oauth, address, secrets(oauth.clientSecret)));
    token = await readToken(result, asked);
    return token;
  };
  return {
    current: async () => {
      const now = clock.now().epochMilliseconds;
      if (token !== null && (token.useUntil === null || now < token.useUntil)) return token.value;
      asking ??= ask().finally(() => (asking = null));
      return (await asking).value;
    },
    drop: (refused) => {
      if (token?.value === refused) token = null;
    },
    close: () => transport.close(),
  };
}

function tokenCall(oauth: OAuth2, address: URL, clientSecret: string): HttpCall {
  const { clientId, scope, audience, placement } = oauth;
  const form = new URLSearchParams({ grant_type: "client_credentials" });
  if (scope !== undefined) form.set("scope", scope);
  if (audience !== undefined) form.set("audience", audience);
  const headers: Record<string, string> = {
    accept: "application/json",
    "content-type": "application/x-www-form-urlencoded",
  };
  if (placement === "body") {
    form.set("client_id", clientId);
    form.set("client_secret", clientSecret);
  } else {
    // RFC 6749 §2.3.1: both are form-encoded before they are joined.
    const pair = `${formEncoded(clientId)}:${formEncoded(clientSecret)}`;
    headers["authorization"] = `Basic ${Buffer.from(pair).toString("base64")}`;
  }
  return { method: "POST", path: address.pathname, headers, body: form.toString() };
}

function formEncoded(text: string): string {
  return new URLSearchParams({ "": text }).toString().slice(1);
}

async function readToken(result: HttpResult, asked: number): Promise<Token> {
  if (result.kind !== "answered") {
    throw new NoToken(`no access token: the token service: ${result.reason}`);
  }
  const { status, bytes, headers } = result;
  const answer = await decodeAnswer(bytes, headers, {
    longestBytes: LONGEST_ANSWER_BYTES,
    charset: "utf-8",
    isXml: false,
  });
  const said = parsed(answer.text);
  if (status !== 200) throw new NoToken(`no access token: ${refusalOf(status, said)}`);
  const { access_token: value, token_type: type, expires_in: expires } = said;
  if (typeof value !== "string" || !/^[\x21-\x7e]+$/.test(value)) {
    throw new NoToken("no access token: the token service's answer holds none");
  }
  if (typeof type !== "string" || type.toLowerCase() !== "bearer") {
    throw new NoToken("no access token: the token service gave another kind than bearer");
  }
  const life = Number(expires);
  if (expires === undefined || !Number.isFinite(life)) return { value, useUntil: null };
  const early = Math.min(EARLIEST_RENEWAL_SECONDS, life / 10);
  return { value, useUntil: asked + (life - early) * 1000 };
}

/** The error's code alone (RFC 6749 §5.2): its description may quote what was sent. */
function refusalOf(status: number, { error }: Record<string, unknown>): string {
  const code = typeof error === "string" && /^[a-z_]{1,40}$/.test(error) ? ` ${error}` : "";
  return `the token service answered ${status}${code}`;
}

function parsed(text: string | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? "");
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // Falls through: an answer without a token.
  }
  return {};
}
