/** Tables written in a test, over one set of declared facts of every type. */
import { expect } from "vitest";
import { z } from "zod";

import { compileTable, tableFields } from "../../src/rulebook/decision-table.ts";
import type { DecisionTable } from "../../src/rulebook/decision-table.ts";
import { bindFacts, factTypes, suppliedFact } from "../../src/rulebook/facts.ts";
import type { FactDeclaration, Facts } from "../../src/rulebook/facts.ts";
import { fit } from "../../src/rulebook/shape.ts";
import { describe, inReadingOrder, parseSource } from "../../src/rulebook/source.ts";
import type { Problem } from "../../src/rulebook/source.ts";

const absent = (fact: FactDeclaration): FactDeclaration => ({ ...fact, mayBeAbsent: true });
const types = factTypes([
  suppliedFact("amount", "amount", "the disputed amount"),
  suppliedFact("network", "string", "any network"),
  suppliedFact("regulation", "string", "listed values", ["E", "Z", "none"]),
  suppliedFact("fraud", "boolean", "true or false"),
  suppliedFact("cards", "integer", "a count"),
  suppliedFact("noticeOn", "date", "a date"),
  suppliedFact("tags", "list", "texts"),
  absent(suppliedFact("closedOn", "date", "a date that may be absent")),
  absent(suppliedFact("branch", "string", "a text that may be absent")),
]);

const shape = z.strictObject(tableFields(z.string()));

export function loadTable(text: string): {
  table: DecisionTable<string> | null;
  problems: string[];
} {
  const problems: Problem[] = [];
  const source = parseSource("table.yaml", text, problems);
  const written = fit(shape, source, problems);
  const table =
    written === null
      ? null
      : compileTable(written, {
          name: "Get Test GL",
          types,
          from: source,
          path: [],
          problems,
          outcome: (outcome) => outcome,
        });
  return { table, problems: inReadingOrder(problems).map(describe) };
}

export function soundTable(text: string): DecisionTable<string> {
  const loaded = loadTable(text);
  expect(loaded.problems).toEqual([]);
  return loaded.table as DecisionTable<string>;
}

/** A table of one cell that says whether it fits. */
export function tableOfCell(input: string, text: string): (given: Facts) => boolean {
  const one = soundTable(
    `hit: first\nrows:\n  - { id: fits, when: { ${input}: '${text}' }, then: yes }\ndefault: no\n`,
  );
  return (given) => one.evaluate(given).row === "fits";
}

export function factsOf(more: Record<string, unknown> = {}, currency = "USD"): Facts {
  return bindFacts(types, currency, {
    amount: "100",
    network: "visa",
    regulation: "E",
    fraud: true,
    cards: 2,
    noticeOn: "2026-11-16",
    tags: ["vip"],
    ...more,
  });
}
