/**
 * Delivers a file by an HTTPS upload: its SHA-256 as Content-Digest (RFC 9530), the file's id as
 * Idempotency-Key, and If-None-Match so that a put does not overwrite.
 */
import { createHash } from "node:crypto";

import { reach, step } from "../../connections/reach.ts";
import type { Secrets } from "../../connections/secrets.ts";
import { readTls } from "../../connections/tls.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { HttpsDelivery } from "../delivery-shapes.ts";

import type { Consignment, Destination, Journal } from "./destination.ts";
import { mayBeThere } from "./destination.ts";
import { openHttp } from "./http-exchange.ts";
import type { HttpAnswer, HttpWay } from "./http-exchange.ts";
import { foundByLook } from "./look-found.ts";
import type { Sight } from "./upload.ts";
import { placeByUpload } from "./upload.ts";

export function httpsDestination(
  settings: HttpsDelivery,
  secrets: Secrets,
  clock: Clock,
): Destination {
  const authorization = authorizationOf(settings, secrets);
  return {
    place: async (consignment, journal) => {
      const http = openHttp(settings, secrets);
      try {
        return await placeByUpload(
          http,
          {
            absenceProves: false,
            isRepeatable: settings.repeatable,
            look: (way) => look(settings, way, authorization, consignment, journal),
            send: (way) =>
              way.upload({
                method: settings.method,
                url: named(settings.url, consignment.fileName),
                headers: { ...headersOf(settings, consignment), ...authorization },
                consignment,
                journal,
              }),
          },
          consignment,
          journal,
        );
      } finally {
        await http.close();
      }
    },
    probe: async (name) => {
      const url = new URL(named(settings.look?.url ?? settings.url, name));
      const steps = await reach(url, () => readTls(settings.tls ?? null, secrets), {
        seconds: settings.connectSeconds,
        now: clock.now().epochMilliseconds,
      });
      const call = await step(
        "call",
        async () => {
          const http = openHttp(settings, secrets);
          try {
            return foundByLook(await lookFor(settings, http, authorization, name, () => "other"));
          } finally {
            await http.close();
          }
        },
        () => "The steps before show how far it went.",
      );
      return [
        ...steps.filter((one): one is typeof one & { name: "address" | "connection" | "tls" } =>
          ["address", "connection", "tls"].includes(one.name),
        ),
        call,
      ];
    },
  };
}

function named(url: string, fileName: string): string {
  return url.replaceAll("{fileName}", encodeURIComponent(fileName));
}

function headersOf(settings: HttpsDelivery, consignment: Consignment): Record<string, string> {
  const base64 = consignment.sha256.toString("base64");
  return {
    ...Object.fromEntries(
      Object.entries(settings.headers).map(([name, value]) => [
        name.toLowerCase(),
        value.replaceAll("{fileName}", consignment.fileName),
      ]),
    ),
    "content-type": settings.contentType,
    "content-digest": `sha-256=:${base64}:`,
    "content-disposition": `attachment; filename="${consignment.fileName}"`,
    "idempotency-key": consignment.fileId,
    ...(settings.method === "PUT" && !settings.repeatable ? { "if-none-match": "*" } : {}),
  };
}

function authorizationOf(
  { authentication }: HttpsDelivery,
  secrets: Secrets,
): Record<string, string> {
  switch (authentication.kind) {
    case "none":
      return {};
    case "basic": {
      const pair = `${authentication.user}:${secrets(authentication.password)}`;
      return { authorization: `Basic ${Buffer.from(pair).toString("base64")}` };
    }
    case "bearer":
      return { authorization: `Bearer ${secrets(authentication.token)}` };
    case "header":
      return { [authentication.name.toLowerCase()]: secrets(authentication.value) };
  }
}

function look(
  settings: HttpsDelivery,
  http: HttpWay,
  authorization: Readonly<Record<string, string>>,
  consignment: Consignment,
  journal: Journal,
): Promise<Sight> {
  return lookFor(
    settings,
    http,
    authorization,
    consignment.fileName,
    (answer) => {
      const digest = digestOf(answer);
      if (digest !== null) return digest.equals(consignment.sha256) ? "ours" : "other";
      if (settings.look?.method === "GET") {
        const hash = createHash("sha256").update(answer.body).digest();
        return hash.equals(consignment.sha256) ? "ours" : "other";
      }
      // A size alone is no identity, unless we ourselves may have put it there.
      const isSameSize = answer.header("content-length") === String(consignment.sizeBytes);
      const steps = [...journal.before, ...journal.earlier];
      return isSameSize && mayBeThere(steps) ? "ours" : "other";
    },
    consignment.sizeBytes,
  );
}

async function lookFor(
  { look: asked }: HttpsDelivery,
  http: HttpWay,
  authorization: Readonly<Record<string, string>>,
  fileName: string,
  judge: (answer: HttpAnswer) => "ours" | "other",
  longestBytes = 0,
): Promise<Sight> {
  if (asked === undefined) return { kind: "blind" };
  const { url, method } = asked;
  const answer = await http.ask(method, named(url, fileName), authorization, longestBytes);
  if (answer.kind === "lost") return { kind: "unreadable", reason: answer.reason };
  if (answer.status === 404 || answer.status === 410) return { kind: "absent" };
  if (answer.status !== 200) {
    return { kind: "unreadable", reason: `asked for it, it answered HTTP ${answer.status}` };
  }
  return { kind: judge(answer) };
}

/** SHA-256 of the whole file as RFC 9530 writes it, or as RFC 3230 did. */
function digestOf(answer: HttpAnswer): Buffer | null {
  const text =
    answer.header("repr-digest") ?? answer.header("content-digest") ?? answer.header("digest");
  const found = /sha-256=:?([A-Za-z0-9+/]{43}=)/i.exec(text ?? "");
  return found?.[1] === undefined ? null : Buffer.from(found[1], "base64");
}
