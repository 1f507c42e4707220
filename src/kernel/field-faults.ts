/** What does not fit, by its place: how a place is written, and how a refusal says all of them. */
import type { z } from "zod";

import type { FailureCode, FailureFacts, FieldFault } from "./failure.ts";
import { Failure } from "./failure.ts";

/** A name as a part of a JSON Pointer (RFC 6901 §3). */
export function pointerPart(name: PropertyKey): string {
  return String(name).replaceAll("~", "~0").replaceAll("/", "~1");
}

/** What a shape found; the places begin with `below`, and the whole of it is `/` without one. */
export function faultsOf(error: z.ZodError, below?: string): FieldFault[] {
  return error.issues.map(({ path, message }) => {
    const inner = path.map((part) => `/${pointerPart(part)}`).join("");
    return { pointer: `${below ?? ""}${inner}` || (below ?? "/"), detail: message };
  });
}

/** All of them in one line. */
export function faultWords(faults: readonly FieldFault[]): string {
  return faults.map(({ pointer, detail }) => `${pointer || "/"}: ${detail}`).join("; ");
}

/** A failure that names each place in its words as well. */
export function refused(
  code: FailureCode,
  faults: readonly FieldFault[],
  facts: FailureFacts = {},
): Failure {
  return new Failure(code, faultWords(faults), facts, faults);
}

/** The input as its shape reads it. Throws `input-invalid` naming each place that does not fit. */
export function fitting<Shape extends z.ZodType>(shape: Shape, input: unknown): z.output<Shape> {
  const result = shape.safeParse(input);
  if (result.success) return result.data;
  throw refused("input-invalid", faultsOf(result.error));
}
