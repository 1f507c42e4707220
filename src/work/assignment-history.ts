/**
 * What happened to an assignment, from rows that never change: who did what, when and why. Also
 * what changed since a version that somebody read, for the refusal of a stale write.
 */
import type { Queries } from "../database/database.ts";
import { sql } from "../database/sql.ts";

import type { AssignmentKey } from "./views.ts";

/** Every kind of change, in words for the history. */
export const ASSIGNMENT_EVENTS = {
  opened: "opened",
  taken: "taken",
  released: "given back",
  assigned: "assigned",
  pended: "pended",
  resumed: "came back",
  unworkable: "marked unworkable",
  restored: "restored",
  reassigned: "reassigned by its SLA",
  escalated: "escalated",
  rose: "a stage of its SLA passed",
  noted: "noted",
  closed: "closed",
} as const;

export type AssignmentEventKind = keyof typeof ASSIGNMENT_EVENTS;

export interface AssignmentEventRow {
  readonly at: string;
  readonly kind: AssignmentEventKind;
  readonly actor: string;
  readonly reason: string | null;
  readonly assignee: string | null;
  readonly workGroup: string;
  readonly urgency: number;
  readonly pendedUntil: string | null;
  readonly isUnworkable: boolean;
  readonly version: number;
  /** What the SLA did. */
  readonly action: string | null;
}

/** More happens to no assignment that a person could read through. */
const MOST_EVENTS = 500;

const COLUMNS = sql`
  e.at, e.kind, e.actor, e.reason, e.assignee, e.work_group as "workGroup", e.urgency,
  e.pended_until as "pendedUntil", e.is_unworkable as "isUnworkable", e.version, e.action`;

/** In order, the latest `MOST_EVENTS`. Served by the primary key. */
export async function historyOf(db: Queries, key: AssignmentKey): Promise<AssignmentEventRow[]> {
  const latest = await db.query<AssignmentEventRow>(sql`
    select ${COLUMNS}
    from assignment_event e
    where e.client_id = ${key.clientId} and e.assignment_id = ${key.id}
    order by e.id desc
    limit ${MOST_EVENTS}
  `);
  return latest.toReversed();
}

export interface Change extends Readonly<Record<string, string | null>> {
  readonly what: string;
  readonly by: string;
  readonly at: string;
  readonly why: string | null;
}

/** More than this no refusal has to tell. */
const MOST_CHANGES = 10;

/**
 * What happened after the version that somebody read, latest first: to the assignment, or, where
 * only its movement went on, what that did last.
 */
export function changesSince(db: Queries, key: AssignmentKey, version: number): Promise<Change[]> {
  return db.query(sql`
    (select e.kind as what, e.actor as by, e.at, e.reason as why
     from assignment_event e
     where e.client_id = ${key.clientId} and e.assignment_id = ${key.id} and e.version > ${version}
     order by e.id desc
     limit ${MOST_CHANGES})
    union all
    (select t.event, t.actor, t.recorded_at, t.reason
     from assignment a
     join transition t on t.client_id = a.client_id and t.adjustment_id = a.adjustment_id
     where a.client_id = ${key.clientId} and a.id = ${key.id} and t.recorded_at >= a.opened_at
     order by t.recorded_at desc
     limit 3)
    order by at desc
    limit ${MOST_CHANGES}
  `);
}
