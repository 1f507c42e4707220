/**
 * Where a destination leaves its answers, as data: a kind and what it takes; secrets by reference.
 * When a file there counts as whole is said here, for a half-written one must not be taken.
 */
import { z } from "zod";

import { hasSomethingToSignInWith, NEEDS_SIGN_IN, s3Reach, sftpReach } from "./delivery-shapes.ts";

const common = {
  everySeconds: z.number().min(1).default(30).describe("How often the place is looked at"),
  quietSeconds: z
    .number()
    .min(0)
    .default(10)
    .describe("A file that changed within these seconds may still be written"),
  doneMarker: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,20}$/)
    .optional()
    .describe("Behind the name of a file: it is taken only once the file so named is there too"),
};

const directoryPickUp = z.strictObject({
  kind: z.literal("directory"),
  directory: z.string().min(1).describe("Where the destination leaves its files"),
  ...common,
});

const sftpPickUp = z
  .strictObject({
    kind: z.literal("sftp"),
    ...sftpReach,
    directory: z.string().min(1).describe("Where the destination leaves its files"),
    ...common,
  })
  .refine(hasSomethingToSignInWith, NEEDS_SIGN_IN);

const s3PickUp = z.strictObject({ kind: z.literal("s3"), ...s3Reach, ...common });

export const pickUpShape = z.discriminatedUnion("kind", [directoryPickUp, sftpPickUp, s3PickUp]);

export type PickUp = z.output<typeof pickUpShape>;
export type SftpPickUp = Extract<PickUp, { kind: "sftp" }>;
export type S3PickUp = Extract<PickUp, { kind: "s3" }>;
