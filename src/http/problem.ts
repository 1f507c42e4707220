/**
 * Every refusal as problem+json (RFC 9457): a type that opens its documentation, a constant title,
 * what happened here, which fields, and whether repeating may help. Never HTML, never a stack.
 */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import { z } from "zod";

import type { FailureCode, FieldFault } from "../kernel/failure.ts";
import { Failure } from "../kernel/failure.ts";
import { faultWords, pointerPart, refused } from "../kernel/field-faults.ts";

export const Problem = z
  .object({
    type: z.string().describe("Opens the page of this failure"),
    title: z.string().describe("The same for every problem of this type"),
    status: z.int(),
    detail: z.string().describe("What happened here"),
    instance: z.string().describe("The path asked for"),
    code: z.string().describe("The failure's name, stable"),
    requestId: z.string(),
    retryable: z.boolean().describe("Whether the same request may succeed later"),
    remedy: z.string().describe("What to do"),
    errors: z
      .array(z.object({ pointer: z.string().describe("JSON Pointer"), detail: z.string() }))
      .optional(),
    facts: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: "Problem" });

const RETRYABLE: ReadonlySet<FailureCode> = new Set([
  "still-running",
  "request-timeout",
  "database-unreachable",
  "internal-error",
]);

/** By Fastify's own error codes: what its parser and router refuse. */
const BY_FASTIFY_CODE: Readonly<Record<string, FailureCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: "body-too-large",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "media-type-unsupported",
  FST_ERR_CTP_INVALID_JSON_BODY: "request-invalid",
  FST_ERR_CTP_EMPTY_JSON_BODY: "request-invalid",
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "request-invalid",
};

/** Sends a failure as problem+json. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, failure: Failure): void {
  void reply
    .code(failure.status)
    .header("cache-control", "no-store")
    .type("application/problem+json")
    .serializer((body: unknown) => JSON.stringify(body))
    .send(problemOf(request, failure));
}

export function problemOf(
  request: Pick<FastifyRequest, "url" | "id">,
  failure: Failure,
): z.infer<typeof Problem> {
  return {
    type: `/docs/errors/${failure.code}`,
    title: failure.title,
    status: failure.status,
    detail: failure.message,
    // Without the query, which may hold what does not belong into a log.
    instance: request.url.split("?", 1)[0] ?? "/",
    code: failure.code,
    requestId: request.id,
    retryable: RETRYABLE.has(failure.code),
    remedy: failure.remedy,
    ...(failure.faults.length > 0 ? { errors: [...failure.faults] } : {}),
    ...(Object.keys(failure.facts).length > 0 ? { facts: failure.facts } : {}),
  };
}

/** The one place where errors become answers; what is not a `Failure` is our own mistake. */
export function handleErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: unknown, request, reply) => {
    const failure = tooLarge(error, request) ?? failureOf(error);
    if (failure.status >= 500) request.log.error({ err: error, requestId: request.id });
    sendProblem(request, reply, failure);
  });
}

/** Fastify's own words name no limit. */
function tooLarge(error: unknown, { routeOptions }: FastifyRequest): Failure | null {
  const { code = "" } = error as Partial<FastifyError>;
  if (code !== "FST_ERR_CTP_BODY_TOO_LARGE") return null;
  const limitBytes = routeOptions.bodyLimit;
  return new Failure("body-too-large", `the body has more than ${limitBytes} bytes`, {
    limitBytes,
  });
}

export function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (hasZodFastifySchemaValidationErrors(error)) return validationFailure(error);
  const { code = "", statusCode, message = "" } = error as Partial<FastifyError>;
  // Its message repeats the address, query and all.
  if (code === "FST_ERR_BAD_URL") return new Failure("request-invalid", "no such address can be");
  if (code === "FST_ERR_MAX_PARAM_LENGTH") return new Failure("not-found", "no id is that long");
  const known = BY_FASTIFY_CODE[code];
  if (known !== undefined) return new Failure(known, message);
  // Node's parser and the JSON parser say 400 without a code of ours.
  if (statusCode === 400) return new Failure("request-invalid", message);
  const failure = new Failure("internal-error", "the request failed for a reason of ours");
  failure.cause = error;
  return failure;
}

interface ValidationIssue {
  readonly instancePath: string;
  readonly message?: string | undefined;
  readonly params: { readonly keys?: readonly string[] };
}

function validationFailure(error: {
  validation: readonly unknown[];
  validationContext?: string | undefined;
}): Failure {
  const issues = error.validation as readonly ValidationIssue[];
  const faults = issues.flatMap(faultsOf);
  if (error.validationContext === "body") return refused("input-invalid", faults);
  const where = error.validationContext ?? "request";
  return new Failure("request-invalid", `${where} ${faultWords(faults)}`, {}, faults);
}

/** An unknown field is named itself, not the object it stands in. */
function faultsOf(issue: ValidationIssue): FieldFault[] {
  const path = issue.instancePath === "/" ? "" : issue.instancePath;
  const { keys } = issue.params;
  if (keys !== undefined && keys.length > 0) {
    return keys.map((key) => ({
      pointer: `${path}/${pointerPart(key)}`,
      detail: "is not known here",
    }));
  }
  return [{ pointer: path, detail: issue.message ?? "does not fit" }];
}
