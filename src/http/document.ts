/**
 * How a route says what it is: id, summary, right and failures, once, for the check at run time
 * and for OpenAPI alike.
 */
import type { FastifyContextConfig, FastifySchema } from "fastify";
import { z } from "zod";

import type { Permission } from "../access/roles.ts";
import { PERMISSIONS, rolesWith } from "../access/roles.ts";
import type { FailureCode } from "../kernel/failure.ts";
import { failureRow } from "../kernel/failure.ts";

import { Problem } from "./problem.ts";

export interface About {
  /** OpenAPI's operationId: verb and noun, unique. */
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** The right it needs; `signedIn` for any caller, null for everybody. */
  readonly permission: Permission | "signedIn" | null;
  /** A command: takes an Idempotency-Key; `gathered` ones keep their answers themselves. */
  readonly command?: "once" | "gathered";
  /** A command on something that exists: takes If-Match. */
  readonly versioned?: boolean;
  readonly failures?: readonly FailureCode[];
}

interface Documented<Schema> {
  readonly schema: Schema;
  readonly config: FastifyContextConfig;
}

/** The schema and configuration of a route, with what every route has in common. */
export function documented<const Schema extends FastifySchema>(
  about: About,
  schema: Schema & { response: Record<number, unknown> },
): Documented<Schema> {
  const full = {
    ...schema,
    operationId: about.id,
    tags: [about.tag],
    summary: about.summary,
    description: descriptionOf(about),
    security: about.permission === null ? [] : [{ apiKey: [] }, { session: [] }],
    response: { ...schema.response, ...problemResponses(about) },
    ...headersOf(about),
  };
  return {
    schema: full,
    config: { permission: about.permission, idempotent: about.command === "once" },
  };
}

function descriptionOf(about: About): string {
  const right =
    about.permission === null
      ? "Answers without sign-in."
      : about.permission === "signedIn"
        ? "For everybody who is signed in."
        : `Needs the right to ${PERMISSIONS[about.permission]} ` +
          `(${rolesWith(about.permission).join(", ")}).`;
  return about.description === undefined ? right : `${about.description}\n\n${right}`;
}

/** Loose objects: the headers that everybody sends pass; our own checks read these two. */
function headersOf(about: About): { headers?: z.ZodType } {
  const shape = {
    ...(about.command === undefined
      ? {}
      : {
          "idempotency-key": z
            .string()
            .optional()
            .describe("Unique to this command; required; its answer is kept for 7 days"),
        }),
    ...(about.versioned === true
      ? { "if-match": z.string().optional().describe("The ETag that was read; required") }
      : {}),
  };
  return Object.keys(shape).length === 0 ? {} : { headers: z.looseObject(shape) };
}

function problemResponses(about: About): Record<number, unknown> {
  const codes = new Set<FailureCode>(about.failures ?? []);
  if (about.permission !== null) codes.add("unauthenticated");
  if (about.permission !== null && about.permission !== "signedIn") codes.add("forbidden");
  if (about.command !== undefined) {
    for (const code of ["idempotency-key-missing", "key-reused", "still-running"] as const) {
      codes.add(code);
    }
  }
  if (about.versioned === true) codes.add("version-missing").add("stale-version");
  codes.add("request-invalid").add("internal-error");
  const byStatus = new Map<number, FailureCode[]>();
  for (const code of codes) {
    const { status } = failureRow(code);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus.entries()]
      .sort(([a], [b]) => a - b)
      .map(([status, list]) => [status, problem(list)]),
  );
}

function problem(codes: readonly FailureCode[]): unknown {
  return {
    description: codes.map((code) => `\`${code}\`: ${failureRow(code).title}`).join("; "),
    content: { "application/problem+json": { schema: Problem } },
  };
}
