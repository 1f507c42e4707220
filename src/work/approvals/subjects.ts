/**
 * What can be asked of another person, as data: its name, the right that one level takes where the
 * client's tiers do not say, and the key of those tiers in the settings.
 *
 * A kind without an effect in the composition root can be asked for and not approved.
 */
import type { Permission } from "../../access/roles.ts";
import { assert } from "../../kernel/assert.ts";

export interface SubjectKind {
  readonly kind: string;
  readonly label: string;
  readonly right: Permission;
  /** Key of its tiers in the client's `approvals`; null: nothing looks for tiers under its name. */
  readonly tiers: string | null;
  /** What the approver agrees to, and what a refusal does. */
  readonly approved: string;
  readonly declined: string;
  /** It has happened: what is approved is that it was right. It holds nothing up. */
  readonly isAfter: boolean;
  /** `subject_id` is the id of an adjustment. */
  readonly isAdjustment: boolean;
}

const APPROVE: Permission = "assignment:approve";
const CANCELLED = "It is cancelled";
const STAYS = "All stays as it is";

export const SUBJECT_KINDS: readonly SubjectKind[] = [
  // Its tiers stand under the name of the operation that it is.
  {
    ...ofAdjustment("operation", "Operation", "It is booked and executed", CANCELLED),
    tiers: null,
  },
  ofAdjustment("adjustManually", "Manual adjustment", "It is booked and executed", CANCELLED),
  ofAdjustment("reverseAdjustment", "Reversal", "It is booked and executed", CANCELLED),
  ofAdjustment("changeAccount", "Change of account", "It goes to the other account", CANCELLED),
  ofAdjustment("cancelBooked", "Cancelling what is booked", "It is cancelled", STAYS),
  ofAdjustment("attestation", "Attestation", "It counts as executed", STAYS),
  {
    ...ofOther("fileAttestation", "Attestation of a file", "Its lines count as executed", STAYS),
    tiers: "attestation",
  },
  ofAdjustment("holdSupply", "Supply to a hold", "It goes on with what was supplied", STAYS),
  {
    ...ofAdjustment("didNotPost", "Finding: did not post", "It may be sent again", STAYS),
    right: "service:retry",
  },
  {
    ...ofOther("batchRelease", "Release of a file", "The file leaves", "It is void"),
    right: "batch:generate",
  },
  {
    ...ofOther("regenerateBatch", "Regenerate Accounting Batch", "It is regenerated", STAYS),
    right: "batch:regenerate",
  },
  ofOther("overrideGate", "Override of the resolution gate", "The decision passes", STAYS),
  {
    ...ofOther("publishRules", "Publishing of rules", "The version is published", STAYS),
    tiers: null,
  },
  {
    ...ofOther("automaticCredit", "Credit by the clock", "It was right", "It is looked into"),
    tiers: null,
    isAfter: true,
  },
];

function ofAdjustment(
  kind: string,
  label: string,
  approved: string,
  declined: string,
): SubjectKind {
  const right = APPROVE;
  return {
    kind,
    label,
    right,
    tiers: kind,
    approved,
    declined,
    isAfter: false,
    isAdjustment: true,
  };
}

function ofOther(kind: string, label: string, approved: string, declined: string): SubjectKind {
  return { ...ofAdjustment(kind, label, approved, declined), isAdjustment: false };
}

/** Keys of `approvals` beside the operations of the rule book. */
export const TIER_KEYS: ReadonlySet<string> = new Set(
  SUBJECT_KINDS.flatMap(({ tiers }) => tiers ?? []),
);

const BY_KIND = new Map(SUBJECT_KINDS.map((row) => [row.kind, row]));

/** The row of a kind; one without a row is our own mistake. */
export function subjectKind(kind: string): SubjectKind {
  const row = BY_KIND.get(kind);
  assert(row !== undefined, `no subject of approvals ${kind}`);
  return row;
}
