/** Approvals and delegations as the API shows them. */
import { z } from "zod";

import { rolesWith } from "../access/roles.ts";
import type { Permission } from "../access/roles.ts";
import { wireMoney } from "../kernel/money.ts";
import type { Judge } from "../work/approvals/judge.ts";
import { judge, nextLevel, stillNeeded } from "../work/approvals/judge.ts";
import { SUBJECT_KINDS, subjectKind } from "../work/approvals/subjects.ts";
import type { DelegationRow, WholeRequest } from "../work/approvals/views.ts";

import { Money } from "./shapes.ts";

export const RequestStates = z.enum(["waiting", "approved", "declined", "withdrawn"]);
export const Kinds = z.enum(SUBJECT_KINDS.map((one) => one.kind) as [string, ...string[]]);

const Level = z.object({
  level: z.int(),
  right: z.string(),
  roles: z.array(z.string()).describe("Roles that carry the right"),
  state: z.enum(["approved", "declined", "next", "later", "over"]),
  decidedBy: z.string().nullable(),
  onBehalfOf: z.string().nullable().describe("Whose right was used, where it was lent"),
  reason: z.string().nullable(),
  decidedAt: z.string().nullable(),
});

export const Approval = z
  .object({
    id: z.string(),
    client: z.string(),
    kind: Kinds,
    label: z.string(),
    subject: z.string().describe("Id of what it is about: an adjustment, a file, a statement"),
    claim: z.string().nullable(),
    dispute: z.string().nullable(),
    summary: z.string().describe("What will happen"),
    rule: z.string().describe("The tier of the settings that fired, or domain"),
    ruleWords: z.string(),
    amount: Money.nullable(),
    requestedBy: z.string(),
    requester: z.string().describe("The person behind it"),
    reason: z.string(),
    isAfter: z.boolean().describe("It has happened: what is approved is that it was right"),
    state: RequestStates,
    levels: z.array(Level),
    excluded: z
      .array(z.object({ person: z.string(), why: z.string() }))
      .describe("Who had a hand in it and may not approve"),
    stillNeeded: z.string().nullable().describe("Who is still needed, in words"),
    mayDecide: z.boolean().describe("Whether the caller may"),
    whyNot: z.string().nullable(),
    onBehalfOf: z.string().nullable().describe("Whose lent right the caller would use"),
    ifApproved: z.string(),
    ifDeclined: z.string(),
    requestedAt: z.string(),
    settledAt: z.string().nullable(),
    settledBy: z.string().nullable(),
    settledBecause: z.string().nullable(),
    version: z.int(),
  })
  .meta({ id: "Approval" });

export function presentApproval(
  row: WholeRequest,
  by: Judge,
  people: readonly string[] = [],
): z.infer<typeof Approval> {
  const verdict = judge(row, by, true);
  const about = subjectKind(row.kind);
  return {
    id: row.id,
    client: row.clientId,
    kind: row.kind,
    label: about.label,
    subject: row.subjectId,
    claim: row.claim,
    dispute: row.dispute,
    summary: row.summary,
    rule: row.rule,
    ruleWords: row.ruleWords,
    amount:
      row.amountMinor === null || row.currency === null
        ? null
        : wireMoney(row.amountMinor, row.currency),
    requestedBy: row.requestedBy,
    requester: row.requester,
    reason: row.reason,
    isAfter: row.isAfter,
    state: row.state,
    levels: row.rights.map((right, index) => levelOf(row, right, index + 1)),
    excluded: row.chain.map(({ person, why }) => ({ person, why })),
    stillNeeded: row.state === "waiting" ? stillNeeded(row, people) : null,
    mayDecide: verdict.allowed,
    whyNot: verdict.allowed ? null : verdict.why,
    onBehalfOf: verdict.allowed ? verdict.onBehalfOf : null,
    ifApproved: about.approved,
    ifDeclined: about.declined,
    requestedAt: row.requestedAt,
    settledAt: row.settledAt,
    settledBy: row.settledBy,
    settledBecause: row.settledBecause,
    version: row.version,
  };
}

function levelOf(row: WholeRequest, right: Permission, level: number): z.infer<typeof Level> {
  const said = row.decisions.find((one) => one.level === level);
  const open = row.state !== "waiting" ? "over" : level === nextLevel(row) ? "next" : "later";
  return {
    level,
    right,
    roles: [...rolesWith(right)],
    state: said === undefined ? open : said.approved ? "approved" : "declined",
    decidedBy: said?.actor ?? null,
    onBehalfOf: said?.onBehalfOf ?? null,
    reason: said?.reason ?? null,
    decidedAt: said?.recordedAt ?? null,
  };
}

export const Delegation = z
  .object({
    id: z.string(),
    delegator: z.string(),
    delegate: z.string(),
    permissions: z.array(z.string()),
    clients: z.array(z.string()).nullable().describe("Null: every client of the delegator"),
    kinds: z.array(z.string()).nullable().describe("Null: every kind of subject"),
    maximum: Money.nullable(),
    validFrom: z.string(),
    validUntil: z.string(),
    state: z.enum(["planned", "inForce", "over", "revoked"]),
    reason: z.string(),
    givenAt: z.string(),
    revokedAt: z.string().nullable(),
    revokedBy: z.string().nullable(),
    version: z.int(),
  })
  .meta({ id: "Delegation" });

export function presentDelegation(row: DelegationRow, now: string): z.infer<typeof Delegation> {
  const { permissions, clients, kinds, maximumMinor, currency } = row;
  const state =
    row.revokedAt !== null
      ? "revoked"
      : row.validUntil <= now
        ? "over"
        : row.validFrom > now
          ? "planned"
          : "inForce";
  return {
    id: row.id,
    delegator: row.delegator,
    delegate: row.delegate,
    permissions: [...permissions],
    clients: clients === null ? null : [...clients],
    kinds: kinds === null ? null : [...kinds],
    maximum: maximumMinor === null || currency === null ? null : wireMoney(maximumMinor, currency),
    validFrom: row.validFrom,
    validUntil: row.validUntil,
    state,
    reason: row.reason,
    givenAt: row.givenAt,
    revokedAt: row.revokedAt,
    revokedBy: row.revokedBy,
    version: row.version,
  };
}
