/**
 * Made-up facts for a request that belongs to no adjustment: every name a template can use has a
 * value that is plainly not a customer's. Pure.
 */
import type { Temporal } from "temporal-polyfill";

import type { FieldFault } from "../kernel/failure.ts";
import { refused } from "../kernel/field-faults.ts";

import { ENTRY_FACTS, FREE_FACTS, REQUEST_FACTS } from "./request-fact-names.ts";
import type { Service } from "./service-configuration.ts";
import type { FactTable, FactValue, RequestFacts } from "./template.ts";

const NOBODY = "00000000-0000-7000-8000-000000000000";

/** Facts by name where they are not a text of their own name. */
const SAMPLES: FactTable = {
  keyRevision: 1,
  client: "sample",
  "claim.id": NOBODY,
  "claim.number": "0001010001C",
  "claim.type": "Card",
  "dispute.id": NOBODY,
  "dispute.number": "0001010001D",
  "adjustment.id": NOBODY,
  "adjustment.operation": "issueProvisionalCredit",
  "adjustment.rule": "ProvisionalCredit",
  "adjustment.label": "Provisional Credit",
  "adjustment.direction": "credit",
  "adjustment.memo": false,
  memoPost: false,
  "closedAccount.policy": null,
  "step.id": NOBODY,
  "step.side": "credit",
  "step.collection": "accountHolder",
  "step.account": NOBODY,
  "step.isHolder": true,
  "step.number": "0000000000",
  "step.tranCode": "000",
  "adjustment.reverses": null,
  "adjustment.reversesReference": null,
  amount: "1.00",
  amountMinor: "100",
  currency: "USD",
  statementText: "Provisional Credit",
  "holder.account": NOBODY,
  "holder.number": "0000000000",
  "entry.id": NOBODY,
  "entry.debitStepId": NOBODY,
  "entry.creditStepId": NOBODY,
  "entry.rule": "ProvisionalCredit",
  "entry.label": "Provisional Credit",
  "entry.kind": "original",
  "entry.amount": "1.00",
  "entry.amountMinor": "100",
  "entry.debitCollection": "suspense",
  "entry.debitAccount": "sample-suspense",
  "entry.debitIsHolder": false,
  "entry.debitNumber": "0000000001",
  "entry.debitTranCode": "000",
  "entry.creditCollection": "accountHolder",
  "entry.creditAccount": NOBODY,
  "entry.creditIsHolder": true,
  "entry.creditNumber": "0000000000",
  "entry.creditTranCode": "000",
  "entry.statementText": "Provisional Credit",
};

/**
 * Throws `input-invalid` for a name that no template can use. A fact of the dispute's own
 * (`facts.…`) is whatever was given.
 */
export function sampleFacts(
  service: Service,
  key: string,
  now: Temporal.Instant,
  given: Readonly<Record<string, FactValue>> = {},
): RequestFacts {
  refuseUnknown(given);
  const today = now.toString().slice(0, 10);
  const dates = { eventDate: today, plannedPostingDate: today, postingDate: today, today };
  const valueOf = (name: string): FactValue => given[name] ?? SAMPLES[name] ?? null;
  const common: Record<string, FactValue> = { ...given };
  for (const name of REQUEST_FACTS) common[name] = valueOf(name);
  for (const [name, value] of Object.entries(dates)) common[name] = given[name] ?? value;
  common["key"] = given["key"] ?? key;
  const entry = Object.fromEntries([...ENTRY_FACTS].map((name) => [name, valueOf(name)]));
  const text = service.statementTexts[String(common["adjustment.rule"])];
  if (text !== undefined && given["statementText"] === undefined) common["statementText"] = text;
  return { common, entries: [entry], overrides: [] };
}

function refuseUnknown(given: Readonly<Record<string, FactValue>>): void {
  const faults: FieldFault[] = Object.keys(given)
    .filter((name) => !REQUEST_FACTS.has(name) && !ENTRY_FACTS.has(name))
    .filter((name) => !name.startsWith(FREE_FACTS))
    .map((name) => ({ pointer: `/facts/${name}`, detail: "is not a fact of an adjustment" }));
  if (faults.length > 0) throw refused("input-invalid", faults);
}
