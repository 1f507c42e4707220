/** The accounting rules: which collection is debited, which credited, who moves the money. */
import { z } from "zod";

import type { Book } from "./book.ts";
import { records, section } from "./book.ts";
import { nameShape } from "./shape.ts";
import type { Problem } from "./source.ts";

export const RULES_FILE = "rules.yaml";

const ruleShape = z.strictObject({
  label: z.string().min(1),
  debit: nameShape.describe("Collection"),
  credit: nameShape.describe("Collection"),
  processing: z
    .enum(["execute", "track"])
    .describe("execute: Redress makes the money move; track: somebody else moved it"),
  meaning: z.string().min(1),
  secondOperation: z.boolean().optional(),
});

export interface AccountingRule {
  readonly id: string;
  readonly label: string;
  readonly debit: string;
  readonly credit: string;
  readonly processing: "execute" | "track";
  readonly meaning: string;
  /** Both sides are one collection; its table names two different accounts. */
  readonly isSecondOperation: boolean;
  /** A client's book changed the sides of a shipped rule. */
  readonly changesStandard: boolean;
}

export const ruleSection = section({
  file: RULES_FILE,
  key: "rules",
  record: ruleShape,
  id: nameShape,
  meaning: "Accounting rules by id",
});

/** All rules that fit; unknown collections and senseless sides are problems. */
export function loadRules(
  book: Book,
  collections: ReadonlySet<string>,
  problems: Problem[],
): ReadonlyMap<string, AccountingRule> {
  const rules = new Map<string, AccountingRule>();
  for (const [id, { data, at, changed }] of records(book, ruleSection, problems)) {
    for (const side of ["debit", "credit"] as const) {
      if (collections.has(data[side])) continue;
      problems.push({ ...at([side]), reason: `unknown collection "${data[side]}"` });
    }
    rules.set(id, {
      id,
      ...data,
      isSecondOperation: data.debit === data.credit,
      changesStandard: changed.includes("debit") || changed.includes("credit"),
    });
  }
  return rules;
}
