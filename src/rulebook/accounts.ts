/**
 * Which account and tran code a side of an entry gets: the *Get … GL* tables of the book.
 *
 * Every collection has exactly one table. A rule whose two sides are the same collection (a
 * second operation) has a table of its own that names a pair of different accounts.
 */
import { z } from "zod";
import { assert } from "../kernel/assert.ts";
import { section } from "./book.ts";
import { compileTable, tableFields } from "./decision-table.ts";
import type { Decision, DecisionTable, Explanation } from "./decision-table.ts";
import { suppliedFact, withFacts } from "./facts.ts";
import type { FactDeclaration, Facts, FactTypes } from "./facts.ts";
import { nameShape } from "./shape.ts";
import type { Positioned } from "./shape.ts";
import type { Path, Problem } from "./source.ts";

export type EntrySide = "debit" | "credit";

/** What `account: holder` resolves to: the dispute's own account, by whoever books. */
export const HOLDER = "holder";

export const ACCOUNT_KINDS = ["gl", "holder"] as const;

const tranCodesShape = z.strictObject({
  debit: z.string().min(1).max(20),
  credit: z.string().min(1).max(20),
});

const accountShape = z.strictObject({
  name: z.string().min(1).describe("As the institution's chart of accounts calls it"),
  kind: z.enum(ACCOUNT_KINDS).default("gl"),
  number: z.string().min(1).optional().describe("The number label people know it by"),
  tranCodes: tranCodesShape.describe("Sent with a debit and with a credit of this account"),
});

export interface Account {
  readonly id: string;
  readonly name: string;
  readonly kind: (typeof ACCOUNT_KINDS)[number];
  readonly number: string | null;
  readonly tranCodes: { readonly debit: string; readonly credit: string };
}

export const CHART_FILE = "accounts/chart.yaml";

export const accountSection = section({
  file: CHART_FILE,
  key: "accounts",
  record: accountShape,
  id: nameShape,
  meaning: "The accounts that the tables may choose, by id",
});

const singleOutcome = z.strictObject({ account: nameShape, tranCodes: tranCodesShape.optional() });
const pairOutcome = z.strictObject({ debit: nameShape, credit: nameShape });

const singleFile = z.strictObject({
  name: z.string().min(1).describe("As users know it, e.g. Get Suspense GL"),
  collections: z.array(nameShape).min(1),
  ...tableFields(singleOutcome),
});

const pairFile = z.strictObject({
  name: z.string().min(1),
  secondOperations: z.array(nameShape).min(1).describe("Rules with both sides one collection"),
  ...tableFields(pairOutcome),
});

export const accountTableShape = z.union([singleFile, pairFile]);

export type WrittenAccountTable = z.infer<typeof accountTableShape>;

interface Chosen {
  readonly account: string;
  readonly tranCode: string;
  readonly table: string;
  readonly row: string;
}

type PerSide = Readonly<Record<EntrySide, Chosen>>;

export interface AccountTable {
  readonly file: string;
  readonly name: string;
  readonly collections: readonly string[];
  readonly secondOperations: readonly string[];
  readonly table: DecisionTable<PerSide>;
}

export interface AccountQuestion {
  readonly rule: string;
  readonly side: EntrySide;
  readonly collection: string;
  readonly facts: Facts;
  /** Whether the client has second operations; not, where left out. */
  readonly secondOperations?: boolean;
}

/** An account, its tran code for the side, and what chose it: all that an entry records. */
export type AccountChoice = Chosen;

export interface Accounts {
  readonly chart: ReadonlyMap<string, Account>;
  readonly tables: readonly AccountTable[];
  /**
   * Pure; the collection and rule have to be of the book. `account` is `holder` for the dispute's
   * own.
   */
  choose(question: AccountQuestion): AccountChoice;
  explainChoice(question: AccountQuestion): Explanation;
  /** The tran code of a GL that a closing entry follows without asking the table. */
  tranCodeOf(account: string, side: EntrySide): string;
}

export interface AccountTableContext {
  readonly file: string;
  readonly from: Positioned;
  readonly chart: ReadonlyMap<string, Account>;
  /** Those with problems of their own as well. */
  readonly accountIds: ReadonlySet<string>;
  readonly types: FactTypes;
  readonly problems: Problem[];
}

/** Compiles one table file. Unknown accounts and pairs of equal accounts are problems. */
export function compileAccountTable(
  written: WrittenAccountTable,
  context: AccountTableContext,
): AccountTable | null {
  const base = {
    name: written.name,
    types: context.types,
    from: context.from,
    path: [],
    problems: context.problems,
  };
  const { file } = context;
  if ("secondOperations" in written) {
    const outcome = (pair: z.infer<typeof pairOutcome>, path: Path): PerSide | null =>
      pairOf(pair, path, written.name, context);
    const table = compileTable(written, { ...base, outcome });
    if (table === null) return null;
    const { name, secondOperations } = written;
    return { file, name, collections: [], secondOperations, table: withRows(table) };
  }
  const outcome = (one: z.infer<typeof singleOutcome>, path: Path): PerSide | null =>
    singleOf(one, path, written.name, context);
  const table = compileTable(written, { ...base, outcome });
  if (table === null) return null;
  const { name, collections } = written;
  return { file, name, collections, secondOperations: [], table: withRows(table) };
}

function accountAt(id: string, path: Path, context: AccountTableContext): Account | null {
  const account = context.chart.get(id);
  if (account !== undefined) return account;
  if (!context.accountIds.has(id)) {
    context.problems.push({ ...context.from.at(path), reason: `unknown account "${id}"` });
  }
  return null;
}

function singleOf(
  written: z.infer<typeof singleOutcome>,
  path: Path,
  table: string,
  context: AccountTableContext,
): PerSide | null {
  const account = accountAt(written.account, [...path, "account"], context);
  if (account === null) return null;
  const codes = written.tranCodes ?? account.tranCodes;
  const id = account.kind === "holder" ? HOLDER : account.id;
  return {
    debit: { account: id, tranCode: codes.debit, table, row: "" },
    credit: { account: id, tranCode: codes.credit, table, row: "" },
  };
}

function pairOf(
  written: z.infer<typeof pairOutcome>,
  path: Path,
  table: string,
  context: AccountTableContext,
): PerSide | null {
  const debit = accountAt(written.debit, [...path, "debit"], context);
  const credit = accountAt(written.credit, [...path, "credit"], context);
  if (debit === null || credit === null) return null;
  const complain = (reason: string): null => {
    context.problems.push({ ...context.from.at([...path, "credit"]), reason });
    return null;
  };
  if (debit.id === credit.id) {
    return complain(`a second operation's two accounts have to differ: both are "${debit.id}"`);
  }
  if (debit.kind === "holder" || credit.kind === "holder") {
    return complain("a second operation moves between two accounts of the institution");
  }
  return {
    debit: { account: debit.id, tranCode: debit.tranCodes.debit, table, row: "" },
    credit: { account: credit.id, tranCode: credit.tranCodes.credit, table, row: "" },
  };
}

/** The same table, each outcome naming its row, so that choosing allocates nothing. */
function withRows(table: DecisionTable<PerSide>): DecisionTable<PerSide> {
  const named = new Map<Decision<PerSide>["row"], Decision<PerSide>>();
  const decisions = [...table.rows, ...(table.default === null ? [] : [table.default])];
  for (const { row, outcome } of decisions) {
    const { debit, credit } = outcome;
    named.set(row, { row, outcome: { debit: { ...debit, row }, credit: { ...credit, row } } });
  }
  return {
    ...table,
    evaluate: (facts) => {
      const decision = table.evaluate(facts);
      return named.get(decision.row) ?? decision;
    },
  };
}

/**
 * The facts that Redress adds for an account table: which side of which entry is asked for. The
 * table's own collections and the book's rules are the only values; null or none: any.
 */
export function accountFacts(
  collections: readonly string[],
  rules: readonly string[] | null,
): readonly FactDeclaration[] {
  return [
    suppliedFact("rule", "string", "the accounting rule that fires", rules),
    suppliedFact("side", "string", "the side asked for", ["debit", "credit"]),
    suppliedFact(
      "collection",
      "string",
      "the collection of that side",
      collections.length === 0 ? null : collections,
    ),
    suppliedFact("secondOperations", "boolean", "whether the client has second operations"),
  ];
}

export const ACCOUNT_FACTS = accountFacts([], null);

/** Puts the compiled tables together. The checks of `check-accounts.ts` have to have passed. */
export function assembleAccounts(
  chart: ReadonlyMap<string, Account>,
  tables: readonly AccountTable[],
): Accounts {
  const byCollection = new Map<string, AccountTable>();
  const byRule = new Map<string, AccountTable>();
  for (const table of tables) {
    for (const collection of table.collections) byCollection.set(collection, table);
    for (const rule of table.secondOperations) byRule.set(rule, table);
  }
  const tableFor = ({ rule, collection }: AccountQuestion): AccountTable => {
    const table = byRule.get(rule) ?? byCollection.get(collection);
    assert(table !== undefined, `no account table for collection ${collection}`);
    return table;
  };
  return {
    chart,
    tables,
    choose: (question) => {
      const { table } = tableFor(question);
      return table.evaluate(questionFacts(table, question)).outcome[question.side];
    },
    explainChoice: (question) => {
      const { table } = tableFor(question);
      return table.explain(questionFacts(table, question));
    },
    tranCodeOf: (id, side) => {
      const account = chart.get(id);
      assert(account !== undefined, `no account ${id} in the chart`);
      return account.tranCodes[side];
    },
  };
}

/** The dispute's facts; the entry's are added only for a table that reads them. */
function questionFacts(table: DecisionTable<PerSide>, question: AccountQuestion): Facts {
  const { rule, side, collection, facts, secondOperations = false } = question;
  const asks = ACCOUNT_FACTS.some(({ name }) => table.reads.includes(name));
  return asks ? withFacts(facts, { rule, side, collection, secondOperations }) : facts;
}
