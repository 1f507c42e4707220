/**
 * How a protocol is spoken: an adapter writes a request from the adjustment's facts, sends it, and
 * says what came back: the HTTP adapter speaks REST/JSON, SOAP and plain XML.
 */
import type { KeptRequest } from "./store.ts";
import type { ServiceAnswer } from "./read-answer.ts";
import type { AttemptPurpose } from "./store.ts";
import type { RequestFacts } from "./template.ts";

export interface PreparedRequest {
  readonly purpose: AttemptPurpose;
  readonly method: "GET" | "POST" | "PUT";
  readonly path: string;
  /** Without the authentication, which is added when it is sent. */
  readonly headers: Readonly<Record<string, string>>;
  /** The adjustment's key, for a signature. */
  readonly key: string;
  readonly body: string | null;
  /** The same with numbers masked, for the record. */
  readonly kept: KeptRequest;
}

export type SentResult =
  | { readonly kind: "answered"; readonly answer: ServiceAnswer; readonly text: string }
  | { readonly kind: "notSent"; readonly reason: string }
  | { readonly kind: "lost"; readonly reason: string };

export interface ServiceAdapter {
  /** Throws `request-invalid` where a fact does not fit. Sends nothing. */
  prepare(
    purpose: AttemptPurpose,
    facts: { readonly real: RequestFacts; readonly masked: RequestFacts },
  ): PreparedRequest;
  /** `mayLeave` is asked right before the first byte; no: nothing is sent. */
  send(request: PreparedRequest, mayLeave?: () => boolean): Promise<SentResult>;
  close(): Promise<void>;
}
