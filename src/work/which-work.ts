/**
 * Which work is meant, said once: lists, counts of queues, bulk actions and past moments take this
 * filter and read it here, so that each of them means the same assignments by the same words.
 */
import { z } from "zod";

import type { Statement } from "../database/sql.ts";
import { nothing, sql } from "../database/sql.ts";

/** How open work stands: nobody has it, somebody has it, it waits for a date, nobody can do it. */
const STANDINGS = ["free", "held", "pended", "unworkable"] as const;

type StandingName = (typeof STANDINGS)[number];

export const workFilterShape = {
  client: z.string().optional(),
  queue: z.string().max(100).optional().describe("Queue.ClaimType, or Queue for all claim types"),
  queueKind: z.enum(["user", "system", "pending"]).optional().describe("Whose work it is"),
  type: z.string().max(100).optional(),
  assignee: z.string().max(80).optional().describe("An actor; `me` for the caller"),
  workGroup: z.string().max(60).optional(),
  standing: z.enum(STANDINGS).optional(),
};

const filterShape = z.strictObject(workFilterShape);

/** The clients are said apart: they are what the caller may see of what was asked for. */
export type WorkFilter = Omit<z.infer<typeof filterShape>, "client">;

const OF_STANDING: Readonly<Record<StandingName, (of: Statement) => Statement>> = {
  free: (of) => sql`
    and ${of}.assignee is null and ${of}.pended_until is null
    and ${of}.unworkable_reason is null`,
  held: (of) => sql`and ${of}.assignee is not null`,
  pended: (of) => sql`and ${of}.pended_until is not null`,
  unworkable: (of) => sql`and ${of}.unworkable_reason is not null`,
};

/** What the filter says of what never changes while work is open. */
export function whichQueue(filter: WorkFilter, of: Statement = sql`a`): Statement {
  const { queue = null, queueKind = null, type = null } = filter;
  return sql`
    (${queue}::text is null or ${of}.queue = ${queue}
      or starts_with(${of}.queue, ${`${queue ?? ""}.`}))
    and (${queueKind}::text is null or ${of}.kind = ${queueKind})
    and (${type}::text is null or ${of}.type = ${type})`;
}

/** The whole filter, of open work: of its row, or of how it stood at a past moment. */
export function whichWork(filter: WorkFilter, of: Statement = sql`a`): Statement {
  const { assignee = null, workGroup = null, standing } = filter;
  return sql`
    ${whichQueue(filter, of)}
    and (${assignee}::text is null or ${of}.assignee = ${assignee})
    and (${workGroup}::text is null or ${of}.work_group = ${workGroup})
    ${standing === undefined ? nothing : OF_STANDING[standing](of)}`;
}

/** Whether the filter says anything that changes while work is open. */
export function saysWhoHasIt({ assignee, workGroup, standing }: WorkFilter): boolean {
  return assignee !== undefined || workGroup !== undefined || standing !== undefined;
}
