/**
 * Asks the core, by its validate call, whether another account is the same customer's: the posting
 * as it would go there, of which nothing is written. No mapping, no call; and anything but the
 * mapped value is no confirmation.
 */
import { recordAudit } from "../access/audit.ts";
import { maskOf } from "../access/seal.ts";
import type { AccountKind } from "../access/seal.ts";
import type { ClientRuntime } from "../accounting/engine.ts";
import { isVaultAccount } from "../accounting/vault-accounts.ts";
import { Failure } from "../kernel/failure.ts";

import { openAdapter } from "./http-adapter.ts";
import { nextPart } from "./parts.ts";
import { readValidation, textAt } from "./read-answer.ts";
import { keyOf, requestFacts } from "./request-facts.ts";
import type { Service } from "./service-configuration.ts";
import type { TestDesk } from "./test-connection.ts";
import type { ServiceAdjustment } from "./views.ts";

export interface AccountQuestion {
  readonly row: ServiceAdjustment;
  readonly account: { readonly kind: AccountKind; readonly number: string };
  readonly actor: string;
}

/** What the new account goes by in the facts until it has an id. */
const NEW_ACCOUNT = "00000000-0000-7000-8000-000000000000";

export async function isSameCustomer(
  desk: TestDesk,
  service: Service,
  { row, account, actor }: AccountQuestion,
): Promise<boolean> {
  const { sameCustomer } = service.accountChange;
  if (sameCustomer === null || service.validate === null) return false;
  const facts = await factsOf(desk, service, row, account);
  const adapter = openAdapter(desk, service);
  try {
    const request = adapter.prepare("probe", facts);
    const { engine } = desk;
    await recordAudit(engine.database, engine, [
      {
        actor,
        clientId: row.clientId,
        action: "validateAccount",
        subject: `adjustment/${row.adjustmentId}`,
      },
    ]);
    const result = await adapter.send(request);
    if (result.kind !== "answered") return false;
    const mapping = { ...service.answer, ...service.validate.answer };
    const { outcome } = readValidation(result.answer, mapping, service.validate.outcomes);
    return (
      outcome === "wouldPost" && textAt(result.answer, sameCustomer.source) === sameCustomer.is
    );
  } catch (error) {
    // The request cannot be written: then a person looks.
    if (error instanceof Failure) return false;
    throw error;
  } finally {
    await adapter.close();
  }
}

async function factsOf(
  { engine }: TestDesk,
  service: Service,
  whole: ServiceAdjustment,
  { kind, number }: AccountQuestion["account"],
) {
  const moved = (account: string): string => (isVaultAccount(account) ? NEW_ACCOUNT : account);
  const { adjustment, part } = nextPart(whole, service.callPer, new Set());
  const row: ServiceAdjustment = {
    ...adjustment,
    holderAccount: NEW_ACCOUNT,
    entries: adjustment.entries.map((entry) => ({
      ...entry,
      debitAccount: moved(entry.debitAccount),
      creditAccount: moved(entry.creditAccount),
    })),
  };
  const clients = await engine.clients(engine.database, [row.clientId]);
  const client = clients.get(row.clientId) as ClientRuntime;
  const { chart } = client.rulebook.accounts;
  const sources = {
    service,
    key: keyOf(row, service, part),
    calendar: client.calendar,
    today: client.calendar.dateOf(engine.clock.now()),
    part,
    overrides: [],
    labelOf: (rule: string) => client.rulebook.rules.get(rule)?.label ?? rule,
  };
  const named = (shown: string) => (account: string) =>
    account === NEW_ACCOUNT ? shown : (chart.get(account)?.number ?? account);
  const numbers = { real: named(number), masked: named(maskOf(kind, number)) };
  return requestFacts(row, sources, numbers);
}
