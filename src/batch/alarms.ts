/**
 * Alarms of the batch route: something that a named owner has to look at. One alarm is open for a
 * subject at a time; raising it again changes nothing.
 */
import type { Queries, Transaction } from "../database/database.ts";
import { nothing, sql } from "../database/sql.ts";
import { appendEvents } from "../events/store.ts";
import { Failure } from "../kernel/failure.ts";

import type { BatchDesk } from "./desk.ts";

export const ALARM_KINDS = [
  "acknowledgementOverdue",
  "fileHeld",
  "filePutOff",
  "fileRefused",
  "linesUnmatched",
  "pickUpFailed",
] as const;

export type AlarmKind = (typeof ALARM_KINDS)[number];

export interface NewAlarm {
  readonly clientId: string;
  readonly profile: string;
  readonly kind: AlarmKind;
  /** The id of the file it is about, or the name of the place. */
  readonly subject: string;
  readonly owner: string;
  readonly text: string;
}

/** False where it is open already. */
export async function raiseAlarm(
  tx: Transaction,
  desk: BatchDesk,
  alarm: NewAlarm,
  now: string,
): Promise<boolean> {
  const id = desk.engine.ids.next();
  const raised = await tx.execute(sql`
    insert into batch_alarm (client_id, id, profile, kind, subject, owner, text, raised_at)
    values (${alarm.clientId}, ${id}, ${alarm.profile}, ${alarm.kind}, ${alarm.subject},
      ${alarm.owner}, ${alarm.text}, ${now})
    on conflict (client_id, kind, subject) where closed_at is null do nothing
  `);
  if (raised === 0) return false;
  const { kind, owner, profile } = alarm;
  const event = {
    clientId: alarm.clientId,
    id: desk.engine.ids.next(),
    type: "batch.alarm.raised.v1",
    subject: `batchAlarm/${id}`,
    data: { kind, owner, profile, about: alarm.subject },
  };
  await appendEvents(tx, [event], now);
  return true;
}

/** Closes what is open about a subject because its cause is gone. */
export async function closeAlarms(
  tx: Transaction,
  alarm: { clientId: string; subject: string; kinds: readonly AlarmKind[] },
  closed: { by: string; because: string; now: string },
): Promise<number> {
  return tx.execute(sql`
    update batch_alarm
    set closed_at = ${closed.now}, closed_by = ${closed.by}, closed_because = ${closed.because}
    where client_id = ${alarm.clientId} and subject = ${alarm.subject}
      and kind = any (${alarm.kinds}::text[]) and closed_at is null
  `);
}

export interface AlarmRow {
  readonly clientId: string;
  readonly id: string;
  readonly profile: string;
  readonly kind: AlarmKind;
  readonly subject: string;
  readonly owner: string;
  readonly text: string;
  readonly raisedAt: string;
  readonly closedAt: string | null;
  readonly closedBy: string | null;
  readonly closedBecause: string | null;
}

/** Alarms, newest first. */
export function listAlarms(
  db: Queries,
  filter: {
    readonly clients: readonly string[];
    readonly onlyOpen: boolean;
    readonly after?: { readonly raisedAt: string; readonly id: string } | null;
    readonly limit: number;
  },
): Promise<AlarmRow[]> {
  const { after = null } = filter;
  return db.query(sql`
    select client_id as "clientId", id, profile, kind, subject, owner, text,
           raised_at as "raisedAt", closed_at as "closedAt", closed_by as "closedBy",
           closed_because as "closedBecause"
    from batch_alarm
    where client_id = any (${filter.clients}::text[])
      ${filter.onlyOpen ? sql`and closed_at is null` : nothing}
      ${after === null ? nothing : sql`and (raised_at, id) < (${after.raisedAt}, ${after.id})`}
    order by raised_at desc, id desc
    limit ${filter.limit}
  `);
}

/** A person has seen to it. Throws `not-found` where no such alarm is open. */
export async function closeAlarm(
  desk: BatchDesk,
  request: { clients: readonly string[]; id: string; reason: string; actor: string },
): Promise<void> {
  const now = desk.engine.clock.now().toString();
  const closed = await desk.engine.database.execute(sql`
    update batch_alarm
    set closed_at = ${now}, closed_by = ${request.actor}, closed_because = ${request.reason}
    where client_id = any (${request.clients}::text[]) and id = ${request.id}
      and closed_at is null
  `);
  if (closed === 0) throw new Failure("not-found", `no open alarm ${request.id}`);
}
