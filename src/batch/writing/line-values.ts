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
  /** Null where the layout does not ask for it; so are its collections and its date. */
  readonly kind: string | null;
  readonly debitCollection: string | null;
  readonly debitAccount: string;
  readonly debitTranCode: string | null;
  readonly creditCollection: string | null;
  readonly creditAccount: string;
  readonly creditTranCode: string | null;
  readonly amountMinor: bigint;
  readonly plannedPostingDate: string | null;
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
  /** Of the sources that the layout asks for, in the order of `LinePicker.asked`. */
  readonly values: readonly FieldValue[];
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

/** What a layout's lines say: the rest is not read for them. */
export interface AskedSources {
  readonly names: ReadonlySet<string>;
  /** True where a line says a fact of the dispute. */
  readonly facts: boolean;
}

export function askedSources(layout: Layout): AskedSources {
  const names = askedOf(layout);
  return { names: new Set(names), facts: names.some((name) => name.startsWith(FACT_PREFIX)) };
}

/** Made once for a layout: it reads what its lines ask for, and nothing else. */
export interface LinePicker {
  readonly asked: readonly string[];
  /** Throws `FieldRefused` where one line cannot say what several entries differ in. */
  linesOf(movement: Movement): LineValues[];
}

export function linePicker(layout: Layout, words: Words): LinePicker {
  const asked = askedOf(layout);
  const { per } = layout.detail;
  const readers = asked.map((name) =>
    name === "stepId" && per !== "step" ? NOT_SAID : readerOf(name),
  );
  const line = (
    movement: Movement,
    entry: MovementEntry | null,
    direction: Direction,
  ): LineValues => ({
    values: readers.map((read) => read(movement, entry, direction, words)),
    direction,
    amountMinor: entry === null ? movement.amountMinor : entry.amountMinor,
  });
  const ofEntry = (movement: Movement, entry: MovementEntry): LineValues =>
    line(movement, entry, isVaultAccount(entry.creditAccount) ? "credit" : "debit");
  return {
    asked,
    linesOf: (movement) => {
      const { entries } = movement;
      if (entries.length === 0) return [line(movement, null, "memo")];
      switch (per) {
        case "adjustment": {
          const lines = entries.map((entry) => ofEntry(movement, entry));
          return [combined(movement, asked, lines, words)];
        }
        case "entry":
          return entries.map((entry) => ofEntry(movement, entry));
        case "step":
          return entries.flatMap((entry) => [
            line(movement, entry, "debit"),
            line(movement, entry, "credit"),
          ]);
      }
    },
  };
}

/** Sources of a line that the layout names; those of the file are the same on every line. */
function askedOf(layout: Layout): string[] {
  const names = [layout.hashTotal.from, ...layout.detail.fields.map((field) => field.from)];
  const isOfLine = (name: string | undefined): name is string =>
    name !== undefined && (Object.hasOwn(READERS, name) || name.startsWith(FACT_PREFIX));
  return [...new Set(names.filter(isOfLine))];
}

/**
 * Combined entries on one line: what they agree in is said; a field that asks for something they
 * differ in (two GL accounts) refuses the line rather than naming one of them.
 */
function combined(
  movement: Movement,
  asked: readonly string[],
  lines: readonly LineValues[],
  words: Words,
): LineValues {
  const [first] = lines as [LineValues];
  const differs = (name: string): boolean => {
    const at = asked.indexOf(name);
    if (name === "amount" || OF_PRINCIPAL.has(name) || at < 0) return false;
    return lines.some((line) => line.values[at] !== first.values[at]);
  };
  if (lines.some(({ direction }) => direction !== first.direction)) {
    throw new FieldRefused("direction", `its ${lines.length} entries differ in it`);
  }
  const refused = lines.length > 1 ? asked.find(differs) : undefined;
  if (refused !== undefined) {
    throw new FieldRefused(refused, `its ${lines.length} entries differ in it`);
  }
  const { amountMinor } = movement;
  const rule = movement.principalRule ?? movement.entries[0]?.rule ?? null;
  const values = asked.map((name, at) => {
    if (name === "amount") return amountMinor;
    if (name === "rule") return rule;
    if (name === "statementText") return rule === null ? null : words.textOf(rule);
    return first.values[at];
  });
  return { values, direction: first.direction, amountMinor };
}

/** Of several entries on one line these are the first one's, the principal's. */
const OF_PRINCIPAL: ReadonlySet<string> = new Set<LineSource>([
  "entryId",
  "debitStepId",
  "creditStepId",
  "entryKind",
  "rule",
  "statementText",
]);

/** Reads a source; without an entry, what only an entry says is not there. */
type Reader = (
  movement: Movement,
  entry: MovementEntry | null,
  direction: Direction,
  words: Words,
) => FieldValue;

const NOT_SAID: Reader = () => undefined;

function readerOf(name: string): Reader {
  if (Object.hasOwn(READERS, name)) return READERS[name as keyof typeof READERS];
  const fact = name.slice(FACT_PREFIX.length);
  return ({ facts }) => {
    const value = facts[fact];
    return value === null || value === undefined ? undefined : String(value);
  };
}

/** Of the side that the line is about. */
function ofSide(
  debit: (entry: MovementEntry, words: Words) => FieldValue,
  credit: (entry: MovementEntry, words: Words) => FieldValue,
): Reader {
  return (_, entry, direction, words) => {
    if (entry === null) return undefined;
    return direction === "debit" ? debit(entry, words) : credit(entry, words);
  };
}

const READERS: Readonly<Record<Exclude<LineSource, "lineNumber">, Reader>> = {
  key: ({ adjustmentId, keyRevision }) => `${adjustmentId}-${keyRevision}`,
  keyRevision: ({ keyRevision }) => keyRevision,
  endToEndId: (of) => `${of.adjustmentId.replaceAll("-", "")}-${of.keyRevision}`,
  claim: ({ claim }) => claim,
  dispute: ({ dispute }) => dispute,
  adjustmentId: ({ adjustmentId }) => adjustmentId,
  reversesAdjustmentId: ({ reversesAdjustmentId }) => reversesAdjustmentId,
  operation: ({ operation }) => operation,
  eventDate: ({ eventDate }) => eventDate,
  firstPostingDate: ({ firstPostingDate }) => firstPostingDate,
  direction: (_, __, direction) => direction,
  rule: (movement, entry) => (entry === null ? movement.principalRule : entry.rule),
  amount: (movement, entry) => (entry === null ? movement.amountMinor : entry.amountMinor),
  entryId: (_, entry) => entry?.id,
  debitStepId: (_, entry) => entry && debitStepId(entry.id),
  creditStepId: (_, entry) => entry && creditStepId(entry.id),
  entryKind: (_, entry) => entry?.kind,
  statementText: (_, entry, __, words) => entry && words.textOf(entry.rule),
  debitAccount: (_, entry) => entry?.debitAccount,
  debitAccountNumber: (_, entry, __, words) => entry && words.numberOf(entry.debitAccount),
  debitCollection: (_, entry) => entry?.debitCollection,
  debitTranCode: (_, entry) => entry?.debitTranCode,
  creditAccount: (_, entry) => entry?.creditAccount,
  creditAccountNumber: (_, entry, __, words) => entry && words.numberOf(entry.creditAccount),
  creditCollection: (_, entry) => entry?.creditCollection,
  creditTranCode: (_, entry) => entry?.creditTranCode,
  plannedPostingDate: (_, entry) => entry?.plannedPostingDate,
  account: ofSide(
    (entry) => entry.debitAccount,
    (entry) => entry.creditAccount,
  ),
  accountNumber: ofSide(
    (entry, words) => words.numberOf(entry.debitAccount),
    (entry, words) => words.numberOf(entry.creditAccount),
  ),
  collection: ofSide(
    (entry) => entry.debitCollection,
    (entry) => entry.creditCollection,
  ),
  tranCode: ofSide(
    (entry) => entry.debitTranCode,
    (entry) => entry.creditTranCode,
  ),
  stepId: ofSide(
    (entry) => debitStepId(entry.id),
    (entry) => creditStepId(entry.id),
  ),
};
