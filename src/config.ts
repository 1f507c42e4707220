/**
 * The only reader of the environment. Every setting is one row: what it means, its default, how it
 * is read. An unknown `REDRESS_…` is refused, so that a slip of the pen does not go unnoticed.
 */
import { join, resolve } from "node:path";

import { failpointsFrom } from "./kernel/failpoints.ts";
import { Failure } from "./kernel/failure.ts";

export interface Configuration {
  /** Another PostgreSQL than the embedded one. It may hold a password: never print it. */
  readonly databaseUrl: string | undefined;
  /** Absolute. Holds the embedded database, the vault's key and `first-run.json`. */
  readonly dataDirectory: string;
  readonly host: string;
  readonly port: number;
  /** Absolute. The keys of the account-number vault, outside the database. */
  readonly vaultKeyFile: string;
  /** Absolute. A directory with one of each rule book of the institution's own; undefined: none. */
  readonly ruleBooks: string | undefined;
  readonly logLevel: "debug" | "info" | "warn" | "error" | "silent";
  /** Divides the waits between retries, so that tests see hours of outage in seconds. */
  readonly retryDivisor: number;
  /** How long a worker holds what it took before another may take it. */
  readonly leaseSeconds: number;
  /** Overrides the services' own time-out of a call; undefined leaves it to them. */
  readonly callTimeoutSeconds: number | undefined;
  /** Places where a test wants the process to fail, as `failpointsFrom` reads them. */
  readonly failpoints: string | undefined;
}

export type Environment = Readonly<Record<string, string | undefined>>;

interface Setting<Value> {
  readonly variable: string;
  readonly meaning: string;
  /** What holds when it is not set, as text; undefined: nothing. */
  readonly fallback: (environment: Environment) => string | undefined;
  /** Throws with the reason when the text does not fit. */
  readonly read: (text: string | undefined) => Value;
  /** What `config explain` shows; by default the text itself. */
  readonly shown?: (text: string) => string;
}

const HIGHEST_PORT = 65_535;
const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;

const dataDirectory: Setting<string> = {
  variable: "REDRESS_DATA",
  meaning: "where the embedded database, the vault's key and first-run.json lie",
  fallback: () => "data",
  read: (text) => resolve(text ?? "data"),
};

const SETTINGS: { readonly [Key in keyof Configuration]: Setting<Configuration[Key]> } = {
  databaseUrl: {
    variable: "DATABASE_URL",
    meaning: "a PostgreSQL 15 or newer; the embedded one when not set",
    fallback: () => undefined,
    read: (text) => text,
    shown: withoutPassword,
  },
  dataDirectory,
  host: {
    variable: "HOST",
    meaning: "the address the server listens on",
    fallback: () => "127.0.0.1",
    read: (text) => text ?? "127.0.0.1",
  },
  port: {
    variable: "PORT",
    meaning: "the port the server listens on; 0 takes a free one",
    fallback: () => "8080",
    read: (text) => wholeNumber(text, 0, HIGHEST_PORT, "is not a port"),
  },
  vaultKeyFile: {
    variable: "REDRESS_VAULT_KEY_FILE",
    meaning: "the file with the vault's keys; every process of an installation needs the same",
    fallback: (environment) => join(valueOf(dataDirectory, environment), "vault.key"),
    read: (text) => resolve(text ?? "vault.key"),
  },
  ruleBooks: {
    variable: "REDRESS_RULEBOOKS",
    meaning: "a directory that holds rule books of your own, each in a directory named by its id",
    fallback: () => undefined,
    read: (text) => (text === undefined ? undefined : resolve(text)),
  },
  logLevel: {
    variable: "REDRESS_LOG",
    meaning: `how much is logged: ${LOG_LEVELS.join(", ")}`,
    fallback: () => "info",
    read: (text) => {
      const level = LOG_LEVELS.find((one) => one === text);
      if (level === undefined) throw new Error(`is none of ${LOG_LEVELS.join(", ")}`);
      return level;
    },
  },
  retryDivisor: {
    variable: "REDRESS_RETRY_DIVISOR",
    meaning: "divides the waits between retries; for tests",
    fallback: () => "1",
    read: (text) => wholeNumber(text, 1, 1_000_000, "is not a number from 1 to 1000000"),
  },
  leaseSeconds: {
    variable: "REDRESS_LEASE_SECONDS",
    meaning: "how long a worker holds what it took",
    fallback: () => "30",
    read: (text) => wholeNumber(text, 1, 3600, "is not a number of seconds from 1 to 3600"),
  },
  callTimeoutSeconds: {
    variable: "REDRESS_CALL_TIMEOUT_SECONDS",
    meaning: "overrides the services' own time-out of a call; for tests",
    fallback: () => undefined,
    read: (text) =>
      text === undefined
        ? undefined
        : seconds(text, 600, "is not a number of seconds, at most 600"),
  },
  failpoints: {
    variable: "REDRESS_FAILPOINTS",
    meaning: "places to fail at, name=kill or name=fail, separated by commas; for tests",
    fallback: () => undefined,
    read: (text) => {
      failpointsFrom(text);
      return text;
    },
  },
};

/** Who signs in at the terminal: read by the commands that decide, no setting of a server. */
const CREDENTIALS: Readonly<Record<string, string>> = {
  REDRESS_API_KEY: "whose key decides at the terminal",
  REDRESS_PASSWORD: "of the user named by --as, at the terminal",
};

/** Throws `configuration-invalid` naming the setting. */
export function readConfiguration(environment: Environment): Configuration {
  refuseUnknown(environment);
  return {
    databaseUrl: valueOf(SETTINGS.databaseUrl, environment),
    dataDirectory: valueOf(SETTINGS.dataDirectory, environment),
    host: valueOf(SETTINGS.host, environment),
    port: valueOf(SETTINGS.port, environment),
    vaultKeyFile: valueOf(SETTINGS.vaultKeyFile, environment),
    ruleBooks: valueOf(SETTINGS.ruleBooks, environment),
    logLevel: valueOf(SETTINGS.logLevel, environment),
    retryDivisor: valueOf(SETTINGS.retryDivisor, environment),
    leaseSeconds: valueOf(SETTINGS.leaseSeconds, environment),
    callTimeoutSeconds: valueOf(SETTINGS.callTimeoutSeconds, environment),
    failpoints: valueOf(SETTINGS.failpoints, environment),
  };
}

export interface ExplainedSetting {
  readonly setting: string;
  /** Secrets are masked; null where nothing is set. */
  readonly value: string | null;
  readonly source: "environment" | "default";
  readonly meaning: string;
}

/** Each setting, its value and where it came from, as `redress config explain` shows it. */
export function explainConfiguration(environment: Environment): ExplainedSetting[] {
  readConfiguration(environment);
  const settings = Object.values(SETTINGS).map((setting): ExplainedSetting => {
    const text = textOf(setting, environment);
    const shown = text === undefined ? null : (setting.shown?.(text) ?? text);
    return {
      setting: setting.variable,
      value: shown,
      source: environment[setting.variable] ? "environment" : "default",
      meaning: setting.meaning,
    };
  });
  const credentials = Object.entries(CREDENTIALS).map(([setting, meaning]): ExplainedSetting => {
    const isSet = Boolean(environment[setting]);
    const source = isSet ? "environment" : "default";
    return { setting, value: isSet ? "****" : null, source, meaning };
  });
  return [...settings, ...credentials];
}

function refuseUnknown(environment: Environment): void {
  const variables = Object.values(SETTINGS).map(({ variable }) => variable);
  const known = new Set([...variables, ...Object.keys(CREDENTIALS)]);
  const unknown = Object.keys(environment).find(
    (name) => name.startsWith("REDRESS_") && !known.has(name),
  );
  if (unknown === undefined) return;
  const names = [...known].filter((name) => name.startsWith("REDRESS_")).join(", ");
  throw invalid(unknown, `is no setting; known are ${names}`);
}

function valueOf<Value>(setting: Setting<Value>, environment: Environment): Value {
  try {
    return setting.read(textOf(setting, environment));
  } catch (error) {
    if (!(error instanceof Error) || error instanceof Failure) throw error;
    throw invalid(setting.variable, error.message);
  }
}

/** An empty variable counts as not set. */
function textOf(
  setting: Pick<Setting<unknown>, "variable" | "fallback">,
  environment: Environment,
): string | undefined {
  return environment[setting.variable] || setting.fallback(environment);
}

function wholeNumber(
  text: string | undefined,
  least: number,
  most: number,
  problem: string,
): number {
  const value = Number(text);
  if (!/^[0-9]+$/.test(text ?? "") || value < least || value > most) {
    throw new Error(`${text ?? ""} ${problem}`);
  }
  return value;
}

/** More than zero; decimals are fine. */
function seconds(text: string, most: number, problem: string): number {
  const value = Number(text);
  if (!/^[0-9]+(\.[0-9]+)?$/.test(text) || value <= 0 || value > most) {
    throw new Error(`${text} ${problem}`);
  }
  return value;
}

function withoutPassword(address: string): string {
  const url = URL.parse(address);
  if (url === null) return "(masked)";
  if (url.password !== "") url.password = "****";
  for (const name of url.searchParams.keys()) {
    if (/password|secret|key/i.test(name)) url.searchParams.set(name, "****");
  }
  return url.toString();
}

function invalid(setting: string, problem: string): Failure {
  return new Failure("configuration-invalid", `${setting}: ${problem}`, { setting });
}
