/** The other side of a call, over real HTTP or HTTPS: it keeps what came and answers as told. */
import { createServer } from "node:http";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { ServerOptions } from "node:https";
import type { AddressInfo } from "node:net";

export interface HeardRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export type PeerAnswer =
  | {
      status?: number;
      headers?: Record<string, string>;
      body?: string | Buffer;
      /** How long the answer takes. */
      milliseconds?: number;
    }
  | "drop"
  | "silence";

export interface Peer {
  readonly address: string;
  readonly port: number;
  readonly heard: HeardRequest[];
  /** How the next requests are answered. */
  answer: (request: HeardRequest) => PeerAnswer;
  stop(): Promise<void>;
}

export interface PeerOptions {
  readonly tls?: ServerOptions;
  readonly port?: number;
}

export async function startPeer(
  answer: Peer["answer"],
  { tls, port = 0 }: PeerOptions = {},
): Promise<Peer> {
  const heard: HeardRequest[] = [];
  const hear = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = "", url = "", headers } = request;
    const one = { method, path: url, headers, body: await bodyOf(request) };
    heard.push(one);
    const given = peer.answer(one);
    const wait = typeof given === "object" ? (given.milliseconds ?? 0) : 0;
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    send(response, given);
  };
  const listener: RequestListener = (request, response) => void hear(request, response);
  const server = tls === undefined ? createServer(listener) : createSecureServer(tls, listener);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve());
  });
  const bound = (server.address() as AddressInfo).port;
  const peer: Peer = {
    address: `http${tls === undefined ? "" : "s"}://127.0.0.1:${bound}`,
    port: bound,
    heard,
    answer,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return peer;
}

function send(response: ServerResponse, answer: PeerAnswer): void {
  if (answer === "silence") return;
  if (answer === "drop") return void response.destroy();
  response.writeHead(answer.status ?? 200, answer.headers ?? {}).end(answer.body ?? "");
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
