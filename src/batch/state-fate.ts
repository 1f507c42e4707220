/**
 * Regeneration by two people: the first says what became of the file, and what that would do is
 * kept with the statement as it was shown. The second one, another person, says so too, and then it
 * is done; unless the file's lines have changed since: then it has to be looked at anew.
 */
import type { Queries, Transaction } from "../database/database.ts";
import { json, sql } from "../database/sql.ts";
import { Failure } from "../kernel/failure.ts";

import type { BatchDesk } from "./desk.ts";
import type { Regenerated, RegenerationPreview, Statement } from "./regenerate.ts";
import { previewRegeneration, regenerate, regenerateWithin } from "./regenerate.ts";
import { regenerationSums } from "./regeneration-views.ts";

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

/** Regenerates at once where one person is enough, else waits for a second. Throws as it would. */
export async function stateFate(desk: BatchDesk, stated: FateStated): Promise<Stated> {
  const preview = await previewRegeneration(desk, stated);
  if (!preview.needsSecondPerson) {
    return { done: await regenerate(desk, { ...stated, secondPerson: null }), waiting: null };
  }
  refuseNothing(preview);
  const id = desk.engine.ids.next();
  const now = desk.engine.clock.now().toString();
  const { database } = desk.engine;
  const inserted = await database.execute(sql`
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
  return { done: null, waiting: await statementById(database, stated.clientId, id) };
}

function refuseNothing({ sums, file }: RegenerationPreview): void {
  if (sums.some((sum) => sum.fate === "comesBack" || sum.fate === "assumedComesBack")) return;
  throw new Failure("nothing-to-regenerate", `every line of file ${file.id} is posted`);
}

/**
 * Another person says so too: the file is regenerated. Throws `not-found`, `self-approval`,
 * `transition-refused` for one that is settled, `stale-version` where the difference changed.
 */
export async function secondStatement(
  desk: BatchDesk,
  request: { clientId: string; id: string; actor: string; reason: string },
): Promise<Regenerated> {
  const done = await desk.engine.database.transaction(async (tx) => {
    const stated = await lockWaiting(tx, request);
    if (stated.actor === request.actor) {
      throw new Failure("self-approval", "the statement needs somebody else's word too");
    }
    const { clientId, fileId, statement, reason, actor } = stated;
    const sums = await regenerationSums(tx, { clientId, id: fileId });
    if (json(sums) !== json(stated.difference)) {
      throw new Failure("stale-version", "the file's lines changed since the difference was shown");
    }
    await settle(tx, desk, request, "seconded");
    return regenerateWithin(tx, desk, {
      clientId,
      fileId,
      statement,
      reason,
      actor,
      secondPerson: request.actor,
    });
  });
  desk.failpoints.at("batch.regenerate.committed");
  return done;
}

/** The statement is withdrawn, by its author or by another. Nothing is done to the file. */
export async function declineStatement(
  desk: BatchDesk,
  request: { clientId: string; id: string; actor: string; reason: string },
): Promise<StatementRow> {
  return desk.engine.database.transaction(async (tx) => {
    await lockWaiting(tx, request);
    await settle(tx, desk, request, "declined");
    return statementById(tx, request.clientId, request.id);
  });
}

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
