/**
 * Imports a file of claims and operations: chunks of lines, each in one transaction with the
 * progress and the rejects it caused. Killed at any moment and started again it goes on at the
 * last committed chunk; a line is never applied twice, because its key is unique for ever.
 */
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";

import type { AccountVault } from "../access/vault.ts";
import type { Engine } from "../accounting/engine.ts";
import type { OperationRequest } from "../accounting/execute-accounting.ts";
import {
  executeAccountingIn,
  isOvertaken,
  operationHash,
  untilDecided,
} from "../accounting/execute-accounting.ts";
import type { ClaimRequest } from "../accounting/open-claims.ts";
import { openClaims } from "../accounting/open-claims.ts";
import { clientVersions } from "../cases/views.ts";
import type { Transaction } from "../database/database.ts";
import { withoutCardNumbers } from "../kernel/card-number.ts";
import type { FailureCode } from "../kernel/failure.ts";
import { Failure } from "../kernel/failure.ts";

import type { ClaimLine, OperationLine } from "./import-line.ts";
import { keyOf, parseImportLine } from "./import-line.ts";
import type { Chunk } from "./read-chunks.ts";
import { readChunks } from "./read-chunks.ts";
import type { ImportRun, Reject } from "./store.ts";
import { advanceRun, finishRun, holdRun, insertRejects, openRun, runById } from "./store.ts";

export interface ImportOptions {
  readonly actor: string;
  /** Lines per transaction. */
  readonly linesPerChunk?: number;
  readonly onProgress?: (run: ImportRun) => void;
  /** Lines of other clients are rejected as if they did not exist; null or left out: all pass. */
  readonly clients?: readonly string[] | null;
}

const LINES_PER_CHUNK = 1000;

/** Imports the file at `path`; answers the finished run. Throws only when nothing can go on. */
export async function importFile(
  engine: Engine,
  vault: AccountVault,
  path: string,
  options: ImportOptions,
): Promise<ImportRun> {
  const file = await open(path, "r");
  try {
    const before = await markOf(file);
    const { sha256, bytes } = await contentOf(file);
    let run = await openRun(engine.database, {
      id: engine.ids.next(),
      contentSha256: sha256,
      clients: options.clients ?? null,
      name: path.split("/").at(-1) ?? path,
      bytesTotal: BigInt(bytes),
      actor: options.actor,
      startedAt: engine.clock.now().toString(),
    });
    options.onProgress?.(run);
    const { linesPerChunk = LINES_PER_CHUNK } = options;
    const from = { offset: Number(run.bytesDone), until: bytes, linesPerChunk };
    const chunks = readChunks(file, from);
    for await (const chunk of prefetched(chunks, run.linesDone, options)) {
      if ((await markOf(file)) !== before) {
        throw new Failure("stale-version", `${path} changed while it was read`, { path });
      }
      run = await importChunk(engine, vault, run, chunk, options.actor);
      options.onProgress?.(run);
    }
    await finishRun(engine.database, run.id, engine.clock.now().toString());
    return (await runById(engine.database, run.id)) ?? run;
  } finally {
    await file.close();
  }
}

/** Another one as soon as somebody writes into the file: a part of it would be of another. */
async function markOf(file: FileHandle): Promise<string> {
  const { size, mtimeNs } = await file.stat({ bigint: true });
  return `${size} ${mtimeNs}`;
}

async function contentOf(file: FileHandle): Promise<{ sha256: Buffer; bytes: number }> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const part of file.createReadStream({ start: 0, autoClose: false })) {
    hash.update(part as Buffer);
    bytes += (part as Buffer).length;
  }
  return { sha256: hash.digest(), bytes };
}

/** Reads and parses one chunk ahead, while the database works on the one before. */
async function* prefetched(
  chunks: AsyncGenerator<Chunk, undefined>,
  before: bigint,
  options: ImportOptions,
): AsyncGenerator<ParsedChunk> {
  let lines = before;
  const parsedNext = async (): Promise<ParsedChunk | null> => {
    const read: IteratorResult<Chunk, undefined> = await chunks.next();
    if (read.done === true) return null;
    const chunk = parsed(read.value, lines, options);
    lines += BigInt(chunk.lines);
    return chunk;
  };
  let next = parsedNext();
  for (;;) {
    const chunk = await next;
    if (chunk === null) return;
    next = parsedNext();
    // Whoever stops half way has its own reason; what was read ahead is of no interest then.
    next.catch(() => undefined);
    yield chunk;
  }
}

interface ParsedChunk {
  readonly bytes: number;
  readonly lines: number;
  /** Lines before this chunk. */
  readonly before: bigint;
  readonly claims: readonly { line: number; request: ClaimRequest }[];
  readonly operations: readonly { line: number; request: OperationRequest }[];
  readonly rejects: readonly Reject[];
}

function parsed(chunk: Chunk, before: bigint, { clients }: ImportOptions): ParsedChunk {
  const claims: { line: number; request: ClaimRequest }[] = [];
  const operations: { line: number; request: OperationRequest }[] = [];
  const rejects: Reject[] = [];
  const first = Number(before) + 1;
  for (const [index, text] of chunk.lines.entries()) {
    if (text?.trim() === "") continue;
    const line = first + index;
    try {
      if (text === null) throw new Failure("line-invalid", "the line is not UTF-8");
      const value = parseImportLine(text);
      if (clients !== null && clients !== undefined && !clients.includes(value.client)) {
        throw new Failure("not-found", `client ${value.client} does not exist`);
      }
      if (value.type === "claim") claims.push({ line, request: claimRequest(value) });
      else operations.push({ line, request: operationRequest(value) });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      rejects.push(rejectOf(line, text === null ? null : keyOf(text), error));
    }
  }
  const { bytes, lines } = chunk;
  return { bytes, lines: lines.length, before, claims, operations, rejects };
}

function claimRequest(line: ClaimLine): ClaimRequest {
  return {
    clientId: line.client,
    key: line.key,
    claim: line.claim,
    claimType: line.claimType,
    noticeReceivedOn: line.noticeReceivedOn ?? null,
    facts: line.facts ?? {},
    disputes: line.disputes.map(
      ({ dispute, amount, currency, account, accountKind, ...facts }) => ({
        dispute,
        amount,
        currency,
        account,
        accountKind,
        facts,
      }),
    ),
  };
}

function operationRequest(line: OperationLine): OperationRequest {
  const request: OperationRequest = {
    clientId: line.client,
    key: line.key,
    source: "import",
    actor: "import",
    dispute: line.dispute,
    operation: line.operation,
    input: line.input,
    at: line.at,
  };
  // Computed while the database works on the chunk before.
  return { ...request, hash: operationHash(request) };
}

/**
 * A chunk as one set; where one line breaks the set for a reason that nobody foresaw, its lines one
 * by one, so that it alone is rejected and the file goes on.
 */
async function importChunk(
  engine: Engine,
  vault: AccountVault,
  run: ImportRun,
  chunk: ParsedChunk,
  actor: string,
): Promise<ImportRun> {
  try {
    return await importLines(engine, vault, run, chunk, actor, together);
  } catch (error) {
    if (stopsTheImport(error)) throw error;
    return importLines(engine, vault, run, chunk, actor, oneByOne);
  }
}

const STOPPING: ReadonlySet<FailureCode> = new Set(["still-running", "database-unreachable"]);

function stopsTheImport(error: unknown): boolean {
  return error instanceof Failure && STOPPING.has(error.code);
}

/** How the requests of a chunk are handed to the verb that takes a set. */
type Taking = <Request, Result extends LineResult>(
  tx: Transaction,
  requests: readonly Request[],
  verb: (requests: readonly Request[]) => Promise<Result[]>,
) => Promise<LineResult[]>;

interface LineResult {
  readonly status: "done" | "duplicate" | "refused";
  readonly failure: Failure | null;
}

const together: Taking = (_, requests, verb) => verb(requests);

const oneByOne: Taking = async (tx, requests, verb) => {
  const results: LineResult[] = [];
  for (const request of requests) {
    try {
      results.push(...(await tx.savepoint(() => verb([request]))));
    } catch (error) {
      if (stopsTheImport(error) || isOvertaken(error)) throw error;
      const failure =
        error instanceof Failure
          ? error
          : new Failure("internal-error", "the line breaks something on our side; it is left out");
      results.push({ status: "refused", failure });
    }
  }
  return results;
};

function importLines(
  engine: Engine,
  vault: AccountVault,
  run: ImportRun,
  chunk: ParsedChunk,
  actor: string,
  taking: Taking,
): Promise<ImportRun> {
  return untilDecided(engine, async (tx) => {
    const held = await holdRun(tx, run.id);
    if (held.linesDone !== chunk.before || held.state !== "running") {
      throw new Failure("still-running", "another process imports this file", { run: run.id });
    }
    const rejects = [...chunk.rejects];
    const knownClaims = await knownClients(tx, chunk.claims, rejects);
    const claims = counted(
      knownClaims,
      await taking(
        tx,
        knownClaims.map((one) => one.request),
        (requests) => openClaims(tx, engine, vault, requests),
      ),
      rejects,
    );
    const knownOperations = await knownClients(tx, chunk.operations, rejects);
    const operations = counted(
      knownOperations,
      await taking(
        tx,
        knownOperations.map((one) => ({ ...one.request, actor })),
        (requests) => executeAccountingIn(tx, engine, requests, { outcomes: false }),
      ),
      rejects,
    );
    rejects.sort((a, b) => a.line - b.line);
    await insertRejects(tx, run.id, rejects);
    const counts = {
      bytes: chunk.bytes,
      lines: chunk.lines,
      claims: claims.done,
      operations: operations.done,
      duplicates: claims.duplicates + operations.duplicates,
      rejected: rejects.length,
    };
    await advanceRun(tx, run.id, counts);
    return advanced(held, counts);
  });
}

function advanced(run: ImportRun, by: Record<string, number>): ImportRun {
  const plus = (value: bigint, name: string): bigint => value + BigInt(by[name] ?? 0);
  return {
    ...run,
    bytesDone: plus(run.bytesDone, "bytes"),
    linesDone: plus(run.linesDone, "lines"),
    claims: plus(run.claims, "claims"),
    operations: plus(run.operations, "operations"),
    duplicates: plus(run.duplicates, "duplicates"),
    rejected: plus(run.rejected, "rejected"),
  };
}

interface Taken {
  readonly done: number;
  readonly duplicates: number;
}

type Numbered<Request> = { line: number; request: Request };

/** A line for a client that does not exist is a reject; the rest goes on. */
async function knownClients<Request extends { clientId: string; key: string }>(
  tx: Transaction,
  lines: readonly Numbered<Request>[],
  rejects: Reject[],
): Promise<Numbered<Request>[]> {
  if (lines.length === 0) return [];
  const wanted = [...new Set(lines.map((one) => one.request.clientId))];
  const known = new Set((await clientVersions(tx, wanted)).map((row) => row.id));
  return lines.filter(({ line, request }) => {
    if (known.has(request.clientId)) return true;
    const failure = new Failure("not-found", `client ${request.clientId} does not exist`, {}, [
      { pointer: "/client", detail: "does not exist" },
    ]);
    rejects.push(rejectOf(line, request.key, failure));
    return false;
  });
}

function counted(
  lines: readonly Numbered<{ key: string }>[],
  results: readonly LineResult[],
  rejects: Reject[],
): Taken {
  let done = 0;
  let duplicates = 0;
  for (const [index, result] of results.entries()) {
    if (result.status === "done") done += 1;
    else if (result.failure === null) duplicates += 1;
    else {
      const { line, request } = lines[index] as Numbered<{ key: string }>;
      rejects.push(rejectOf(line, request.key, result.failure));
    }
  }
  return { done, duplicates };
}

/** What a line holds in the wrong place may be a card number, and its reject is kept and shown. */
function rejectOf(line: number, key: string | null, failure: Failure): Reject {
  const field = failure.faults[0]?.pointer.slice(1).replaceAll("/", ".") ?? null;
  return {
    line,
    key: key === null ? null : withoutCardNumbers(key),
    field: field === null ? null : withoutCardNumbers(field),
    code: failure.code,
    reason: withoutCardNumbers(failure.message),
  };
}
