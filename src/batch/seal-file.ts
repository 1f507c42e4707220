/**
 * What leaves: the file's own bytes, or its envelope where the profile seals. An envelope is made
 * once, kept as it leaves with both hashes, and sent again the same; within a transmission it stays
 * the same even when keys change.
 */
import { createHash } from "node:crypto";

import type { Queries } from "../database/database.ts";
import { assert } from "../kernel/assert.ts";

import type { OpenPgp } from "./delivery-shapes.ts";
import type { BatchDesk } from "./desk.ts";
import { insertEnvelope, insertEnvelopeChunk } from "./store-transmissions.ts";
import type { Consignment, Journal } from "./transmit/destination.ts";
import { lastOf, Overtaken } from "./transmit/destination.ts";
import type { PgpKeys } from "./transmit/open-pgp.ts";
import { openPgpKeys } from "./transmit/open-pgp.ts";
import type { Try } from "./try-journal.ts";
import { leased } from "./try-journal.ts";
import type { EnvelopeRow, FileRow } from "./views.ts";
import { envelopeChunk, envelopeOf } from "./views.ts";

const CHUNK_BYTES = 256 * 1024;

/** Throws `configuration-invalid` where a key is missing or of no use. */
export async function sealed(
  desk: BatchDesk,
  { one, settings }: { readonly one: Try; readonly settings: OpenPgp },
  clear: Consignment,
  journal: Journal,
): Promise<Consignment> {
  const { file } = one;
  const envelope = await envelopeFor(desk, file, settings, clear, journal);
  const { database } = desk.engine;
  return {
    ...clear,
    fileName: `${clear.fileName}${settings.extension}`,
    sizeBytes: Number(envelope.sizeBytes),
    sha256: envelope.sha256,
    content: () => leased(desk, one, bytesOf(database, file.clientId, envelope.id)),
  };
}

async function* bytesOf(
  database: Queries,
  clientId: string,
  envelopeId: string,
): AsyncGenerator<Buffer> {
  for (let ordinal = 1; ; ordinal += 1) {
    const bytes = await envelopeChunk(database, clientId, envelopeId, ordinal);
    if (bytes === undefined) return;
    yield bytes;
  }
}

async function envelopeFor(
  desk: BatchDesk,
  file: FileRow,
  settings: OpenPgp,
  clear: Consignment,
  journal: Journal,
): Promise<EnvelopeRow> {
  const { database, clock } = desk.engine;
  const before = lastOf(journal.earlier, "sealed")?.detail["envelope"];
  if (before !== undefined) {
    const kept = await envelopeOf(database, file, { id: String(before) });
    assert(kept !== undefined, "a recorded envelope is kept");
    return kept;
  }
  const keys = await openPgpKeys(settings, desk.secrets, clock);
  const envelope =
    (await envelopeOf(database, file, { keysSha256: keys.sha256 })) ??
    (await seal(desk, file, keys, clear));
  await journal.record("sealed", {
    envelope: envelope.id,
    clearSha256: file.sha256.toString("hex"),
    sealedSha256: envelope.sha256.toString("hex"),
    sizeBytes: Number(envelope.sizeBytes),
    recipients: envelope.recipients,
    signer: envelope.signer,
  });
  return envelope;
}

/** Sealed and kept in one transaction; at most one chunk is in memory. */
async function seal(
  desk: BatchDesk,
  file: FileRow,
  keys: PgpKeys,
  clear: Consignment,
): Promise<EnvelopeRow> {
  const { database, clock, ids } = desk.engine;
  const { clientId, id: fileId } = file;
  const id = ids.next();
  await database.transaction(async (tx) => {
    const hash = createHash("sha256");
    let sizeBytes = 0;
    let ordinal = 0;
    for await (const bytes of inChunks(await keys.seal(clear.content()))) {
      hash.update(bytes);
      sizeBytes += bytes.length;
      ordinal += 1;
      await insertEnvelopeChunk(tx, { clientId, envelopeId: id, ordinal, bytes });
    }
    const { recipients, signer, sha256: keysSha256 } = keys;
    const sha256 = hash.digest();
    const row = { clientId, id, fileId, keysSha256, recipients, signer, sha256, sizeBytes };
    const isKept = await insertEnvelope(tx, row, clock.now().toString());
    if (!isKept) throw new Overtaken(`another try of file ${fileId} sealed it`);
  });
  const kept = await envelopeOf(database, file, { id });
  assert(kept !== undefined, "what was kept is there");
  return kept;
}

async function* inChunks(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let pending: Uint8Array[] = [];
  let length = 0;
  for await (const piece of bytes) {
    pending.push(piece);
    length += piece.length;
    if (length < CHUNK_BYTES) continue;
    yield Buffer.concat(pending);
    pending = [];
    length = 0;
  }
  if (length > 0) yield Buffer.concat(pending);
}
