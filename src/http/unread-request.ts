/**
 * The answer to what Node's parser does not read: a problem as every refusal is, and the end of
 * the connection. No route, hook or request id is there yet.
 */
import { randomBytes } from "node:crypto";
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";

import { Failure } from "../kernel/failure.ts";
import { problemOf } from "./problem.ts";

/** As long as one request may take to arrive; Fastify alone would wait for ever. */
export const REQUEST_TIMEOUT_MILLISECONDS = 300_000;

export function refuseUnread(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy(error);
    return;
  }
  const failure = failureOfParser(error.code);
  const body = JSON.stringify(
    problemOf({ url: "/", id: randomBytes(12).toString("base64url") }, failure),
  );
  const head = [
    `HTTP/1.1 ${failure.status} ${STATUS_CODES[failure.status] ?? ""}`,
    "content-type: application/problem+json",
    `content-length: ${Buffer.byteLength(body)}`,
    "cache-control: no-store",
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`, () => socket.destroySoon());
}

function failureOfParser(code: string | undefined): Failure {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return new Failure("request-head-too-large", "address and headers have more than 16 KiB");
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return new Failure("request-timeout", "the request did not arrive as a whole");
    default:
      return new Failure("request-invalid", "this is no HTTP request that can be read");
  }
}
