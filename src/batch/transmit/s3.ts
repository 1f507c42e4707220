/**
 * Delivers a file into a bucket of an S3-compatible store: one conditional put, which never
 * overwrites, with its SHA-256 in the signature and as the checksum that the store verifies.
 */
import aws4 from "aws4";

import { reach, step } from "../../connections/reach.ts";
import type { Secrets } from "../../connections/secrets.ts";
import { readTls } from "../../connections/tls.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { S3Delivery } from "../delivery-shapes.ts";

import type { Consignment, Destination } from "./destination.ts";
import { notPlaced } from "./destination.ts";
import { openHttp } from "./http-exchange.ts";
import type { HttpWay } from "./http-exchange.ts";
import { foundByLook } from "./look-found.ts";
import type { Sight } from "./upload.ts";
import { placeByUpload } from "./upload.ts";

/** Of one put; a longer file is split by the profile (`maximumBytes`). */
const LONGEST_PUT_BYTES = 5 * 1024 ** 3;
const HASH_OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const OWN_HASH = "x-amz-meta-redress-sha256";

export function s3Destination(settings: S3Delivery, secrets: Secrets, clock: Clock): Destination {
  const signed = signerOf(settings, secrets, clock);
  return {
    place: async (consignment, journal) => {
      if (consignment.sizeBytes > LONGEST_PUT_BYTES) {
        return notPlaced("it is longer than one put may be (5 GiB)");
      }
      const { url, host, path } = placeOf(settings, consignment.fileName);
      const http = openHttp(settings, secrets);
      const sha256 = consignment.sha256.toString("hex");
      try {
        return await placeByUpload(
          http,
          {
            absenceProves: !settings.collected,
            // Conditional: a second put of what arrived is refused, not kept twice.
            isRepeatable: !settings.collected,
            look: (way) => look(way, url, signed("HEAD", host, path, asked()), consignment),
            send: (way) => {
              const headers = signed("PUT", host, path, {
                "if-none-match": "*",
                "content-type": "application/octet-stream",
                "x-amz-checksum-sha256": consignment.sha256.toString("base64"),
                "x-amz-content-sha256": sha256,
                [OWN_HASH]: sha256,
              });
              return way.upload({ method: "PUT", url, headers, consignment, journal });
            },
          },
          consignment,
          journal,
        );
      } finally {
        await http.close();
      }
    },
    probe: async (name) => {
      const { url, host, path } = placeOf(settings, name);
      const steps = await reach(new URL(url), () => readTls(settings.tls ?? null, secrets), {
        seconds: settings.connectSeconds,
        now: clock.now().epochMilliseconds,
      });
      const call = await step(
        "call",
        async () => {
          const http = openHttp(settings, secrets);
          try {
            return foundByLook(await look(http, url, signed("HEAD", host, path, asked()), null));
          } finally {
            await http.close();
          }
        },
        () => "The steps before show how far it went.",
      );
      return [...steps.filter((one) => isOfTheWay(one.name)), call].map((one) => ({ ...one }));
    },
  };
}

function isOfTheWay(name: string): name is "address" | "connection" | "tls" {
  return name === "address" || name === "connection" || name === "tls";
}

function asked(): Record<string, string> {
  return { "x-amz-checksum-mode": "ENABLED", "x-amz-content-sha256": HASH_OF_NOTHING };
}

async function look(
  http: HttpWay,
  url: string,
  headers: Readonly<Record<string, string>>,
  consignment: Consignment | null,
): Promise<Sight> {
  const answer = await http.ask("HEAD", url, headers, 0);
  if (answer.kind === "lost") return { kind: "unreadable", reason: answer.reason };
  if (answer.status === 404) return { kind: "absent" };
  // A role that may put and not list is told 403 of every name that is not there.
  if (answer.status === 403 && consignment !== null) return { kind: "blind" };
  if (answer.status !== 200) {
    return { kind: "unreadable", reason: `asked for it, it answered HTTP ${answer.status}` };
  }
  if (consignment === null) return { kind: "other" };
  const checksum = answer.header("x-amz-checksum-sha256");
  const isSame =
    checksum === undefined
      ? answer.header(OWN_HASH) === consignment.sha256.toString("hex")
      : checksum === consignment.sha256.toString("base64");
  const isWhole = answer.header("content-length") === String(consignment.sizeBytes);
  return { kind: isSame && isWhole ? "ours" : "other" };
}

type Signed = (
  method: "HEAD" | "PUT",
  host: string,
  path: string,
  headers: Readonly<Record<string, string>>,
) => Record<string, string>;

/** Signature version 4. Throws `configuration-invalid` where a secret is missing. */
function signerOf(settings: S3Delivery, secrets: Secrets, clock: Clock): Signed {
  const credentials = {
    accessKeyId: secrets(settings.accessKeyId),
    secretAccessKey: secrets(settings.secretAccessKey),
    ...(settings.sessionToken === undefined
      ? {}
      : { sessionToken: secrets(settings.sessionToken) }),
  };
  return (method, host, path, headers) => {
    const date = clock.now().toString({ smallestUnit: "second" }).replaceAll(/[:-]/g, "");
    const given = { ...headers, host, "X-Amz-Date": date };
    const { region } = settings;
    const request = aws4.sign(
      { service: "s3", region, method, host, path, headers: given },
      credentials,
    );
    return Object.fromEntries(
      Object.entries(request.headers ?? {}).map(([name, value]) => [name, String(value)]),
    );
  };
}

function placeOf({ endpoint, bucket, prefix, addressing }: S3Delivery, fileName: string) {
  const base = new URL(endpoint);
  const host = addressing === "host" ? `${bucket}.${base.host}` : base.host;
  const folder = base.pathname.replace(/\/$/, "");
  const path = `${folder}${addressing === "host" ? "" : `/${bucket}`}/${prefix}${fileName}`;
  return { host, path, url: `${base.protocol}//${host}${path}` };
}
