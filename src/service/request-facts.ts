/**
 * An adjustment as a request template sees it: every fact by its name, twice over: with account
 * numbers for the wire, and masked for the record. Pure.
 */
import type { BusinessCalendar } from "../kernel/calendar.ts";
import { creditStepId, debitStepId } from "../kernel/ids.ts";
import { formatAmount } from "../kernel/money.ts";

import { attemptKey } from "./attempt-key.ts";
import type { AskedPosting } from "./outcome-machine.ts";
import { FREE_FACTS } from "./request-fact-names.ts";
import type { Service } from "./service-configuration.ts";
import type { FactTable, FactValue, RequestFacts } from "./template.ts";
import type { PostingEntry, ServiceAdjustment } from "./views.ts";

/** Numbers of accounts by id; an account without one goes by its id. */
export type NumberOf = (account: string) => string;

export interface FactSources {
  readonly service: Service;
  readonly calendar: BusinessCalendar;
  /** ISO date in the client's zone. */
  readonly today: string;
  labelOf(rule: string): string;
}

export function keyOf(adjustment: ServiceAdjustment, service: Service): string {
  return attemptKey(adjustment.adjustmentId, adjustment.keyRevision, service.key.format);
}

export function requestFacts(
  adjustment: ServiceAdjustment,
  sources: FactSources,
  numberOf: NumberOf,
): RequestFacts {
  const { service, calendar, today, labelOf } = sources;
  const textOf = (rule: string): string => service.statementTexts[rule] ?? labelOf(rule);
  const rule = adjustment.principalRule ?? adjustment.entries[0]?.rule ?? null;
  const planned = adjustment.plannedPostingDate;
  const common: Record<string, FactValue> = {
    key: keyOf(adjustment, service),
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
    "adjustment.reverses": adjustment.reversesAdjustmentId,
    "adjustment.reversesReference": adjustment.reversesReference,
    amount: formatAmount(adjustment.amountMinor, adjustment.currency),
    amountMinor: String(adjustment.amountMinor),
    currency: adjustment.currency,
    eventDate: adjustment.eventDate,
    plannedPostingDate: planned,
    postingDate: calendar.businessDayOnOrAfter(planned > today ? planned : today),
    statementText: rule === null ? null : textOf(rule),
    "holder.account": adjustment.holderAccount,
    "holder.number": numberOf(adjustment.holderAccount),
  };
  for (const [name, value] of Object.entries(adjustment.facts)) {
    if (isScalar(value)) common[`${FREE_FACTS}${name}`] = value;
  }
  const { currency } = adjustment;
  return {
    common,
    entries: adjustment.entries.map((entry) => ({
      ...entryFacts(entry, currency, numberOf),
      "entry.label": labelOf(entry.rule),
      "entry.statementText": textOf(entry.rule),
    })),
    overrides: [],
  };
}

function entryFacts(entry: PostingEntry, currency: string, numberOf: NumberOf): FactTable {
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
    "entry.debitNumber": numberOf(entry.debitAccount),
    "entry.debitTranCode": entry.debitTranCode,
    "entry.creditCollection": entry.creditCollection,
    "entry.creditAccount": entry.creditAccount,
    "entry.creditNumber": numberOf(entry.creditAccount),
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
export function askedPosting(adjustment: ServiceAdjustment, numberOf: NumberOf): AskedPosting {
  const { entries, amountMinor, currency } = adjustment;
  const debits = entries.map((entry) => entry.debitAccount);
  const credits = entries.map((entry) => entry.creditAccount);
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
