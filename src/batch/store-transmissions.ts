/** Every statement that writes the record of transmissions, and the envelopes of files. */
import type { Queries, Transaction } from "../database/database.ts";
import { json, sql } from "../database/sql.ts";

export interface TransmissionStep {
  readonly clientId: string;
  readonly id: string;
  readonly fileId: string;
  readonly transmission: number;
  readonly attempt: number;
  readonly step: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly actor: string;
}

export async function recordStep(db: Queries, step: TransmissionStep, now: string): Promise<void> {
  await db.execute(sql`
    insert into batch_transmission (
      client_id, id, file_id, transmission, attempt, step, detail, actor, recorded_at)
    values (
      ${step.clientId}, ${step.id}, ${step.fileId}, ${step.transmission}, ${step.attempt},
      ${step.step}, ${json(step.detail)}, ${step.actor}, ${now})
  `);
}

/** Records a step unless a newer try has begun; answers whether it did. */
export async function recordStepOfTry(
  db: Queries,
  step: TransmissionStep,
  now: string,
): Promise<boolean> {
  const count = await db.execute(sql`
    insert into batch_transmission (
      client_id, id, file_id, transmission, attempt, step, detail, actor, recorded_at)
    select f.client_id, ${step.id}::uuid, f.id, f.transmission, f.attempts, ${step.step},
           ${json(step.detail)}, ${step.actor}, ${now}::timestamptz
    from batch_file f
    where f.client_id = ${step.clientId} and f.id = ${step.fileId}
      and f.transmission = ${step.transmission} and f.attempts = ${step.attempt}
  `);
  return count === 1;
}

export interface NewEnvelope {
  readonly clientId: string;
  readonly id: string;
  readonly fileId: string;
  readonly keysSha256: Uint8Array;
  readonly recipients: readonly string[];
  readonly signer: string | null;
  readonly sha256: Uint8Array;
  readonly sizeBytes: number;
}

/** Keeps an envelope after its bytes; answers false when another try kept one meanwhile. */
export async function insertEnvelope(
  tx: Transaction,
  envelope: NewEnvelope,
  now: string,
): Promise<boolean> {
  const count = await tx.execute(sql`
    insert into batch_envelope (
      client_id, id, file_id, keys_sha256, recipients, signer, sha256, size_bytes, created_at)
    values (
      ${envelope.clientId}, ${envelope.id}, ${envelope.fileId}, ${envelope.keysSha256},
      ${envelope.recipients}::text[], ${envelope.signer}, ${envelope.sha256},
      ${envelope.sizeBytes}, ${now})
    on conflict (client_id, file_id, keys_sha256) do nothing
  `);
  return count === 1;
}

export async function insertEnvelopeChunk(
  tx: Transaction,
  chunk: { clientId: string; envelopeId: string; ordinal: number; bytes: Uint8Array },
): Promise<void> {
  await tx.execute(sql`
    insert into batch_envelope_bytes (client_id, envelope_id, ordinal, bytes)
    values (${chunk.clientId}, ${chunk.envelopeId}, ${chunk.ordinal}, ${chunk.bytes})
  `);
}
