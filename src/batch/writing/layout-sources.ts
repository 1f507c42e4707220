/**
 * What a batch file can say: the sources that a layout's fields may name, per kind of line. A
 * source is only what never changes once booked, or what is stored with the file, so that a file
 * can be rendered again to the same bytes for ever.
 */
import type { Sources, ValueType } from "../../formats/field-text.ts";
import type { LayoutSources } from "../../formats/record.ts";
import type { FactTypes } from "../../rulebook/facts.ts";

type Declared = Readonly<Record<string, ValueType>>;

const FILE = {
  fileId: "text",
  fileSequence: "integer",
  fileName: "text",
  marker: "text",
  sender: "text",
  receiver: "text",
  client: "text",
  profile: "text",
  layoutName: "text",
  layoutVersion: "text",
  businessDate: "date",
  postingDate: "date",
  cutOff: "text",
  createdAt: "instant",
  zone: "text",
  currency: "text",
  supersedesSequence: "integer",
  supersedesFileId: "text",
  messageId: "text",
  fileOfDay: "integer",
} as const satisfies Declared;

const TOTALS = {
  adjustmentCount: "integer",
  detailCount: "integer",
  lineCount: "integer",
  debitCount: "integer",
  debitSum: "amount",
  creditCount: "integer",
  creditSum: "amount",
  hashTotal: "integer",
  blockCount: "integer",
} as const satisfies Declared;

/** The account a line is about: the holder's if a side is the holder's, else the debited one. */
const LINE = {
  lineNumber: "integer",
  key: "text",
  keyRevision: "integer",
  endToEndId: "text",
  claim: "text",
  dispute: "text",
  adjustmentId: "text",
  reversesAdjustmentId: "text",
  entryId: "text",
  stepId: "text",
  debitStepId: "text",
  creditStepId: "text",
  entryKind: "text",
  operation: "text",
  rule: "text",
  statementText: "text",
  direction: "text",
  amount: "amount",
  account: "text",
  accountNumber: "text",
  collection: "text",
  tranCode: "text",
  debitAccount: "text",
  debitAccountNumber: "text",
  debitCollection: "text",
  debitTranCode: "text",
  creditAccount: "text",
  creditAccountNumber: "text",
  creditCollection: "text",
  creditTranCode: "text",
  eventDate: "date",
  plannedPostingDate: "date",
  firstPostingDate: "date",
} as const satisfies Declared;

export type FileSource = keyof typeof FILE;
export type TotalsSource = keyof typeof TOTALS;
export type LineSource = keyof typeof LINE;

/** Sources that need the numbers behind the accounts: reading them is logged by the vault. */
export const NUMBER_SOURCES: readonly LineSource[] = [
  "accountNumber",
  "debitAccountNumber",
  "creditAccountNumber",
];

/** A declared fact of the dispute is the source `fact.NAME`. */
export const FACT_PREFIX = "fact.";

/** A value of the profile's `values` is the source `value.NAME`. */
export const VALUE_PREFIX = "value.";

/** A file whose header says its totals can only begin when all its lines are known. */
export function isTotal(source: string | undefined): boolean {
  return source !== undefined && Object.hasOwn(TOTALS, source);
}

/** The sources for a client: ours, and the facts that its rule book declares. */
export function layoutSources(facts: readonly string[]): LayoutSources {
  const declared = facts.map((name) => [`${FACT_PREFIX}${name}`, "text"] as const);
  return {
    header: sources({ ...FILE, ...TOTALS }),
    detail: new Map([...sources(FILE), ...sources(LINE), ...declared]),
    trailer: sources({ ...FILE, ...TOTALS }),
  };
}

export function declaredFacts(types: FactTypes): string[] {
  return [...types.keys()];
}

function sources(declared: Declared): Sources {
  return new Map(Object.entries(declared));
}
