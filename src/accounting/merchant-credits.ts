/**
 * The usage book of merchant credits (domain §3): one refund may cover several disputes, each uses
 * its part, and all together never more than there is. What a dispute recorded is used until the
 * recording is reversed; a denial or a reopening changes what it counts for, not whose it is. Pure.
 */
import { Failure } from "../kernel/failure.ts";
import { formatAmount } from "../kernel/money.ts";
import type { RuleBook } from "../rulebook/load.ts";
import type { Operation } from "../rulebook/operations.ts";

import type { Applied, KnownCredit } from "./decide-context.ts";
import type { Change, DisputeBook } from "./dispute-book.ts";
import { record } from "./dispute-book.ts";
import { recordingsOf } from "./recordings.ts";

/** A line of the usage book. */
export interface CreditUse {
  readonly reference: string;
  readonly operationId: string;
  /** Negative where a reversal gives it back. */
  readonly amountMinor: bigint;
}

/**
 * Throws `reference-already-used` where nothing of the credit is left, `amount-exceeds-limit` where
 * less is, `input-invalid` where it is said to be of another amount, and `currency-mismatch` where
 * the credit is in another currency than the dispute.
 */
export function useCredit(applied: Applied, operation: Operation, reference: string): void {
  const { book, context, input, operationId } = applied;
  const amount = input["amount"];
  if (typeof amount !== "bigint") return;
  const known = context.creditOf?.(reference) ?? creditIn(context.rulebook, [book], reference);
  const said = input[operation.wholeInput ?? ""];
  const wholeMinor = typeof said === "bigint" ? said : (known?.wholeMinor ?? amount);
  const money = (minor: bigint): string => `${formatAmount(minor, book.currency)} ${book.currency}`;
  if (known !== undefined && known.currency !== book.currency) {
    const detail = `${reference} is a credit in ${known.currency}, the dispute in ${book.currency}`;
    throw new Failure("currency-mismatch", detail, { reference }, [
      { pointer: "/reference", detail },
    ]);
  }
  if (known !== undefined && known.wholeMinor !== wholeMinor) {
    const detail = `${reference} is a credit of ${money(known.wholeMinor)}`;
    const pointer = `/${operation.wholeInput ?? ""}`;
    throw new Failure("input-invalid", detail, {}, [{ pointer, detail }]);
  }
  const left = wholeMinor - (known?.usedMinor ?? 0n);
  if (left <= 0n) {
    const detail = `all of the credit ${reference} is used: ${money(wholeMinor)}`;
    throw new Failure("reference-already-used", detail, { reference }, [
      { pointer: "/reference", detail },
    ]);
  }
  if (amount > left) {
    const detail = `of the credit ${reference} ${money(left)} is left`;
    const limit = formatAmount(left, book.currency);
    throw new Failure("amount-exceeds-limit", detail, { reference, limit }, [
      { pointer: "/amount", detail },
    ]);
  }
  record(book, { type: "creditUsed", reference, wholeMinor, amountMinor: amount, operationId });
}

/** What changes did to the usage book: uses as recorded, and what reversals give back. */
export function creditUses(
  rulebook: RuleBook,
  book: DisputeBook,
  changes: readonly Change[],
): CreditUse[] {
  return changes.flatMap((change): CreditUse[] => {
    if (change.type === "creditUsed") {
      const { reference, amountMinor, operationId } = change;
      return [{ reference, amountMinor, operationId }];
    }
    if (change.type !== "entriesBooked") return [];
    const { adjustmentId, entries } = change;
    return entries.flatMap((entry): CreditUse[] => {
      if (entry.undoes === null) return [];
      const by = book.adjustments.find((one) => one.id === adjustmentId);
      const reference = referenceUndone(rulebook, book, entry.undoes);
      if (reference === null || by === undefined) return [];
      const operationId = change.operationId ?? by.operationId;
      return [{ reference, operationId, amountMinor: -entry.amountMinor }];
    });
  });
}

/** The credit whose recording an entry undoes; null where it undoes something else. */
function referenceUndone(rulebook: RuleBook, book: DisputeBook, undoes: string): string | null {
  const undone = book.adjustments.find((one) => one.entries.some((entry) => entry.id === undoes));
  const operation = book.operations.find((one) => one.id === undone?.operationId);
  if (undone === undefined || operation === undefined) return null;
  if (usesCredit(rulebook, operation.operation)) return textOf(operation.input["reference"]);
  const { movements } = operation.input;
  const rule = undone.principalRule ?? "";
  const isCredit = recordingsOf(rulebook, rule).some((one) => one.wholeInput !== null);
  if (!isCredit || !Array.isArray(movements)) return null;
  // A history opens one adjustment for each of its movements, in their order.
  const opened = book.adjustments.filter((one) => one.operationId === operation.id);
  const movement: unknown = movements[opened.indexOf(undone)];
  if (typeof movement !== "object" || movement === null || !("reference" in movement)) return null;
  return textOf(movement.reference);
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/** Whether an operation's reference names something of which each dispute uses a part. */
export function usesCredit(rulebook: RuleBook, operation: string): boolean {
  return typeof rulebook.operations.get(operation)?.wholeInput === "string";
}

/** A credit by what books in memory recorded of it. */
export function creditIn(
  rulebook: RuleBook,
  books: readonly DisputeBook[],
  reference: string,
): KnownCredit | undefined {
  let whole: { readonly currency: string; readonly wholeMinor: bigint } | undefined;
  let usedMinor = 0n;
  for (const book of books) {
    for (const change of book.changes) {
      if (change.type !== "creditUsed" || change.reference !== reference) continue;
      whole ??= { currency: book.currency, wholeMinor: change.wholeMinor };
    }
    for (const use of creditUses(rulebook, book, book.changes)) {
      if (use.reference === reference) usedMinor += use.amountMinor;
    }
  }
  return whole === undefined ? undefined : { ...whole, usedMinor };
}
