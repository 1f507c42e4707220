/**
 * ExecuteAccounting: takes a set of operations, decides each against its dispute's book, and writes
 * what was decided in one transaction: operation, adjustments, entries, balances, assignments,
 * events. The one way in for HTTP, imports, portal and clocks.
 *
 * A key is used once for ever: the same operation again answers what it became, another body under
 * the same key is refused. Operations of one dispute apply in the order given, also inside a set.
 */
import type { Temporal } from "temporal-polyfill";

import type { DisputeRef } from "../cases/views.ts";
import { disputesById, disputesByNumber } from "../cases/views.ts";
import type { Transaction } from "../database/database.ts";
import { isConflict, sqlState, violatedConstraint } from "../database/errors.ts";
import { assert } from "../kernel/assert.ts";
import type { FailureCode } from "../kernel/failure.ts";
import { refuseCardNumbersIn } from "../kernel/fit-text.ts";
import { Failure } from "../kernel/failure.ts";
import { DISPUTE_NUMBER, UUID } from "../kernel/ids.ts";

import { bodyHash, sameHash } from "./body-hash.ts";
import { contextOf } from "./context-of.ts";
import type { DecideContext, Replaced } from "./decide-context.ts";
import { decide } from "./decide.ts";
import type { ResolutionDecision } from "./dispute-book.ts";
import type { ClientRuntime, Engine } from "./engine.ts";
import type { EventInstants } from "./event-instant.ts";
import { eventInstant } from "./event-instant.ts";
import { evaluateGate } from "./gate.ts";
import type { LoadedBook } from "./load-books.ts";
import { lockAndLoadBooks } from "./load-books.ts";
import type { OperationOutcome } from "./operation-outcome.ts";
import { outcomeOf, recordedOutcome } from "./operation-outcome.ts";
import type { OutsideReferences } from "./outside-references.ts";
import { outsideReferences } from "./outside-references.ts";
import type { ShownDispute } from "./show-dispute-work.ts";
import { showDisputeWork } from "./show-dispute-work.ts";
import { CREDIT_USED_ONCE } from "./store-credits.ts";
import type { OperationRow, OperationSource } from "./store-operations.ts";
import { insertOperations, settleOperations } from "./store-operations.ts";
import { recordedOperations } from "./views.ts";
import type { WrittenBook } from "./write-books.ts";
import { Superseded, writeBooks, writtenOf } from "./write-books.ts";

export interface OperationRequest {
  readonly clientId: string;
  /** Unique per client for ever. */
  readonly key: string;
  readonly source: OperationSource;
  readonly actor: string;
  /** Outside number or id of the dispute. */
  readonly dispute: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** ISO instant of the business event; now when left out. */
  readonly at?: string | undefined;
  /** `operationHash` of this request, where somebody had time to compute it before. */
  readonly hash?: Buffer;
  /** What it takes the place of; the machine's own, never from outside. */
  readonly replaces?: Replaced | undefined;
  /** Agreed by a second person; never from outside. */
  readonly overridesGate?: boolean;
  /** A person approves it when it is done; the machine's own, never from outside. */
  readonly approvedAfterwards?: boolean;
}

/** What makes a repeated key the same operation. */
export function operationHash(request: Omit<OperationRequest, OfUs>): Buffer {
  const { dispute, operation, input, at } = request;
  return bodyHash({ dispute, operation, input, at });
}

type OfUs = "hash" | "replaces" | "overridesGate" | "approvedAfterwards";

export interface OperationResult extends OperationOutcome {
  readonly status: "done" | "duplicate" | "refused";
  readonly operationId: string | null;
  readonly failure: Failure | null;
}

const ATTEMPTS = 8;

/** Decides and writes a set in one transaction; decides again when somebody was faster. */
export function executeAccounting(
  engine: Engine,
  requests: readonly OperationRequest[],
): Promise<OperationResult[]> {
  return untilDecided(engine, (tx) => executeAccountingIn(tx, engine, requests));
}

/** Runs `work` in a transaction, again when what it was based on changed under it. */
export async function untilDecided<Result>(
  engine: Engine,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await engine.database.transaction(work);
    } catch (error) {
      if (attempt >= ATTEMPTS || !isOvertaken(error)) throw error;
    }
  }
}

/** Another transaction recorded the same key, number or reference first: look again. */
const OVERTAKEN = new Set([
  "operation_client_id_key_key",
  "outside_reference_pkey",
  "claim_client_id_key_key",
  "claim_client_id_number_key",
  "dispute_client_id_number_key",
]);

/** Another transaction was faster, or got in the way: the same work may be done again. */
export function isOvertaken(error: unknown): boolean {
  if (error instanceof Superseded || isConflict(error)) return true;
  if (violatedConstraint(error) === CREDIT_USED_ONCE) return true;
  return sqlState(error) === "23505" && OVERTAKEN.has(violatedConstraint(error) ?? "");
}

/** As `executeAccounting`, in the caller's transaction. Throws `Superseded`: then decide again. */
export async function executeAccountingIn(
  tx: Transaction,
  engine: Engine,
  requests: readonly OperationRequest[],
  options: { readonly outcomes: boolean } = { outcomes: true },
): Promise<OperationResult[]> {
  if (requests.length === 0) return [];
  const clients = await engine.clients(tx, [...new Set(requests.map((one) => one.clientId))]);
  const refs = await disputesOf(tx, requests);
  const books = await lockAndLoadBooks(tx, [...new Set(refs.values())], engine.ids);
  const set: OperationSet = {
    engine,
    clients,
    refs,
    books,
    recorded: await recordedBefore(tx, requests),
    references: await outsideReferences(tx, requests, (id) => clients.get(id)?.rulebook),
    now: engine.clock.now(),
    rows: [],
    settled: [],
    actors: new Map(),
    eventDates: new Map(),
    instants: new Map(),
    outcomes: options.outcomes,
    refused: new Map(),
  };
  const results = requests.map((request) => consider(set, request));
  await insertOperations(tx, set.rows, set.now.toString());
  await settleOperations(tx, set.settled, set.now.toString());
  await writeBooks(tx, engine, [...books.values()].map(writtenBook(set)), set.now.toString());
  await showDisputeWork(tx, engine, [...set.refused.values()]);
  return results;
}

interface OperationSet {
  readonly engine: Engine;
  readonly clients: ReadonlyMap<string, ClientRuntime>;
  /** By client and the reference given. */
  readonly refs: ReadonlyMap<string, DisputeRef>;
  readonly books: ReadonlyMap<string, LoadedBook>;
  readonly recorded: Map<string, Recorded>;
  readonly references: OutsideReferences;
  readonly now: Temporal.Instant;
  readonly rows: OperationRow[];
  /** Those that were due, written before by a clock. */
  readonly settled: OperationRow[];
  readonly actors: Map<string, string>;
  /** The last event date per dispute: adjustments carry it. */
  readonly eventDates: Map<string, string>;
  /** Business events of one import often share their instant. */
  readonly instants: EventInstants;
  /** An import only counts; it has no use for what each operation became. */
  readonly outcomes: boolean;
  /** Disputes that a gate refused to resolve: somebody has to look at them. */
  readonly refused: Map<string, ShownDispute>;
}

interface Recorded {
  readonly id: string;
  readonly hash: Uint8Array;
  /** Written into the inbox and not decided yet. */
  readonly isDue: boolean;
  readonly result: Pick<OperationResult, "decision" | "failure">;
}

/** Disputes by number or id, by `client reference`. */
async function disputesOf(
  tx: Transaction,
  requests: readonly OperationRequest[],
): Promise<Map<string, DisputeRef>> {
  const refs = new Map<string, DisputeRef>();
  const wanted = [
    ...new Map(requests.map((one) => [`${one.clientId} ${one.dispute}`, one])).values(),
  ];
  const numbers = wanted.filter((one) => DISPUTE_NUMBER.test(one.dispute));
  const ids = wanted.filter((one) => UUID.test(one.dispute));
  const byNumber = await disputesByNumber(
    tx,
    numbers.map((one) => ({ clientId: one.clientId, number: one.dispute })),
  );
  for (const ref of byNumber) refs.set(`${ref.clientId} ${ref.number}`, ref);
  if (ids.length === 0) return refs;
  const byId = await disputesById(
    tx,
    ids.map((one) => ({ clientId: one.clientId, id: one.dispute })),
  );
  for (const ref of byId) {
    // The same dispute named in both ways is one book.
    const known = refs.get(`${ref.clientId} ${ref.number}`) ?? ref;
    refs.set(`${ref.clientId} ${ref.disputeId}`, known);
  }
  return refs;
}

async function recordedBefore(
  tx: Transaction,
  requests: readonly OperationRequest[],
): Promise<Map<string, Recorded>> {
  const rows = await recordedOperations(
    tx,
    requests.map((one) => ({ clientId: one.clientId, key: one.key })),
  );
  return new Map(
    rows.map((row) => {
      const { decision = null, code, detail = "" } = row.outcome ?? {};
      const failure = code === undefined ? null : new Failure(code as FailureCode, detail);
      const result = { decision, failure };
      const isDue = row.state === "due";
      return [`${row.clientId} ${row.key}`, { id: row.id, hash: row.bodyHash, isDue, result }];
    }),
  );
}

function consider(set: OperationSet, request: OperationRequest): OperationResult {
  const hash = request.hash ?? operationHash(request);
  const keyed = `${request.clientId} ${request.key}`;
  const before = set.recorded.get(keyed);
  if (before !== undefined && !(before.isDue && sameHash(before.hash, hash))) {
    return repeatOf(set, request, before, hash);
  }

  const ref = set.refs.get(`${request.clientId} ${request.dispute}`);
  if (ref === undefined) {
    const detail = `dispute ${request.dispute} does not exist`;
    return refusal(null, new Failure("not-found", detail, {}, [{ pointer: "/dispute", detail }]));
  }
  const result = decideOne(set, request, ref, { hash, due: before ?? null });
  if (result.operationId === null) return result;
  set.recorded.set(keyed, { id: result.operationId, hash, isDue: false, result });
  return result;
}

/** The same request again answers what it became; its balances are those of now. */
function repeatOf(
  set: OperationSet,
  request: OperationRequest,
  before: Recorded,
  hash: Buffer,
): OperationResult {
  if (!sameHash(before.hash, hash)) {
    const detail = `key ${request.key} was used with another body`;
    return refusal(before.id, new Failure("key-reused", detail, { key: request.key }));
  }
  if (before.result.failure !== null) return refusal(before.id, before.result.failure);
  const ref = set.refs.get(`${request.clientId} ${request.dispute}`);
  const loaded = ref === undefined ? undefined : set.books.get(ref.disputeId);
  assert(loaded !== undefined, `operation ${before.id} was recorded without a dispute`);
  return {
    ...recordedOutcome(loaded.book, before.id, before.result.decision),
    status: "duplicate",
    operationId: before.id,
    failure: null,
  };
}

function decideOne(
  set: OperationSet,
  request: OperationRequest,
  ref: DisputeRef,
  { hash, due }: { readonly hash: Buffer; readonly due: Recorded | null },
): OperationResult {
  const runtime = set.clients.get(request.clientId) as ClientRuntime;
  const loaded = set.books.get(ref.disputeId);
  assert(loaded !== undefined, `dispute ${ref.number} has no book`);
  const { book } = loaded;
  const operationId = due?.id ?? set.engine.ids.next();
  const rows = due === null ? set.rows : set.settled;
  const instant = eventInstant(set, runtime.calendar, request.at);
  if (instant instanceof Failure) return refusal(null, instant);
  const misplaced = due === null ? cardNumberIn(request.input) : null;
  if (misplaced !== null) return refusal(null, misplaced);
  const { at, date: eventDate } = instant;
  const from = book.changes.length;
  const row = {
    clientId: request.clientId,
    id: operationId,
    key: request.key,
    bodyHash: hash,
    source: request.source,
    claimId: ref.claimId,
    disputeId: ref.disputeId,
    operation: request.operation,
    input: request.input,
    at,
    eventDate,
    actor: request.actor,
    stateBefore: book.state,
  };
  try {
    const { operation, input, actor, replaces, overridesGate, approvedAfterwards } = request;
    const today = runtime.calendar.dateOf(set.now);
    const asked = { operationId, operation, input, today, eventDate, actor };
    const { decision } = decide(
      book,
      { ...asked, replaces, overridesGate, approvedAfterwards },
      decideContext(set, runtime),
    );
    set.references.note(book, book.changes.slice(from));
    set.actors.set(operationId, actor);
    set.eventDates.set(book.id, eventDate);
    const outcome = set.outcomes
      ? outcomeOf(book, book.changes.slice(from), decision)
      : { ...NO_OUTCOME, decision };
    rows.push({ ...row, state: "done", outcome: { decision } });
    return { ...outcome, status: "done", operationId, failure: null };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    assert(book.changes.length === from, "a refused operation leaves the book as it was");
    const outcome = { code: error.code, detail: error.message };
    rows.push({ ...row, state: "refused", outcome });
    if (error.code === "gate-refused") noteRefusal(set, loaded, runtime, error);
    return refusal(operationId, error);
  }
}

/** Refused before anything is kept of it: a refused operation is a row with its input. */
function cardNumberIn(input: OperationRequest["input"]): Failure | null {
  try {
    refuseCardNumbersIn(input);
    return null;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

function noteRefusal(
  set: OperationSet,
  loaded: LoadedBook,
  { calendar, rulebook }: ClientRuntime,
  { facts }: Failure,
): void {
  const decision = facts["decision"] as ResolutionDecision;
  const refused = evaluateGate(loaded.book, rulebook, decision);
  const today = calendar.dateOf(set.now);
  set.refused.set(loaded.book.id, { loaded, rulebook, today, refused, exceptionEnds: null });
}

function decideContext({ engine, references }: OperationSet, client: ClientRuntime): DecideContext {
  return {
    ...contextOf(engine, client, (kind, reference) => references.used(client.id, kind, reference)),
    creditOf: (reference) => references.creditOf(client.id, reference),
  };
}

function writtenBook(set: OperationSet) {
  return (loaded: LoadedBook): WrittenBook => {
    const runtime = set.clients.get(loaded.book.clientId) as ClientRuntime;
    return writtenOf(loaded, runtime, {
      actorOf: (operationId) => set.actors.get(operationId ?? "") ?? "redress",
      eventDate: set.eventDates.get(loaded.book.id) ?? runtime.calendar.dateOf(set.now),
    });
  };
}

function refusal(operationId: string | null, failure: Failure): OperationResult {
  return {
    status: "refused",
    operationId,
    failure,
    ...NO_OUTCOME,
  };
}

const NO_OUTCOME: OperationOutcome = {
  decision: null,
  entries: [],
  planned: [],
  adjustments: [],
  balances: {},
};
