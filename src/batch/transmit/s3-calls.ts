/** Signed calls of one bucket of an S3-compatible store (signature version 4). */
import aws4 from "aws4";

import type { Secrets } from "../../connections/secrets.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { S3Reach } from "../delivery-shapes.ts";

export const HASH_OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

export interface BucketCall {
  readonly method: "HEAD" | "GET" | "PUT" | "DELETE";
  /** Null: the bucket itself. */
  readonly key: string | null;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface SignedCall {
  readonly url: string;
  readonly signed: Record<string, string>;
}

/** Throws `configuration-invalid` where a secret is missing. */
export function bucketCalls(
  settings: S3Reach,
  secrets: Secrets,
  clock: Clock,
): (call: BucketCall) => SignedCall {
  const { region, sessionToken } = settings;
  const credentials = {
    accessKeyId: secrets(settings.accessKeyId),
    secretAccessKey: secrets(settings.secretAccessKey),
    ...(sessionToken === undefined ? {} : { sessionToken: secrets(sessionToken) }),
  };
  return ({ method, key, query = {}, headers = {} }) => {
    const { origin, host, path } = placeOf(settings, key, query);
    const date = clock.now().toString({ smallestUnit: "second" }).replaceAll(/[:-]/g, "");
    const given = { ...headers, host, "X-Amz-Date": date };
    const request = aws4.sign(
      { service: "s3", region, method, host, path, headers: given },
      credentials,
    );
    const signed = Object.fromEntries(
      Object.entries(request.headers ?? {}).map(([name, value]) => [name, String(value)]),
    );
    return { url: `${origin}${path}`, signed };
  };
}

function placeOf(
  { endpoint, bucket, addressing }: S3Reach,
  key: string | null,
  query: Readonly<Record<string, string>>,
): { origin: string; host: string; path: string } {
  const base = new URL(endpoint);
  const host = addressing === "host" ? `${bucket}.${base.host}` : base.host;
  const folder = base.pathname.replace(/\/$/, "");
  const names = [...(addressing === "host" ? [] : [bucket]), ...(key?.split("/") ?? [])];
  const path = `${folder}/${names.map(encoded).join("/")}`;
  const asked = Object.keys(query)
    .toSorted()
    .map((name) => `${encoded(name)}=${encoded(query[name] ?? "")}`)
    .join("&");
  return { origin: `${base.protocol}//${host}`, host, path: asked ? `${path}?${asked}` : path };
}

/** RFC 3986 §2.3: what need not be encoded stands as it is, all else does not. */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
