/**
 * An adjustment as a request template sees it: every fact by its name, twice over: with account
 * numbers for the wire, and masked for the record. Pure.
 */
import type { BusinessCalendar } from "../kernel/calendar.ts";
import { creditStepId, debitStepId } from "../kernel/ids.ts";
import { formatAmount } from "../kernel/money.ts";

import { attemptKey } from "./attempt-key.ts";
import type { Part } from "./parts.ts";
import type { AskedPosting } from "./outcome-machine.ts";
import { FREE_FACTS, POLICY_FACT } from "./request-fact-names.ts";
import type { Service } from "./service-configuration.ts";
import type { FactTable, FactValue, RequestFacts } from "./template.ts";
import type { PostingEntry, ServiceAdjustment } from "./views.ts";

/** Numbers of accounts by id; an account without one goes by its id. */
export type NumberOf = (account: string) => string;

export interface FactSources {
  readonly service: Service;
  /** As `keyOf` says. */
  readonly key: string;
  readonly calendar: BusinessCalendar;
  /** ISO date in the client's zone. */
  readonly today: string;
  readonly part: Part | null;
  readonly overrides: readonly string[];
  labelOf(rule: string): string;
}

/** Of the adjustment, or of the part of it that is called for. */
export function keyOf(
  adjustment: Pick<ServiceAdjustment, "adjustmentId" | "keyRevision">,
  service: Service,
  part: Part | null,
): string {
  const id = part?.id ?? adjustment.adjustmentId;
  return attemptKey(id, adjustment.keyRevision, service.key.format);
}

export function requestFacts(
  adjustment: ServiceAdjustment,
  sources: FactSources,
  numbers: { readonly real: NumberOf; readonly masked: NumberOf },
): { readonly real: RequestFacts; readonly masked: RequestFacts } {
  const facts = factsWithoutNumbers(adjustment, sources);
  return {
    real: withNumbers(facts, adjustment, sources.part, numbers.real),
    masked: withNumbers(facts, adjustment, sources.part, numbers.masked),
  };
}

function factsWithoutNumbers(adjustment: ServiceAdjustment, sources: FactSources): RequestFacts {
  const { service, calendar, today, labelOf, part } = sources;
  const textOf = (rule: string): string => service.statementTexts[rule] ?? labelOf(rule);
  const rule = adjustment.principalRule ?? adjustment.entries[0]?.rule ?? null;
  const planned = adjustment.plannedPostingDate;
  const common: Record<string, FactValue> = {
    key: sources.key,
    keyRevision: adjustment.keyRevision,
    client: adjustment.clientId,
    "claim.id": adjustment.claimId,
    "claim.number": adjustment.claim,
    "claim.type": adjustment.claimType,
    "dispute.id": adjustment.disputeId,
    "dispute.number": adjustment.dispute,
    "adjustment.id": adjustment.adjustmentId,
    "adjustment.operation": adjustment.operation,
    "adjustment.rule": rule,
    "adjustment.label": rule === null ? null : labelOf(rule),
    "adjustment.direction": directionOf(adjustment),
    "adjustment.memo": adjustment.entries.length === 0,
    memoPost: rule !== null && service.memoPost.rules.includes(rule),
    // Not before the core has refused it: a credit goes to the holder where it can.
    [POLICY_FACT]: adjustment.closedAccount === "parking" ? "coreSuspense" : null,
    "adjustment.reverses": adjustment.reversesAdjustmentId,
    "adjustment.reversesReference": adjustment.reversesReference,
    amount: formatAmount(adjustment.amountMinor, adjustment.currency),
    amountMinor: String(adjustment.amountMinor),
    currency: adjustment.currency,
    eventDate: adjustment.eventDate,
    plannedPostingDate: planned,
    postingDate: calendar.businessDayOnOrAfter(planned > today ? planned : today),
    today,
    statementText: rule === null ? null : textOf(rule),
    "holder.account": adjustment.holderAccount,
  };
  Object.assign(common, stepFacts(adjustment, part));
  for (const [name, value] of Object.entries(adjustment.facts)) {
    if (isScalar(value)) common[`${FREE_FACTS}${name}`] = value;
  }
  return {
    common,
    entries: adjustment.entries.map((entry) => ({
      ...entryFacts(entry, adjustment),
      "entry.label": labelOf(entry.rule),
      "entry.statementText": textOf(entry.rule),
    })),
    overrides: sources.overrides.map((code) => ({ "override.code": code })),
  };
}

function withNumbers(
  { common, entries, overrides }: RequestFacts,
  { holderAccount, entries: posted }: ServiceAdjustment,
  part: Part | null,
  numberOf: NumberOf,
): RequestFacts {
  const step = stepAccount(posted, part);
  return {
    common: {
      ...common,
      "holder.number": numberOf(holderAccount),
      ...(step === null ? {} : { "step.number": numberOf(step) }),
    },
    entries: entries.map((entry, index) => {
      const { debitAccount, creditAccount } = posted[index] as PostingEntry;
      return {
        ...entry,
        "entry.debitNumber": numberOf(debitAccount),
        "entry.creditNumber": numberOf(creditAccount),
      };
    }),
    overrides,
  };
}

/** The account of the side that is called for; null where a whole entry or adjustment is. */
function stepAccount([entry]: readonly PostingEntry[], part: Part | null): string | null {
  if (part === null || part.side === null || entry === undefined) return null;
  return part.side === "debit" ? entry.debitAccount : entry.creditAccount;
}

/** Of the side that is called for; nothing where a whole entry or adjustment is. */
function stepFacts(
  { entries, holderAccount }: ServiceAdjustment,
  part: Part | null,
): Record<string, FactValue> {
  const [entry] = entries;
  const account = stepAccount(entries, part);
  if (part === null || account === null || entry === undefined) return {};
  const isDebit = part.side === "debit";
  return {
    "step.id": part.id,
    "step.side": part.side,
    "step.collection": isDebit ? entry.debitCollection : entry.creditCollection,
    "step.account": account,
    "step.isHolder": account === holderAccount,
    "step.tranCode": isDebit ? entry.debitTranCode : entry.creditTranCode,
  };
}

function entryFacts(
  entry: PostingEntry,
  { currency, holderAccount }: ServiceAdjustment,
): FactTable {
  return {
    "entry.id": entry.id,
    "entry.debitStepId": debitStepId(entry.id),
    "entry.creditStepId": creditStepId(entry.id),
    "entry.rule": entry.rule,
    "entry.kind": entry.kind,
    "entry.amount": formatAmount(entry.amountMinor, currency),
    "entry.amountMinor": String(entry.amountMinor),
    "entry.debitCollection": entry.debitCollection,
    "entry.debitAccount": entry.debitAccount,
    "entry.debitIsHolder": entry.debitAccount === holderAccount,
    "entry.debitTranCode": entry.debitTranCode,
    "entry.creditCollection": entry.creditCollection,
    "entry.creditAccount": entry.creditAccount,
    "entry.creditIsHolder": entry.creditAccount === holderAccount,
    "entry.creditTranCode": entry.creditTranCode,
  };
}

/** As the holder sees it; `none` where the holder's account does not move. */
function directionOf({ entries, holderAccount }: ServiceAdjustment): "credit" | "debit" | "none" {
  const first = entries[0];
  if (first?.creditAccount === holderAccount) return "credit";
  return first?.debitAccount === holderAccount ? "debit" : "none";
}

/** What the core's own words are compared with. */
export function askedPosting(
  { entries, amountMinor, currency }: ServiceAdjustment,
  part: Part | null,
  numberOf: NumberOf,
): AskedPosting {
  const side = part?.side ?? null;
  const accounts = (of: "debit" | "credit"): string[] =>
    entries.map((entry) => (of === "debit" ? entry.debitAccount : entry.creditAccount));
  // A step has one account: it is compared with that, whatever the core calls it.
  const debits = accounts(side ?? "debit");
  const credits = accounts(side ?? "credit");
  return {
    amountMinor,
    currency,
    debitAccounts: new Set([...debits, ...debits.map(numberOf)]),
    creditAccounts: new Set([...credits, ...credits.map(numberOf)]),
  };
}

function isScalar(value: unknown): value is string | number | boolean {
  return ["string", "number", "boolean"].includes(typeof value);
}
