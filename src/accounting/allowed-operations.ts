/**
 * Which operations a dispute's state allows now, with their inputs: the defaults and limits that
 * `decide` would use, so that a form shows what will happen. Pure.
 */
import { formatAmount } from "../kernel/money.ts";
import type { RuleBook } from "../rulebook/load.ts";
import type { Operation, OperationInput } from "../rulebook/operations.ts";
import { recordableFacts } from "../rulebook/recordable-facts.ts";

import { isAllowedByState } from "./decide.ts";
import type { DisputeBook } from "./dispute-book.ts";
import { amountValues, positionsOf } from "./positions.ts";

export interface AllowedInput {
  readonly name: string;
  readonly type: OperationInput["type"];
  readonly required: boolean;
  readonly values?: readonly string[];
  /** Decimal strings in the dispute's currency. */
  readonly default?: string;
  readonly limit?: string;
}

export interface AllowedOperation {
  readonly operation: string;
  readonly label: string;
  readonly group: string;
  readonly inputs: readonly AllowedInput[];
}

export function allowedOperations(book: DisputeBook, rulebook: RuleBook): AllowedOperation[] {
  const values = amountValues(positionsOf(book));
  const facts = [...recordableFacts(rulebook.clocks).all].sort();
  return [...rulebook.operations.values()]
    .filter((operation) => isAllowedByState(book, rulebook, operation))
    .map((operation) => ({
      operation: operation.id,
      label: operation.label,
      group: operation.group,
      inputs: [...operation.inputs.values()].map((input) =>
        inputOf(book, operation, { ...input, values: choicesOf(operation, input, facts) }, values),
      ),
    }));
}

/** Which facts may be recorded the clocks say; a form offers them by name. */
function choicesOf(
  { procedure }: Operation,
  { name, values }: OperationInput,
  facts: readonly string[],
): readonly string[] | null {
  return procedure === "recordRegulatoryFact" && name === "fact" ? facts : values;
}

function inputOf(
  book: DisputeBook,
  operation: Operation,
  input: OperationInput,
  values: Readonly<Record<string, bigint>>,
): AllowedInput {
  const words = (minor: bigint): string => formatAmount(minor < 0n ? 0n : minor, book.currency);
  const limit = input.name === "amount" ? operation.limit : null;
  return {
    name: input.name,
    type: input.type,
    required: input.required,
    ...(input.values === null ? {} : { values: input.values }),
    ...(input.default === null ? {} : { default: words(input.default.evaluate(values)) }),
    ...(limit === null ? {} : { limit: words(limit.evaluate(values)) }),
  };
}
