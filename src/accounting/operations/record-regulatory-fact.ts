/**
 * recordRegulatoryFact: what starts, changes or meets a regulatory clock and became known after
 * the case was opened: the day a letter went, the day of the first deposit. No entry; the history
 * of operations is the record. Which clocks a dispute has is said when it is opened.
 */
import { Failure } from "../../kernel/failure.ts";
import type { RuleBook } from "../../rulebook/load.ts";
import { recordableFacts, recordedValue } from "../../rulebook/recordable-facts.ts";

import type { Applied } from "../decide-context.ts";

/** Throws `input-invalid` naming what does not fit, `date-invalid` for an event in the future. */
export function recordRegulatoryFact({ book, context, input, today }: Applied): void {
  const { rulebook } = context;
  const name = String(input["fact"]);
  const { all, moments } = recordableFacts(rulebook.clocks);
  const fact = rulebook.facts.get(name);
  if (fact === undefined || !all.has(name)) {
    throw invalid("fact", `${name} is not one of ${[...all].sort().join(", ")}`);
  }
  const value = recordedValue(fact, String(input["value"]));
  if (value === null) throw invalid("value", `${name} has to be ${fact.type}`);
  refuseMisfit(rulebook, book.currency, name, value);
  if (moments.has(name) && typeof value === "string" && value > today) {
    const detail = `${name}: ${value} is in the future`;
    throw new Failure("date-invalid", detail, { field: "value" }, [{ pointer: "/value", detail }]);
  }
}

function refuseMisfit(rulebook: RuleBook, currency: string, name: string, value: unknown): void {
  try {
    rulebook.bindDispute(currency, { [name]: value });
  } catch (error) {
    if (error instanceof Failure) throw invalid("value", error.message);
    throw error;
  }
}

function invalid(field: string, detail: string): Failure {
  return new Failure("input-invalid", detail, { field }, [{ pointer: `/${field}`, detail }]);
}
