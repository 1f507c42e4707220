/** Many rows without holding them in memory: a cursor for objects, `copy` for bytes. */
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import type pg from "pg";
import copyStreams from "pg-copy-streams";
import Cursor from "pg-cursor";

import type { Statement } from "./sql.ts";
import { boundValues, literal, resultTypes } from "./values.ts";

/** What `copy … from stdin` is fed with: whole lines or pieces of them. */
export type Chunks = Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

export async function* cursorRows<Row extends object>(
  client: pg.ClientBase,
  statement: Statement,
  rowsPerFetch: number,
): AsyncGenerator<Row> {
  const values = boundValues(statement.values);
  const cursor = client.query(new Cursor<Row>(statement.text, values, { types: resultTypes }));
  try {
    for (;;) {
      const rows = await cursor.read(rowsPerFetch);
      yield* rows;
      if (rows.length < rowsPerFetch) return;
    }
  } finally {
    await cursor.close();
  }
}

export async function copyFrom(
  client: pg.ClientBase,
  statement: Statement,
  chunks: Chunks,
): Promise<number> {
  const target = client.query(copyStreams.from(withLiterals(statement)));
  await pipeline(Readable.from(chunks, { objectMode: false }), target);
  return target.rowCount;
}

export async function* copyTo(client: pg.ClientBase, statement: Statement): AsyncGenerator<Buffer> {
  const source = client.query(copyStreams.to(withLiterals(statement)));
  for await (const chunk of source) yield chunk as Buffer;
}

/** `copy` takes no parameters: its values are written as literals, scalars only. */
function withLiterals({ parts, values }: Statement): string {
  return parts.reduce((head, part, index) => `${head}${literal(values[index - 1])}${part}`);
}
