/**
 * Asks a look-up service for what a hold waits for. Whatever the outside does becomes an answer:
 * only a mapped value is one, everything else is unknown, and what never left has failed.
 */
import type { AccountVault } from "../access/vault.ts";
import { ACCOUNT_NUMBER } from "../access/vault.ts";
import type { Engine } from "../accounting/engine.ts";
import type { HoldQuestion, LookUpAnswer, LookUps } from "../accounting/look-ups.ts";
import type { Secrets } from "../connections/secrets.ts";
import { Failure } from "../kernel/failure.ts";
import { formatAmount } from "../kernel/money.ts";

import { openAdapter } from "./http-adapter.ts";
import type { LookUpService } from "./look-up-services.ts";
import { lookUpServiceOf } from "./look-up-services.ts";
import { maskedText } from "./mask.ts";
import { readLookUp, textAt } from "./read-answer.ts";
import { FREE_FACTS } from "./request-fact-names.ts";
import type { FactValue, RequestFacts } from "./template.ts";

export interface LookUpDesk {
  readonly engine: Engine;
  readonly vault: Pick<AccountVault, "numbers" | "masked">;
  readonly secrets: Secrets;
  readonly callTimeoutSeconds?: number | undefined;
}

export function lookUpsOf(desk: LookUpDesk): LookUps {
  return {
    ask: async (question) => {
      try {
        return await asked(desk, question);
      } catch (error) {
        // Settings that do not load, a secret that is missing, a fact that does not fit.
        if (error instanceof Failure) return { kind: "failed", reason: error.message };
        throw error;
      }
    },
  };
}

async function asked(desk: LookUpDesk, question: HoldQuestion): Promise<LookUpAnswer> {
  const { engine } = desk;
  const { clientId, service: name } = question;
  const client = (await engine.clients(engine.database, [clientId])).get(clientId);
  const found = client === undefined ? undefined : lookUpServiceOf(client.settings, name);
  if (found === undefined) return { kind: "failed", reason: `no look-up service ${name}` };
  const facts = await factsOf(desk, found, question);
  const adapter = openAdapter(desk, found.service);
  try {
    const result = await adapter.send(adapter.prepare("lookUp", facts));
    if (result.kind === "notSent") return { kind: "failed", reason: result.reason };
    if (result.kind === "lost") return { kind: "unknown", reason: result.reason };
    return read(found, result.answer, facts.real);
  } finally {
    await adapter.close();
  }
}

function read(
  { service, answer: places }: LookUpService,
  answer: Parameters<typeof readLookUp>[0],
  { common }: RequestFacts,
): LookUpAnswer {
  const { outcome, reason } = readLookUp(answer, service.answer, service.lookUp?.outcomes ?? []);
  const number = String(common["holder.number"] ?? "");
  // What the outside says in words may name the number that it was asked about.
  const said = maskedText(reason, new Map(number === "" ? [] : [[number, "••••"]]));
  if (outcome === "notFound") return { kind: "unknown", reason: `not found: ${said}` };
  if (outcome !== "posted") return { kind: "unknown", reason: said };
  if (places.number !== undefined) {
    const text = textAt(answer, places.number)?.trim() ?? "";
    if (ACCOUNT_NUMBER.test(text))
      return { kind: "number", number: text, accountKind: places.kind };
  }
  if (places.status !== undefined) {
    const text = textAt(answer, places.status)?.trim() ?? "";
    if (STATUS.test(text)) return { kind: "status", status: text };
  }
  return { kind: "unknown", reason: "the answer holds neither a number nor a status" };
}

/** A status is a word, not a number of somebody's. */
const STATUS = /^(?![0-9]{8,})[A-Za-z0-9][A-Za-z0-9 _./-]{0,59}$/;

async function factsOf(
  { engine, vault }: LookUpDesk,
  { service }: LookUpService,
  question: HoldQuestion,
): Promise<{ real: RequestFacts; masked: RequestFacts }> {
  const { clientId, holderAccount: accountId } = question;
  const ref = [{ clientId, accountId }];
  const masked = (await vault.masked(engine.database, ref)).get(accountId) ?? accountId;
  const whole = service.usesHolderNumber
    ? ((await vault.numbers(engine.database, ref)).get(accountId) ?? accountId)
    : masked;
  const common: Record<string, FactValue> = {
    client: clientId,
    "claim.id": question.claimId,
    "claim.number": question.claim,
    "claim.type": question.claimType,
    "dispute.id": question.disputeId,
    "dispute.number": question.dispute,
    "adjustment.id": question.adjustmentId,
    "adjustment.operation": question.operation,
    "adjustment.rule": question.rule,
    amount: formatAmount(question.amountMinor, question.currency),
    amountMinor: String(question.amountMinor),
    currency: question.currency,
    today: question.today,
    "holder.account": accountId,
  };
  for (const [name, value] of Object.entries(question.facts)) {
    if (value === null || typeof value === "object") continue;
    common[`${FREE_FACTS}${name}`] = value;
  }
  const of = (number: string): RequestFacts => ({
    common: { ...common, "holder.number": number },
    entries: [],
    overrides: [],
  });
  return { real: of(whole), masked: of(masked) };
}
