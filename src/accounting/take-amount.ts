/** The amount of an operation: given or the default, within the limit of the rule book. */
import { Failure } from "../kernel/failure.ts";
import { formatAmount } from "../kernel/money.ts";
import type { Operation } from "../rulebook/operations.ts";

import type { Applied } from "./decide-context.ts";

/**
 * The amount given or the default, checked against the limit; null where the operation has none.
 * Throws `amount-required` and `amount-exceeds-limit`.
 */
export function amountOf(applied: Applied, operation: Operation): bigint | null {
  const declared = operation.inputs.get("amount");
  if (declared === undefined) return null;
  const given = applied.input["amount"];
  if (given === undefined) {
    if (declared.default !== null) return declared.default.evaluate(applied.values);
    if (declared.optional) return null;
    throw new Failure("amount-required", `${operation.id} has no default amount here`, {
      operation: operation.id,
    });
  }
  if (operation.limit !== null) {
    withinLimit(applied, given as bigint, operation.limit.evaluate(applied.values));
  }
  return given as bigint;
}

export function withinLimit(applied: Applied, amount: bigint, limit: bigint): void {
  if (amount <= limit) return;
  const { currency } = applied.book;
  const words = formatAmount(limit < 0n ? 0n : limit, currency);
  throw new Failure(
    "amount-exceeds-limit",
    `${applied.operation} may move at most ${words} ${currency} here`,
    { amount: formatAmount(amount, currency), limit: words },
    [{ pointer: "/amount", detail: `is more than ${words}` }],
  );
}
