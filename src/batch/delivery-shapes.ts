/**
 * Where a profile's files go, as data: a kind and what it takes. Secrets are references. What proof
 * a destination can give is declared here, for it decides what counts as success.
 */
import { z } from "zod";

import { headerNameShape, secretShape, tlsShape } from "../connections/shapes.ts";

const directoryShape = z.strictObject({
  kind: z.literal("directory"),
  directory: z.string().min(1).describe("Where the destination looks for files"),
});

const byHandShape = z.strictObject({
  kind: z.literal("byHand").describe("A person fetches the file and says what became of it"),
});

/** As `ssh-keygen -lf` prints it, or the key itself as it stands in known_hosts. */
const HOST_KEY = /^(SHA256:[A-Za-z0-9+/]{43}=?|[a-z0-9@.-]+ [A-Za-z0-9+/]{40,}={0,2}( .*)?)$/;

/** The way to an SFTP server, and how we sign in there. */
export const sftpReach = {
  host: z.string().min(1),
  port: z.int().min(1).max(65_535).default(22),
  user: z.string().min(1),
  password: secretShape.optional(),
  keys: z
    .array(z.strictObject({ key: secretShape, passphrase: secretShape.optional() }))
    .min(1)
    .max(2)
    .optional()
    .describe("Private keys, tried in order; two while one replaces the other"),
  hostKeys: z
    .array(z.string().regex(HOST_KEY, "is a SHA256:… fingerprint or a line of known_hosts"))
    .min(1)
    .max(4)
    .describe("The server's key is one of these; two while it is exchanged"),
  connectSeconds: z.int().min(1).max(120).default(20),
  answerSeconds: z.int().min(1).max(600).default(60),
};

export const NEEDS_SIGN_IN = "needs a password or keys";

export function hasSomethingToSignInWith(settings: {
  readonly password?: unknown;
  readonly keys?: unknown;
}): boolean {
  return settings.password !== undefined || settings.keys !== undefined;
}

const sftpShape = z
  .strictObject({
    kind: z.literal("sftp"),
    ...sftpReach,
    directory: z.string().min(1).describe("Where the destination looks for files"),
    temporaryDirectory: z
      .string()
      .min(1)
      .optional()
      .describe("On the same file system; the directory itself if left out"),
    verify: z
      .enum(["hash", "size", "none"])
      .default("hash")
      .describe("Read back, or its size asked; none in a drop box that lets nobody look"),
    rename: z
      .enum(["plain", "posix"])
      .default("plain")
      .describe("Plain never overwrites; posix is one step on every server that offers it"),
    doneMarker: z
      .strictObject({
        suffix: z
          .string()
          .regex(/^[A-Za-z0-9._-]{1,20}$/)
          .default(".done"),
      })
      .optional()
      .describe("Written last: name, size and SHA-256 of the file"),
  })
  .refine(hasSomethingToSignInWith, NEEDS_SIGN_IN);

/** A bucket of an S3-compatible store, and how we sign for it. */
export const s3Reach = {
  endpoint: z.url({ protocol: /^https?$/ }).describe("Of the store; the bucket is not part of it"),
  region: z.string().min(1).default("us-east-1"),
  bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "is not a bucket's name"),
  prefix: z
    .string()
    .regex(/^([A-Za-z0-9._-]+\/)*$/, "ends with a slash, or is left out")
    .default(""),
  addressing: z.enum(["path", "host"]).default("path"),
  accessKeyId: secretShape,
  secretAccessKey: secretShape,
  sessionToken: secretShape.optional(),
  tls: tlsShape.optional(),
  connectSeconds: z.int().min(1).max(120).default(20),
  answerSeconds: z.int().min(1).max(600).default(60),
};

const s3Shape = z.strictObject({
  kind: z.literal("s3"),
  ...s3Reach,
  collected: z
    .boolean()
    .default(false)
    .describe("The receiver takes objects away: then absence proves nothing after the last byte"),
});

const httpsShape = z.strictObject({
  kind: z.literal("https"),
  url: z
    .url({ protocol: /^https?$/ })
    .describe("{fileName} in it becomes the file's name; else the name is a header's"),
  method: z.enum(["PUT", "POST"]).default("PUT"),
  contentType: z.string().min(1).default("application/octet-stream"),
  headers: z.record(headerNameShape, z.string()).default({}),
  authentication: z
    .discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("none") }),
      z.strictObject({ kind: z.literal("basic"), user: z.string().min(1), password: secretShape }),
      z.strictObject({ kind: z.literal("bearer"), token: secretShape }),
      z.strictObject({ kind: z.literal("header"), name: headerNameShape, value: secretShape }),
    ])
    .default({ kind: "none" }),
  look: z
    .strictObject({
      url: z.url({ protocol: /^https?$/ }).describe("{fileName}: asked with HEAD, or GET"),
      method: z.enum(["HEAD", "GET"]).default("GET"),
    })
    .optional()
    .describe("Where it can be seen whether a file is there: 404, or its bytes or digest"),
  repeatable: z
    .boolean()
    .default(false)
    .describe("The receiver takes a second upload of one Idempotency-Key for the same"),
  tls: tlsShape.optional(),
  connectSeconds: z.int().min(1).max(120).default(20),
  answerSeconds: z.int().min(1).max(600).default(60),
});

export const openPgpShape = z.strictObject({
  recipients: z
    .array(secretShape)
    .min(1)
    .max(4)
    .describe("Public keys by reference; two while the receiver changes theirs"),
  signWith: z
    .strictObject({ key: secretShape, passphrase: secretShape.optional() })
    .optional()
    .describe("Our private key by reference"),
  extension: z
    .string()
    .regex(/^(\.[A-Za-z0-9]{1,8})?$/)
    .default(".pgp")
    .describe("Added to the file's name"),
});

export const deliveryShape = z.discriminatedUnion("kind", [
  directoryShape,
  byHandShape,
  sftpShape,
  s3Shape,
  httpsShape,
]);

export type OpenPgp = z.output<typeof openPgpShape>;
export type Delivery = z.output<typeof deliveryShape>;
export type SftpDelivery = Extract<Delivery, { kind: "sftp" }>;
export type S3Delivery = Extract<Delivery, { kind: "s3" }>;
export type HttpsDelivery = Extract<Delivery, { kind: "https" }>;
export type SftpReach = Pick<SftpDelivery, keyof typeof sftpReach>;
export type S3Reach = Pick<S3Delivery, keyof typeof s3Reach>;
