/**
 * Evidence of a posting made by hand (domain §5.3): kept as it came, hashed and sealed, before the
 * statement that rests on it is made. What it is, its bytes say; nothing of it is ever changed.
 */
import { createHash } from "node:crypto";

import { recordAudit } from "../access/audit.ts";
import { newDataKey } from "../access/seal.ts";
import type { VaultKeys } from "../access/vault-key.ts";
import type { ClientRuntime, Engine } from "../accounting/engine.ts";
import { openChunk, openKey, sealChunk, wrappedBy } from "../access/sealed-chunks.ts";
import { refuseCardNumbers } from "../kernel/card-number.ts";
import { Failure } from "../kernel/failure.ts";
import { refuseLocked } from "../work/claim-lock.ts";
import { refuseOthers } from "../work/take.ts";
import { assignmentsById } from "../work/views.ts";

import { mediaTypeOf } from "./media-type.ts";
import { insertEvidence, insertEvidenceChunk } from "./store.ts";
import type { EvidenceRow } from "./views.ts";
import { evidenceBySha256, evidenceChunk, evidenceOfAssignment } from "./views.ts";

const CHUNK_BYTES = 256 * 1024;

export interface EvidenceDesk {
  readonly engine: Engine;
  readonly keys: VaultKeys;
}

export interface GivenEvidence {
  readonly clientId: string;
  readonly assignmentId: string;
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly actor: string;
}

/**
 * Keeps a piece; the same bytes for the same work are the same piece. Throws `input-invalid` naming
 * what does not fit, `card-number-in-text` for such a name, `assignment-closed`,
 * `assignment-taken`, `claim-locked`, `not-found`.
 */
export function keepEvidence(
  { engine, keys }: EvidenceDesk,
  given: GivenEvidence,
): Promise<{ readonly evidence: EvidenceRow; readonly isNew: boolean }> {
  const { clientId, assignmentId, bytes, actor } = given;
  refuseCardNumbers(given.name, "name");
  const sha256 = createHash("sha256").update(bytes).digest();
  return engine.database.transaction(async (tx) => {
    const key = { clientId, id: assignmentId };
    const client = (await engine.clients(tx, [clientId])).get(clientId) as ClientRuntime;
    const [work] = await assignmentsById(tx, [key]);
    const { adjustmentId = null, disputeId = null } = work ?? {};
    if (work === undefined || adjustmentId === null || disputeId === null) {
      throw new Failure("not-found", `assignment ${assignmentId} has no posting to show`);
    }
    if (!work.isOpen) throw new Failure("assignment-closed", `it ended ${work.outcome ?? ""}`);
    refuseOthers(work, actor);
    refuseLocked(work, actor, engine.clock.now().toString());
    const known = await evidenceBySha256(tx, key, sha256);
    if (known !== undefined) return { evidence: known, isNew: false };
    const { evidence: rules } = client.settings.manual;
    const mediaType = mediaTypeOf(bytes);
    if (bytes.length === 0) throw unfit("is empty");
    if (bytes.length > rules.maximumBytes) {
      throw unfit(`is larger than ${rules.maximumBytes} bytes`);
    }
    if (mediaType === null || !rules.types.includes(mediaType)) {
      throw unfit(
        `is ${mediaType ?? "of no kind that is known"}: ${rules.types.join(", ")} are kept`,
      );
    }
    if ((await evidenceOfAssignment(tx, key)).length >= rules.maximumFiles) {
      throw unfit(`would be more than ${rules.maximumFiles} pieces`);
    }
    const id = engine.ids.next();
    const dataKey = newDataKey();
    await insertEvidence(
      tx,
      {
        clientId,
        id,
        assignmentId,
        adjustmentId,
        disputeId,
        name: nameOnly(given.name),
        mediaType,
        sha256,
        sizeBytes: bytes.length,
        ...wrappedBy(keys, dataKey),
        actor,
      },
      engine.clock.now().toString(),
    );
    const place = { clientId, fileId: id };
    for (let at = 0, ordinal = 1; at < bytes.length; at += CHUNK_BYTES, ordinal += 1) {
      const clear = bytes.subarray(at, at + CHUNK_BYTES);
      const sealed = sealChunk(dataKey, place, ordinal, clear);
      await insertEvidenceChunk(tx, { clientId, evidenceId: id, ordinal, bytes: sealed });
    }
    const evidence = await evidenceBySha256(tx, key, sha256);
    if (evidence === undefined) throw new Error("evidence just kept is there");
    return { evidence, isNew: true };
  });
}

/** The clear bytes, for whoever may see them; on record. Throws when they were altered. */
export async function readEvidence(
  desk: EvidenceDesk,
  evidence: EvidenceRow,
  actor: string,
): Promise<Buffer> {
  const { engine } = desk;
  const { clientId, id } = evidence;
  await recordAudit(engine.database, engine, [
    { actor, clientId, action: "readEvidence", subject: `evidence/${id}`, reason: null },
  ]);
  return bytesAsKept(desk, evidence);
}

/** What is wrong with the bytes of a piece; null: they are as they were kept. Shows them nobody. */
export async function evidenceFault(
  desk: EvidenceDesk,
  evidence: EvidenceRow,
): Promise<string | null> {
  try {
    const { length } = await bytesAsKept(desk, evidence);
    const { sizeBytes } = evidence;
    return length === sizeBytes ? null : `${length} bytes, ${sizeBytes} were kept`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function bytesAsKept({ engine, keys }: EvidenceDesk, evidence: EvidenceRow): Promise<Buffer> {
  const { clientId, id } = evidence;
  const dataKey = openKey(keys, evidence);
  const place = { clientId, fileId: id };
  const chunks: Buffer[] = [];
  for (let ordinal = 1; ; ordinal += 1) {
    const sealed = await evidenceChunk(engine.database, clientId, id, ordinal);
    if (sealed === undefined) break;
    chunks.push(openChunk(dataKey, place, ordinal, sealed));
  }
  const clear = Buffer.concat(chunks);
  const sha256 = createHash("sha256").update(clear).digest();
  if (!sha256.equals(Buffer.from(evidence.sha256))) {
    throw new Error(`the bytes of evidence ${id} are not those that were kept`);
  }
  return clear;
}

function unfit(detail: string): Failure {
  return new Failure("input-invalid", `the file ${detail}`, {}, [{ pointer: "/file", detail }]);
}

/** Of a path only its last part, and no control characters: it is shown and offered to save. */
function nameOnly(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? "";
  // oxlint-disable-next-line no-control-regex
  const clean = last.replaceAll(/[\u0000-\u001f\u007f"]/gu, "").slice(0, 255);
  return clean === "" ? "unnamed" : clean;
}
