/** Every statement that writes attestations and their evidence: what people stated and showed. */
import type { Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

export interface NewAttestation {
  readonly clientId: string;
  readonly id: string;
  readonly adjustmentId: string;
  readonly assignmentId: string;
  /** The system of record's own. */
  readonly reference: string;
  readonly postingDate: string;
  readonly note: string | null;
  readonly actor: string;
}

export async function insertAttestations(
  tx: Transaction,
  rows: readonly NewAttestation[],
  recordedAt: string,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into attestation (
      client_id, id, adjustment_id, assignment_id, reference, posting_date, note, actor, attested,
      recorded_at)
    select stated.*, true, ${recordedAt}::timestamptz
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.id)}::uuid[],
      ${rows.map((row) => row.adjustmentId)}::uuid[],
      ${rows.map((row) => row.assignmentId)}::uuid[],
      ${rows.map((row) => row.reference)}::text[],
      ${rows.map((row) => row.postingDate)}::date[],
      ${rows.map((row) => row.note)}::text[],
      ${rows.map((row) => row.actor)}::text[]) as stated
  `);
}

export interface NewEvidence {
  readonly clientId: string;
  readonly id: string;
  readonly assignmentId: string;
  readonly adjustmentId: string;
  readonly disputeId: string;
  readonly name: string;
  readonly mediaType: string;
  readonly sha256: Uint8Array;
  readonly sizeBytes: number;
  readonly wrappedKey: Uint8Array;
  readonly wrappingKey: number;
  readonly actor: string;
}

export async function insertEvidence(
  tx: Transaction,
  one: NewEvidence,
  recordedAt: string,
): Promise<void> {
  await tx.execute(sql`
    insert into evidence (
      client_id, id, assignment_id, adjustment_id, dispute_id, name, media_type, sha256,
      size_bytes, wrapped_key, wrapping_key, actor, recorded_at)
    values (
      ${one.clientId}, ${one.id}, ${one.assignmentId}, ${one.adjustmentId}, ${one.disputeId},
      ${one.name}, ${one.mediaType}, ${one.sha256}, ${one.sizeBytes}, ${one.wrappedKey},
      ${one.wrappingKey}, ${one.actor}, ${recordedAt})
  `);
}

export async function insertEvidenceChunk(
  tx: Transaction,
  chunk: {
    readonly clientId: string;
    readonly evidenceId: string;
    readonly ordinal: number;
    readonly bytes: Uint8Array;
  },
): Promise<void> {
  await tx.execute(sql`
    insert into evidence_chunk (client_id, evidence_id, ordinal, bytes)
    values (${chunk.clientId}, ${chunk.evidenceId}, ${chunk.ordinal}, ${chunk.bytes})
  `);
}

/** The pieces that statements rest on. */
export async function linkEvidence(
  tx: Transaction,
  rows: readonly {
    readonly clientId: string;
    readonly attestationId: string;
    readonly evidenceId: string;
  }[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into attestation_evidence (client_id, attestation_id, evidence_id)
    select * from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.attestationId)}::uuid[],
      ${rows.map((row) => row.evidenceId)}::uuid[])
  `);
}
