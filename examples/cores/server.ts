/**
 * Runs a core of a given shape over HTTP or HTTPS, and does to its calls what the fault plan says:
 * below HTTP (nobody listens, reset, another certificate) and in it.
 */
import { createServer as createHttpServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { Server as HttpsServer } from "node:https";
import type { AddressInfo } from "node:net";

import type { CoreBook } from "./book.ts";
import { openCoreBook, totalOf } from "./book.ts";
import type { Certificate } from "./door.ts";
import { guardDoor, OF_CONNECTIONS } from "./door.ts";
import type { FaultName, FaultPlan } from "./faults.ts";
import { faultDice, NO_FAULT } from "./faults.ts";
import type { CallKind, CoreAnswer, CoreRequest, CoreShape, CoreState } from "./shape.ts";

export interface CoreOptions {
  readonly shape: CoreShape;
  readonly port?: number;
  /** Where the book is kept; in memory where left out. */
  readonly journal?: string;
  readonly fsync?: boolean;
  readonly plan?: FaultPlan;
  /** HTTPS, and the certificate it changes to. */
  readonly tls?: Certificate & { readonly changed: Certificate };
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

export interface RunningCore {
  readonly address: string;
  readonly book: CoreBook;
  /** What may be changed while it runs: closed accounts, a closed period. */
  readonly state: CoreState;
  /** Calls that were read, by kind. */
  readonly calls: ReadonlyMap<CallKind["kind"], number>;
  /** References that were refused on purpose, whether or not a later call of them was posted. */
  readonly refused: ReadonlySet<string>;
  /** How often the plan hit. */
  hits(): number;
  stop(): Promise<void>;
}

/** Longer than any caller waits in a test. */
const SILENCE_MILLISECONDS = 3_000;
const LATE_COMMIT_MILLISECONDS = 300;
const IN_FLIGHT_MILLISECONDS = 40;
const DRIP_MILLISECONDS = 25;
const MOST_BODY_BYTES = 1_048_576;

interface Running {
  readonly shape: CoreShape;
  readonly state: CoreState;
  readonly plan: FaultPlan;
  readonly hit: (name: string) => boolean;
  readonly calls: Map<CallKind["kind"], number>;
  /** References whose answer was lost on purpose: asked again, they name a wrong amount. */
  readonly lost: Set<string>;
  readonly refused: Set<string>;
  readonly timers: Set<NodeJS.Timeout>;
  hits: number;
}

export async function startCore(options: CoreOptions): Promise<RunningCore> {
  const plan = options.plan ?? NO_FAULT;
  const { shape, journal, fsync } = options;
  const book = openCoreBook({
    ...(journal === undefined ? {} : { journal }),
    ...(fsync === undefined ? {} : { fsync }),
  });
  const state: CoreState = {
    book,
    now: options.now ?? Date.now,
    closed: new Set(),
    closedThrough: null,
    memory: new Map(),
    running: new Set(),
  };
  const running: Running = {
    shape,
    state,
    plan,
    hit: faultDice(plan),
    calls: new Map(),
    lost: new Set(),
    refused: new Set(),
    timers: new Set(),
    hits: 0,
  };
  const answerOne = (request: IncomingMessage, response: ServerResponse): void => {
    serve(running, request, response).catch(() => response.destroy());
  };
  const server = options.tls
    ? createHttpsServer({ cert: options.tls.cert, key: options.tls.key }, answerOne)
    : createHttpServer(answerOne);
  server.keepAliveTimeout = 10_000;
  const port = await listen(server, options.port ?? 0);
  const leaveDoor = guardDoor({
    server,
    plan,
    tls: options.tls,
    reopen: async () => void (await listen(server, port)),
    hit: () => running.hit("connection"),
    count: () => (running.hits += 1),
  });
  return {
    address: `${options.tls ? "https" : "http"}://127.0.0.1:${port}`,
    book,
    state,
    calls: running.calls,
    refused: running.refused,
    hits: () => running.hits,
    stop: async () => {
      await leaveDoor();
      for (const timer of running.timers) clearTimeout(timer);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      book.close();
    },
  };
}

function listen(server: Server | HttpsServer, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host: "127.0.0.1", backlog: 511 }, () => {
      server.removeListener("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

async function serve(
  running: Running,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const request = await read(incoming);
  const { fault } = running.plan;
  if (OF_CONNECTIONS.includes(fault)) response.setHeader("connection", "close");
  const { kind, reference } = running.shape.kindOf(request);
  running.calls.set(kind, (running.calls.get(kind) ?? 0) + 1);
  if (kind === "token" || kind === "other") {
    return send(response, running.shape.handle(request, running.state));
  }
  const isHit = hitsAt(fault, kind) && running.hit(`${kind} ${reference}`);
  if (!isHit) return send(response, plainly(running, request, kind, reference));
  running.hits += 1;
  return goWrong(running, { request, response, reference });
}

/** Which calls a fault is about: refusals and duplicates are of postings alone. */
function hitsAt(fault: FaultName, kind: CallKind["kind"]): boolean {
  const ofPostings: readonly FaultName[] = [
    "duplicateAnswer",
    "wrongAmountInDuplicate",
    "definiteRefusal",
    "timeoutThenCommit",
    "inFlight409",
    "tooEarly425",
  ];
  if (fault === "none" || OF_CONNECTIONS.includes(fault)) return false;
  return !ofPostings.includes(fault) || kind === "post";
}

/** Without a fault; but a duplicate answer names a wrong amount where that is the plan. */
function plainly(
  running: Running,
  request: CoreRequest,
  kind: CallKind["kind"],
  reference: string,
): CoreAnswer {
  const answer = running.shape.handle(request, running.state);
  const { posting } = answer;
  if (kind !== "post" || posting === undefined || !running.lost.has(reference)) return answer;
  return running.shape.duplicate(posting, totalOf(posting) + 100_000n);
}

interface Call {
  readonly request: CoreRequest;
  readonly response: ServerResponse;
  readonly reference: string;
}

async function goWrong(running: Running, { request, response, reference }: Call): Promise<void> {
  const { shape, state, plan } = running;
  const commit = (): CoreAnswer => shape.handle(request, state);
  switch (plan.fault) {
    case "resetAfterCommit":
      commit();
      response.socket?.resetAndDestroy();
      return;
    case "timeoutAfterCommit":
      commit();
      return silence(running, response);
    case "wrongAmountInDuplicate":
      commit();
      running.lost.add(reference);
      return silence(running, response);
    case "timeoutBeforeCommit":
      return silence(running, response);
    case "timeoutThenCommit":
      inTheBackground(running, LATE_COMMIT_MILLISECONDS, reference, commit);
      return silence(running, response);
    case "slowDrip":
      return drip(response, commit());
    case "error500BeforeCommit":
      return send(response, page(500, "nothing was posted"));
    case "error500AfterCommit":
      commit();
      return send(response, page(500, "who knows"));
    case "inFlight409":
    case "tooEarly425":
      inTheBackground(running, IN_FLIGHT_MILLISECONDS, reference, commit);
      return send(response, page(plan.fault === "inFlight409" ? 409 : 425, "still running"));
    case "throttled429":
      return send(response, { ...page(429, "slow down"), headers: { "retry-after": "1" } });
    case "duplicateAnswer": {
      const answer = commit();
      const { posting } = answer;
      if (posting === undefined) return send(response, answer);
      return send(response, shape.duplicate(posting, totalOf(posting)));
    }
    case "malformedBody": {
      const answer = commit();
      return send(response, { ...answer, body: answer.body.slice(0, answer.body.length / 2) });
    }
    case "redirect":
      return send(response, { status: 307, headers: { location: "/elsewhere" }, body: "" });
    case "expiredToken401":
      return send(response, page(401, "the sign-in has expired"));
    case "definiteRefusal": {
      const answer = shape.refusal(request, state);
      if (answer.posting === undefined) running.refused.add(reference);
      return send(response, answer);
    }
    default:
      return send(response, commit());
  }
}

/** Until then the core is at it: a shape that knows keys says so to whoever asks again. */
function inTheBackground(
  running: Running,
  milliseconds: number,
  reference: string,
  commit: () => unknown,
): void {
  running.state.running.add(reference);
  later(running, milliseconds, () => {
    running.state.running.delete(reference);
    commit();
  });
}

function later(running: Running, milliseconds: number, work: () => unknown): void {
  const timer = setTimeout(() => {
    running.timers.delete(timer);
    work();
  }, milliseconds);
  running.timers.add(timer);
}

/** Until the caller gives up; then the connection is let go. */
function silence(running: Running, response: ServerResponse): void {
  later(running, SILENCE_MILLISECONDS, () => response.destroy());
}

async function drip(response: ServerResponse, answer: CoreAnswer): Promise<void> {
  const bytes = Buffer.from(answer.body);
  response.writeHead(answer.status, { ...answer.headers, "content-length": bytes.length });
  for (const byte of bytes) {
    if (response.destroyed || response.writableEnded || !response.socket?.writable) return;
    response.write(Buffer.from([byte]));
    await sleep(DRIP_MILLISECONDS);
  }
  response.end();
}

function page(status: number, text: string): CoreAnswer {
  return { status, headers: { "content-type": "text/plain" }, body: text };
}

function send(response: ServerResponse, answer: CoreAnswer): void {
  if (response.destroyed) return;
  response.writeHead(answer.status, { ...answer.headers }).end(answer.body);
}

async function read(incoming: IncomingMessage): Promise<CoreRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    size += (chunk as Buffer).length;
    if (size > MOST_BODY_BYTES) throw new Error("too long");
    chunks.push(chunk as Buffer);
  }
  const url = new URL(incoming.url ?? "/", "http://core");
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : value,
    ]),
  );
  return {
    method: incoming.method ?? "GET",
    path: url.pathname,
    query: url.searchParams,
    headers,
    body: Buffer.concat(chunks).toString("utf8"),
  };
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
