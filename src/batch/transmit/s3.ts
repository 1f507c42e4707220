/**
 * Delivers a file into a bucket of an S3-compatible store: one conditional put, which never
 * overwrites, with its SHA-256 in the signature and as the checksum that the store verifies.
 */
import { reach, step } from "../../connections/reach.ts";
import type { Secrets } from "../../connections/secrets.ts";
import { readTls } from "../../connections/tls.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { S3Delivery } from "../delivery-shapes.ts";

import type { Consignment, Destination } from "./destination.ts";
import { notPlaced } from "./destination.ts";
import { openHttp } from "./http-exchange.ts";
import type { HttpWay } from "./http-exchange.ts";
import { bucketCalls, HASH_OF_NOTHING } from "./s3-calls.ts";
import type { SignedCall } from "./s3-calls.ts";
import { foundByLook } from "./look-found.ts";
import type { Sight } from "./upload.ts";
import { placeByUpload } from "./upload.ts";

/** Of one put; a longer file is split by the profile (`maximumBytes`). */
const LONGEST_PUT_BYTES = 5 * 1024 ** 3;
const OWN_HASH = "x-amz-meta-redress-sha256";

export function s3Destination(settings: S3Delivery, secrets: Secrets, clock: Clock): Destination {
  const call = bucketCalls(settings, secrets, clock);
  const key = (fileName: string): string => `${settings.prefix}${fileName}`;
  const looking = (fileName: string): SignedCall =>
    call({ method: "HEAD", key: key(fileName), headers: ASKED });
  return {
    place: async (consignment, journal) => {
      if (consignment.sizeBytes > LONGEST_PUT_BYTES) {
        return notPlaced("it is longer than one put may be (5 GiB)");
      }
      const http = openHttp(settings, secrets);
      const sha256 = consignment.sha256.toString("hex");
      try {
        return await placeByUpload(
          http,
          {
            absenceProves: !settings.collected,
            // Conditional: a second put of what arrived is refused, not kept twice.
            isRepeatable: !settings.collected,
            look: (way) => look(way, looking(consignment.fileName), consignment),
            send: (way) => {
              const given = {
                "if-none-match": "*",
                "content-type": "application/octet-stream",
                "x-amz-checksum-sha256": consignment.sha256.toString("base64"),
                "x-amz-content-sha256": sha256,
                [OWN_HASH]: sha256,
              };
              const put = { method: "PUT", key: key(consignment.fileName) } as const;
              const { url, signed: headers } = call({ ...put, headers: given });
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
      const steps = await reach(
        new URL(looking(name).url),
        () => readTls(settings.tls ?? null, secrets),
        {
          seconds: settings.connectSeconds,
          now: clock.now().epochMilliseconds,
        },
      );
      const called = await step(
        "call",
        async () => {
          const http = openHttp(settings, secrets);
          try {
            return foundByLook(await look(http, looking(name), null));
          } finally {
            await http.close();
          }
        },
        () => "The steps before show how far it went.",
      );
      return [...steps.filter((one) => isOfTheWay(one.name)), called].map((one) => ({ ...one }));
    },
  };
}

function isOfTheWay(name: string): name is "address" | "connection" | "tls" {
  return name === "address" || name === "connection" || name === "tls";
}

const ASKED = { "x-amz-checksum-mode": "ENABLED", "x-amz-content-sha256": HASH_OF_NOTHING };

async function look(
  http: HttpWay,
  { url, signed }: SignedCall,
  consignment: Consignment | null,
): Promise<Sight> {
  const answer = await http.ask("HEAD", url, signed, 0);
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
