/**
 * Carries out what a closed account's policy says of a refused credit: a check instead, or nothing
 * credited, the money staying in our suspense. What is to be done stands with the adjustment, so a
 * crash in between loses nothing; each is one transaction, so nothing is half done.
 */
import type { Deciding } from "../accounting/decide-context.ts";
import type { ClientRuntime } from "../accounting/engine.ts";
import { cancelAdjustment } from "../accounting/cancel-adjustment.ts";
import type { OperationRequest } from "../accounting/execute-accounting.ts";
import { executeAccountingIn, untilDecided } from "../accounting/execute-accounting.ts";
import { lockAndLoadBooks } from "../accounting/load-books.ts";
import type { LoadedBook } from "../accounting/load-books.ts";
import { moveAdjustments } from "../accounting/move-adjustments.ts";
import { openException } from "../accounting/open-exception.ts";
import { dueContext } from "../accounting/release-due.ts";
import { restoreOnFailure } from "../accounting/restore-book.ts";
import { writeBooks, writtenOf } from "../accounting/write-books.ts";
import type { Transaction } from "../database/database.ts";
import { Failure } from "../kernel/failure.ts";
import { formatAmount } from "../kernel/money.ts";

import type { ServiceDesk } from "./desk.ts";
import { MACHINE_ACTOR } from "./desk.ts";
import type { ClosedAccountRow } from "./refusal-views.ts";
import { closedAccountsDue, lastRefusal } from "./refusal-views.ts";
import type { Service } from "./service-configuration.ts";

const AT_ONCE = 100;

/** Whose services have something carried out at all. */
export function clientsWithPolicy(
  lines: readonly { readonly clientId: string; readonly service: Service }[],
): string[] {
  const own = lines.filter(({ service: { closedAccount } }) =>
    ["check", "ourSuspense"].includes(closedAccount.policy),
  );
  return [...new Set(own.map((one) => one.clientId))];
}

/** Answers how many; one that fails on our side is reported, and tried again the next time. */
export async function carryOutClosedAccounts(
  desk: ServiceDesk,
  clientIds: readonly string[],
): Promise<number> {
  const { engine } = desk;
  if (clientIds.length === 0) return 0;
  const due = await closedAccountsDue(engine.database, clientIds, AT_ONCE);
  let done = 0;
  for (const row of due) {
    try {
      desk.failpoints.at("service.closedAccount.due");
      done += await untilDecided(engine, (tx) => carryOut(tx, desk, row));
    } catch (error) {
      desk.report(`a closed account's policy could not be carried out`, error);
    }
  }
  return done;
}

async function carryOut(
  tx: Transaction,
  desk: ServiceDesk,
  row: ClosedAccountRow,
): Promise<number> {
  const { engine } = desk;
  const { clientId, adjustmentId, disputeId, version } = row;
  const client = (await engine.clients(tx, [clientId])).get(clientId) as ClientRuntime;
  const loaded = (await lockAndLoadBooks(tx, [{ clientId, disputeId }], engine.ids)).get(disputeId);
  const credit = loaded?.book.adjustments.find((one) => one.id === adjustmentId);
  // A person was faster.
  if (loaded === undefined || credit?.version !== version) return 0;
  const refusal = await lastRefusal(tx, clientId, adjustmentId);
  const codes = refusal?.codes.join(", ") ?? "";
  const why = `the core refused it, the account is closed (${codes})`;
  const failure =
    row.step === "check"
      ? await payByCheck(tx, desk, row, formatAmount(credit.amountMinor, loaded.book.currency), why)
      : await leaveInSuspense(tx, desk, { client, loaded, row, why });
  if (failure === null) return 1;
  // Refused for good, so nothing is tried again: a person sees why and decides.
  await moveAdjustments(tx, engine, [
    {
      clientId,
      adjustmentId,
      from: "serviceFailed",
      event: "leftToPerson",
      actor: MACHINE_ACTOR,
      reason: `${why}; ${row.step} was refused: ${failure.message}`,
    },
  ]);
  return 1;
}

/** The credit is cancelled and the check ordered by one operation. */
async function payByCheck(
  tx: Transaction,
  { engine }: ServiceDesk,
  { clientId, adjustmentId, disputeId, keyRevision }: ClosedAccountRow,
  amount: string,
  why: string,
): Promise<Failure | null> {
  const request: OperationRequest = {
    clientId,
    key: `closed-account/${adjustmentId}/${keyRevision}`,
    source: "clock",
    actor: MACHINE_ACTOR,
    dispute: disputeId,
    operation: "payByCheck",
    input: { amount },
    replaces: { adjustmentId, event: "cancelled", reason: `${why}: paid by check` },
  };
  const [result] = await executeAccountingIn(tx, engine, [request]);
  return result?.failure ?? null;
}

interface Suspending {
  readonly client: ClientRuntime;
  readonly loaded: LoadedBook;
  readonly row: ClosedAccountRow;
  readonly why: string;
}

/** Nothing is credited. */
async function leaveInSuspense(
  tx: Transaction,
  { engine }: ServiceDesk,
  { client, loaded, row, why }: Suspending,
): Promise<Failure | null> {
  const { book } = loaded;
  const credit = book.adjustments.find((one) => one.id === row.adjustmentId);
  const today = client.calendar.dateOf(engine.clock.now());
  const deciding: Deciding = {
    book,
    context: dueContext(engine, client),
    operationId: credit?.operationId ?? "",
    operation: credit?.operation ?? "",
    today,
    eventDate: today,
  };
  const reason = `${why}: nothing is credited, the money stays in our suspense`;
  try {
    restoreOnFailure(book, () => cancelAdjustment(deciding, row.adjustmentId, reason));
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  const by = { actorOf: () => MACHINE_ACTOR, eventDate: today };
  await writeBooks(tx, engine, [writtenOf(loaded, client, by)], engine.clock.now().toString());
  // Nobody is credited now, and somebody has to see to it.
  await openException(tx, engine, {
    clientId: row.clientId,
    claimId: book.claimId,
    claimType: loaded.claimType,
    disputeId: book.id,
    amountMinor: credit?.amountMinor ?? 0n,
    currency: book.currency,
    reason,
    today,
  });
  return null;
}
