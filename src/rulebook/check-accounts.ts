/**
 * Whether the account tables cover the book: one table per collection, one per second operation,
 * the holder's collections on the holder's account and no other collection there.
 */
import { HOLDER } from "./accounts.ts";
import type { AccountTable } from "./accounts.ts";
import type { Located } from "./book.ts";
import type { CollectionRecord } from "./declarations.ts";
import type { Positioned } from "./shape.ts";
import type { Path, Place, Problem } from "./source.ts";

/** The two sides of a rule, as far as account tables care. */
export interface RuleSides extends Positioned {
  readonly id: string;
  readonly data: { readonly debit: string; readonly credit: string };
}

export interface CheckedTable {
  readonly file: string;
  readonly from: Positioned;
  readonly collections: readonly string[];
  readonly secondOperations: readonly string[];
  /** Null where the rows have problems of their own. */
  readonly compiled: AccountTable | null;
}

export interface AccountCheck {
  readonly collections: ReadonlyMap<string, Located<CollectionRecord>>;
  /** Those with problems of their own as well. */
  readonly collectionIds: ReadonlySet<string>;
  readonly rules: ReadonlyMap<string, RuleSides>;
  readonly tables: readonly CheckedTable[];
  readonly problems: Problem[];
}

export function checkAccounts(check: AccountCheck): void {
  checkCoverage(check);
  checkSecondOperations(check);
  for (const table of check.tables) checkHolder(table, check);
}

function complainer(problems: Problem[]) {
  return (place: Place, reason: string): void => {
    problems.push({ ...place, reason });
  };
}

function checkCoverage({ collections, collectionIds, tables, problems }: AccountCheck): void {
  const complain = complainer(problems);
  const served = new Map<string, CheckedTable>();
  for (const table of tables) {
    for (const [index, collection] of table.collections.entries()) {
      const place = table.from.at(["collections", index]);
      const other = served.get(collection);
      if (!collectionIds.has(collection)) complain(place, `unknown collection "${collection}"`);
      else if (other !== undefined) {
        complain(place, `"${collection}" has a table already, in ${other.file}`);
      }
      served.set(collection, other ?? table);
    }
  }
  for (const [id, collection] of collections) {
    if (served.has(id)) continue;
    complain(collection.atKey([]), `collection "${id}" has no account table`);
  }
}

function checkSecondOperations({ rules, tables, problems }: AccountCheck): void {
  const complain = complainer(problems);
  const served = new Map<string, CheckedTable>();
  for (const table of tables) {
    for (const [index, id] of table.secondOperations.entries()) {
      const place = table.from.at(["secondOperations", index]);
      const rule = rules.get(id);
      const other = served.get(id);
      if (rule === undefined) complain(place, `unknown rule "${id}"`);
      else if (rule.data.debit !== rule.data.credit) {
        complain(place, `"${id}" is no second operation: its sides are different collections`);
      } else if (other !== undefined) {
        complain(place, `"${id}" has a table already, in ${other.file}`);
      }
      served.set(id, other ?? table);
    }
  }
  for (const [id, rule] of rules) {
    if (rule.data.debit !== rule.data.credit || served.has(id)) continue;
    complain(
      rule.at(["credit"]),
      `both sides of "${id}" are ${rule.data.debit}, and no second-operation table names the rule`,
    );
  }
}

function checkHolder(table: CheckedTable, { collections, problems }: AccountCheck): void {
  const { compiled } = table;
  if (compiled === null) return;
  const complain = complainer(problems);
  const wanted = new Set(table.collections.map((id) => collections.get(id)?.data.resolvesTo));
  wanted.delete(undefined);
  if (wanted.size > 1) {
    complain(
      table.from.at(["collections"]),
      "a table serves collections of the holder or of the institution, not both",
    );
    return;
  }
  const [kind] = wanted;
  const decisions: (readonly [string, Path])[] = compiled.table.rows.map(
    ({ outcome }, index) => [outcome.debit.account, ["rows", index, "then", "account"]] as const,
  );
  const otherwise = compiled.table.default;
  if (otherwise !== null) decisions.push([otherwise.outcome.debit.account, ["default", "account"]]);
  for (const [account, path] of decisions) {
    if (kind === "holder" && account !== HOLDER) {
      complain(table.from.at(path), `these collections are the holder's, "${account}" is not`);
    }
    if (kind === "gl" && account === HOLDER) {
      complain(table.from.at(path), "these collections are the institution's, not the holder's");
    }
  }
}
