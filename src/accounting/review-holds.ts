/**
 * What a person, or a system of the institution, says about what holds a movement: look again, the
 * card number or the status, postable, not postable. The number goes into the vault of the claim.
 */
import { z } from "zod";

import type { AccountVault } from "../access/vault.ts";
import { ACCOUNT_NUMBER } from "../access/vault.ts";
import type { Transaction } from "../database/database.ts";
import { assert } from "../kernel/assert.ts";
import { refuseCardNumbers } from "../kernel/card-number.ts";
import { Failure } from "../kernel/failure.ts";
import { lockSeen, refuseOthers } from "../work/take.ts";

import type { Deciding } from "./decide-context.ts";
import type { Adjustment } from "./dispute-book.ts";
import { adjustmentOf } from "./dispute-book.ts";
import type { Engine } from "./engine.ts";
import { untilDecided } from "./execute-accounting.ts";
import type { AnswerOutcome, Finding } from "./holds/answer.ts";
import { applyFinding, judge, lookAgain, waitingHold } from "./holds/answer.ts";
import { lockAndLoadBooks } from "./load-books.ts";
import { dueContext } from "./release-due.ts";
import { restoreOnFailure } from "./restore-book.ts";
import { insertHoldAnswers } from "./store-holds.ts";
import { disputeOfAdjustments } from "./views.ts";
import { writeBooks, writtenOf } from "./write-books.ts";

const reason = z.string().trim().min(1).max(2000);

/** What is supplied to a hold: the number that is in use, or the status. */
export const supplyInput = z.strictObject({
  number: z.string().trim().min(1).max(64).optional().describe("Of the card or account in use"),
  kind: z.enum(["account", "card"]).default("card"),
  status: z.string().trim().min(1).max(60).optional().describe("As the system of record says it"),
  reason: reason.optional().describe("Where it was found"),
});

export const verdictInput = z.strictObject({ reason });

export type HoldWord =
  | { readonly action: "retry"; readonly reason: string }
  | ({ readonly action: "supply"; readonly account?: string } & z.output<typeof supplyInput>)
  | { readonly action: "postable" | "notPostable"; readonly reason: string };

type Supply = Omit<Extract<HoldWord, { readonly action: "supply" }>, "action">;

export interface HoldOrder {
  readonly clientId: string;
  readonly adjustmentId: string;
  /** The assignment that the person acts on, as seen; null for a system that supplies. */
  readonly seen: { readonly assignmentId: string; readonly version: number } | null;
  readonly actor: string;
  readonly word: HoldWord;
}

export interface HoldDeskForPeople {
  readonly engine: Engine;
  /** Null where what is supplied is the id of an account that is in it already. */
  readonly vault: Pick<AccountVault, "store"> | null;
}

export interface HoldResult {
  readonly adjustmentId: string;
  readonly state: Adjustment["state"];
  /** Of what was supplied: whether it let the movement go on. */
  readonly outcome: AnswerOutcome | null;
}

/**
 * Throws `not-found`, `transition-refused` where nothing waits for such a word, `input-invalid`,
 * and for a person's: `assignment-closed`, `stale-version`, `assignment-taken`.
 */
export function reviewHold(desk: HoldDeskForPeople, order: HoldOrder): Promise<HoldResult> {
  refuseUnfit(order.word);
  return untilDecided(desk.engine, (tx) => reviewIn(tx, desk, order));
}

async function reviewIn(
  tx: Transaction,
  { engine, vault }: HoldDeskForPeople,
  order: HoldOrder,
): Promise<HoldResult> {
  const { clientId, adjustmentId, actor, word } = order;
  const client = (await engine.clients(tx, [clientId])).get(clientId);
  const [at] = await disputeOfAdjustments(tx, [{ clientId, id: adjustmentId }]);
  if (client === undefined || at === undefined) {
    throw new Failure("not-found", `adjustment ${adjustmentId} does not exist`);
  }
  const loaded = (await lockAndLoadBooks(tx, [at], engine.ids)).get(at.disputeId);
  assert(loaded !== undefined, `dispute ${at.disputeId} has no book`);
  await refuseUnseen(tx, order);
  const { book } = loaded;
  const adjustment = adjustmentOf(book, adjustmentId);
  const now = engine.clock.now();
  const today = client.calendar.dateOf(now);
  const { operationId, operation } = adjustment;
  const context = dueContext(engine, client);
  const deciding: Deciding = { book, context, operationId, operation, today, eventDate: today };
  const finding =
    word.action === "supply"
      ? await findingOf(tx, vault, { clientId, claimId: book.claimId }, word)
      : null;
  const hold = adjustment.hold?.watch?.name ?? "";
  const outcome = restoreOnFailure(book, () =>
    carryOut(deciding, adjustment, { word, finding, actor }),
  );
  if (finding !== null && outcome !== null) {
    const given = word.action === "supply" ? (word.reason ?? null) : null;
    const account = finding.kind === "account" ? finding.account : null;
    const status = finding.kind === "status" ? finding.status : null;
    const id = engine.ids.next();
    const row = { clientId, adjustmentId, id, hold, lookUpId: null, outcome, account, status };
    await insertHoldAnswers(tx, [{ ...row, reason: given, actor }], now.toString());
  }
  const by = { actorOf: () => actor, eventDate: today };
  await writeBooks(tx, engine, [writtenOf(loaded, client, by)], now.toString());
  return { adjustmentId, state: adjustment.state, outcome };
}

function carryOut(
  deciding: Deciding,
  adjustment: Adjustment,
  given: { word: HoldWord; finding: Finding | null; actor: string },
): AnswerOutcome | null {
  const { word, finding, actor } = given;
  switch (word.action) {
    case "retry":
      lookAgain(deciding, adjustment, word.reason);
      return null;
    case "supply": {
      assert(finding !== null, "what is supplied was read");
      const watched = waitingHold(deciding, adjustment);
      return applyFinding(deciding, adjustment, watched, finding, actor);
    }
    default:
      judge(deciding, adjustment, { postable: word.action === "postable", reason: word.reason });
      return null;
  }
}

async function findingOf(
  tx: Transaction,
  vault: HoldDeskForPeople["vault"],
  claim: { clientId: string; claimId: string },
  { account: known, number, kind, status }: Supply,
): Promise<Finding> {
  if (known !== undefined) return { kind: "account", account: known };
  if (number === undefined) return { kind: "status", status: status ?? "" };
  assert(vault !== null, "a number goes into the vault");
  const [account] = await vault.store(tx, [{ ...claim, kind, number }]);
  assert(account !== undefined, "one number has one id");
  return { kind: "account", account };
}

async function refuseUnseen(tx: Transaction, { clientId, seen, actor, adjustmentId }: HoldOrder) {
  if (seen === null) return;
  const { assignmentId: id, version } = seen;
  const [row] = await lockSeen(tx, [{ clientId, id, version }]);
  if (row?.adjustmentId !== adjustmentId) {
    throw new Failure("not-found", `assignment ${id} does not exist`);
  }
  refuseOthers(row, actor);
}

function refuseUnfit(word: HoldWord): void {
  refuseCardNumbers(word.reason ?? "", "reason");
  if (word.action !== "supply") return;
  const { account, number, status } = word;
  const given = [account, number, status].filter((one) => one !== undefined);
  if (given.length !== 1) {
    throw unfit("number", "either a number or a status is supplied");
  }
  if (number !== undefined && !ACCOUNT_NUMBER.test(number)) {
    throw unfit("number", "is no account or card number");
  }
  refuseCardNumbers(status ?? "", "status");
}

function unfit(field: string, detail: string): Failure {
  return new Failure("input-invalid", `${field}: ${detail}`, {}, [
    { pointer: `/${field}`, detail },
  ]);
}
