/** The shape of a scenario file; its JSON Schema is `scenario.schema.json` of the specification. */
import { z } from "zod";

import { Failure } from "../kernel/failure.ts";
import { faultsOf, refused } from "../kernel/field-faults.ts";

const amount = z.string().regex(/^-?[0-9]+(\.[0-9]+)?$/);
const amounts = z.record(z.string(), amount);

const resolution = z.strictObject({
  decision: z.enum(["pay", "deny", "partialDeny", "writeOff"]),
  allowed: z.boolean(),
  outOfBalance: amounts.optional(),
  because: z.array(z.string()).optional(),
});

const expectation = z.strictObject({
  entries: z
    .array(
      z.strictObject({
        rule: z.string(),
        debit: z.string(),
        credit: z.string(),
        amount,
        processing: z.enum(["execute", "track"]),
        reverses: z.boolean().optional(),
      }),
    )
    .optional(),
  balances: amounts.optional(),
  planned: z
    .array(z.strictObject({ rule: z.string(), debit: z.string(), credit: z.string(), amount }))
    .optional(),
  decision: z.string().optional(),
  error: z.string().optional(),
  resolution: resolution.optional(),
});

const scenarioShape = z.strictObject({
  id: z.string(),
  title: z.string(),
  basis: z.string().optional(),
  note: z.string().optional(),
  client: z
    .strictObject({
      secondOperations: z.boolean().optional(),
      combine: z.boolean().optional(),
      calendar: z.string().optional(),
      startsOn: z.iso.date().optional(),
    })
    .optional(),
  dispute: z.looseObject({ amount, currency: z.string() }),
  steps: z.array(
    z.strictObject({
      event: z.string().optional(),
      after: z
        .strictObject({
          businessDays: z.int().min(1).optional(),
          days: z.int().min(1).optional(),
        })
        .optional(),
      operation: z.string().optional(),
      input: z.record(z.string(), z.unknown()).optional(),
      expect: expectation,
    }),
  ),
  resolution: resolution.optional(),
});

export type Scenario = z.infer<typeof scenarioShape>;
export type Step = Scenario["steps"][number];
export type Expectation = z.infer<typeof expectation>;

/** Reads a scenario. Throws `scenario-invalid` naming the places that do not fit. */
export function readScenario(text: string): Scenario {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Failure("scenario-invalid", `not JSON: ${(error as Error).message}`);
  }
  const result = scenarioShape.safeParse(value);
  if (result.success) return result.data;
  throw refused("scenario-invalid", faultsOf(result.error));
}
