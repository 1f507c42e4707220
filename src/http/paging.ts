/** Pages of a listing: `limit` rows and the cursor of the next ones; one row more tells if any. */
import { z } from "zod";

import type { CursorKey, Cursors } from "./cursor.ts";

export const DEFAULT_LIMIT = 50;
export const HIGHEST_LIMIT = 500;

export const PageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(HIGHEST_LIMIT).default(DEFAULT_LIMIT),
  cursor: z.string().max(2000).optional().describe("`next` of the page before"),
});

export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    next: z.string().nullable().describe("The cursor of the next page, null on the last one"),
  });
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly next: string | null;
}

export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/**
 * Reads one page. `read` gets the key after which to go on and how many rows to read; `keyOf` says
 * where a row stands in the order. Filters are part of the cursor. Throws `cursor-invalid`.
 */
export async function readPage<Row>(
  cursors: Cursors,
  listing: string,
  query: PageRequest,
  parts: {
    readonly filters: unknown;
    readonly read: (after: CursorKey | null, limit: number) => Promise<readonly Row[]>;
    readonly keyOf: (row: Row) => CursorKey;
  },
): Promise<Page<Row>> {
  const after = cursors.read(listing, parts.filters, query.cursor);
  const found = await parts.read(after, query.limit + 1);
  const rows = found.slice(0, query.limit);
  const last = rows.at(-1);
  const more = found.length > query.limit && last !== undefined;
  return {
    rows,
    next: more ? cursors.write(listing, parts.filters, parts.keyOf(last)) : null,
  };
}
