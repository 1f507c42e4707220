/** Reads an operation's input by the rule book's declaration; what does not fit names its field. */
import type { FieldFault } from "../kernel/failure.ts";
import { Failure } from "../kernel/failure.ts";
import { parsePositiveAmount } from "../kernel/money.ts";
import { isDate } from "../rulebook/facts.ts";
import type { Operation, OperationInput } from "../rulebook/operations.ts";

import type { InputValue } from "./decide-context.ts";

/** Throws `input-invalid` or `amount-invalid`. */
export function readInput(
  operation: Operation,
  input: Readonly<Record<string, unknown>>,
  currency: string,
): Record<string, InputValue> {
  const faults: FieldFault[] = [];
  for (const name of Object.keys(input)) {
    if (operation.inputs.has(name)) continue;
    faults.push({ pointer: `/${name}`, detail: `${operation.id} has no such input` });
  }
  const values: Record<string, InputValue> = {};
  for (const declared of operation.inputs.values()) {
    const value = input[declared.name];
    if (value === undefined || value === null) {
      if (declared.required) faults.push({ pointer: `/${declared.name}`, detail: "is missing" });
      continue;
    }
    const read = readOne(declared, value, currency);
    if (typeof read === "object" && "fault" in read) {
      faults.push({ pointer: `/${declared.name}`, detail: read.fault });
    } else values[declared.name] = read;
  }
  if (faults.length > 0) {
    const words = faults.map((fault) => `${fault.pointer.slice(1)}: ${fault.detail}`).join("; ");
    throw new Failure("input-invalid", words, { operation: operation.id }, faults);
  }
  return values;
}

function readOne(
  declared: OperationInput,
  value: unknown,
  currency: string,
): Exclude<InputValue, undefined> | { fault: string } {
  switch (declared.type) {
    case "amount":
      return parsePositiveAmount(value, currency, declared.name);
    case "date":
      return typeof value === "string" && isDate(value)
        ? value
        : { fault: "is no date YYYY-MM-DD" };
    case "boolean":
      return typeof value === "boolean" ? value : { fault: "has to be true or false" };
    case "choice":
      return typeof value === "string" && declared.values?.includes(value) === true
        ? value
        : { fault: `has to be one of ${declared.values?.join(", ") ?? ""}` };
    case "list":
      return Array.isArray(value) ? (value as readonly unknown[]) : { fault: "has to be a list" };
    case "text":
      if (declared.tick && value === true) return value;
      return typeof value === "string" && value.length <= 2000
        ? value
        : { fault: "has to be a text of at most 2000 characters" };
  }
}
