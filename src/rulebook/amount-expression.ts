/**
 * Amounts of operations and gates: `min(committedAccountHolder, surplus)`,
 * `max(0, uncredited - x)`.
 *
 * The one language of rule books (`expression.ts`) over positions. The only number written out is
 * 0: any other worth would depend on the currency. Values are minor units.
 */
import { compileExpression } from "./expression.ts";
import { factTypes, suppliedFact } from "./facts.ts";

export type AmountValues = Readonly<Record<string, bigint>>;

export interface CompiledAmount {
  readonly text: string;
  /** Names that it reads. */
  readonly reads: readonly string[];
  /** A name without a value counts as 0. */
  readonly evaluate: (values: AmountValues) => bigint;
}

const WRITTEN_NUMBER = /(?<![A-Za-z0-9_])[0-9][0-9.]*/g;

/** Compiles an expression over the names given. Answers the reason where it is not one. */
export function compileAmount(
  text: string,
  names: ReadonlySet<string>,
): CompiledAmount | { readonly reason: string } {
  const positions = [...names].map((name) => ({
    ...suppliedFact(name, "amount", "a position or an input"),
    default: 0n,
  }));
  const { expression, reasons } = compileExpression(text, factTypes(positions), "amount");
  if (expression === null) return { reason: reasons.join("; ") };
  const written = text.match(WRITTEN_NUMBER)?.find((number) => !/^[0.]+$/.test(number));
  if (written !== undefined) return { reason: `${written}: the only number allowed is 0` };
  return {
    text,
    reads: expression.reads,
    evaluate: (values) => expression.evaluate({ exponent: 0, values }) as bigint,
  };
}
