/**
 * Issues letter data: a version of what the books say, kept as it was issued; again when it
 * changes, with what changed. A letter that was written from an older version has to be looked at.
 */
import type { Transaction } from "../../database/database.ts";
import { assert } from "../../kernel/assert.ts";
import { Failure } from "../../kernel/failure.ts";

import { allUsableClients } from "../client-runtime.ts";
import type { Engine } from "../engine.ts";
import type { DisputeKey } from "../load-books.ts";
import { loadBooks } from "../load-books.ts";
import type { LetterFacts } from "./letter-facts.ts";
import { changedFacts, isSettled, letterFacts } from "./letter-facts.ts";
import { watchLetters, writeLetters } from "./store.ts";
import type { LetterVersion } from "./views.ts";
import { executedOnOf, lettersToCheck, letterVersionsOf, lockLetter } from "./views.ts";

export interface LettersOfDispute {
  readonly current: LetterFacts;
  /** Newest first. */
  readonly versions: readonly LetterVersion[];
  /** What differs from the version in force; empty where nothing was issued. */
  readonly changed: readonly string[];
}

/** What a letter written now would say, and what was issued before. Throws nothing of its own. */
export async function lettersOf(engine: Engine, key: DisputeKey): Promise<LettersOfDispute> {
  const { database } = engine;
  const loaded = (await loadBooks(database, [key])).get(key.disputeId);
  assert(loaded !== undefined, `dispute ${key.disputeId} has a book`);
  const current = letterFacts(loaded.book, await executedOnOf(database, key));
  const versions = await letterVersionsOf(database, key);
  return { current, versions, changed: changedFacts(versions[0]?.facts ?? null, current) };
}

/** Issues the data of a dispute's letters, and again only where it changed. */
export function issueLetters(engine: Engine, key: DisputeKey, actor: string): Promise<void> {
  return engine.database.transaction(async (tx) => {
    await watchLetters(tx, [key], engine.clock.now().toString());
    await check(tx, engine, key, actor);
  });
}

export interface ReissueOptions {
  /** Disputes a client at once. */
  readonly limit?: number;
  /** Told which letters could not be looked at; all others are. */
  report?(problem: string, error: unknown): void;
}

/** Issues again what changed; answers how many disputes it looked at. */
export async function reissueLetters(
  engine: Engine,
  { limit = 200, report }: ReissueOptions = {},
): Promise<number> {
  const { usable } = await allUsableClients(engine);
  let count = 0;
  for (const { id } of usable) {
    const keys = await lettersToCheck(engine.database, id, limit);
    for (const key of keys) {
      try {
        await engine.database.transaction((tx) => check(tx, engine, key, "redress"));
      } catch (error) {
        if (error instanceof Failure && error.code === "database-unreachable") throw error;
        report?.(`the letters of dispute ${key.disputeId} are not issued again`, error);
      }
    }
    count += keys.length;
  }
  return count;
}

async function check(
  tx: Transaction,
  engine: Engine,
  key: DisputeKey,
  actor: string,
): Promise<void> {
  const letter = await lockLetter(tx, key);
  const loaded = (await loadBooks(tx, [key])).get(key.disputeId);
  assert(letter !== undefined && loaded !== undefined, `dispute ${key.disputeId} has letters`);
  const { book } = loaded;
  const facts = letterFacts(book, await executedOnOf(tx, key));
  const [last] = letter.version === 0 ? [] : await letterVersionsOf(tx, key);
  const changed = changedFacts(last?.facts ?? null, facts);
  const isNew = last === undefined || changed.length > 0;
  const version = isNew ? letter.version + 1 : letter.version;
  const issue = isNew ? { facts, changed, actor } : null;
  const row = { ...key, version, isWatched: !isSettled(book), issue };
  await writeLetters(tx, [row], engine.clock.now().toString());
}
