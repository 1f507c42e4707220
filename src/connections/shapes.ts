/** What every connection to the outside is described with. Secrets are references, never values. */
import { z } from "zod";

export const secretShape = z
  .string()
  .regex(/^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$/, "is a reference: env:NAME or file:PATH")
  .describe("Where the secret stands; never the secret itself");

export const headerNameShape = z.string().regex(/^[A-Za-z0-9-]+$/, "is not a header's name");

export const tlsShape = z.strictObject({
  ca: secretShape.optional().describe("PEM: who may have signed the service's certificate"),
  certificate: secretShape.optional().describe("PEM: ours, with the chain; for mutual TLS"),
  key: secretShape.optional().describe("PEM: of our certificate"),
  passphrase: secretShape.optional().describe("Of the key"),
  serverName: z.string().min(1).optional().describe("Instead of the address's host name"),
  pinnedSha256: z
    .array(z.string().regex(/^([0-9A-Fa-f]{2}:?){32}$/, "is a SHA-256 fingerprint in hexadecimal"))
    .min(1)
    .optional()
    .describe("The service's certificate is one of these, beside being trusted"),
});

export type Tls = z.output<typeof tlsShape>;
