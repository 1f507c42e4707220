/**
 * The lines of an import file: a claim with its disputes, or an operation on a dispute.
 *
 * The JSON Schema of these shapes is published as `docs/reference/import.schema.json`. A line that
 * does not fit is a reject naming the field; the other lines go on.
 */
import { z } from "zod";

import type { FieldFault } from "../kernel/failure.ts";
import { Failure } from "../kernel/failure.ts";
import { refuseUnfitText } from "../kernel/fit-text.ts";
import { CLAIM_NUMBER, DISPUTE_NUMBER } from "../kernel/ids.ts";
import { repeatedName } from "../kernel/repeated-name.ts";

const key = z.string().min(1).max(200).describe("Unique per client; makes a re-run harmless");
const client = z.string().min(1).max(31).describe("The client's id");
const factValue = z.union([z.string(), z.boolean(), z.number(), z.array(z.string())]);

const disputeLine = z
  .object({
    dispute: z.string().regex(DISPUTE_NUMBER, "is not YYMMDD, ordinal and D").optional(),
    amount: z.string().describe("Decimal string in the currency, more than zero"),
    currency: z.string().length(3).describe("ISO 4217"),
    account: z.string().min(1).max(64).describe("The holder's account or card number"),
    accountKind: z.enum(["account", "card"]).optional(),
  })
  .catchall(factValue)
  .describe("Other keys are facts that the client's rule book declares");

export const claimLine = z
  .object({
    type: z.literal("claim"),
    key,
    client,
    claim: z.string().regex(CLAIM_NUMBER, "is not YYMMDD, ordinal and C").optional(),
    claimType: z.string().min(1).max(60),
    noticeReceivedOn: z.iso.date().optional(),
    facts: z.record(z.string(), factValue).optional().describe("Facts of the whole claim"),
    disputes: z.array(disputeLine).min(1).max(500),
  })
  .strict();

export const operationLine = z
  .object({
    type: z.literal("operation"),
    key,
    client,
    dispute: z.string().regex(DISPUTE_NUMBER, "is not YYMMDD, ordinal and D"),
    operation: z.string().min(1).max(60),
    input: z.record(z.string(), z.unknown()).default({}),
    at: z.iso.datetime({ offset: true }).optional(),
  })
  .strict();

export const importLine = z.discriminatedUnion("type", [claimLine, operationLine]);

export type ClaimLine = z.infer<typeof claimLine>;
export type OperationLine = z.infer<typeof operationLine>;
export type ImportLine = ClaimLine | OperationLine;

/** Reads one line of text. Throws `line-invalid` naming the field. */
export function parseImportLine(text: string): ImportLine {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Failure("line-invalid", `not JSON: ${withoutQuotation(error as Error)}`);
  }
  const twice = repeatedName(text);
  if (twice !== null) {
    const name = twice.replaceAll("\u0000", "\ufffd").slice(0, 60);
    const fault = { pointer: `/${name}`, detail: "is named twice: which of them is meant?" };
    throw new Failure("line-invalid", `${name} ${fault.detail}`, {}, [fault]);
  }
  refuseUnfitText(value);
  const result = importLine.safeParse(value);
  if (result.success) return result.data;
  const faults = result.error.issues.flatMap(faultsOf);
  const words = faults.map((fault) => `${fault.pointer.slice(1) || "line"}: ${fault.detail}`);
  throw new Failure("line-invalid", words.join("; "), {}, faults);
}

/** The parser quotes what stands around the fault: that may be a part of an account number. */
function withoutQuotation({ message }: Error): string {
  return message.replace(/^(Unexpected token).*$/s, "$1 where a value or a name begins");
}

/** One fault per field: an unknown key is named itself, not the object that holds it. */
function faultsOf(issue: z.core.$ZodIssue): FieldFault[] {
  const place = issue.path.map((part) => `/${String(part)}`).join("");
  if (issue.code !== "unrecognized_keys") return [{ pointer: place || "/", detail: issue.message }];
  return issue.keys.map((name) => ({ pointer: `${place}/${name}`, detail: "is not known here" }));
}

/** The key of a line, as far as it can be read, for the rejects file. */
export function keyOf(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || !("key" in value)) return null;
    return typeof value.key === "string" ? value.key.replaceAll("\u0000", "\ufffd") : null;
  } catch {
    return null;
  }
}
