/**
 * TLS to a service: whom we trust, who we are, and the pin. Key material is read by reference when
 * the connections are opened. A pin narrows trust, it never widens it.
 */
import type { Socket } from "node:net";
import { createSecureContext } from "node:tls";
import type { SecureContext, TLSSocket } from "node:tls";

import { buildConnector } from "undici";

import { Failure } from "../kernel/failure.ts";

import type { Tls } from "./shapes.ts";
import type { Secrets } from "./secrets.ts";

/** Its message is for people. */
export class UntrustedCertificate extends Error {}

export interface TlsMaterial {
  readonly context?: SecureContext | undefined;
  readonly serverName?: string | undefined;
  /** Upper case hexadecimal without colons. */
  readonly pins?: ReadonlySet<string> | undefined;
}

/** Throws `configuration-invalid` where a reference leads nowhere or holds no usable key. */
export function readTls(tls: Tls | null, secrets: Secrets): TlsMaterial {
  if (tls === null) return {};
  const at = (reference: string | undefined): string | undefined =>
    reference === undefined ? undefined : secrets(reference);
  return {
    context: contextOf({
      ca: at(tls.ca),
      cert: at(tls.certificate),
      key: at(tls.key),
      passphrase: at(tls.passphrase),
    }),
    serverName: tls.serverName,
    pins: tls.pinnedSha256 === undefined ? undefined : new Set(tls.pinnedSha256.map(plain)),
  };
}

function contextOf(material: Record<"ca" | "cert" | "key" | "passphrase", string | undefined>) {
  try {
    return createSecureContext(material);
  } catch (error) {
    const { code } = error as { code?: unknown };
    const detail = `the certificate or key of the service cannot be used (${String(code)})`;
    throw new Failure("configuration-invalid", detail);
  }
}

/**
 * HTTP/1.1 alone: one posting at a time on a connection. With a pin no session is resumed, since
 * resuming one shows no certificate.
 */
export function connectorFor(
  { context, serverName, pins }: TlsMaterial,
  timeout: number,
): buildConnector.connector {
  const connect = buildConnector({
    allowH2: false,
    timeout,
    ...(context === undefined ? {} : { secureContext: context }),
    ...(serverName === undefined ? {} : { servername: serverName }),
    ...(pins === undefined ? {} : { maxCachedSessions: 0 }),
  });
  return (options, callback) =>
    connect(options, (...[error, socket]) => {
      if (error !== null) return callback(error, null);
      endWithAlert(socket);
      if (pins === undefined) return callback(null, socket);
      const seen = plain((socket as TLSSocket).getPeerCertificate().fingerprint256 ?? "");
      if (pins.has(seen)) return callback(null, socket);
      socket.destroy();
      const words = `its certificate is not one of those pinned (SHA-256 ${seen})`;
      callback(new UntrustedCertificate(words), null);
    });
}

/** An alert is the reason why a connection ends, not the end of the stream that follows it. */
function endWithAlert(socket: Socket): void {
  socket.on("error", (error) => {
    if (isRefusalOfOurCertificate(error)) socket.destroy(error);
  });
}

const ALERTS = [
  "CERTIFICATE_(REQUIRED|REVOKED|EXPIRED|UNKNOWN)",
  "(NO|BAD|UNSUPPORTED)_CERTIFICATE",
  "UNKNOWN_CA",
  "ACCESS_DENIED",
];
const OUR_CERTIFICATE = new RegExp(`^ERR_SSL_[A-Z0-9/]+_ALERT_(${ALERTS.join("|")})$`);

/**
 * An alert by which the other side ends the handshake over our certificate (RFC 8446 §6.2). In TLS
 * 1.3 it may reach us when we have begun to write; what was written is never read there, for a
 * server gives nothing to its application before the handshake is done.
 */
export function isRefusalOfOurCertificate(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === "string" && OUR_CERTIFICATE.test(code);
}

function plain(fingerprint: string): string {
  return fingerprint.replaceAll(":", "").toUpperCase();
}
