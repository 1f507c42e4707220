/**
 * What the lines of one movement say: one line per adjustment, per entry, or per step of an entry,
 * as the layout asks. Debit and credit are seen from the account the line is about: the holder's
 * if one side is the holder's, else the debited one.
 */
import { isVaultAccount } from "../../accounting/vault-accounts.ts";
import type { FieldValue } from "../../formats/field-text.ts";
import { FieldRefused } from "../../formats/field-text.ts";
import type { Layout } from "../../formats/layout.ts";
import { creditStepId, debitStepId } from "../../kernel/ids.ts";

import type { LineSource } from "./layout-sources.ts";
import { FACT_PREFIX, NUMBER_SOURCES } from "./layout-sources.ts";

/** `memo`: it moves no money, e.g. an amount in dispute set at the core. */
export type Direction = "debit" | "credit" | "memo";

export interface MovementEntry {
  readonly id: string;
  readonly rule: string;
  readonly kind: string;
  readonly debitCollection: string;
  readonly debitAccount: string;
  readonly debitTranCode: string | null;
  readonly creditCollection: string;
  readonly creditAccount: string;
  readonly creditTranCode: string | null;
  readonly amountMinor: bigint;
  readonly plannedPostingDate: string;
}

/** An adjustment with the entries it has to move, in order. */
export interface Movement {
  readonly adjustmentId: string;
  readonly keyRevision: number;
  readonly claim: string;
  readonly dispute: string;
  /** The holder's account in the vault. */
  readonly holderAccount: string;
  readonly operation: string;
  readonly principalRule: string | null;
  readonly reversesAdjustmentId: string | null;
  readonly amountMinor: bigint;
  readonly eventDate: string;
  readonly firstPostingDate: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly entries: readonly MovementEntry[];
}

/** Stored with the file: what the rules are called, and the numbers of its accounts. */
export interface Words {
  textOf(rule: string): string | null;
  /** Null where it is not known: a field that asks for it refuses. */
  numberOf(account: string): string | null;
}

export interface LineValues {
  readonly values: Readonly<Partial<Record<LineSource, FieldValue>> & Record<string, FieldValue>>;
  readonly direction: Direction;
  readonly amountMinor: bigint;
}

export function usesNumbers(layout: Layout): boolean {
  const names = new Set<string>(NUMBER_SOURCES);
  return (
    names.has(layout.hashTotal.from) ||
    layout.detail.fields.some((field) => field.from !== undefined && names.has(field.from))
  );
}

/** True where a line says a fact of the dispute. */
export function usesFacts(layout: Layout): boolean {
  const names = [layout.hashTotal.from, ...layout.detail.fields.map((field) => field.from)];
  return names.some((name) => name?.startsWith(FACT_PREFIX) ?? false);
}

/** Throws `FieldRefused` where one line cannot say what several entries differ in. */
export function lineValues(movement: Movement, layout: Layout, words: Words): LineValues[] {
  const common = commonValues(movement);
  if (movement.entries.length === 0) {
    const values = { ...common, direction: "memo", amount: movement.amountMinor };
    return [{ values, direction: "memo", amountMinor: movement.amountMinor }];
  }
  switch (layout.detail.per) {
    case "adjustment":
      return [adjustmentLine(movement, layout, common, words)];
    case "entry":
      return movement.entries.map((entry) => entryLine(entry, common, words));
    case "step":
      return movement.entries.flatMap((entry) => stepLines(entry, common, words));
  }
}

type Values = Record<string, FieldValue>;

function commonValues(movement: Movement): Values {
  const values: Values = {
    key: `${movement.adjustmentId}-${movement.keyRevision}`,
    keyRevision: movement.keyRevision,
    endToEndId: `${movement.adjustmentId.replaceAll("-", "")}-${movement.keyRevision}`,
    claim: movement.claim,
    dispute: movement.dispute,
    adjustmentId: movement.adjustmentId,
    reversesAdjustmentId: movement.reversesAdjustmentId,
    operation: movement.operation,
    rule: movement.principalRule,
    eventDate: movement.eventDate,
    firstPostingDate: movement.firstPostingDate,
  };
  for (const [name, value] of Object.entries(movement.facts)) {
    if (value !== null && value !== undefined) values[`${FACT_PREFIX}${name}`] = String(value);
  }
  return values;
}

function entryLine(entry: MovementEntry, common: Values, words: Words): LineValues {
  const direction = isVaultAccount(entry.creditAccount) ? "credit" : "debit";
  const values = { ...common, ...entryValues(entry, words), ...about(entry, direction, words) };
  return { values, direction, amountMinor: entry.amountMinor };
}

function stepLines(entry: MovementEntry, common: Values, words: Words): LineValues[] {
  const values = { ...common, ...entryValues(entry, words) };
  return (["debit", "credit"] as const).map((direction) => ({
    values: {
      ...values,
      ...about(entry, direction, words),
      stepId: direction === "debit" ? debitStepId(entry.id) : creditStepId(entry.id),
    },
    direction,
    amountMinor: entry.amountMinor,
  }));
}

/**
 * Combined entries on one line: what they agree in is said; a field that asks for something they
 * differ in (two GL accounts) refuses the line rather than naming one of them.
 */
function adjustmentLine(
  movement: Movement,
  layout: Layout,
  common: Values,
  words: Words,
): LineValues {
  const lines = movement.entries.map((entry) => entryLine(entry, common, words));
  const [first] = lines as [LineValues];
  const agreed: Values = { ...first.values };
  if (lines.length > 1) {
    const differing = new Set(
      Object.keys(agreed).filter((name) =>
        lines.some((line) => line.values[name] !== agreed[name]),
      ),
    );
    for (const name of [...PRINCIPAL, "amount"]) differing.delete(name);
    const asked = [
      "direction",
      layout.hashTotal.from,
      ...layout.detail.fields.map((field) => field.from),
    ];
    const refused = asked.find((name) => name !== undefined && differing.has(name));
    if (refused !== undefined) {
      throw new FieldRefused(refused, `its ${lines.length} entries differ in it`);
    }
  }
  const rule = movement.principalRule ?? (agreed["rule"] as string);
  const values = {
    ...agreed,
    rule,
    statementText: words.textOf(rule),
    amount: movement.amountMinor,
  };
  return { values, direction: first.direction, amountMinor: movement.amountMinor };
}

/** Of several entries on one line these are the first one's, the principal's. */
const PRINCIPAL: readonly LineSource[] = [
  "entryId",
  "debitStepId",
  "creditStepId",
  "entryKind",
  "rule",
  "statementText",
];

function entryValues(entry: MovementEntry, words: Words): Values {
  return {
    entryId: entry.id,
    debitStepId: debitStepId(entry.id),
    creditStepId: creditStepId(entry.id),
    entryKind: entry.kind,
    rule: entry.rule,
    statementText: words.textOf(entry.rule),
    amount: entry.amountMinor,
    debitAccount: entry.debitAccount,
    debitAccountNumber: words.numberOf(entry.debitAccount),
    debitCollection: entry.debitCollection,
    debitTranCode: entry.debitTranCode,
    creditAccount: entry.creditAccount,
    creditAccountNumber: words.numberOf(entry.creditAccount),
    creditCollection: entry.creditCollection,
    creditTranCode: entry.creditTranCode,
    plannedPostingDate: entry.plannedPostingDate,
  };
}

function about(entry: MovementEntry, direction: "debit" | "credit", words: Words): Values {
  const isDebit = direction === "debit";
  const account = isDebit ? entry.debitAccount : entry.creditAccount;
  return {
    direction,
    account,
    accountNumber: words.numberOf(account),
    collection: isDebit ? entry.debitCollection : entry.creditCollection,
    tranCode: isDebit ? entry.debitTranCode : entry.creditTranCode,
  };
}
