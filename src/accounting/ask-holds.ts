/**
 * Asks what holds wait for. A look-up is committed before it leaves; its answer is applied under
 * the dispute's lock, and changes nothing but the record where the hold has moved on. One whose
 * answer never came is asked again at its time, or a person is.
 */
import { Temporal } from "temporal-polyfill";

import type { AccountVault } from "../access/vault.ts";
import type { Transaction } from "../database/database.ts";
import { assert } from "../kernel/assert.ts";
import { Failure } from "../kernel/failure.ts";

import { allUsableClients } from "./client-runtime.ts";
import type { Deciding } from "./decide-context.ts";
import type { Adjustment } from "./dispute-book.ts";
import { adjustmentOf } from "./dispute-book.ts";
import type { ClientRuntime, Engine } from "./engine.ts";
import { untilDecided } from "./execute-accounting.ts";
import type { Finding } from "./holds/answer.ts";
import { applyFinding, asked, usedUp, watchedAs } from "./holds/answer.ts";
import type { LoadedBook } from "./load-books.ts";
import { lockAndLoadBooks } from "./load-books.ts";
import type { HoldQuestion, LookUpAnswer, LookUps } from "./look-ups.ts";
import { dueContext } from "./release-due.ts";
import { insertHoldAnswers, insertHoldLookUps } from "./store-holds.ts";
import { disputesWithDueLookUps } from "./views-holds.ts";
import { writeBooks, writtenOf } from "./write-books.ts";

export interface HoldDesk {
  readonly engine: Engine;
  readonly vault: Pick<AccountVault, "store">;
  readonly lookUps: LookUps;
}

export interface AskOptions {
  /** Disputes a client at once. */
  readonly limit?: number;
  report?(problem: string, error: unknown): void;
}

/** Asks everything that is due, at most `limit` disputes a client; answers how many were asked. */
export async function askHolds(desk: HoldDesk, options: AskOptions = {}): Promise<number> {
  const { limit = 100, report } = options;
  const { engine } = desk;
  const { usable } = await allUsableClients(engine);
  let count = 0;
  for (const client of usable) {
    const now = engine.clock.now().toString();
    const due = await disputesWithDueLookUps(engine.database, client.id, now, limit);
    for (const { disputeId } of due) {
      try {
        count += await askOfDispute(desk, client, disputeId);
      } catch (error) {
        if (error instanceof Failure && error.code === "database-unreachable") throw error;
        report?.(`what holds dispute ${disputeId} is not asked for`, error);
      }
    }
  }
  return count;
}

interface Asked {
  readonly lookUpId: string;
  readonly hold: string;
  readonly question: HoldQuestion;
}

async function askOfDispute(
  desk: HoldDesk,
  client: ClientRuntime,
  disputeId: string,
): Promise<number> {
  const { engine } = desk;
  const questions = await untilDecided(engine, (tx) => commit(tx, engine, client, disputeId));
  const answers = await Promise.all(
    questions.map(async (one) => ({ one, answer: await desk.lookUps.ask(one.question) })),
  );
  for (const { one, answer } of answers) {
    await untilDecided(engine, (tx) => settle(tx, desk, client, one, answer));
  }
  return questions.length;
}

/** Puts on record what is going to be asked; what may not be asked again goes to a person. */
async function commit(
  tx: Transaction,
  engine: Engine,
  client: ClientRuntime,
  disputeId: string,
): Promise<Asked[]> {
  const loaded = await locked(tx, engine.ids, client, disputeId);
  const now = engine.clock.now();
  const questions: Asked[] = [];
  const rows = [];
  for (const adjustment of loaded.book.adjustments) {
    const name = adjustment.hold?.watch?.name ?? "";
    const deciding = decidingOf(engine, client, loaded, adjustment);
    const watched = watchedAs(deciding, adjustment, name);
    if (watched === null || watched.hold.asksPerson === true || watched.watch.mayAsk === 0)
      continue;
    const { nextAskAt, asked: before, mayAsk } = watched.watch;
    if (nextAskAt !== null && Temporal.Instant.compare(nextAskAt, now) > 0) continue;
    const { service } = watched.terms;
    if (before >= mayAsk || service === null) {
      usedUp(deciding, adjustment, watched);
      continue;
    }
    asked(deciding, adjustment, watched, now);
    const id = engine.ids.next();
    const { clientId } = loaded.book;
    rows.push({
      clientId,
      adjustmentId: adjustment.id,
      id,
      hold: name,
      ordinal: before + 1,
      service,
    });
    const question = questionOf(loaded, adjustment, deciding.today, service);
    questions.push({ lookUpId: id, hold: name, question });
  }
  await insertHoldLookUps(tx, rows, now.toString());
  await write(tx, engine, client, loaded, "redress");
  return questions;
}

async function settle(
  tx: Transaction,
  { engine, vault }: HoldDesk,
  client: ClientRuntime,
  { lookUpId, hold, question }: Asked,
  answer: LookUpAnswer,
): Promise<void> {
  const loaded = await locked(tx, engine.ids, client, question.disputeId);
  const adjustment = adjustmentOf(loaded.book, question.adjustmentId);
  const finding = await findingOf(tx, vault, question, answer);
  const deciding = decidingOf(engine, client, loaded, adjustment);
  const watched = watchedAs(deciding, adjustment, hold);
  const by = question.service;
  const outcome =
    watched === null
      ? recordedOnly(finding)
      : applyFinding(deciding, adjustment, watched, finding, by);
  await insertHoldAnswers(
    tx,
    [
      {
        clientId: question.clientId,
        adjustmentId: question.adjustmentId,
        id: engine.ids.next(),
        hold,
        lookUpId,
        outcome,
        account: finding.kind === "account" ? finding.account : null,
        status: finding.kind === "status" ? finding.status : null,
        reason: finding.kind === "nothing" ? finding.reason : null,
        actor: question.service,
      },
    ],
    engine.clock.now().toString(),
  );
  await write(tx, engine, client, loaded, "redress");
}

/** The hold has moved on meanwhile: what the answer would have meant is not asked any more. */
function recordedOnly(finding: Finding): "unknown" | "failed" {
  return finding.kind === "nothing" ? finding.outcome : "unknown";
}

/** A number goes into the vault of the claim; everything else holds its id. */
async function findingOf(
  tx: Transaction,
  vault: HoldDesk["vault"],
  { clientId, claimId }: HoldQuestion,
  answer: LookUpAnswer,
): Promise<Finding> {
  switch (answer.kind) {
    case "number": {
      const row = { clientId, claimId, kind: answer.accountKind, number: answer.number };
      const [account] = await vault.store(tx, [row]);
      assert(account !== undefined, "one number has one id");
      return { kind: "account", account };
    }
    case "status":
      return { kind: "status", status: answer.status };
    default:
      return { kind: "nothing", outcome: answer.kind, reason: answer.reason };
  }
}

async function locked(
  tx: Transaction,
  ids: Engine["ids"],
  { id: clientId }: ClientRuntime,
  disputeId: string,
): Promise<LoadedBook> {
  const loaded = (await lockAndLoadBooks(tx, [{ clientId, disputeId }], ids)).get(disputeId);
  assert(loaded !== undefined, `dispute ${disputeId} has no book`);
  return loaded;
}

function decidingOf(
  engine: Engine,
  client: ClientRuntime,
  { book }: LoadedBook,
  { operationId, operation }: Adjustment,
): Deciding {
  const today = client.calendar.dateOf(engine.clock.now());
  const context = dueContext(engine, client);
  return { book, context, operationId, operation, today, eventDate: today };
}

async function write(
  tx: Transaction,
  engine: Engine,
  client: ClientRuntime,
  loaded: LoadedBook,
  actor: string,
): Promise<void> {
  const now = engine.clock.now();
  const by = { actorOf: () => actor, eventDate: client.calendar.dateOf(now) };
  await writeBooks(tx, engine, [writtenOf(loaded, client, by)], now.toString());
}

function questionOf(
  { book, number, claimNumber, claimType }: LoadedBook,
  adjustment: Adjustment,
  today: string,
  service: string,
): HoldQuestion {
  return {
    clientId: book.clientId,
    claimId: book.claimId,
    claim: claimNumber,
    claimType,
    disputeId: book.id,
    dispute: number,
    adjustmentId: adjustment.id,
    operation: adjustment.operation,
    rule: adjustment.principalRule,
    amountMinor: adjustment.amountMinor,
    currency: book.currency,
    holderAccount: adjustment.holderAccount ?? book.holderAccount,
    facts: book.facts,
    today,
    service,
  };
}
