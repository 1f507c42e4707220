/**
 * One HTTP call over a pool (no pipelining: one posting at a time on a connection), and what can
 * be said for certain when it fails: whether a byte may have left.
 *
 * The protocol is spoken on a connection only after `onRequestStart`; an error before that is
 * proof that nothing was sent (refused, DNS, TLS, no free connection in time).
 */
import { errors, Pool } from "undici";
import type { Dispatcher } from "undici";

export interface HttpCall {
  readonly method: "GET" | "POST" | "PUT";
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export type HttpResult =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly text: string;
    }
  /** Certain that nothing left. */
  | { readonly kind: "notSent"; readonly reason: string }
  /** Something may have left, and no whole answer came back. */
  | { readonly kind: "lost"; readonly reason: string };

export interface Transport {
  call(call: HttpCall): Promise<HttpResult>;
  close(): Promise<void>;
}

export interface TransportOptions {
  readonly origin: string;
  readonly connections: number;
  readonly connectSeconds: number;
  readonly callSeconds: number;
}

const LONGEST_ANSWER_BYTES = 1_048_576;
const KEEP_ALIVE_MILLISECONDS = 4_000;

export function httpTransport(options: TransportOptions): Transport {
  const callMilliseconds = Math.ceil(options.callSeconds * 1000);
  const pool = new Pool(options.origin, {
    connections: options.connections,
    pipelining: 1,
    connect: { timeout: Math.ceil(options.connectSeconds * 1000) },
    headersTimeout: callMilliseconds,
    bodyTimeout: callMilliseconds,
    keepAliveTimeout: KEEP_ALIVE_MILLISECONDS,
  });
  return {
    call: (call) => callOnce(pool, call, callMilliseconds),
    close: () => pool.close(),
  };
}

function callOnce(pool: Pool, call: HttpCall, milliseconds: number): Promise<HttpResult> {
  return new Promise((resolve) => {
    const progress = new Progress(milliseconds, resolve);
    try {
      pool.dispatch(
        {
          method: call.method,
          path: call.path,
          headers: { ...call.headers },
          body: call.body,
          idempotent: false,
        },
        progress,
      );
    } catch (error) {
      progress.fail(error);
    }
  });
}

/** The life of one call; the first of answer, error and time-out counts. */
class Progress implements Dispatcher.DispatchHandler {
  readonly #resolve: (result: HttpResult) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | null = null;
  #isSettled = false;
  #size = 0;
  #status = 0;
  #headers: Readonly<Record<string, string>> = {};

  constructor(milliseconds: number, resolve: (result: HttpResult) => void) {
    this.#resolve = resolve;
    this.#timer = setTimeout(() => this.#giveUp("no whole answer in time"), milliseconds);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Given up while it waited for a connection: it must not leave now.
    if (this.#isSettled) controller.abort(new Error("given up before it was sent"));
    else this.#controller = controller;
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    if (status < 200) return;
    this.#status = status;
    this.#headers = plainHeaders(headers);
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size > LONGEST_ANSWER_BYTES) this.#giveUp("an answer longer than we read");
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#settle({
      kind: "answered",
      status: this.#status,
      headers: this.#headers,
      text: Buffer.concat(this.#chunks).toString("utf8"),
    });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.fail(error);
  }

  fail(error: unknown): void {
    const reason = reasonOf(error);
    this.#settle({ kind: this.#controller === null ? "notSent" : "lost", reason });
  }

  #giveUp(reason: string): void {
    const controller = this.#controller;
    this.#settle(
      controller === null
        ? { kind: "notSent", reason: "no connection in time" }
        : { kind: "lost", reason },
    );
    controller?.abort(new Error(reason));
  }

  #settle(result: HttpResult): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    clearTimeout(this.#timer);
    this.#resolve(result);
  }
}

/** The error's kind, never its message: that may quote what was sent. */
function reasonOf(error: unknown): string {
  if (error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError) {
    return "no whole answer in time";
  }
  const code = (error as { code?: unknown }).code;
  return typeof code === "string" ? code : "the connection was lost";
}

function plainHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined)
      plain[name.toLowerCase()] = Array.isArray(value) ? value.join(", ") : value;
  }
  return plain;
}
