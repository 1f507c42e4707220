/**
 * One HTTP call over a pool (no pipelining: one posting at a time on a connection), and what can
 * be said for certain when it fails: whether a byte may have left.
 *
 * The protocol is spoken on a connection only after `onRequestStart`; an error before that is
 * proof that nothing was sent (refused, DNS, TLS, no free connection in time). A certificate of
 * ours that the service refuses is the same proof, even where TLS 1.3 tells us late. Redirects are
 * answers, never followed.
 */
import { Pool } from "undici";
import type { Dispatcher } from "undici";

import { reasonOf } from "../connections/connection-problems.ts";
import type { TlsMaterial } from "../connections/tls.ts";
import { connectorFor, isRefusalOfOurCertificate } from "../connections/tls.ts";

export interface HttpCall {
  readonly method: "GET" | "POST" | "PUT";
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Asked right before the first byte; no: nothing is sent. */
  readonly mayLeave?: () => boolean;
  /** What is left of the time-out; the whole of it where left out. */
  readonly milliseconds?: number;
}

export type HttpResult =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly bytes: Buffer;
    }
  /** Certain that nothing left. */
  | { readonly kind: "notSent"; readonly reason: string; readonly isOfTls?: boolean }
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
  readonly tls?: TlsMaterial;
}

export const LONGEST_ANSWER_BYTES = 1_048_576;
const KEEP_ALIVE_MILLISECONDS = 4_000;

export function httpTransport(options: TransportOptions): Transport {
  const callMilliseconds = Math.ceil(options.callSeconds * 1000);
  const pool = new Pool(options.origin, {
    connections: options.connections,
    pipelining: 1,
    connect: connectorFor(options.tls ?? {}, Math.ceil(options.connectSeconds * 1000)),
    headersTimeout: callMilliseconds,
    bodyTimeout: callMilliseconds,
    keepAliveTimeout: KEEP_ALIVE_MILLISECONDS,
  });
  return {
    call: (call) => callOnce(pool, call, call.milliseconds ?? callMilliseconds),
    close: () => pool.close(),
  };
}

/**
 * Opens when first called; after trouble with certificates anew, so that a key or an authority
 * that was exchanged on the disk is read without anybody restarting anything.
 */
export function reopening(optionsOf: () => TransportOptions): Transport {
  let current: Transport | undefined;
  return {
    call: async (call) => {
      const transport = (current ??= httpTransport(optionsOf()));
      const result = await transport.call(call);
      if (result.kind === "notSent" && result.isOfTls === true && current === transport) {
        current = undefined;
        void transport.close();
      }
      return result;
    },
    close: async () => {
      await current?.close();
    },
  };
}

function callOnce(pool: Pool, call: HttpCall, milliseconds: number): Promise<HttpResult> {
  return new Promise((resolve) => {
    const progress = new Progress(call.mayLeave, milliseconds, resolve);
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
  readonly #mayLeave: (() => boolean) | undefined;
  readonly #resolve: (result: HttpResult) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | null = null;
  #isSettled = false;
  #size = 0;
  #status = 0;
  #headers: Readonly<Record<string, string>> = {};

  constructor(
    mayLeave: (() => boolean) | undefined,
    milliseconds: number,
    resolve: (result: HttpResult) => void,
  ) {
    this.#mayLeave = mayLeave;
    this.#resolve = resolve;
    this.#timer = setTimeout(
      () => this.#giveUp("no whole answer in time"),
      Math.max(1, milliseconds),
    );
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Given up while it waited for a connection, or ours no longer: it must not leave now.
    if (!this.#isSettled && this.#mayLeave?.() === false) {
      this.#settle({ kind: "notSent", reason: "the lease was over before it was sent" });
    }
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
      bytes: Buffer.concat(this.#chunks),
    });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.fail(error);
  }

  fail(error: unknown): void {
    const { reason, isOfTls } = reasonOf(error, this.#controller !== null);
    const isRefused = this.#status === 0 && isRefusalOfOurCertificate(error);
    this.#settle(
      this.#controller === null || isRefused
        ? { kind: "notSent", reason, isOfTls }
        : { kind: "lost", reason },
    );
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
