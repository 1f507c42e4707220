/**
 * A receiver of uploads over real HTTP, as an S3-compatible store (signature and checksum verified
 * by its own arithmetic) or as any other; it fails as told.
 */
import { createHash, createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { ServerOptions } from "node:https";
import type { AddressInfo } from "node:net";

export const ACCESS = { id: "AKIDEXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };

export type StoreFault =
  | "none"
  /** The connection ends while the body is on its way. */
  | "cut"
  /** It is kept, and the connection ends without an answer. */
  | "answerLost"
  | "failsBeforeKeeping"
  | "failsAfterKeeping"
  | "forbids"
  | "redirects"
  /** Half of it is kept, and success answered. */
  | "keepsHalf"
  | "saysNotFound";

export interface ObjectStore {
  readonly address: string;
  readonly objects: Map<string, Buffer>;
  readonly puts: IncomingMessage["headers"][];
  /** Of the next upload; those after it go well. */
  fault: StoreFault;
  /** Answers 403 to whoever asks for a name. */
  letsLook: boolean;
  stop(): Promise<void>;
}

export async function startObjectStore(
  kind: "s3" | "plain",
  { tls }: { readonly tls?: ServerOptions } = {},
): Promise<ObjectStore> {
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    void answer(store, kind, request, response).catch(() => response.destroy());
  };
  const server = tls === undefined ? createServer(listener) : createSecureServer(tls, listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const store: ObjectStore = {
    address: `http${tls === undefined ? "" : "s"}://127.0.0.1:${port}`,
    objects: new Map(),
    puts: [],
    fault: "none",
    letsLook: true,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return store;
}

async function answer(
  store: ObjectStore,
  kind: "s3" | "plain",
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = "", url: path = "", headers } = request;
  const end = (status: number, more: Record<string, string | number> = {}, body?: Buffer): void =>
    void response.writeHead(status, more).end(body);
  if (kind === "s3" && !isSigned(request)) return end(403);
  if (method === "GET" && path.includes("list-type=2")) {
    return end(200, {}, Buffer.from(listOf(store, new URL(path, "http://store"))));
  }
  const other = store.objects.get(path);
  if (headers["if-match"] !== undefined && other !== undefined) {
    if (headers["if-match"] !== tagOf(other)) return end(412);
  }
  if (method === "DELETE") {
    store.objects.delete(path);
    return end(204);
  }
  const source = headers["x-amz-copy-source"];
  if (typeof source === "string") {
    const copied = store.objects.get(source.split("/").map(decodeURIComponent).join("/"));
    if (copied === undefined) return end(404);
    if (headers["x-amz-copy-source-if-match"] !== tagOf(copied)) return end(412);
    store.objects.set(path, copied);
    return end(200, {}, Buffer.from("<CopyObjectResult/>"));
  }
  if (method === "HEAD" || method === "GET") {
    const kept = other;
    if (!store.letsLook) return end(403);
    if (kept === undefined) return end(404);
    const checksum = createHash("sha256").update(kept).digest("base64");
    const shown: Record<string, string> =
      kind === "s3" ? { "x-amz-checksum-sha256": checksum } : {};
    return end(
      200,
      { "content-length": kept.length, ...shown },
      method === "GET" ? kept : undefined,
    );
  }
  store.puts.push(headers);
  const { fault } = store;
  store.fault = "none";
  if (fault === "cut") {
    request.once("data", () => request.socket.destroy());
    return;
  }
  const body = await bodyOf(request);
  if (fault === "failsBeforeKeeping") return end(500);
  if (fault === "forbids") return end(403);
  if (fault === "redirects") return end(307, { location: "/elsewhere" });
  if (headers["if-none-match"] === "*" && store.objects.has(path)) return end(412);
  const checksum = createHash("sha256").update(body).digest("base64");
  if (kind === "s3" && headers["x-amz-checksum-sha256"] !== checksum) return end(400);
  store.objects.set(path, fault === "keepsHalf" ? body.subarray(0, body.length / 2) : body);
  if (fault === "answerLost") return void request.socket.destroy();
  end(fault === "failsAfterKeeping" ? 500 : 200);
}

function tagOf(bytes: Buffer): string {
  return `"${createHash("md5").update(bytes).digest("hex")}"`;
}

/** Two objects a page, so that whoever lists has to ask for the next one. */
function listOf({ objects }: ObjectStore, { pathname, searchParams }: URL): string {
  const prefix = `${pathname}/${searchParams.get("prefix") ?? ""}`;
  const names = [...objects.keys()]
    .filter((path) => path.startsWith(prefix) && !path.slice(prefix.length).includes("/"))
    .toSorted();
  const from = Number(searchParams.get("continuation-token") ?? 0);
  const page = names.slice(from, from + 2).map((path) => {
    const bytes = objects.get(path) as Buffer;
    const key = encodeURIComponent(path.slice(pathname.length + 1));
    const tag = tagOf(bytes).replaceAll('"', "&quot;");
    return `<Contents><Key>${key}</Key><Size>${bytes.length}</Size><ETag>${tag}</ETag></Contents>`;
  });
  const isMore = from + 2 < names.length;
  const next = isMore ? `<NextContinuationToken>${from + 2}</NextContinuationToken>` : "";
  return (
    `<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">` +
    `<IsTruncated>${isMore}</IsTruncated>${next}${page.join("")}</ListBucketResult>`
  );
}

const SIGNATURE = new RegExp(
  String.raw`^AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8}/([^/]+)/s3/aws4_request), ` +
    String.raw`SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$`,
);

/** Signature version 4 as its documentation describes it, over the headers that were signed. */
function isSigned({ method = "", url = "", headers }: IncomingMessage): boolean {
  const found = SIGNATURE.exec(headers.authorization ?? "");
  if (found === null || found[1] !== ACCESS.id) return false;
  const [, , scope = "", region = "", names = "", signature] = found;
  const signedHeaders = names.split(";").map((name) => `${name}:${String(headers[name]).trim()}\n`);
  const [path = "", query = ""] = url.split("?");
  const canonical = [
    method,
    path,
    query.split("&").toSorted().join("&"),
    signedHeaders.join(""),
    names,
    String(headers["x-amz-content-sha256"]),
  ].join("\n");
  const toSign = [
    "AWS4-HMAC-SHA256",
    String(headers["x-amz-date"]),
    scope,
    createHash("sha256").update(canonical).digest("hex"),
  ].join("\n");
  const hmac = (key: string | Buffer, text: string): Buffer =>
    createHmac("sha256", key).update(text).digest();
  const [date = ""] = scope.split("/");
  const key = ["s3", "aws4_request"].reduce(hmac, hmac(hmac(`AWS4${ACCESS.secret}`, date), region));
  return hmac(key, toSign).toString("hex") === signature;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
