/** The only reader of the environment: the few settings that a newcomer meets, with defaults. */
import { resolve } from "node:path";

import { Failure } from "./kernel/failure.ts";

export interface Configuration {
  /** Another PostgreSQL than the embedded one. It may hold a password: never print it. */
  readonly databaseUrl: string | undefined;
  /** Absolute. Holds the embedded database and `first-run.json`. */
  readonly dataDirectory: string;
  readonly host: string;
  readonly port: number;
}

const HIGHEST_PORT = 65_535;

/** Throws `configuration-invalid` naming the setting. */
export function readConfiguration(
  environment: Readonly<Record<string, string | undefined>>,
): Configuration {
  return {
    databaseUrl: environment["DATABASE_URL"] || undefined,
    dataDirectory: resolve(environment["REDRESS_DATA"] || "data"),
    host: environment["HOST"] || "127.0.0.1",
    port: portOf(environment["PORT"] || "8080"),
  };
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^[0-9]+$/.test(text) || port > HIGHEST_PORT) {
    throw new Failure("configuration-invalid", `PORT: ${text} is not a port`, { setting: "PORT" });
  }
  return port;
}
