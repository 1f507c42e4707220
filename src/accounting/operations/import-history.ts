/** importHistory: the movements of a case that began elsewhere, one by one, tracked. */
import { z } from "zod";

import { Failure } from "../../kernel/failure.ts";
import { faultsOf, refused } from "../../kernel/field-faults.ts";
import { parsePositiveAmount } from "../../kernel/money.ts";

import type { Applied } from "../decide-context.ts";
import { newDenial } from "../decisions.ts";
import type { DisputeState } from "../dispute-book.ts";
import { moveState, record } from "../dispute-book.ts";
import { useCredit } from "../merchant-credits.ts";
import { openAdjustments } from "../open-adjustments.ts";
import { recordingsOf } from "../recordings.ts";

const movementShape = z.strictObject({
  rule: z.string(),
  amount: z.string(),
  date: z.iso.date().optional(),
  reference: z.string().max(200).optional(),
  /** All of the refund, where a merchant's credit is used in part. */
  creditAmount: z.string().optional(),
});

const MOST_MOVEMENTS = 1000;

export function importHistory(applied: Applied): void {
  const { book, context, input, operationId } = applied;
  if (book.adjustments.length > 0) {
    throw new Failure("operation-not-allowed", "the dispute has movements of its own already", {
      operation: applied.operation,
      state: book.state,
    });
  }
  const movements = input["movements"] as readonly unknown[];
  if (movements.length > MOST_MOVEMENTS) {
    throw refused("input-invalid", [
      { pointer: "/movements", detail: `are more than ${MOST_MOVEMENTS}` },
    ]);
  }
  const seen = new Set<string>();
  movements.forEach((given, index) => {
    const movement = movementShape.safeParse(given);
    const at = `/movements/${index}`;
    if (!movement.success) {
      throw refused("input-invalid", faultsOf(movement.error, at).slice(0, 1));
    }
    const { rule, amount, date = applied.eventDate, reference } = movement.data;
    const { creditAmount = amount } = movement.data;
    if (!context.rulebook.rules.has(rule)) {
      throw new Failure("unknown-rule", `${at}: ${rule} is not a rule of the book`, { rule }, [
        { pointer: `${at}/rule`, detail: "is not a rule of the book" },
      ]);
    }
    const amountMinor = parsePositiveAmount(amount, book.currency, `movements.${index}.amount`);
    if (reference !== undefined) {
      if (seen.has(reference) || context.referenceUsed("importHistory", reference)) {
        throw new Failure("reference-already-used", `${at}: ${reference} is recorded already`, {
          reference,
        });
      }
      seen.add(reference);
      record(book, { type: "referenceRecorded", kind: "importHistory", reference, operationId });
      const wholeMinor = parsePositiveAmount(creditAmount, book.currency, "creditAmount");
      recordAsHere(applied, { at, rule, reference, amountMinor, wholeMinor });
    }
    openAdjustments({ ...applied, eventDate: date }, [{ rule, amountMinor, follows: false }], {
      processing: "track",
    });
  });
  const state = input["state"];
  if (state === "denied" || state === "withdrawn") recordDenial(applied, state);
  if (typeof state === "string") moveState(book, state as DisputeState);
}

interface Movement {
  readonly at: string;
  readonly rule: string;
  readonly reference: string;
  readonly amountMinor: bigint;
  readonly wholeMinor: bigint;
}

/** The same chargeback, or merchant's credit, imported and recorded is one (domain §3). */
function recordAsHere(
  applied: Applied,
  { at, rule, reference, amountMinor, wholeMinor }: Movement,
): void {
  const { book, context, operationId } = applied;
  for (const operation of recordingsOf(context.rulebook, rule)) {
    const { id: kind, wholeInput } = operation;
    if (wholeInput !== null) {
      const input = { amount: amountMinor, [wholeInput]: wholeMinor };
      useCredit({ ...applied, input }, operation, reference);
    } else if (context.referenceUsed(kind, reference)) {
      const detail = `${at}: ${reference} is recorded already by ${kind}`;
      throw new Failure("reference-already-used", detail, { reference });
    } else {
      record(book, { type: "referenceRecorded", kind, reference, operationId });
    }
  }
}

/** A case that comes denied or withdrawn: the holder is liable for all of it. */
function recordDenial(applied: Applied, state: "denied" | "withdrawn"): void {
  const { book, context, operationId, positions } = applied;
  const denial = newDenial({
    id: context.ids.next(),
    operationId,
    kind: state === "denied" ? "deny" : "withdraw",
    amountMinor: positions.disputed,
    reason: "imported",
    stateBefore: book.state,
  });
  record(book, { type: "denialRecorded", denial });
}
