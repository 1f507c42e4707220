/**
 * A real-time accounting service: everything about one system of record, as data of the client's
 * settings (`services.NAME`). How it is called, how its answers read, when it is called again.
 *
 * Validated when saved and when loaded. Secrets are references, never values (domain §5.1).
 */
import { z } from "zod";

import { Failure } from "../kernel/failure.ts";
import type { FieldFault } from "../kernel/failure.ts";

import { compileTemplate } from "./template.ts";
import type { Template } from "./template.ts";

const NAME = /^[A-Za-z][A-Za-z0-9-]{0,40}$/;

const secretShape = z
  .string()
  .regex(/^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$/, "is a reference: env:NAME or file:PATH")
  .describe("Where the secret stands; never the secret itself");

const authenticationShape = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none") }),
  z.strictObject({ kind: z.literal("basic"), user: z.string().min(1), password: secretShape }),
  z.strictObject({ kind: z.literal("bearer"), token: secretShape }),
  z.strictObject({ kind: z.literal("header"), name: z.string().min(1), value: secretShape }),
]);

const pathShape = z.string().regex(/^\//, "starts with a slash");
const headersShape = z.record(z.string().regex(/^[A-Za-z0-9-]+$/), z.string()).default({});

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

/** `body.result.id`, `body.lines.0.amount`, `header.x-reference`. */
const sourceShape = z.string().regex(/^(body|header)(\.[^.\s]+)+$/, "body.… or header.…");

const answerShape = z.strictObject({
  code: sourceShape.optional(),
  message: sourceShape.optional(),
  reference: sourceShape
    .optional()
    .describe("Of the posting; mapped, a posting without it is none"),
  postingDate: sourceShape.optional(),
  amount: sourceShape.optional(),
  amountIn: z.enum(["decimal", "minor"]).default("decimal"),
  currency: sourceShape.optional(),
  debitAccount: sourceShape.optional(),
  creditAccount: sourceShape.optional(),
});

const statusShape = z.union([z.int().min(100).max(599), z.string().regex(/^[1-5]xx$/)]);
const oneOrMore = <Shape extends z.ZodType>(shape: Shape) =>
  z.union([shape, z.array(shape).min(1)]);

const whenShape = z.strictObject({
  status: oneOrMore(statusShape).optional(),
  code: oneOrMore(z.string()).optional(),
  header: z.record(z.string(), z.string()).optional(),
  body: z.record(sourceShape, z.string()).optional(),
});

export const POSTING_OUTCOMES = [
  "posted",
  "alreadyPosted",
  "refused",
  "refusedOverridable",
  "notProcessed",
  "unknown",
] as const;

export const LOOK_UP_OUTCOMES = ["posted", "notFound", "refused", "unknown"] as const;

const rowShape = z.strictObject({
  when: whenShape,
  outcome: z.enum(POSTING_OUTCOMES),
  reason: z.string().min(1).optional().describe("Shown to people instead of the core's message"),
});

const lookUpRowShape = z.strictObject({ when: whenShape, outcome: z.enum(LOOK_UP_OUTCOMES) });

const lookUpShape = z.strictObject({
  method: z.enum(["GET", "POST"]).default("GET"),
  path: pathShape,
  headers: headersShape,
  body: z.unknown().optional(),
  answer: answerShape.partial().optional().describe("Where it differs from a posting's answer"),
  outcomes: z.array(lookUpRowShape).default([]),
  maximum: z.int().min(1).max(100).default(10).describe("Look-ups after one call"),
  absenceIsProofAfterSeconds: z
    .number()
    .min(0)
    .nullable()
    .default(null)
    .describe("From then on after the call, not found means not posted; null: never"),
});

const DEFAULT_SPACING_SECONDS = [5, 30, 300, 900, 3600, 3600, 3600];

export const serviceShape = z.strictObject({
  protocol: z.literal("rest-json"),
  url: z.url({ protocol: /^https?$/ }).describe("Base address; paths are added to it"),
  authentication: authenticationShape.default({ kind: "none" }),
  key: keyShape.prefault({}),
  post: z.strictObject({
    method: z.enum(["POST", "PUT"]).default("POST"),
    path: pathShape,
    headers: headersShape,
    body: z.unknown(),
  }),
  lookUp: lookUpShape.nullable().default(null),
  answer: answerShape.prefault({}),
  outcomes: z.array(rowShape).default([]).describe("First that fits; then the shipped rows"),
  timeouts: z
    .strictObject({
      connectSeconds: z.number().positive().max(120).default(5),
      callSeconds: z.number().positive().max(600).default(30),
    })
    .prefault({}),
  concurrency: z.int().min(1).max(1000).default(16).describe("Calls at once, per process"),
  ratePerSecond: z.number().positive().nullable().default(null).describe("Calls, per process"),
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

export type Secret = z.output<typeof secretShape>;
export type AnswerMapping = z.output<typeof answerShape>;
export type OutcomeCondition = z.output<typeof whenShape>;
export type PostingOutcome = (typeof POSTING_OUTCOMES)[number];
export type LookUpOutcome = (typeof LOOK_UP_OUTCOMES)[number];

/** A path, headers and a body with placeholders, compiled. */
export interface RequestTemplate {
  readonly method: "GET" | "POST" | "PUT";
  readonly path: Template;
  readonly headers: Readonly<Record<string, Template>>;
  readonly body: Template | null;
}

export interface Service extends z.output<typeof serviceShape> {
  readonly name: string;
  readonly postTemplate: RequestTemplate;
  readonly lookUpTemplate: RequestTemplate | null;
  /** A whole account number stands in a request: the vault has to be asked. */
  readonly usesHolderNumber: boolean;
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
  for (const issue of result.error?.issues ?? []) {
    const place = issue.path.map((part) => `/${String(part)}`).join("");
    faults.push({ pointer: `/services/${name}${place}`, detail: issue.message });
  }
  const service = result.success ? withTemplates(name, result.data, faults) : undefined;
  if (service === undefined || faults.length > 0) {
    const detail = faults.map((fault) => `${fault.pointer} ${fault.detail}`).join("; ");
    throw new Failure("configuration-invalid", detail, { service: name }, faults);
  }
  if (isObject) parsed.set(written, service);
  return service;
}

function withTemplates(
  name: string,
  data: z.output<typeof serviceShape>,
  faults: FieldFault[],
): Service {
  const compile = (value: unknown, pointer: string): Template =>
    compileTemplate(value, `/services/${name}/${pointer}`, faults);
  const request = (
    part: "post" | "lookUp",
    given: { method: "GET" | "POST" | "PUT"; path: string; headers: object; body?: unknown },
  ): RequestTemplate => ({
    method: given.method,
    path: compile(given.path, `${part}/path`),
    headers: Object.fromEntries(
      Object.entries(given.headers).map(([header, value]) => [
        header,
        compile(value, `${part}/headers/${header}`),
      ]),
    ),
    body: given.body === undefined ? null : compile(given.body, `${part}/body`),
  });
  const postTemplate = request("post", data.post);
  const lookUpTemplate = data.lookUp === null ? null : request("lookUp", data.lookUp);
  const all = [postTemplate, lookUpTemplate].flatMap((one) =>
    one === null ? [] : [one.path, ...Object.values(one.headers), ...(one.body ? [one.body] : [])],
  );
  const usesHolderNumber = all.some((template) => template.uses.has("number"));
  return { ...data, name, postTemplate, lookUpTemplate, usesHolderNumber };
}
