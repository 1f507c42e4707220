/**
 * Group commit: operations that arrive while others are being written are written together, in one
 * transaction, up to a set's size; when nothing is under way, one goes at once. Each caller gets
 * the answer of their own operation, stored in the transaction that did it.
 */
import type { Engine } from "../accounting/engine.ts";
import type { OperationRequest, OperationResult } from "../accounting/execute-accounting.ts";
import { executeAccountingIn, untilDecided } from "../accounting/execute-accounting.ts";
import { clientsOfDisputes } from "../cases/case-views.ts";
import type { Transaction } from "../database/database.ts";
import { assert } from "../kernel/assert.ts";
import { Failure } from "../kernel/failure.ts";

import type { AnswerKey, KeptAnswer } from "./store.ts";
import { insertAnswers, keptAnswers } from "./store.ts";

export interface GatheredOperation {
  /** The client's id is found by the dispute among `clients`. */
  readonly request: Omit<OperationRequest, "clientId">;
  /** The caller's clients; null: every client. */
  readonly clients: readonly string[] | null;
  readonly answer: AnswerKey & { readonly requestHash: Uint8Array };
}

export type GatheredResult =
  { readonly kept: KeptAnswer } | { readonly result: OperationResult; readonly body: string };

export interface Gatherer {
  /** Resolves when the operation is committed. Rejects with what its set failed of. */
  submit(operation: GatheredOperation): Promise<GatheredResult>;
}

const MOST_OPERATIONS = 256;
const CREATED = 201;

interface Waiting {
  readonly operation: GatheredOperation;
  readonly resolve: (result: GatheredResult) => void;
  readonly reject: (error: unknown) => void;
}

/** `present` gives the text of the answer that is sent and kept. */
export function operationGatherer(
  engine: Engine,
  present: (result: OperationResult) => string,
): Gatherer {
  const waiting: Waiting[] = [];
  let flushing = false;

  const flush = async (): Promise<void> => {
    flushing = true;
    try {
      while (waiting.length > 0) await settle(waiting.splice(0, MOST_OPERATIONS));
    } finally {
      flushing = false;
    }
  };

  const settle = async (set: readonly Waiting[]): Promise<void> => {
    try {
      const operations = set.map((one) => one.operation);
      const results = await untilDecided(engine, (tx) =>
        executeSet(tx, engine, operations, present),
      );
      set.forEach((one, index) => {
        const result = results[index];
        assert(result !== undefined, "every operation of a set has a result");
        if (result instanceof Failure) one.reject(result);
        else one.resolve(result);
      });
    } catch (error) {
      // One of many may be at fault: each alone, so that it fails nobody else.
      if (set.length === 1) set[0]?.reject(error);
      else for (const one of set) await settle([one]);
    }
  };

  return {
    submit: (operation) =>
      new Promise((resolve, reject) => {
        waiting.push({ operation, resolve, reject });
        if (!flushing) void flush();
      }),
  };
}

async function executeSet(
  tx: Transaction,
  engine: Engine,
  operations: readonly GatheredOperation[],
  present: (result: OperationResult) => string,
): Promise<(GatheredResult | Failure)[]> {
  const kept = await keptByKey(tx, operations);
  const clients = await clientOf(tx, operations);
  const fresh: { index: number; request: OperationRequest }[] = [];
  const results = operations.map((one, index): GatheredResult | Failure | undefined => {
    const known = kept.get(nameOf(one.answer));
    if (known !== undefined) return { kept: known };
    const clientId = theClientOf(one, clients);
    if (clientId instanceof Failure) return clientId;
    fresh.push({ index, request: { ...one.request, clientId } });
    return undefined;
  });
  const done = await executeAccountingIn(
    tx,
    engine,
    fresh.map((one) => one.request),
  );
  fresh.forEach(({ index }, at) => {
    const result = done[at] as OperationResult;
    results[index] = { result, body: result.failure === null ? present(result) : "" };
  });
  await keepAnswers(tx, engine, operations, results);
  return results as (GatheredResult | Failure)[];
}

async function keptByKey(
  tx: Transaction,
  operations: readonly GatheredOperation[],
): Promise<Map<string, KeptAnswer>> {
  const kept = await keptAnswers(
    tx,
    operations.map((one) => one.answer),
  );
  return new Map(kept.map((one) => [nameOf(one), one]));
}

/** The clients that have the dispute, by how it was named, within the scope of each request. */
async function clientOf(
  tx: Transaction,
  operations: readonly GatheredOperation[],
): Promise<Map<string, string[]>> {
  const scopes = operations.map((one) => one.clients);
  const scope = scopes.includes(null)
    ? null
    : [...new Set(scopes.flatMap((one) => one as readonly string[]))];
  const names = [...new Set(operations.map((one) => one.request.dispute))];
  const found = new Map<string, string[]>();
  for (const row of await clientsOfDisputes(tx, scope, names)) {
    for (const name of [row.number, row.id]) {
      found.set(name, [...(found.get(name) ?? []), row.clientId]);
    }
  }
  return found;
}

function theClientOf(
  { request, clients }: GatheredOperation,
  found: ReadonlyMap<string, readonly string[]>,
): string | Failure {
  const { dispute } = request;
  const mine = (found.get(dispute) ?? []).filter((id) => clients === null || clients.includes(id));
  if (mine.length === 1) return mine[0] as string;
  return mine.length === 0
    ? new Failure("not-found", `dispute ${dispute} does not exist`, { dispute })
    : new Failure("request-invalid", `${mine.join(" and ")} have a ${dispute}: say ?client=`);
}

async function keepAnswers(
  tx: Transaction,
  engine: Engine,
  operations: readonly GatheredOperation[],
  results: readonly (GatheredResult | Failure | undefined)[],
): Promise<void> {
  const answers = operations.flatMap(({ answer }, index) => {
    const result = results[index];
    if (result === undefined || result instanceof Failure || "kept" in result) return [];
    if (result.result.failure !== null) return [];
    return [{ ...answer, status: CREATED, body: result.body }];
  });
  await insertAnswers(tx, answers, engine.clock.now().toString());
}

function nameOf({ caller, key }: AnswerKey): string {
  return `${caller}\n${key}`;
}
