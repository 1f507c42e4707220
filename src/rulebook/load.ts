/**
 * From a rule book's files to what the engine asks: all of it, or a list of everything wrong.
 *
 * Pure: `read.ts` reads a directory, published versions come from the database. A book with any
 * problem is not loaded at all.
 */
import { z } from "zod";

import { Failure } from "../kernel/failure.ts";
import {
  ACCOUNT_FACTS,
  accountFacts,
  accountSection,
  accountTableShape,
  assembleAccounts,
  CHART_FILE,
  compileAccountTable,
} from "./accounts.ts";
import type { Account, Accounts, AccountTable } from "./accounts.ts";
import { filesUnder, recordIds, records, section, wholeFile } from "./book.ts";
import type { Book, Located } from "./book.ts";
import { changesOf } from "./changes.ts";
import type { BookChange } from "./changes.ts";
import { checkAccounts } from "./check-accounts.ts";
import type { CheckedTable } from "./check-accounts.ts";
import { checkFiles } from "./check-files.ts";
import { loadClocks } from "./clocks.ts";
import type { RegulatoryClock } from "./clocks.ts";
import { collectionSection, declareFact, factSection, readHeader } from "./declarations.ts";
import type { BookHeader, CollectionRecord } from "./declarations.ts";
import type { Explanation } from "./decision-table.ts";
import { bindFacts, DISPUTE_FACTS, factTypes } from "./facts.ts";
import type { FactDeclaration, Facts, FactTypes } from "./facts.ts";
import { compileRouteTable, ROUTE_FACTS, ROUTES_FILE, routeTableShape } from "./routes.ts";
import type { RouteChoice, RouteQuestion, RouteTable } from "./routes.ts";
import { loadGates } from "./gates.ts";
import type { Gate, GateDecision } from "./gates.ts";
import { loadOperations, loadStates } from "./operations.ts";
import type { Operation, OperationGroup } from "./operations.ts";
import { loadRules, ruleSection } from "./rules.ts";
import type { AccountingRule } from "./rules.ts";
import { describe, inReadingOrder } from "./source.ts";
import type { Problem } from "./source.ts";

export interface RuleBook extends BookHeader {
  /** The facts of a dispute: what Redress supplies and what the book declares. */
  readonly facts: FactTypes;
  readonly collections: ReadonlyMap<string, CollectionRecord>;
  readonly rules: ReadonlyMap<string, AccountingRule>;
  readonly operations: ReadonlyMap<string, Operation>;
  /** Which groups of operations each state of a dispute allows. */
  readonly states: ReadonlyMap<string, ReadonlySet<OperationGroup>>;
  readonly gates: ReadonlyMap<GateDecision, Gate>;
  readonly clocks: ReadonlyMap<string, RegulatoryClock>;
  readonly accounts: Accounts;
  readonly routes: RouteTable;
  /** What it says otherwise than the books that it extends. */
  readonly changes: readonly BookChange[];
  /**
   * A dispute's facts bound for tables and expressions: bind once, ask often. What is left out
   * has its default. Throws `input-invalid` naming each fact that does not fit.
   */
  bindDispute(currency: string, given: Readonly<Record<string, unknown>>): Facts;
  /** Which way an adjustment is executed; the facts include `ROUTE_FACTS`. */
  route(question: RouteQuestion): RouteChoice;
  explainRoute(question: RouteQuestion): Explanation;
}

export interface Loaded {
  /** Null where there is any problem. */
  readonly rulebook: RuleBook | null;
  /** In reading order. */
  readonly problems: readonly Problem[];
}

/** Loads and checks a book. `problems` are those of reading its files. */
export function loadBook(book: Book, reading: readonly Problem[] = []): Loaded {
  const problems = [...reading];
  const sources = book.layers.flatMap((layer) => [...layer.sources.values()]);
  if (!book.isComplete || sources.some((source) => !source.isReadable)) {
    return { rulebook: null, problems: inReadingOrder(problems) };
  }
  checkFiles(book, problems);
  const header = readHeader(book, problems);
  const before = problems.length;
  const facts = loadFacts(book, problems);
  const factsHold = problems.length === before;
  const collections = records(book, collectionSection, problems);
  const collectionIds = recordIds(book, collectionSection);
  const rules = loadRules(book, collectionIds, problems);
  const operations = loadOperations(book, recordIds(book, ruleSection), problems);
  const states = loadStates(book, problems);
  const gates = loadGates(book, collectionIds, problems);
  // A clock over a fact that is badly declared is not wrong itself: it is read when the fact is.
  const clocks = loadClocks(book, facts, factsHold ? problems : []);
  const accounts = loadAccounts(book, facts, collections, problems);
  const routes = loadRoutes(book, facts, problems);
  if (problems.length > 0 || header === null || accounts === null || routes === null) {
    return { rulebook: null, problems: inReadingOrder(problems) };
  }
  const rulebook: RuleBook = {
    ...header,
    facts,
    collections: new Map([...collections].map(([id, { data }]) => [id, data])),
    rules,
    operations,
    states,
    gates,
    clocks,
    accounts,
    routes,
    changes: changesOf(book),
    bindDispute: (currency, given) => bindFacts(facts, currency, given),
    route: routes.choose,
    explainRoute: routes.explain,
  };
  return { rulebook, problems: [] };
}

/** The rule book, or `rulebook-invalid` listing every problem: for whoever cannot go on without. */
export function requireRuleBook({ rulebook, problems }: Loaded): RuleBook {
  if (rulebook !== null) return rulebook;
  const places = problems.map(describe);
  const faults = problems.map((problem) => ({
    pointer: `/${problem.file}`,
    detail: describe(problem),
  }));
  throw new Failure("rulebook-invalid", places.join("\n"), { problems: places.length }, faults);
}

function loadFacts(book: Book, problems: Problem[]): FactTypes {
  const supplied = [...DISPUTE_FACTS, ...ACCOUNT_FACTS, ...ROUTE_FACTS];
  const declared: FactDeclaration[] = [];
  for (const located of records(book, factSection, problems).values()) {
    const fact = declareFact(located, supplied, problems);
    if (fact !== null) declared.push(fact);
  }
  return factTypes(DISPUTE_FACTS, declared);
}

function loadRoutes(book: Book, facts: FactTypes, problems: Problem[]): RouteTable | null {
  const file = wholeFile(book, ROUTES_FILE, routeTableShape, problems);
  if (file === null) return null;
  return compileRouteTable(file.data, file, factTypes(facts.values(), ROUTE_FACTS), problems);
}

const rulesSides = section({
  file: "rules.yaml",
  key: "rules",
  record: z.looseObject({ debit: z.string(), credit: z.string() }),
  id: z.string(),
  meaning: "The sides of rules, for the second operations' tables",
});

function loadAccounts(
  book: Book,
  facts: FactTypes,
  collections: ReadonlyMap<string, Located<CollectionRecord>>,
  problems: Problem[],
): Accounts | null {
  const chart = new Map<string, Account>();
  for (const [id, { data }] of records(book, accountSection, problems)) {
    chart.set(id, { ...data, id, number: data.number ?? null });
  }
  const accountIds = recordIds(book, accountSection);
  // What is wrong with the rules themselves is said where they are loaded.
  const rules = records(book, rulesSides, []);
  const ruleIds = rules.size === 0 ? null : [...rules.keys()];
  const tables: CheckedTable[] = [];
  for (const file of filesUnder(book, "accounts/")) {
    if (file === CHART_FILE) continue;
    const found = wholeFile(book, file, accountTableShape, problems);
    if (found === null) continue;
    const [ofCollections, ofRules] =
      "collections" in found.data
        ? [found.data.collections, []]
        : [[], found.data.secondOperations];
    const types = factTypes(facts.values(), accountFacts(ofCollections, ruleIds));
    const context = { file, from: found, chart, accountIds, types, problems };
    const compiled = compileAccountTable(found.data, context);
    tables.push({
      file,
      from: found,
      collections: ofCollections,
      secondOperations: ofRules,
      compiled,
    });
  }
  const collectionIds = recordIds(book, collectionSection);
  checkAccounts({ collections, collectionIds, rules, tables, problems });
  const compiled = tables.map((table) => table.compiled).filter(isTable);
  return compiled.length === tables.length ? assembleAccounts(chart, compiled) : null;
}

function isTable(table: AccountTable | null): table is AccountTable {
  return table !== null;
}
