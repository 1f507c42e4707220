/**
 * Regeneration by two people: the first says what became of the file, and what that would do is
 * kept with the statement as it was shown. The second one, another person, says so too, and then it
 * is done; unless the file's lines have changed since: then it has to be looked at anew.
 */
import type { Permission } from "../access/roles.ts";
import type { Queries, Transaction } from "../database/database.ts";
import { json, sql } from "../database/sql.ts";
import { Failure } from "../kernel/failure.ts";
import type { ApprovalAsk } from "../work/approvals/ask.ts";
import { askApproval } from "../work/approvals/ask.ts";
import { decideApprovalsIn } from "../work/approvals/decide.ts";
import type { ApprovalEffect, DecidedRequest } from "../work/approvals/effects.ts";
import type { ApprovalNeed } from "../work/approvals/tiers.ts";
import { withdrawRequests } from "../work/approvals/store.ts";
import { waitingAbout } from "../work/approvals/views.ts";

import type { BatchDesk } from "./desk.ts";
import type { Regenerated, RegenerationPreview, Statement } from "./regenerate.ts";
import { COMES_BACK, previewRegeneration, regenerate, regenerateWithin } from "./regenerate.ts";
import { regenerationSums } from "./regeneration-views.ts";
import type { FileRow } from "./views.ts";

export interface FateStated {
  readonly clientId: string;
  readonly fileId: string;
  readonly statement: Statement;
  readonly reason: string;
  readonly actor: string;
}

export interface StatementRow {
  readonly clientId: string;
  readonly id: string;
  readonly fileId: string;
  readonly statement: Statement;
  readonly reason: string;
  readonly difference: readonly { fate: string; count: string; amountMinor: string }[];
  readonly actor: string;
  readonly recordedAt: string;
  readonly state: "waiting" | "seconded" | "declined";
  readonly settledBy: string | null;
}

export type Stated =
  | { readonly done: Regenerated; readonly waiting: null }
  | { readonly done: null; readonly waiting: StatementRow };

/** Regenerates at once where one person is enough, else waits for others. Throws as it would. */
export async function stateFate(desk: BatchDesk, stated: FateStated): Promise<Stated> {
  const preview = await previewRegeneration(desk, stated);
  const { need } = preview;
  if (need === null) {
    return { done: await regenerate(desk, { ...stated, secondPerson: null }), waiting: null };
  }
  refuseNothing(preview);
  const id = desk.engine.ids.next();
  const now = desk.engine.clock.now().toString();
  const { database } = desk.engine;
  const waiting = await database.transaction(async (tx) => {
    const inserted = await tx.execute(sql`
      insert into batch_statement (client_id, id, file_id, statement, reason, difference, actor,
        recorded_at)
      values (${stated.clientId}, ${id}, ${stated.fileId}, ${stated.statement}, ${stated.reason},
        ${json(preview.sums)}, ${stated.actor}, ${now})
      on conflict (client_id, file_id) where state = 'waiting' do nothing
    `);
    if (inserted === 0) {
      throw new Failure("transition-refused", "a statement about the file waits already", {
        file: stated.fileId,
      });
    }
    await askApproval(tx, desk.engine, askOf(stated, id, preview, need));
    return statementById(tx, stated.clientId, id);
  });
  return { done: null, waiting };
}

function askOf(
  stated: FateStated,
  id: string,
  { file, sums }: RegenerationPreview,
  need: ApprovalNeed,
): ApprovalAsk {
  const back = sums.filter((sum) => COMES_BACK.has(sum.fate));
  const lines = back.reduce((count, sum) => count + sum.count, 0n);
  const { clientId, fileId, statement, reason, actor } = stated;
  return {
    clientId,
    subject: { kind: KIND, id },
    summary: `regenerate ${file.fileName} (${statement}): ${lines} lines leave again`,
    need,
    requestedBy: actor,
    reason,
    amountMinor: back.reduce((sum, one) => sum + BigInt(one.amountMinor), 0n),
    currency: file.currency,
    sameMatter: `${KIND} ${fileId}`,
    payload: { file: fileId, fileName: file.fileName, statement },
  };
}

function refuseNothing({ sums, file }: RegenerationPreview): void {
  if (sums.some((sum) => COMES_BACK.has(sum.fate))) return;
  throw new Failure("nothing-to-regenerate", `every line of file ${file.id} is posted`);
}

export interface StatementWord {
  readonly clientId: string;
  readonly id: string;
  readonly actor: string;
  readonly rights: ReadonlySet<Permission>;
  readonly reason: string;
}

/**
 * Another person says so too: the file is regenerated; null where yet another one has to. Throws
 * `not-found`, `self-approval`, `forbidden`, `transition-refused` for one that is settled,
 * `stale-version` where the difference changed.
 */
export async function secondStatement(
  desk: BatchDesk,
  word: StatementWord,
): Promise<Regenerated | null> {
  const done: Regenerated[] = [];
  await desk.engine.database.transaction((tx) => decideOn(tx, desk, word, true, done));
  desk.failpoints.at("batch.regenerate.committed");
  return done[0] ?? null;
}

/** The statement is withdrawn, by its author or by another. Nothing is done to the file. */
export async function declineStatement(
  desk: BatchDesk,
  word: StatementWord,
): Promise<StatementRow> {
  return desk.engine.database.transaction(async (tx) => {
    await decideOn(tx, desk, word, false, []);
    return statementById(tx, word.clientId, word.id);
  });
}

async function decideOn(
  tx: Transaction,
  desk: BatchDesk,
  { clientId, id, actor, rights, reason }: StatementWord,
  approved: boolean,
  done: Regenerated[],
): Promise<void> {
  const { state } = await statementById(tx, clientId, id);
  const request = await waitingAbout(tx, { clientId, kinds: [KIND], id });
  if (request === undefined) {
    throw new Failure("transition-refused", `the statement is ${state}`, { state });
  }
  const effects = new Map([[KIND, regenerationEffect(desk, done)]]);
  const by = { name: actor, rights };
  const order = { clientId, requestId: request.id, approved, reason, by };
  await decideApprovalsIn(tx, { ...desk.engine, effects }, [order]);
}

const KIND = "regenerateBatch";

/** `done` is told what was regenerated. */
export function regenerationEffect(desk: BatchDesk, done: Regenerated[] = []): ApprovalEffect {
  return {
    approved: async (tx, requests) => {
      for (const request of requests) done.push(await second(tx, desk, request));
    },
    declined: async (tx, requests) => {
      for (const request of requests) {
        await lockWaiting(tx, wordOf(request));
        await settle(tx, desk, wordOf(request), "declined");
      }
    },
  };
}

function wordOf({ clientId, subjectId: id, decidedBy: actor, decidedBecause }: DecidedRequest) {
  return { clientId, id, actor, reason: decidedBecause || "agreed" };
}

async function second(
  tx: Transaction,
  desk: BatchDesk,
  request: DecidedRequest,
): Promise<Regenerated> {
  const word = wordOf(request);
  const stated = await lockWaiting(tx, word);
  const { clientId, fileId, statement, reason, actor } = stated;
  const sums = await regenerationSums(tx, { clientId, id: fileId });
  if (json(sums) !== json(stated.difference)) {
    throw new Failure("stale-version", "the file's lines changed since the difference was shown");
  }
  await settle(tx, desk, word, "seconded");
  return regenerateWithin(tx, desk, {
    clientId,
    fileId,
    statement,
    reason,
    actor,
    secondPerson: word.actor,
  });
}

/** A file that is answered in full, or void: what waited about what became of it ends. */
export async function endStatements(
  tx: Transaction,
  { clientId, id: fileId }: Pick<FileRow, "clientId" | "id">,
  by: { readonly actor: string; readonly reason: string },
  now: string,
): Promise<void> {
  const ended = await tx.query<{ id: string }>(sql`
    update batch_statement
    set state = 'declined', settled_by = ${by.actor}, settled_because = ${by.reason},
        settled_at = ${now}
    where client_id = ${clientId} and file_id = ${fileId} and state = 'waiting'
    returning id
  `);
  const gone = ended.map(({ id }) => ({ subjectKinds: [KIND], subjectId: id }));
  const about = { subjectKinds: FILE_KINDS, subjectId: fileId };
  await withdrawRequests(
    tx,
    [...gone, about].map((one) => ({ clientId, ...one, ...by })),
    now,
  );
}

const FILE_KINDS = ["batchRelease", "fileAttestation"];

async function settle(
  tx: Transaction,
  desk: BatchDesk,
  request: { clientId: string; id: string; actor: string; reason: string },
  state: "seconded" | "declined",
): Promise<void> {
  await tx.execute(sql`
    update batch_statement
    set state = ${state}, settled_by = ${request.actor}, settled_because = ${request.reason},
        settled_at = ${desk.engine.clock.now().toString()}
    where client_id = ${request.clientId} and id = ${request.id}
  `);
}

async function lockWaiting(
  tx: Transaction,
  { clientId, id }: { clientId: string; id: string },
): Promise<StatementRow> {
  await tx.query(sql`
    select 1 from batch_statement where client_id = ${clientId} and id = ${id} for update
  `);
  const row = await statementById(tx, clientId, id);
  if (row.state === "waiting") return row;
  throw new Failure("transition-refused", `the statement is ${row.state}`, { state: row.state });
}

async function statementById(db: Queries, clientId: string, id: string): Promise<StatementRow> {
  const row = await findStatement(db, [clientId], id);
  if (row === undefined) throw new Failure("not-found", `no statement ${id}`);
  return row;
}

/** A statement by id, of one of the clients. */
export function findStatement(
  db: Queries,
  clients: readonly string[],
  id: string,
): Promise<StatementRow | undefined> {
  return db.maybe(sql`
    select client_id as "clientId", id, file_id as "fileId", statement, reason, difference, actor,
           recorded_at as "recordedAt", state, settled_by as "settledBy"
    from batch_statement
    where client_id = any (${clients}::text[]) and id = ${id}
  `);
}

/** The statements about a file, oldest first. */
export function statementsOf(
  db: Queries,
  file: { clientId: string; id: string },
): Promise<StatementRow[]> {
  return db.query(sql`
    select client_id as "clientId", id, file_id as "fileId", statement, reason, difference, actor,
           recorded_at as "recordedAt", state, settled_by as "settledBy"
    from batch_statement
    where client_id = ${file.clientId} and file_id = ${file.id}
    order by recorded_at, id
    limit 1000
  `);
}
