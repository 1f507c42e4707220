/**
 * *Change the account*: what was refused for certain is tried again on another account of the same
 * customer. The core's validate call may confirm that; else a second person has to approve.
 *
 * The number goes into the vault of the claim; everything else holds its id alone.
 */
import { z } from "zod";

import type { AccountKind } from "../access/seal.ts";
import type { AccountVault } from "../access/vault.ts";
import { ACCOUNT_NUMBER } from "../access/vault.ts";
import { accountsById } from "../access/views.ts";
import { changeAccount } from "../accounting/change-account.ts";
import { adjustmentOf } from "../accounting/dispute-book.ts";
import type { ClientRuntime, Engine } from "../accounting/engine.ts";
import { untilDecided } from "../accounting/execute-accounting.ts";
import { lockAndLoadBooks } from "../accounting/load-books.ts";
import { dueContext } from "../accounting/release-due.ts";
import { writeBooks, writtenOf } from "../accounting/write-books.ts";
import type { Transaction } from "../database/database.ts";
import { assert } from "../kernel/assert.ts";
import { refuseCardNumbers } from "../kernel/card-number.ts";
import { Failure } from "../kernel/failure.ts";
import type { ApprovalNeed } from "../work/approvals/tiers.ts";
import { domainNeed, tierFired } from "../work/approvals/tiers.ts";

import { isSameCustomer } from "./confirm-account.ts";
import { changeableOf } from "./refusal-views.ts";
import type { ItemResult, ServiceItem } from "./locked-item.ts";
import { lockItems } from "./locked-item.ts";
import type { Service } from "./service-configuration.ts";
import { serviceOf } from "./service-configuration.ts";
import { insertAccountChange } from "./store-consequences.ts";
import type { TestDesk } from "./test-connection.ts";
import type { ServiceAdjustment } from "./views.ts";
import { serviceAdjustments } from "./views.ts";

export const accountInput = z.strictObject({
  /** Of the client's vault; or a number. */
  account: z.uuid().optional(),
  number: z.string().trim().min(1).max(64).optional(),
  kind: z.enum(["account", "card"]).default("account"),
  reason: z.string().trim().min(1).max(2000),
});

export type AccountOrder = ServiceItem & z.infer<typeof accountInput>;

export type AccountDesk = TestDesk & { readonly vault: AccountVault };

export interface AccountResult extends ItemResult {
  /** What takes the place of the refused one. */
  readonly replacementId: string;
  readonly waitsForSecondPerson: boolean;
}

interface NewAccount {
  readonly kind: AccountKind;
  readonly number: string;
}

/**
 * Throws `transition-refused` where it was not refused for certain, or the service does not allow
 * another account; `input-invalid` for what is no account of the client's.
 */
export async function changeAccountOf(
  desk: AccountDesk,
  order: AccountOrder,
): Promise<AccountResult> {
  const { engine } = desk;
  const { clientId, adjustmentId } = order;
  refuseCardNumbers(order.reason, "reason");
  const [row] = await serviceAdjustments(engine.database, [{ clientId, adjustmentId }]);
  if (row === undefined) throw new Failure("not-found", `no adjustment ${adjustmentId}`);
  const service = await allowingService(engine, row);
  const account = await accountOf(desk, order);
  const isConfirmed = await isSameCustomer(desk, service, { row, account, actor: order.actor });
  return untilDecided(engine, (tx) => write(tx, desk, order, { row, account, isConfirmed }));
}

async function allowingService(engine: Engine, row: ServiceAdjustment): Promise<Service> {
  const clients = await engine.clients(engine.database, [row.clientId]);
  const service = serviceOf(clients.get(row.clientId)?.settings ?? {}, row.service);
  if (service?.accountChange.allowed === true) return service;
  throw new Failure("transition-refused", "the service does not allow another account", {
    state: row.state,
  });
}

async function accountOf(
  { engine, vault }: AccountDesk,
  { clientId, account, number, kind }: AccountOrder,
): Promise<NewAccount> {
  if ((account === undefined) === (number === undefined)) {
    throw unfit("number", "give an account of the vault or a number, one of them");
  }
  if (number !== undefined) {
    if (!ACCOUNT_NUMBER.test(number)) throw unfit("number", "is no account or card number");
    return { kind, number };
  }
  const refs = [{ clientId, accountId: account ?? "" }];
  const [known] = await accountsById(engine.database, refs);
  const whole = (await vault.numbers(engine.database, refs)).get(account ?? "");
  if (known === undefined || whole === undefined) {
    throw unfit("account", "is no account of this client's");
  }
  return { kind: known.kind, number: whole };
}

function unfit(field: string, detail: string): Failure {
  return new Failure("input-invalid", `${field}: ${detail}`, {}, [
    { pointer: `/${field}`, detail },
  ]);
}

interface Decided {
  readonly row: ServiceAdjustment;
  readonly account: NewAccount;
  readonly isConfirmed: boolean;
}

/** Locks the dispute, then what the person saw; books, and says who asked for it. */
async function write(
  tx: Transaction,
  { engine, vault }: AccountDesk,
  order: AccountOrder,
  { row, account, isConfirmed }: Decided,
): Promise<AccountResult> {
  const { clientId, adjustmentId, assignmentId, actor, reason } = order;
  const { disputeId, claimId } = row;
  const client = (await engine.clients(tx, [clientId])).get(clientId) as ClientRuntime;
  const loaded = (await lockAndLoadBooks(tx, [{ clientId, disputeId }], engine.ids)).get(disputeId);
  assert(loaded !== undefined, `dispute ${disputeId} has no book`);
  await lockItems(tx, [order], engine.clock.now().toString());
  await refuseUnlessRefused(tx, order);
  const [accountId] = await vault.store(tx, [{ clientId, claimId, ...account }]);
  assert(accountId !== undefined, "one number has one id");
  const { book } = loaded;
  const old = adjustmentOf(book, adjustmentId);
  const now = engine.clock.now();
  const today = client.calendar.dateOf(now);
  const { operationId, operation } = old;
  const replacementId = changeAccount(
    {
      book,
      context: dueContext(engine, client),
      operationId,
      operation,
      today,
      eventDate: today,
    },
    {
      adjustmentId,
      account: accountId,
      reason,
      approval: isConfirmed ? null : needOf(client, old, book.currency),
    },
  );
  const by = { actorOf: () => actor, eventDate: today };
  await writeBooks(tx, engine, [writtenOf(loaded, client, by)], now.toString());
  const change = { clientId, id: engine.ids.next(), adjustmentId, replacementId };
  await insertAccountChange(
    tx,
    { ...change, account: accountId, reason, isConfirmed, actor },
    now.toString(),
  );
  const { state } = adjustmentOf(book, adjustmentId);
  const waitsForSecondPerson = !isConfirmed;
  return { assignmentId, adjustmentId, state, replacementId, waitsForSecondPerson };
}

/** One other person, or those of the client's tiers. */
function needOf(
  { settings }: ClientRuntime,
  { amountMinor }: { readonly amountMinor: bigint },
  currency: string,
): ApprovalNeed {
  const right = "assignment:approve";
  const setting = "changeAccount";
  const tier = tierFired(settings.approvals[setting], { setting, amountMinor, currency, right });
  return tier ?? domainNeed("the core did not confirm the same customer", right);
}

/** What the answer said stands with the adjustment: a retry that failed otherwise has wiped it. */
async function refuseUnlessRefused(tx: Transaction, order: AccountOrder): Promise<void> {
  const { isAccountChangeable, state } = await changeableOf(tx, order);
  if (isAccountChangeable) return;
  throw new Failure("transition-refused", "only after a definite refusal of the service", {
    state,
  });
}
