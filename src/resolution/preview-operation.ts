/**
 * What an operation would leave behind, before it is applied: entries with their accounts, balances
 * before and after, and what the gate would say. Decided on a copy of the book as if everybody had
 * agreed and everything had been executed. Pure.
 */
import type { DecideContext } from "../accounting/decide-context.ts";
import { decide } from "../accounting/decide.ts";
import type { DisputeBook, DisputeState, Entry } from "../accounting/dispute-book.ts";
import { DECISIONS } from "../accounting/gate-detail.ts";
import type { GateResult } from "../accounting/gate.ts";
import { accountBalances, evaluateGate } from "../accounting/gate.ts";
import type { RuleBook } from "../rulebook/load.ts";

import { copyStage } from "./search/stage.ts";

export interface PreviewedBalance {
  readonly collection: string;
  readonly account: string;
  readonly beforeMinor: bigint;
  readonly afterMinor: bigint;
}

export interface OperationPreview {
  readonly entries: readonly Entry[];
  /** Those that stand before or after, in the book's order of collections. */
  readonly balances: readonly PreviewedBalance[];
  readonly stateAfter: DisputeState;
  readonly gates: readonly GateResult[];
}

/** Throws what the operation would be refused with. */
export function previewOperation(
  book: DisputeBook,
  context: DecideContext,
  asked: {
    readonly operation: string;
    readonly input: Readonly<Record<string, unknown>>;
    readonly today: string;
    readonly actor: string;
  },
): OperationPreview {
  const agreed = { ...context, executesAtOnce: true };
  const stage = copyStage({ book, context: agreed, today: asked.today, ordinal: 0 });
  const { operation, input, today, actor } = asked;
  decide(
    stage.book,
    { operationId: context.ids.next(), operation, input, today, eventDate: today, actor },
    agreed,
  );
  const entries = stage.book.changes.flatMap((change) =>
    change.type === "entriesBooked" ? change.entries : [],
  );
  return {
    entries,
    balances: balancesOf(book, stage.book, context.rulebook),
    stateAfter: stage.book.state,
    gates: DECISIONS.map((decision) => evaluateGate(stage.book, context.rulebook, decision)),
  };
}

function balancesOf(
  before: DisputeBook,
  after: DisputeBook,
  rulebook: RuleBook,
): PreviewedBalance[] {
  return [...rulebook.collections.keys()].flatMap((collection) => {
    const was = accountBalances(before, collection);
    const is = accountBalances(after, collection);
    return [...new Set([...was.keys(), ...is.keys()])]
      .map((account) => ({
        collection,
        account,
        beforeMinor: was.get(account) ?? 0n,
        afterMinor: is.get(account) ?? 0n,
      }))
      .filter((one) => one.beforeMinor !== 0n || one.afterMinor !== 0n);
  });
}

export interface ManualRule {
  readonly rule: string;
  readonly label: string;
  readonly debit: string;
  readonly credit: string;
  readonly processing: "execute" | "track";
  /** Both sides and the reason in a sentence. */
  readonly words: string;
  /** What stands on both sides and the rule would lower; null where it lowers nothing. */
  readonly clearsMinor: bigint | null;
}

/** Every rule a person may fire by hand; those that lower what stands come first. */
export function manualRules(book: DisputeBook, rulebook: RuleBook): ManualRule[] {
  const standing = (collection: string): bigint =>
    [...accountBalances(book, collection).values()].reduce((sum, one) => sum + one, 0n);
  const rules = [...rulebook.rules.values()].map((rule): ManualRule => {
    const label = (collection: string): string =>
      rulebook.collections.get(collection)?.label ?? collection;
    const [debit, credit] = [standing(rule.debit), -standing(rule.credit)];
    const least = debit < credit ? debit : credit;
    return {
      rule: rule.id,
      label: rule.label,
      debit: rule.debit,
      credit: rule.credit,
      processing: rule.processing,
      words: `Takes from ${label(rule.debit)}, gives to ${label(rule.credit)}: ${rule.meaning}`,
      clearsMinor: rule.debit !== rule.credit && least > 0n ? least : null,
    };
  });
  const clears = (rule: ManualRule): number => (rule.clearsMinor === null ? 1 : 0);
  return rules.toSorted((one, other) => clears(one) - clears(other));
}
