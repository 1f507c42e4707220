/**
 * Amount tiers: from which amount how many other people have to agree, and with which right each.
 * Pure: settings in, the need with the tier that fired out.
 */
import { z } from "zod";

import type { Permission } from "../../access/roles.ts";
import { assert } from "../../kernel/assert.ts";
import { formatAmount, parseAmount } from "../../kernel/money.ts";

import { subjectKind } from "./subjects.ts";

/** Rights that a level may take. */
export const APPROVAL_RIGHTS = [
  "assignment:approve",
  "assignment:approveHigh",
  "batch:generate",
  "batch:regenerate",
  "service:retry",
] as const satisfies readonly Permission[];

const MOST_LEVELS = 9;

export const approvalTier = z
  .strictObject({
    /** Amounts above this need the levels; decimal string in the dispute's currency. */
    above: z.string().regex(/^[0-9]+(\.[0-9]+)?$/, "has to be a decimal, such as 1000.00"),
    levels: z
      .int()
      .min(1, "has to be 1 or more: one other person approves")
      .max(MOST_LEVELS, `has to be at most ${MOST_LEVELS}`)
      .describe("How many other people, one after another"),
    rights: z
      .array(z.enum(APPROVAL_RIGHTS, `has to be one of ${APPROVAL_RIGHTS.join(", ")}`))
      .optional()
      .describe("The right that each level takes, in order; that of the subject if left out"),
  })
  .refine((tier) => tier.rights === undefined || tier.rights.length === tier.levels, {
    path: ["rights"],
    message: "has to name one right for each level",
  });

export type ApprovalTier = z.infer<typeof approvalTier>;

/** Why it takes other people, and of which rights: one a level, in order. */
export interface ApprovalNeed {
  /** `approvals.denyDispute.1`, or `domain` where the domain itself asks for it. */
  readonly rule: string;
  readonly words: string;
  readonly rights: readonly Permission[];
}

export interface TierQuestion {
  /** Key of the tiers in the client's `approvals`. */
  readonly setting: string;
  /** Null: there is no amount; then it is no small one, and every tier fires. */
  readonly amountMinor: bigint | null;
  readonly currency: string | null;
  /** Of a level whose tier does not say. */
  readonly right: Permission;
}

/**
 * The tier that fires, or null: of those that the amount is above the one with most levels, then
 * the highest one.
 */
export function tierFired(
  tiers: readonly ApprovalTier[] | undefined,
  question: TierQuestion,
): ApprovalNeed | null {
  const { setting, amountMinor, currency, right } = question;
  const above = (tier: ApprovalTier): bigint =>
    currency === null ? 0n : parseAmount(tier.above, currency);
  const [fired] = (tiers ?? [])
    .map((tier, index) => ({ tier, index, above: above(tier) }))
    .filter((one) => amountMinor === null || amountMinor > one.above)
    .sort((one, other) =>
      one.tier.levels === other.tier.levels
        ? Number(other.above - one.above > 0n) - Number(one.above - other.above > 0n)
        : other.tier.levels - one.tier.levels,
    );
  if (fired === undefined) return null;
  const { tier, index } = fired;
  const amount = currency === null ? "" : ` above ${formatAmount(fired.above, currency)}`;
  const people = tier.levels === 1 ? "1 other person" : `${tier.levels} other people`;
  return {
    rule: `approvals.${setting}.${index}`,
    words: `${setting}${amount} ${currency ?? ""}`.trim() + `: ${people}`,
    rights: tier.rights ?? Array.from({ length: tier.levels }, () => right),
  };
}

/** As `tierFired`, of a kind of subject: its own tiers, and the right that it takes. */
export function tierOf(
  approvals: Readonly<Record<string, readonly ApprovalTier[]>>,
  kind: string,
  amount: Pick<TierQuestion, "amountMinor" | "currency">,
): ApprovalNeed | null {
  const { tiers: setting, right } = subjectKind(kind);
  assert(setting !== null, `tiers of ${kind} are asked for under another name`);
  return tierFired(approvals[setting], { setting, right, ...amount });
}

/** Where the domain itself asks for another person, whatever the client's tiers say. */
export function domainNeed(words: string, right: Permission): ApprovalNeed {
  return { rule: "domain", words, rights: [right] };
}

/** The stricter of two: more levels, then the first. */
export function stricter(
  first: ApprovalNeed | null,
  second: ApprovalNeed | null,
): ApprovalNeed | null {
  if (first === null || second === null) return first ?? second;
  return second.rights.length > first.rights.length ? second : first;
}
