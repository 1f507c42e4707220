/**
 * A command is done once, however often it is sent: its Idempotency-Key is claimed before the
 * handler runs and its answer kept for seven days. The same key with another request is refused,
 * while the first one runs as well. What failed gave its key back: nothing was done.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import { bodyHash, sameHash } from "../accounting/body-hash.ts";
import type { Database } from "../database/database.ts";
import { assert } from "../kernel/assert.ts";
import type { Clock } from "../kernel/clock.ts";
import { Failure } from "../kernel/failure.ts";

import { callerOf } from "./identify.ts";
import type { AnswerKey, KeptAnswer } from "./store.ts";
import { claimKey, keepAnswer, keptAnswers, releaseKey } from "./store.ts";

/** How long a claim without an answer is believed to be running. */
const STALE_SECONDS = 120;
const LONGEST_KEY = 255;
const KEPT_HEADERS = ["location", "etag", "content-type"] as const;

declare module "fastify" {
  interface FastifyRequest {
    /** Set while this request holds its key. */
    claimedKey: AnswerKey | null;
  }
}

/** The key, bare or as the quoted string of the draft. Throws `idempotency-key-missing`. */
export function idempotencyKeyOf(request: FastifyRequest): string {
  const header = request.headers["idempotency-key"];
  const text = Array.isArray(header) ? (header[0] ?? "") : (header ?? "");
  const key = /^"(.*)"$/.exec(text.trim())?.[1] ?? text.trim();
  if (key === "") {
    throw new Failure("idempotency-key-missing", "every command carries an Idempotency-Key");
  }
  if (key.length > LONGEST_KEY || !/^[\x21-\x7e]+$/.test(key)) {
    const detail = `an Idempotency-Key is at most ${LONGEST_KEY} visible ASCII characters`;
    throw new Failure("request-invalid", detail, {}, [{ pointer: "/idempotency-key", detail }]);
  }
  return key;
}

/** What makes two requests the same: method, path with query, body. */
export function requestHash(request: FastifyRequest): Buffer {
  return bodyHash({ method: request.method, url: request.url, body: request.body });
}

/** For every route whose configuration says `idempotent: true`. */
export function answerOnce(
  app: FastifyInstance,
  { database, clock }: { database: Database; clock: Clock },
): void {
  app.decorateRequest("claimedKey", null);

  app.addHook("preHandler", async (request, reply) => {
    if (request.routeOptions.config.idempotent !== true) return;
    const key = { caller: callerOf(request).actor, key: idempotencyKeyOf(request) };
    const hash = requestHash(request);
    const now = clock.now();
    const stale = now.subtract({ seconds: STALE_SECONDS }).toString();
    if (await claimKey(database, { ...key, requestHash: hash, now: now.toString(), stale })) {
      request.claimedKey = key;
      return;
    }
    const [kept] = await keptAnswers(database, [key]);
    // Given back between the two statements: the first request failed just now.
    if (kept === undefined) throw stillRunning();
    return sendKept(reply, kept, hash);
  });

  app.addHook("onSend", async (request, reply, payload) => {
    const key = request.claimedKey;
    if (key === null) return payload;
    request.claimedKey = null;
    const isDone = reply.statusCode >= 200 && reply.statusCode < 300;
    if (!isDone) await releaseKey(database, key);
    else {
      assert(typeof payload === "string", "the answer to a command is text");
      await keepAnswer(database, {
        ...key,
        status: reply.statusCode,
        headers: keptHeaders(reply),
        body: payload,
      });
    }
    return payload;
  });
}

/** The stored answer again, marked as a repetition. Throws `key-reused` or `still-running`. */
export function sendKept(
  reply: FastifyReply,
  kept: Pick<KeptAnswer, "requestHash" | "status" | "headers" | "body">,
  hash: Uint8Array,
): FastifyReply {
  if (!sameHash(kept.requestHash, hash)) {
    throw new Failure("key-reused", "this Idempotency-Key belongs to another request");
  }
  if (kept.status === null) throw stillRunning();
  return reply
    .code(kept.status)
    .headers({ "content-type": "application/json; charset=utf-8", ...kept.headers })
    .header("idempotency-hit", "true")
    .serializer((body: unknown) => String(body))
    .send(kept.body);
}

/** JSON that is text already: what is sent is what is kept. */
export function sendText(reply: FastifyReply, status: number, body: string): FastifyReply {
  return reply
    .code(status)
    .type("application/json; charset=utf-8")
    .serializer((text: unknown) => String(text))
    .send(body);
}

function stillRunning(): Failure {
  return new Failure("still-running", "the first request with this key is not answered yet");
}

function keptHeaders(reply: FastifyReply): Record<string, string> {
  return Object.fromEntries(
    KEPT_HEADERS.flatMap((name) => {
      const value = reply.getHeader(name);
      return value === undefined ? [] : [[name, String(value)] as const];
    }),
  );
}
