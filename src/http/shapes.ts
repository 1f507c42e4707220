/** Shapes that several resources share. */
import { z } from "zod";

import { ADJUSTMENT_STATES } from "../accounting/adjustment-machine.ts";
import { DISPUTE_STATES } from "../accounting/dispute-book.ts";

export const Money = z
  .object({
    amount: z.string().describe("Decimal, as many places as the currency has"),
    currency: z.string(),
  })
  .meta({ id: "Money" });

export const ClientQuery = z.strictObject({
  client: z.string().optional().describe("Needed only where two clients have the same number"),
});

export const Id = z.object({ id: z.string().max(64) });

export const DisputeState = z.enum(DISPUTE_STATES);
export const AdjustmentState = z.enum(ADJUSTMENT_STATES);
export const Route = z.enum(["AUTO", "BATCH", "MANUAL"]);
export const Facts = z.record(z.string(), z.unknown()).describe("What the rule book declares");

/** The regulatory clock of a dispute that ends first. */
export const NearestClock = z
  .object({
    clock: z.string(),
    title: z.string(),
    regulation: z.string(),
    dueOn: z.string(),
    isWarned: z.boolean().describe("So near that it was warned of"),
    businessDaysLeft: z.int().describe("Until and with its last day, in the client's calendar"),
  })
  .meta({ id: "NearestClock" });

export const Assignment = z
  .object({
    id: z.string(),
    client: z.string(),
    claim: z.string(),
    dispute: z.string().nullable(),
    adjustment: z.string().nullable(),
    adjustmentState: z.string().nullable(),
    type: z.string(),
    queue: z.string().describe("Queue.ClaimType"),
    kind: z.enum(["system", "user", "pending"]),
    workGroup: z.string(),
    dailyCritical: z.boolean(),
    urgency: z.int(),
    goalAt: z.string().nullable(),
    deadlineAt: z.string().nullable(),
    assignee: z.string().nullable(),
    amount: Money.nullable(),
    openedAt: z.string(),
    closedAt: z.string().nullable(),
    outcome: z.string().nullable(),
    reason: z.string().nullable(),
    leavesAt: z.string().nullable().describe("Predicted departure of its batch window"),
    route: z.string().nullable(),
    destination: z.string().nullable(),
    clock: NearestClock.nullable().describe("The nearest running clock of its dispute"),
    actBy: z.string().nullable().describe("The nearest of goal and regulatory clock"),
    pendedUntil: z.string().nullable().describe("Waits until then, and comes back by itself"),
    pendReason: z.string().nullable(),
    unworkable: z.string().nullable().describe("Why nobody can work it"),
    lock: z
      .object({ holder: z.string(), until: z.string() })
      .nullable()
      .describe("Who has its claim open"),
    actions: z.array(
      z.object({
        name: z.string(),
        label: z.string(),
        allowed: z.boolean(),
        why: z.string().optional().describe("Why not"),
      }),
    ),
    version: z.int(),
  })
  .meta({ id: "Assignment" });

/** What the resolution gate says of one decision. */
export const Gate = z
  .object({
    decision: z.enum(["pay", "deny", "partialDeny", "writeOff"]),
    allowed: z.boolean(),
    outOfBalance: z.record(z.string(), z.string()),
    because: z.array(z.string()),
  })
  .meta({ id: "Gate" });
