/**
 * Look-up services: where the institution says which card number is in use, or how a card stands.
 * Data of the client's settings (`lookUps.NAME`), connected like an accounting service; one call
 * that asks and changes nothing.
 */
import { z } from "zod";

import { headerNameShape, secretShape, tlsShape } from "../connections/shapes.ts";
import { Failure } from "../kernel/failure.ts";
import { faultsOf } from "../kernel/field-faults.ts";

import { lookUpRowShape, sourceShape } from "./answer-shapes.ts";
import { authenticationShape } from "./connection-shapes.ts";
import type { Service } from "./service-configuration.ts";
import { serviceOf } from "./service-configuration.ts";

const rowShape = z.strictObject({
  when: lookUpRowShape.shape.when,
  outcome: z.enum(["found", "notFound", "unknown"]),
});

const lookUpShape = z.strictObject({
  protocol: z.enum(["rest-json", "soap", "xml"]).default("rest-json"),
  url: z.url({ protocol: /^https?$/ }).describe("Base address; the path is added to it"),
  authentication: authenticationShape.default({ kind: "none" }),
  secretHeaders: z.record(headerNameShape, secretShape).default({}),
  tls: tlsShape.nullable().default(null),
  charset: z.string().default("utf-8"),
  ask: z.strictObject({
    method: z.enum(["GET", "POST"]).optional(),
    path: z.string().regex(/^\//, "starts with a slash"),
    headers: z.record(headerNameShape, z.string()).default({}),
    body: z.unknown().optional(),
    action: z.string().optional().describe("SOAP alone"),
  }),
  answer: z.strictObject({
    number: sourceShape.optional().describe("Where the number in use stands"),
    kind: z.enum(["card", "account"]).default("card").describe("What number that is"),
    status: sourceShape.optional().describe("Where the status stands"),
    message: sourceShape.optional(),
  }),
  outcomes: z.array(rowShape).default([]).describe("First that fits; then 200 is found, 404 not"),
  callSeconds: z.number().positive().max(120).default(10),
});

export interface LookUpService {
  readonly service: Service;
  readonly answer: z.output<typeof lookUpShape>["answer"];
}

interface WithLookUps {
  readonly lookUps?: Readonly<Record<string, unknown>> | undefined;
}

const parsed = new WeakMap<object, LookUpService>();

/** Undefined where the client has none of this name. Throws `configuration-invalid`. */
export function lookUpServiceOf(settings: WithLookUps, name: string): LookUpService | undefined {
  const written = settings.lookUps?.[name];
  if (written === undefined) return undefined;
  const isObject = typeof written === "object" && written !== null;
  const known = isObject ? parsed.get(written) : undefined;
  if (known !== undefined) return known;
  const result = lookUpShape.safeParse(written);
  if (!result.success) {
    const faults = faultsOf(result.error, `/lookUps/${name}`);
    const detail = faults.map((fault) => `${fault.pointer} ${fault.detail}`).join("; ");
    throw new Failure("configuration-invalid", detail, { lookUp: name }, faults);
  }
  const service = asService(name, result.data);
  const found = { service, answer: result.data.answer };
  if (isObject) parsed.set(written, found);
  return found;
}

/** The connection of an accounting service with a look-up alone: nothing of it ever posts. */
function asService(name: string, written: z.output<typeof lookUpShape>): Service {
  const { ask, answer, outcomes, callSeconds, ...connection } = written;
  const settings = {
    ...connection,
    key: { header: null },
    post: { path: ask.path, body: ask.body ?? {} },
    lookUp: {
      ...ask,
      outcomes: outcomes.map(({ when, outcome }) => ({
        when,
        outcome: outcome === "found" ? "posted" : outcome,
      })),
    },
    answer: answer.message === undefined ? {} : { message: answer.message },
    timeouts: { callSeconds },
    concurrency: 4,
  };
  const service = serviceOf({ services: { [name]: settings } }, name);
  if (service === undefined) throw new Failure("configuration-invalid", `no look-up ${name}`);
  return service;
}
