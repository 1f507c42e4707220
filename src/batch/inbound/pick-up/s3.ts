/**
 * Picks up from a bucket of an S3-compatible store. An object is there whole or not at all. What
 * was taken is copied under `collected/` and then deleted, each only while it is the object read.
 */
import type { Secrets } from "../../../connections/secrets.ts";
import { readElements } from "../../../formats/xml-elements.ts";
import { childrenOf, textAt } from "../../../formats/read/xml-tree.ts";
import type { Clock } from "../../../kernel/clock.ts";
import type { HttpAnswer } from "../../transmit/http-exchange.ts";
import { openHttp } from "../../transmit/http-exchange.ts";
import type { BucketCall } from "../../transmit/s3-calls.ts";
import { bucketCalls, HASH_OF_NOTHING } from "../../transmit/s3-calls.ts";

import type { S3PickUp } from "../../pick-up-shapes.ts";
import type { PickUpPlace, WaitingFile } from "./place.ts";
import { COLLECTED, collectedName, FileFailed, isTemporary, PlaceFailed } from "./place.ts";

const LONGEST_LIST_BYTES = 4 * 1024 ** 2;
const MOST_PAGES = 100;

/** Throws `configuration-invalid` where a secret is missing. */
export function s3Place(settings: S3PickUp, secrets: Secrets, clock: Clock): PickUpPlace {
  const call = bucketCalls(settings, secrets, clock);
  const http = openHttp(settings, secrets);
  const { prefix } = settings;
  const tags = new Map<string, string>();
  const ask = async (one: BucketCall, longestBytes = LONGEST_LIST_BYTES): Promise<HttpAnswer> => {
    const headers = { "x-amz-content-sha256": HASH_OF_NOTHING, ...one.headers };
    const { url, signed } = call({ ...one, headers });
    const answer = await http.ask(one.method, url, signed, longestBytes);
    if (answer.kind === "lost") throw new PlaceFailed(answer.reason);
    return answer;
  };
  return {
    list: async () => {
      tags.clear();
      const files: WaitingFile[] = [];
      let after: string | null = null;
      for (let pages = 0; pages < MOST_PAGES; pages += 1) {
        const page = pageOf(await ask({ method: "GET", key: null, query: queryOf(prefix, after) }));
        for (const { key, sizeBytes, tag } of page.objects) {
          const name = key.slice(prefix.length);
          if (name === "" || isTemporary(name)) continue;
          tags.set(name, tag);
          files.push({ name, sizeBytes, whole: { by: "place" } });
        }
        after = page.next;
        if (after === null) break;
      }
      return files;
    },
    read: async ({ name, sizeBytes }) => {
      const headers = { "if-match": tags.get(name) ?? "" };
      const answer = await ask({ method: "GET", key: prefix + name, headers }, sizeBytes);
      // Another object took its name, or none is there any more: at the next look.
      if (answer.status === 412 || answer.status === 404) return null;
      mustBe(answer, [200], `reading ${name}`);
      return answer.body.length === sizeBytes ? answer.body : null;
    },
    collected: async ({ name }, sha256) => {
      const tag = tags.get(name) ?? "";
      const source = `/${settings.bucket}/${encodeURIComponent(prefix + name)}`;
      const copied = await ask({
        method: "PUT",
        key: `${prefix}${COLLECTED}/${collectedName(name, sha256)}`,
        headers: { "x-amz-copy-source": source, "x-amz-copy-source-if-match": tag },
      });
      if (copied.status === 412 || copied.status === 404) return;
      mustBe(copied, [200], `copying ${name}`);
      const gone = await ask({
        method: "DELETE",
        key: prefix + name,
        headers: { "if-match": tag },
      });
      mustBe(gone, [200, 204, 404, 412], `deleting ${name}`);
    },
    removeMarker: async (name) => {
      const gone = await ask({ method: "DELETE", key: prefix + name });
      mustBe(gone, [200, 204, 404], `deleting ${name}`);
    },
    close: () => http.close(),
  };
}

function mustBe(
  { status }: HttpAnswer,
  good: readonly number[],
  doing: string,
  Failed: typeof PlaceFailed = FileFailed,
): void {
  if (!good.includes(status)) throw new Failed(`${doing}: the store answered HTTP ${status}`);
}

/** Of one folder: what was collected lies deeper and is not listed. */
function queryOf(prefix: string, after: string | null): Record<string, string> {
  return {
    "list-type": "2",
    delimiter: "/",
    "encoding-type": "url",
    prefix,
    ...(after === null ? {} : { "continuation-token": after }),
  };
}

interface Page {
  readonly objects: readonly {
    readonly key: string;
    readonly sizeBytes: number;
    readonly tag: string;
  }[];
  readonly next: string | null;
}

function pageOf(answer: HttpAnswer): Page {
  mustBe(answer, [200], "listing", PlaceFailed);
  const root = readElements(answer.body.toString("utf8"));
  const objects = childrenOf(root, "Contents").map((one) => ({
    key: decodeURIComponent((textAt(one, "Key") ?? "").replaceAll("+", " ")),
    sizeBytes: Number(textAt(one, "Size")),
    tag: textAt(one, "ETag") ?? "",
  }));
  const isMore = textAt(root, "IsTruncated") === "true";
  return { objects, next: isMore ? textAt(root, "NextContinuationToken") : null };
}
