/**
 * Opaque, signed cursors: where a page ended, for which listing and which filters. An altered or a
 * foreign one is refused; the key behind it is the same in every process of an installation.
 */
import { createHmac, timingSafeEqual } from "node:crypto";

import { Failure } from "../kernel/failure.ts";

export type CursorKey = readonly (string | number | null)[];

export interface Cursors {
  /** Reads a cursor of this listing with these filters. Throws `cursor-invalid`. */
  read(listing: string, filters: unknown, cursor: string | undefined): CursorKey | null;
  write(listing: string, filters: unknown, key: CursorKey): string;
}

const SIGNATURE_BYTES = 16;

export function signedCursors(signingKey: Uint8Array): Cursors {
  const signature = (body: string, listing: string, filters: unknown): Buffer =>
    createHmac("sha256", signingKey)
      .update(`${listing}\n${JSON.stringify(filters)}\n${body}`)
      .digest()
      .subarray(0, SIGNATURE_BYTES);

  return {
    write: (listing, filters, key) => {
      const body = Buffer.from(JSON.stringify(key)).toString("base64url");
      return `${body}.${signature(body, listing, filters).toString("base64url")}`;
    },
    read: (listing, filters, cursor) => {
      if (cursor === undefined) return null;
      const [body = "", mark = "", ...rest] = cursor.split(".");
      const given = Buffer.from(mark, "base64url");
      const expected = signature(body, listing, filters);
      const isOurs =
        rest.length === 0 && given.length === SIGNATURE_BYTES && timingSafeEqual(given, expected);
      if (!isOurs) {
        throw new Failure("cursor-invalid", `this is no cursor of ${listing} with these filters`);
      }
      return JSON.parse(Buffer.from(body, "base64url").toString("utf8")) as CursorKey;
    },
  };
}
