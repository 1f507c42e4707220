/**
 * A real-time accounting service: everything about one system of record, as data of the client's
 * settings (`services.NAME`). How it is called, how its answers read, when it is called again.
 *
 * Validated when saved and when loaded. Secrets are references, never values (domain §5.1).
 */
import { z } from "zod";

import { headerNameShape, secretShape, tlsShape } from "../connections/shapes.ts";
import { Failure } from "../kernel/failure.ts";
import type { FieldFault } from "../kernel/failure.ts";
import { faultsOf } from "../kernel/field-faults.ts";

import {
  answerShape,
  lookUpRowShape,
  otherAnswerShape,
  placeShape,
  rowShape,
  validateRowShape,
} from "./answer-shapes.ts";
import { checkConnection } from "./check-connection.ts";
import { authenticationShape, soapShape } from "./connection-shapes.ts";
import type { CompiledCalls } from "./request-templates.ts";
import { compileCalls } from "./request-templates.ts";

export type {
  AnswerMapping,
  LookUpOutcome,
  OutcomeCondition,
  PostingOutcome,
  ValidateOutcome,
} from "./answer-shapes.ts";
export type { RequestTemplate } from "./request-templates.ts";

const NAME = /^[A-Za-z][A-Za-z0-9-]{0,40}$/;

const pathShape = z.string().regex(/^\//, "starts with a slash");
const headersShape = z.record(headerNameShape, z.string()).default({});
const actionShape = z.string().optional().describe("Template; SOAP alone");

const keyShape = z.strictObject({
  format: z.enum(["uuid", "text36", "int64"]).default("uuid"),
  lifeSeconds: z
    .number()
    .min(0)
    .default(86_400)
    .describe("How long the core knows a key; 0: it ignores keys, so nothing is ever resent"),
  header: z.string().min(1).nullable().default("Idempotency-Key"),
  duplicatesAnsweredFirst: z
    .boolean()
    .default(false)
    .describe("The core looks for the key before it judges: a refusal of a resent call is final"),
});

const lookUpShape = z.strictObject({
  method: z.enum(["GET", "POST"]).optional().describe("GET where left out; POST with SOAP"),
  path: pathShape,
  headers: headersShape,
  body: z.unknown().optional(),
  action: actionShape,
  answer: otherAnswerShape.optional().describe("Where it differs from a posting's answer"),
  outcomes: z.array(lookUpRowShape).default([]),
  maximum: z.int().min(1).max(100).default(10).describe("Look-ups after one call"),
  absenceIsProofAfterSeconds: z
    .number()
    .min(0)
    .nullable()
    .default(null)
    .describe("From then on after the call, not found means not posted; null: never"),
});

const validateShape = z.strictObject({
  method: z.enum(["GET", "POST", "PUT"]).optional().describe("POST where left out"),
  path: pathShape,
  headers: headersShape,
  body: z.unknown().optional(),
  action: actionShape,
  answer: otherAnswerShape.optional().describe("Where it differs from a posting's answer"),
  outcomes: z.array(validateRowShape).default([]),
});

const closedAccountShape = z.strictObject({
  codes: z.array(z.string().min(1)).default([]).describe("Of refusals that say so"),
  policy: z
    .enum(["fail", "coreSuspense", "ourSuspense", "check"])
    .default("fail")
    .describe("What becomes of a credit that is refused with one of them"),
});

const accountChangeShape = z.strictObject({
  allowed: z.boolean().default(false).describe("Another account after a definite refusal"),
  sameCustomer: z
    .strictObject({ source: placeShape, is: z.string() })
    .nullable()
    .default(null)
    .describe("Where validate's answer says that it is the same customer's; else two people"),
});

const DEFAULT_SPACING_SECONDS = [5, 30, 300, 900, 3600, 3600, 3600];

export const serviceShape = z.strictObject({
  protocol: z.enum(["rest-json", "soap", "xml"]),
  url: z.url({ protocol: /^https?$/ }).describe("Base address; paths are added to it"),
  authentication: authenticationShape.default({ kind: "none" }),
  secretHeaders: z
    .record(headerNameShape, secretShape)
    .default({})
    .describe("Secrets in headers beside the authentication"),
  tls: tlsShape.nullable().default(null),
  soap: soapShape.prefault({}),
  charset: z.string().default("utf-8").describe("Of answers that do not say theirs"),
  key: keyShape.prefault({}),
  post: z.strictObject({
    method: z.enum(["POST", "PUT"]).default("POST"),
    path: pathShape,
    headers: headersShape,
    body: z.unknown(),
    action: actionShape,
  }),
  lookUp: lookUpShape.nullable().default(null),
  validate: validateShape
    .nullable()
    .default(null)
    .describe("A call that runs the core's checks and writes nothing"),
  health: z
    .strictObject({ path: pathShape })
    .nullable()
    .default(null)
    .describe("A GET that says that the core is there; for the test of the connection alone"),
  answer: answerShape.prefault({}),
  outcomes: z.array(rowShape).default([]).describe("First that fits; then the shipped rows"),
  timeouts: z
    .strictObject({
      connectSeconds: z.number().positive().max(120).default(5),
      callSeconds: z.number().positive().max(600).default(30),
    })
    .prefault({}),
  concurrency: z.int().min(1).max(1000).default(16).describe("Calls at once, per process"),
  ratePerSecond: z
    .number()
    .positive()
    .nullable()
    .default(null)
    .describe("Calls in any second, of all processes together"),
  callPer: z
    .enum(["adjustment", "entry", "step"])
    .default("adjustment")
    .describe("What one call posts: all of it, one entry, or one side of an entry"),
  memoPost: z
    .strictObject({ rules: z.array(z.string()).default([]) })
    .prefault({})
    .describe("Rules whose postings are asked for as memo posts: the fact memoPost"),
  closedAccount: closedAccountShape.prefault({}),
  accountChange: accountChangeShape.prefault({}),
  maxAccountingServiceCallRetries: z.int().min(0).max(100).default(7),
  retrySpacingSeconds: z
    .array(z.number().min(0))
    .min(1)
    .default(DEFAULT_SPACING_SECONDS)
    .describe("Waits between calls; the last one repeats"),
  retryJitter: z.number().min(0).max(1).default(0.1).describe("Share added to a wait at random"),
  circuit: z
    .strictObject({
      opensAfter: z.int().min(1).default(10).describe("Calls in a row that did not get through"),
      probeAfterSeconds: z.number().min(0).default(15),
      longestSeconds: z.number().min(0).default(300),
    })
    .prefault({}),
  statementTexts: z
    .record(z.string(), z.string().min(1).max(140))
    .default({})
    .describe("What the holder reads, per rule; the rule's label if left out"),
});

export interface Service extends z.output<typeof serviceShape>, CompiledCalls {
  readonly name: string;
}

interface WithServices {
  readonly services?: Readonly<Record<string, unknown>> | undefined;
}

const parsed = new WeakMap<object, Service>();

/** The client's services by name. Throws `configuration-invalid` with the places. */
export function servicesOf(settings: WithServices): ReadonlyMap<string, Service> {
  const services = new Map<string, Service>();
  for (const [name, written] of Object.entries(settings.services ?? {})) {
    services.set(name, parseService(name, written));
  }
  return services;
}

/** Undefined where the client has no such service. Throws `configuration-invalid`. */
export function serviceOf(settings: WithServices, name: string): Service | undefined {
  const written = settings.services?.[name];
  return written === undefined ? undefined : parseService(name, written);
}

function parseService(name: string, written: unknown): Service {
  const isObject = typeof written === "object" && written !== null;
  const known = isObject ? parsed.get(written) : undefined;
  if (known?.name === name) return known;
  const faults: FieldFault[] = [];
  if (!NAME.test(name)) faults.push({ pointer: `/services/${name}`, detail: "is not a name" });
  const result = serviceShape.safeParse(written);
  if (!result.success) faults.push(...faultsOf(result.error, `/services/${name}`));
  const service = result.success ? compiled(name, result.data, written, faults) : undefined;
  if (service === undefined || faults.length > 0) {
    const detail = faults.map((fault) => `${fault.pointer} ${fault.detail}`).join("; ");
    throw new Failure("configuration-invalid", detail, { service: name }, faults);
  }
  if (isObject) parsed.set(written, service);
  return service;
}

function compiled(
  name: string,
  data: z.output<typeof serviceShape>,
  written: unknown,
  faults: FieldFault[],
): Service {
  const pointer = `/services/${name}`;
  checkConnection(data, Object.hasOwn(written as object, "soap"), pointer, faults);
  const service = { ...data, name, ...compileCalls(data, pointer, faults) };
  checkConsequences(service, pointer, faults);
  checkCodes(service, pointer, faults);
  return service;
}

/** A row that asks for a code where none is mapped never fits: what it refuses would be posted. */
function checkCodes(service: Service, pointer: string, faults: FieldFault[]): void {
  const { answer, outcomes, lookUp, validate } = service;
  const calls = [
    { place: "outcomes", rows: outcomes, mapping: answer },
    { place: "lookUp/outcomes", rows: lookUp?.outcomes, mapping: { ...answer, ...lookUp?.answer } },
    {
      place: "validate/outcomes",
      rows: validate?.outcomes,
      mapping: { ...answer, ...validate?.answer },
    },
  ];
  for (const { place, rows = [], mapping } of calls) {
    if (mapping.code !== undefined) continue;
    for (const [index, { when }] of rows.entries()) {
      if (when.code === undefined) continue;
      const detail = "needs answer.code; one of several codes is a condition on body";
      faults.push({ pointer: `${pointer}/${place}/${index}/when/code`, detail });
    }
  }
}

/** What is to follow from an answer that the service cannot give. */
function checkConsequences(service: Service, pointer: string, faults: FieldFault[]): void {
  const { closedAccount, accountChange, validate, outcomes, asksForPolicy } = service;
  const isParkedSomewhere = asksForPolicy || outcomes.some((row) => row.parked === true);
  if (closedAccount.policy === "coreSuspense" && !isParkedSomewhere) {
    const detail =
      "needs a row of outcomes that says parked, or closedAccount.policy in the request";
    faults.push({ pointer: `${pointer}/closedAccount/policy`, detail });
  }
  if (accountChange.sameCustomer !== null && validate === null) {
    faults.push({ pointer: `${pointer}/accountChange/sameCustomer`, detail: "needs validate" });
  }
  for (const [index, row] of outcomes.entries()) {
    if (row.parked !== true || row.outcome === "posted" || row.outcome === "alreadyPosted")
      continue;
    faults.push({
      pointer: `${pointer}/outcomes/${index}/parked`,
      detail: "is of a posting alone",
    });
  }
}
