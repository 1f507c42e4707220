/**
 * How a protocol writes a body and reads an answer; everything else of an HTTP call is the same
 * for all of them.
 */
import type { ServiceAnswer } from "./read-answer.ts";
import type { RequestTemplate } from "./service-configuration.ts";
import type { RequestFacts } from "./template.ts";

export interface WrittenBody {
  /** As it leaves, but for what is added when it is sent. */
  readonly text: string | null;
  /** As it is kept: without secrets; of masked facts. */
  readonly kept: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

export type ReadBody = Pick<ServiceAnswer, "body" | "problem" | "isUnclear">;

export interface Codec {
  readonly accept: string;
  readonly isXml: boolean;
  /** Throws `request-invalid` naming what does not fit. */
  write(template: RequestTemplate, facts: RequestFacts): WrittenBody;
  /** Adds what may not be kept and is of the moment, just before it is sent. */
  finish(text: string, moment: SendingMoment): string;
  read(text: string): ReadBody;
}

/** What stands in a message only when it is sent. */
export interface SendingMoment {
  /** ISO, UTC. */
  readonly now: string;
  secretAt(reference: string): string;
  randomBytes(size: number): Uint8Array;
}

export const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>';
