/** The test certificates: references as settings name them, and what a server is started with. */
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { ServerOptions } from "node:https";
import { join } from "node:path";

const FOLDER = join(import.meta.dirname, "certificates");

/** A reference to a file of the folder, e.g. `ca`, `client-key`. */
export function certificateFile(name: string): string {
  return `file:${join(FOLDER, `${name}.pem`)}`;
}

export function serverWith(name: string, more: ServerOptions = {}): ServerOptions {
  return { cert: pem(name), key: pem(`${name}-key`), ...more };
}

/** Only clients that the first authority signed may call. */
export const MUTUAL: ServerOptions = {
  ca: pem("ca"),
  requestCert: true,
  rejectUnauthorized: true,
};

export function fingerprint(name: string): string {
  return new X509Certificate(pem(name)).fingerprint256;
}

function pem(name: string): string {
  return readFileSync(join(FOLDER, `${name}.pem`), "utf8");
}
