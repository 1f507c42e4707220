/**
 * Takes in a file that a destination sent back, however it came: its bytes are stored, sealed and
 * hashed, before anything is read. The same bytes again are the same file: refused and listed.
 */
import type { InboundFormat } from "../../formats/read/document.ts";
import { mostBytesOf, sizeInWords } from "../../formats/read/limits.ts";
import { Failure } from "../../kernel/failure.ts";

import type { BatchDesk } from "../desk.ts";
import { profileOf } from "../generate.ts";
import type { BatchProfile } from "../profile.ts";
import { keepBytes, newSeal, sha256Of } from "./kept-bytes.ts";
import type { InboundSource } from "./store.ts";
import { insertInboundFile, insertRepeat } from "./store.ts";
import type { InboundFileRow } from "./views.ts";
import { inboundFileOfBytes } from "./views.ts";

export interface ReceivedBytes {
  readonly clientId: string;
  readonly profile: string;
  /** What it was called where it came from. */
  readonly name: string;
  readonly source: InboundSource;
  readonly bytes: Uint8Array;
  readonly actor: string;
}

export interface Received {
  readonly file: InboundFileRow;
  /** These bytes had come before; nothing was done. */
  readonly isRepeat: boolean;
}

/**
 * Throws `not-found` without such a profile, `configuration-invalid` where it reads no answers,
 * `body-too-large`.
 */
export async function receiveFile(desk: BatchDesk, received: ReceivedBytes): Promise<Received> {
  const { clientId, profile: name, bytes } = received;
  const sha256 = sha256Of(bytes);
  const done = await desk.engine.database.transaction(async (tx) => {
    const now = desk.engine.clock.now().toString();
    const { profile } = await profileOf(tx, desk, clientId, name);
    const { format } = returnFileOf(profile);
    refuseTooLarge(format, received.name, bytes.length);
    const id = desk.engine.ids.next();
    const seal = newSeal(desk.keys);
    const row = {
      clientId,
      id,
      profile: name,
      name: fileNameOnly(received.name),
      source: received.source,
      format,
      sha256,
      sizeBytes: bytes.length,
      sealedBy: seal.sealedBy,
      actor: received.actor,
    };
    const isNew = await insertInboundFile(tx, row, now);
    if (isNew) await keepBytes(tx, { clientId, fileId: id }, seal, bytes);
    const file = await inboundFileOfBytes(tx, clientId, name, sha256);
    if (file === undefined) throw new Error("a return file just stored is there");
    if (!isNew) {
      const repeatId = desk.engine.ids.next();
      await insertRepeat(tx, { ...row, id: repeatId, fileId: file.id }, now);
    }
    desk.failpoints.at("batch.inbound.stored");
    return { file, isRepeat: !isNew };
  });
  desk.failpoints.at("batch.inbound.received");
  return done;
}

/** Throws `body-too-large`, naming the limit. */
export function refuseTooLarge(format: InboundFormat, name: string, sizeBytes: number): void {
  const limitBytes = mostBytesOf(format);
  if (sizeBytes <= limitBytes) return;
  const limit = `${sizeInWords(limitBytes)}, the most of ${format}`;
  throw new Failure("body-too-large", `${name} has more than ${limit}`, { limitBytes });
}

/** What the profile says of the files that come back. Throws `configuration-invalid`. */
export function returnFileOf(profile: BatchProfile): NonNullable<BatchProfile["returnFile"]> {
  if (profile.returnFile !== undefined) return profile.returnFile;
  throw new Failure("configuration-invalid", `profile ${profile.name} has no returnFile`, {
    profile: profile.name,
  });
}

/** Of a path only its last part, and no control characters: it is shown and logged. */
function fileNameOnly(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? "";
  // oxlint-disable-next-line no-control-regex
  const clean = last.replaceAll(/[\u0000-\u001f\u007f]/gu, "").slice(0, 255);
  return clean === "" ? "unnamed" : clean;
}
