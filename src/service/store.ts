/**
 * Every statement that writes attempts, their outcomes, circuits and findings. An attempt is
 * committed before its call; the database refuses a second outcome of one attempt.
 */
import type { Transaction } from "../database/database.ts";
import { json, sql } from "../database/sql.ts";

import type { Circuit } from "./circuit.ts";
import type { Pace } from "./pace.ts";
import type { LookUpOutcome, PostingOutcome } from "./service-configuration.ts";

/** A probe runs the core's checks and writes nothing. */
export type AttemptPurpose = "post" | "lookUp" | "probe";

/** What of a request is kept: no secret, no account number. */
export interface KeptRequest {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

export interface NewAttempt {
  readonly clientId: string;
  readonly id: string;
  readonly adjustmentId: string;
  readonly service: string;
  readonly purpose: AttemptPurpose;
  readonly fence: number;
  readonly key: string;
  readonly keyRevision: number;
  readonly worker: string;
  readonly request: KeptRequest;
  /** What it is for, where the core works per entry or step; null: all of it. */
  readonly part: string | null;
}

export async function insertAttempts(
  tx: Transaction,
  rows: readonly NewAttempt[],
  startedAt: string,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into service_attempt (
      client_id, id, adjustment_id, service, purpose, fence, key, key_revision, worker, request,
      part, started_at)
    select added.*, ${startedAt}::timestamptz
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.id)}::uuid[],
      ${rows.map((row) => row.adjustmentId)}::uuid[],
      ${rows.map((row) => row.service)}::text[],
      ${rows.map((row) => row.purpose)}::text[],
      ${rows.map((row) => row.fence)}::int[],
      ${rows.map((row) => row.key)}::text[],
      ${rows.map((row) => row.keyRevision)}::smallint[],
      ${rows.map((row) => row.worker)}::text[],
      ${rows.map((row) => json(row.request))}::jsonb[],
      ${rows.map((row) => row.part)}::uuid[]) as added
  `);
}

export interface NewOutcome {
  readonly clientId: string;
  readonly adjustmentId: string;
  readonly attemptId: string;
  readonly service: string;
  readonly purpose: AttemptPurpose;
  readonly startedAt: string;
  readonly outcome: PostingOutcome | LookUpOutcome;
  readonly status: number | null;
  readonly code: string | null;
  /** All of them, where the answer names several. */
  readonly codes: readonly string[] | null;
  readonly reason: string | null;
  readonly reference: string | null;
  readonly answer: string | null;
  readonly latencyMilliseconds: number;
  readonly isSuperseded: boolean;
}

export async function insertOutcomes(
  tx: Transaction,
  rows: readonly NewOutcome[],
  recordedAt: string,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into service_attempt_outcome (
      client_id, adjustment_id, attempt_id, service, purpose, started_at, outcome, status, code,
      reason, reference, answer, latency_ms, superseded, codes, recorded_at)
    select client_id, adjustment_id, attempt_id, service, purpose, started_at, outcome, status,
           code, reason, reference, answer, latency_ms, superseded,
           (select array_agg(one) from jsonb_array_elements_text(codes) as one),
           ${recordedAt}::timestamptz
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.adjustmentId)}::uuid[],
      ${rows.map((row) => row.attemptId)}::uuid[],
      ${rows.map((row) => row.service)}::text[],
      ${rows.map((row) => row.purpose)}::text[],
      ${rows.map((row) => row.startedAt)}::timestamptz[],
      ${rows.map((row) => row.outcome)}::text[],
      ${rows.map((row) => row.status)}::smallint[],
      ${rows.map((row) => row.code)}::text[],
      ${rows.map((row) => row.reason)}::text[],
      ${rows.map((row) => row.reference)}::text[],
      ${rows.map((row) => row.answer)}::text[],
      ${rows.map((row) => row.latencyMilliseconds)}::int[],
      ${rows.map((row) => row.isSuperseded)}::boolean[],
      ${rows.map((row) => json(row.codes ?? []))}::jsonb[]) as added (
        client_id, adjustment_id, attempt_id, service, purpose, started_at, outcome, status, code,
        reason, reference, answer, latency_ms, superseded, codes)
  `);
}

export interface ServiceKey {
  readonly clientId: string;
  readonly service: string;
}

/** Writes a circuit; who changes one has locked its row (`lockCircuit`). */
export async function saveCircuit(
  tx: Transaction,
  { clientId, service }: ServiceKey,
  circuit: Circuit,
  now: string,
): Promise<void> {
  const probeAt = circuit.probeAt === null ? null : circuit.probeAt / 1000;
  await tx.execute(sql`
    update service_circuit
    set state = ${circuit.state}, failures = ${circuit.failures}, openings = ${circuit.openings},
        probe_at = to_timestamp(${probeAt}::float8), updated_at = ${now},
        opened_at = case when ${circuit.state} <> 'closed' then coalesce(opened_at, ${now}) end
    where client_id = ${clientId} and service = ${service}
  `);
}

/** The circuit with its row locked; the row is created before it is locked. */
export async function lockCircuit(
  tx: Transaction,
  { clientId, service }: ServiceKey,
  now: string,
): Promise<Circuit> {
  await tx.execute(sql`
    insert into service_circuit (client_id, service, state, failures, openings, updated_at)
    values (${clientId}, ${service}, 'closed', 0, 0, ${now})
    on conflict (client_id, service) do nothing
  `);
  const row = await tx.one<{
    state: Circuit["state"];
    failures: number;
    openings: number;
    probeAtSeconds: number | null;
  }>(sql`
    select state, failures, openings,
           extract(epoch from probe_at)::float8 as "probeAtSeconds"
    from service_circuit
    where client_id = ${clientId} and service = ${service}
    for update
  `);
  const { probeAtSeconds, ...rest } = row;
  return { ...rest, probeAt: probeAtSeconds === null ? null : probeAtSeconds * 1000 };
}

export interface NewPart {
  readonly clientId: string;
  readonly adjustmentId: string;
  readonly part: string;
  readonly entryId: string;
  /** Null where a person found it out. */
  readonly attemptId: string | null;
  readonly reference: string | null;
  readonly postingDate: string;
  readonly actor: string;
}

/** The database refuses a part that was posted before. */
export async function insertParts(
  tx: Transaction,
  rows: readonly NewPart[],
  recordedAt: string,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into service_part (
      client_id, adjustment_id, part, entry_id, attempt_id, reference, posting_date, actor,
      recorded_at)
    select added.*, ${recordedAt}::timestamptz
    from unnest(
      ${rows.map((row) => row.clientId)}::text[],
      ${rows.map((row) => row.adjustmentId)}::uuid[],
      ${rows.map((row) => row.part)}::uuid[],
      ${rows.map((row) => row.entryId)}::uuid[],
      ${rows.map((row) => row.attemptId)}::uuid[],
      ${rows.map((row) => row.reference)}::text[],
      ${rows.map((row) => row.postingDate)}::date[],
      ${rows.map((row) => row.actor)}::text[]) as added
  `);
}

export interface NewOverride {
  readonly clientId: string;
  readonly id: string;
  readonly adjustmentId: string;
  /** Of the call that carries the codes. */
  readonly keyRevision: number;
  readonly codes: readonly string[];
  readonly reason: string;
  readonly actor: string;
}

export async function insertOverride(
  tx: Transaction,
  row: NewOverride,
  recordedAt: string,
): Promise<void> {
  await tx.execute(sql`
    insert into service_override (
      client_id, id, adjustment_id, key_revision, codes, reason, actor, recorded_at)
    values (
      ${row.clientId}, ${row.id}, ${row.adjustmentId}, ${row.keyRevision}, ${row.codes}::text[],
      ${row.reason}, ${row.actor}, ${recordedAt})
  `);
}

/** The bucket of a service with its row locked; null where the row is new. */
export async function lockPace(
  tx: Transaction,
  { clientId, service }: ServiceKey,
  now: string,
): Promise<Pace | null> {
  const added = await tx.query(sql`
    insert into service_pace (client_id, service, allowance, counted_at)
    values (${clientId}, ${service}, 0, ${now})
    on conflict (client_id, service) do nothing
    returning service
  `);
  const row = await tx.one<{ allowance: number; countedAt: number }>(sql`
    select allowance, extract(epoch from counted_at)::float8 * 1000 as "countedAt"
    from service_pace
    where client_id = ${clientId} and service = ${service}
    for update
  `);
  return added.length > 0 ? null : row;
}

export async function savePace(
  tx: Transaction,
  { clientId, service }: ServiceKey,
  { allowance, countedAt }: Pace,
): Promise<void> {
  await tx.execute(sql`
    update service_pace
    set allowance = ${allowance}, counted_at = to_timestamp(${countedAt / 1000}::float8)
    where client_id = ${clientId} and service = ${service}
  `);
}

export interface NewFinding {
  readonly clientId: string;
  readonly id: string;
  readonly adjustmentId: string;
  readonly fence: number;
  readonly posted: boolean;
  readonly reference: string | null;
  readonly postingDate: string | null;
  readonly reason: string;
  readonly actor: string;
}

export async function insertFinding(
  tx: Transaction,
  row: NewFinding,
  recordedAt: string,
): Promise<void> {
  await tx.execute(sql`
    insert into service_finding (
      client_id, id, adjustment_id, fence, posted, reference, posting_date, reason, actor,
      recorded_at)
    values (
      ${row.clientId}, ${row.id}, ${row.adjustmentId}, ${row.fence}, ${row.posted},
      ${row.reference}, ${row.postingDate}, ${row.reason}, ${row.actor}, ${recordedAt})
  `);
}
