/**
 * A stand-in for a bank's core: it keeps its own double-entry book, honours Idempotency-Key, can be
 * asked what it knows under a key, and fails on purpose where its fault switches say so.
 */
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import type { Book, Posting } from "./book.ts";
import { openBook } from "./book.ts";
import type { FaultPlan, FaultRule, Faults } from "./faults.ts";
import { faultsFrom, problemOf } from "./faults.ts";
import { readPosting, Refusal } from "./read-posting.ts";

export interface CoreOptions {
  readonly port?: number;
  readonly host?: string;
  /** Where the journal is kept; in memory where left out. */
  readonly journal?: string;
  readonly fsync?: boolean;
  readonly faults?: FaultPlan;
  /** A bearer token that every call has to bring; none where left out. */
  readonly token?: string;
  /** Every posting takes at least so long. */
  readonly postingMilliseconds?: number;
}

export interface Core {
  readonly address: string;
  readonly book: Book;
  readonly faults: Faults;
  /** Calls of POST /postings so far, answered or not. */
  calls(): number;
  stop(): Promise<void>;
}

interface Running {
  readonly book: Book;
  readonly faults: Faults;
  readonly options: CoreOptions;
  calls: number;
}

export async function startCore(options: CoreOptions = {}): Promise<Core> {
  const { journal, fsync } = options;
  const book = openBook({
    ...(journal === undefined ? {} : { journal }),
    ...(fsync === undefined ? {} : { fsync }),
  });
  const running: Running = { book, faults: faultsFrom(options.faults), options, calls: 0 };
  const server = createServer((request, response) => {
    handle(running, request, response).catch((error: unknown) => {
      if (error instanceof Refusal) {
        answer(response, error.status, { code: error.code, message: error.message });
      } else {
        answer(response, 500, { code: "INTERNAL", message: "the core is broken" });
      }
    });
  });
  await listen(server, options);
  const { port, address } = server.address() as AddressInfo;
  return {
    address: `http://${address}:${port}`,
    book,
    faults: running.faults,
    calls: () => running.calls,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      book.close();
    },
  };
}

function listen(server: Server, { port = 0, host = "127.0.0.1" }: CoreOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => resolve());
  });
}

async function handle(
  running: Running,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname } = new URL(request.url ?? "/", "http://core");
  const route = `${request.method ?? "GET"} ${pathname.replace(/^(\/[a-z]+)\/.+$/, "$1/…")}`;
  const last = decodeURIComponent(pathname.split("/").at(-1) ?? "");
  if (route === "GET /health") return answer(response, 200, { status: "up" });
  const { token } = running.options;
  if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) {
    return answer(response, 401, { code: "UNAUTHORIZED", message: "sign in" });
  }
  switch (route) {
    case "POST /postings":
      return post(running, request, response);
    case "GET /postings/…":
      return lookUp(running, last, response);
    case "GET /postings":
      return answer(response, 200, { items: running.book.postings().map(presented) });
    case "GET /book":
      return answer(response, 200, presentedBook(running.book));
    case "GET /faults":
      return answer(response, 200, running.faults.plan);
    case "PUT /faults":
      return setFaults(running, await bodyOf(request), response);
    case "PUT /accounts/…": {
      const body = await bodyOf(request);
      running.book.setClosed(last, body.includes("closed"));
      return answer(response, 200, { account: last, closed: running.book.isClosed(last) });
    }
    default:
      return answer(response, 404, { code: "NO_SUCH_RESOURCE", message: pathname });
  }
}

async function post(
  running: Running,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  running.calls += 1;
  const text = await bodyOf(request);
  const key = String(request.headers["idempotency-key"] ?? "");
  if (key === "") throw new Refusal("KEY_MISSING", "send an Idempotency-Key", 400);
  const fault = running.faults.next("postings", key);
  if (fault !== undefined && (await failedBefore(fault, response))) return;
  await delay(running.options.postingMilliseconds ?? 0);

  const asked = readPosting(text);
  const known = running.book.find(key);
  if (known === undefined) refuseClosed(running.book, asked.lines);
  const posting = known ?? running.book.post({ key, ...asked });

  if (fault !== undefined && (await failedAfter(fault, response))) return;
  if (known === undefined)
    return answer(response, 201, { ...presented(posting), status: "posted" });
  if (known.fingerprint !== asked.fingerprint) {
    const message = "this key was used for another posting";
    return answer(response, 409, { ...presented(known), code: "KEY_REUSED", message });
  }
  const amount = fault?.fault === "wrongAmountInDuplicate" ? `1${known.amount}` : known.amount;
  response.setHeader("Idempotent-Replayed", "true");
  answer(response, 200, { ...presented(known), amount, status: "duplicate" });
}

function refuseClosed(
  book: Book,
  lines: readonly { readonly debitAccount: string; readonly creditAccount: string }[],
): void {
  const accounts = lines.flatMap((line) => [line.debitAccount, line.creditAccount]);
  if (accounts.some((account) => book.isClosed(account))) {
    throw new Refusal("ACCOUNT_CLOSED", "the account is closed");
  }
}

/** True when the call ends here, before anything is posted. */
async function failedBefore(rule: FaultRule, response: ServerResponse): Promise<boolean> {
  switch (rule.fault) {
    case "dropBeforePosting":
      response.destroy();
      return true;
    case "silenceBeforePosting":
      return true;
    case "errorBeforePosting":
      answer(response, 500, { code: "INTERNAL", message: "nothing was posted" });
      return true;
    case "refuse":
      throw new Refusal("INSUFFICIENT_FUNDS", "not enough money");
    case "refuseOverridable":
      throw new Refusal("WARNING_CODE", "the account has a warning; it can be overridden");
    case "inFlight":
      answer(response, 409, { code: "IN_FLIGHT", message: "the same call is being processed" });
      return true;
    case "tooEarly":
      answer(response, 425, { code: "TOO_EARLY", message: "the same call is being processed" });
      return true;
    case "throttle":
      response.setHeader("Retry-After", "1");
      answer(response, 429, { code: "TOO_MANY", message: "slow down" });
      return true;
    case "signInExpired":
      answer(response, 401, { code: "UNAUTHORIZED", message: "sign in again" });
      return true;
    case "redirect":
      response.setHeader("Location", "/elsewhere");
      answer(response, 307, {});
      return true;
    case "slow":
      await delay(rule.milliseconds ?? 1000);
      return false;
    default:
      return false;
  }
}

/** True when the call ends here: posted, and no proper answer. */
async function failedAfter(rule: FaultRule, response: ServerResponse): Promise<boolean> {
  switch (rule.fault) {
    case "dropAnswerAfterPosting":
      response.destroy();
      return true;
    case "silenceAfterPosting":
      return true;
    case "errorAfterPosting":
      answer(response, 500, { code: "INTERNAL", message: "who knows what was posted" });
      return true;
    case "malformedAnswer":
      response.writeHead(201, { "content-type": "application/json" }).end('{"id": "P00');
      return true;
    default:
      return false;
  }
}

async function lookUp(running: Running, key: string, response: ServerResponse): Promise<void> {
  const fault = running.faults.next("lookUps", key);
  if (fault !== undefined && (await failedBefore(fault, response))) return;
  const posting = running.book.find(key);
  if (posting === undefined) {
    return answer(response, 404, { code: "NOT_FOUND", message: "nothing under this key" });
  }
  answer(response, 200, { ...presented(posting), status: "posted" });
}

function setFaults(running: Running, text: string, response: ServerResponse): void {
  let plan: unknown;
  try {
    plan = JSON.parse(text);
  } catch {
    throw new Refusal("NOT_JSON", "the body is a JSON object", 400);
  }
  const problem = problemOf(plan);
  if (problem !== null) throw new Refusal("FAULTS_INVALID", problem, 400);
  running.faults.plan = plan as FaultPlan;
  answer(response, 200, running.faults.plan);
}

function presented(posting: Posting) {
  const [first] = posting.lines;
  return {
    id: posting.id,
    key: posting.key,
    amount: posting.amount,
    currency: posting.currency,
    postedOn: posting.postedOn,
    debitAccount: first?.debitAccount ?? null,
    creditAccount: first?.creditAccount ?? null,
    text: posting.text,
  };
}

function presentedBook(book: Book) {
  const accounts = book.accounts();
  const sum = (side: "debits" | "credits"): bigint =>
    accounts.reduce((total, account) => total + account[side], 0n);
  return {
    postings: book.postings().length,
    debitsMinor: String(sum("debits")),
    creditsMinor: String(sum("credits")),
    accounts: accounts.map((account) => ({
      account: account.account,
      currency: account.currency,
      debitsMinor: String(account.debits),
      creditsMinor: String(account.credits),
      closed: book.isClosed(account.account),
    })),
  };
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function delay(milliseconds: number): Promise<void> {
  if (milliseconds === 0) return Promise.resolve();
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
