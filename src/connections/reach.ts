/**
 * The way to a service, step by step, without saying a word of its protocol: name, connection,
 * TLS. Each step says what it found, how long it took, and what to do where it failed.
 */
import { X509Certificate } from "node:crypto";
import { lookup } from "node:dns/promises";
import { connect, isIP } from "node:net";
import type { Socket } from "node:net";
import { connect as connectSecurely } from "node:tls";
import type { TLSSocket } from "node:tls";

import { reasonOf } from "./connection-problems.ts";
import type { TlsMaterial } from "./tls.ts";
import { UntrustedCertificate } from "./tls.ts";

export type StepName = "address" | "connection" | "tls" | "signIn" | "call";

export interface TestStep<Name extends string = StepName> {
  readonly name: Name;
  readonly outcome: "ok" | "failed" | "skipped" | "warning";
  readonly detail: string;
  /** What to do; null where there is nothing to do. */
  readonly advice: string | null;
  readonly milliseconds: number;
}

export interface Found {
  readonly outcome?: "ok" | "skipped" | "warning" | "failed";
  readonly detail: string;
  readonly advice?: string;
}

/** Runs a step; what it throws is a failure, in the words of `reasonOf`. */
export async function step<Name extends string>(
  name: Name,
  work: () => Promise<Found>,
  adviceOf: (reason: string) => string,
): Promise<TestStep<Name>> {
  const started = performance.now();
  const taken = (): number => Math.round(performance.now() - started);
  try {
    const { outcome = "ok", detail, advice = null } = await work();
    return { name, outcome, detail, advice, milliseconds: taken() };
  } catch (error) {
    const { reason } = reasonOf(error, false);
    return {
      name,
      outcome: "failed",
      detail: reason,
      advice: adviceOf(reason),
      milliseconds: taken(),
    };
  }
}

export function skipped<Name extends string>(name: Name, detail: string): TestStep<Name> {
  return { name, outcome: "skipped", detail, advice: null, milliseconds: 0 };
}

const HOSTS = "Compare the address in the settings; ask who runs the core, or your own network.";

/** The first steps; those after one that failed are skipped. */
export async function reach(
  address: URL,
  material: () => TlsMaterial,
  { seconds, now }: { readonly seconds: number; readonly now: number },
): Promise<TestStep[]> {
  const host = address.hostname.replace(/^\[|\]$/g, "");
  const port = Number(address.port || (address.protocol === "https:" ? 443 : 80));
  const steps: TestStep[] = [
    await step(
      "address",
      () => resolved(host, seconds),
      () => HOSTS,
    ),
  ];
  if (steps[0]?.outcome === "failed") {
    return [...steps, skipped("connection", "not tried"), skipped("tls", "not tried")];
  }
  let socket: Socket | undefined;
  try {
    steps.push(
      await step(
        "connection",
        async () => {
          socket = await opened(host, port, seconds);
          return { detail: `connected to port ${port}` };
        },
        () => `Is anything listening on port ${port}, and does a firewall let us through?`,
      ),
    );
    if (address.protocol !== "https:") {
      return [...steps, skipped("tls", "the address is plain http: nothing is encrypted")];
    }
    const plain = socket;
    if (plain === undefined) return [...steps, skipped("tls", "not tried")];
    steps.push(
      await step(
        "tls",
        async () => certificateFound(await secured(plain, host, material(), seconds), now),
        tlsAdvice,
      ),
    );
    return steps;
  } finally {
    socket?.destroy();
  }
}

async function resolved(host: string, seconds: number): Promise<Found> {
  if (isIP(host) !== 0) return { detail: `${host} is an address, not a name` };
  const found = await inTime(lookup(host, { all: true }), seconds);
  return { detail: `${host} is ${found.map((one) => one.address).join(", ")}` };
}

function opened(host: string, port: number, seconds: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const timer = setTimeout(() => socket.destroy(tooLate()), seconds * 1000);
    socket.once("connect", () => {
      clearTimeout(timer);
      socket.off("error", reject);
      socket.on("error", () => undefined);
      resolve(socket);
    });
    socket.once("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
}

interface Secured {
  readonly certificate: X509Certificate;
  readonly protocol: string;
}

async function secured(
  socket: Socket,
  host: string,
  { context, serverName, pins }: TlsMaterial,
  seconds: number,
): Promise<Secured> {
  const name = serverName ?? host;
  const secure = connectSecurely({
    socket,
    ...(isIP(name) === 0 ? { servername: name } : { host: name }),
    ...(context === undefined ? {} : { secureContext: context }),
    ALPNProtocols: ["http/1.1"],
  });
  await inTime(
    new Promise<void>((resolve, reject) => {
      secure.once("secureConnect", () => resolve());
      secure.once("error", reject);
    }),
    seconds,
  );
  secure.on("error", () => undefined);
  const certificate = certificateOf(secure);
  const seen = fingerprintOf(certificate);
  if (pins !== undefined && !pins.has(seen)) {
    throw new UntrustedCertificate(`its certificate is not one of those pinned (SHA-256 ${seen})`);
  }
  return { certificate, protocol: secure.getProtocol() ?? "TLS" };
}

/** What the other side sent as its own, the first of its chain. */
function certificateOf(secure: TLSSocket): X509Certificate {
  return new X509Certificate(secure.getPeerCertificate().raw);
}

function fingerprintOf(certificate: X509Certificate): string {
  return certificate.fingerprint256.replaceAll(":", "").toUpperCase();
}

const SOON_MILLISECONDS = 30 * 24 * 3_600_000;

function certificateFound({ certificate, protocol }: Secured, now: number): Found {
  const { subject, issuer, validToDate: until } = certificate;
  const detail =
    `${protocol}; certificate of ${nameIn(subject)} by ${nameIn(issuer)}, ` +
    `valid until ${until.toISOString().slice(0, 10)}; SHA-256 ${fingerprintOf(certificate)}`;
  if (until.getTime() - now > SOON_MILLISECONDS) return { detail };
  return {
    outcome: "warning",
    detail,
    advice: "It expires within 30 days: ask for the next one, and pin both meanwhile.",
  };
}

/** Of a distinguished name, one part a line: the common name, else all of it. */
function nameIn(name: string): string {
  return /^CN=(.+)$/m.exec(name)?.[1] ?? name.replaceAll("\n", ", ");
}

function tlsAdvice(reason: string): string {
  if (reason.includes("pinned")) {
    return "Ask the other side whether they changed it; if so, add it to tls.pinnedSha256.";
  }
  if (reason.includes("authority")) {
    return "Put the authority that signed it into tls.ca, by reference.";
  }
  if (reason.includes("another name")) return "Use the name it is for, or set tls.serverName.";
  if (reason.includes("expired")) return "Ask the other side to renew it.";
  if (reason.includes("our certificate")) {
    return "Check tls.certificate and tls.key, and that the other side knows our certificate.";
  }
  return "Check that the port speaks TLS, and the references under tls.";
}

async function inTime<Result>(work: Promise<Result>, seconds: number): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      work,
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(tooLate()), seconds * 1000);
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
}

function tooLate(): Error {
  return Object.assign(new Error("no connection in time"), { code: "UND_ERR_CONNECT_TIMEOUT" });
}
