/**
 * HTTP to a destination of files: one call at a time, redirects are answers, and of an upload it is
 * known whether its last bytes were let go. Before that nothing whole can have arrived.
 */
import { Readable } from "node:stream";

import { Agent } from "undici";

import { reasonOf } from "../../connections/connection-problems.ts";
import type { Secrets } from "../../connections/secrets.ts";
import type { Tls } from "../../connections/shapes.ts";
import { connectorFor, readTls } from "../../connections/tls.ts";

import type { Consignment, Journal } from "./destination.ts";

export interface HttpAnswer {
  readonly kind: "answered";
  readonly status: number;
  header(name: string): string | undefined;
  readonly body: Buffer;
}

export interface NoAnswer {
  readonly kind: "lost";
  readonly reason: string;
}

export interface HttpWay {
  /** A call without a body. */
  ask(
    method: "HEAD" | "GET" | "PUT" | "DELETE",
    url: string,
    headers: Readonly<Record<string, string>>,
    longestBytes: number,
  ): Promise<HttpAnswer | NoAnswer>;
  /** Records `completing` before the last bytes are let go. */
  upload(upload: Upload): Promise<HttpAnswer | (NoAnswer & { readonly wasWhole: boolean })>;
  close(): Promise<void>;
}

interface Upload {
  readonly method: "PUT" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly consignment: Consignment;
  readonly journal: Journal;
}

export interface HttpSettings {
  readonly tls?: Tls | undefined;
  readonly connectSeconds: number;
  readonly answerSeconds: number;
}

const LONGEST_ANSWER_BYTES = 65_536;

/** Throws `configuration-invalid` where a reference of `tls` leads nowhere. */
export function openHttp(settings: HttpSettings, secrets: Secrets): HttpWay {
  const answerMilliseconds = settings.answerSeconds * 1000;
  const agent = new Agent({
    connections: 1,
    pipelining: 1,
    headersTimeout: answerMilliseconds,
    bodyTimeout: answerMilliseconds,
    connect: connectorFor(readTls(settings.tls ?? null, secrets), settings.connectSeconds * 1000),
  });
  return {
    ask: async (method, url, headers, longestBytes) => {
      try {
        return await exchange(agent, { method, url, headers }, longestBytes);
      } catch (error) {
        return { kind: "lost", reason: reasonOf(error, true).reason };
      }
    },
    upload: async ({ method, url, headers, consignment, journal }) => {
      const outgoing = heldBack(consignment, journal);
      if (consignment.sizeBytes === 0) await outgoing.letGo();
      const length = String(consignment.sizeBytes);
      const sent = { ...headers, "content-length": length };
      const body = consignment.sizeBytes === 0 ? null : Readable.from(outgoing.bytes());
      try {
        return await exchange(agent, { method, url, headers: sent, body }, LONGEST_ANSWER_BYTES);
      } catch (error) {
        // Of our own making: the journal refused, or the bytes could not be read.
        if (outgoing.failure !== undefined) throw outgoing.failure;
        const { reason } = reasonOf(error, outgoing.isWhole);
        return { kind: "lost", reason, wasWhole: outgoing.isWhole };
      }
    },
    close: () => agent.destroy(),
  };
}

async function exchange(
  agent: Agent,
  call: {
    method: "HEAD" | "GET" | "PUT" | "POST" | "DELETE";
    url: string;
    headers: Readonly<Record<string, string>>;
    body?: Readable | null;
  },
  longestBytes: number,
): Promise<HttpAnswer> {
  const { origin, pathname, search } = new URL(call.url);
  const answer = await agent.request({
    origin,
    path: `${pathname}${search}`,
    method: call.method,
    headers: call.headers,
    body: call.body ?? null,
  });
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer.body) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    // One byte more than was asked for is enough to know that it is longer.
    if (length > longestBytes) break;
  }
  return {
    kind: "answered",
    status: answer.statusCode,
    header: (name) => {
      const value = answer.headers[name];
      return Array.isArray(value) ? value[0] : value;
    },
    body: Buffer.concat(chunks),
  };
}

/** The bytes of a file, the last of them only after the journal has it. */
function heldBack(consignment: Consignment, journal: Journal) {
  const outgoing = {
    isWhole: false,
    /** What we ourselves failed at; never what the connection did. */
    failure: undefined as unknown,
    letGo: async (): Promise<void> => {
      await journal.record("completing");
      outgoing.isWhole = true;
    },
    bytes: async function* (): AsyncGenerator<Buffer> {
      let held: Buffer | null = null;
      for await (const chunk of ourBytes()) {
        if (held !== null) yield held;
        held = chunk;
      }
      if (held !== null) yield held;
    },
  };
  // An error of the connection is thrown where the outer generator waits, and does not come here.
  async function* ourBytes(): AsyncGenerator<Buffer> {
    try {
      let isFirst = true;
      for await (const chunk of consignment.content()) {
        if (!isFirst) journal.pass("chunk");
        isFirst = false;
        yield chunk;
      }
      await outgoing.letGo();
    } catch (error) {
      outgoing.failure = error;
      throw error;
    }
  }
  return outgoing;
}
