/**
 * How a service is reached and signed in to, as data. Secrets and key material are references,
 * never values (domain §5.1).
 */
import { z } from "zod";

import { headerNameShape, secretShape, tlsShape } from "../connections/shapes.ts";

/** What a signature covers, in this order, joined by line feeds. */
const SIGNED_PART = /^(method|path|timestamp|key|bodySha256|header\.[A-Za-z0-9-]+)$/;

const hmacShape = z.strictObject({
  kind: z.literal("hmac"),
  keyId: z.string().min(1).optional(),
  secret: secretShape,
  secretEncoding: z.enum(["text", "hex", "base64"]).default("text"),
  algorithm: z.enum(["sha256", "sha512"]).default("sha256"),
  encoding: z.enum(["hex", "base64"]).default("hex").describe("Of the signature"),
  signed: z
    .array(
      z.string().regex(SIGNED_PART, "is method, path, timestamp, key, bodySha256 or header.NAME"),
    )
    .min(1)
    .default(["method", "path", "timestamp", "bodySha256"]),
  timestampAs: z.enum(["iso", "seconds", "milliseconds"]).default("iso"),
  headers: z
    .strictObject({
      signature: headerNameShape.default("X-Signature"),
      timestamp: headerNameShape.nullable().default("X-Timestamp"),
      keyId: headerNameShape.nullable().default("X-Key-Id"),
    })
    .prefault({}),
  signaturePrefix: z.string().default("").describe("Before the signature in its header"),
});

const oauth2Shape = z.strictObject({
  kind: z.literal("oauth2"),
  tokenUrl: z.url({ protocol: /^https?$/ }),
  clientId: z.string().min(1),
  clientSecret: secretShape,
  scope: z.string().min(1).optional(),
  audience: z.string().min(1).optional(),
  placement: z.enum(["basic", "body"]).default("basic").describe("Where id and secret stand"),
  tls: tlsShape
    .optional()
    .describe("Of the token's address; the service's own where both have one origin"),
});

export const authenticationShape = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none") }),
  z.strictObject({ kind: z.literal("basic"), user: z.string().min(1), password: secretShape }),
  z.strictObject({ kind: z.literal("bearer"), token: secretShape }),
  z.strictObject({ kind: z.literal("header"), name: headerNameShape, value: secretShape }),
  oauth2Shape,
  hmacShape,
]);

export const soapShape = z.strictObject({
  version: z.enum(["1.1", "1.2"]).default("1.1"),
  action: z.string().optional().describe("Template; of every call that names none of its own"),
  header: z.unknown().optional().describe("Template: an XML tree for the envelope's Header"),
  security: z
    .strictObject({
      user: z.string().min(1),
      password: secretShape,
      digest: z.boolean().default(false),
    })
    .nullable()
    .default(null)
    .describe("WS-Security UsernameToken"),
});

export type Authentication = z.output<typeof authenticationShape>;
export type OAuth2 = z.output<typeof oauth2Shape>;
export type Hmac = z.output<typeof hmacShape>;
