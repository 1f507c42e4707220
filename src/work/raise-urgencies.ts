/**
 * Raises the urgency of what passed its goal or deadline, does what the client's SLA says for that
 * stage, and says so to the outside. What is due is a row; the timer that calls this is a hint.
 *
 * The rule it protects: the actions of a stage happen once.
 */
import type { Database, Queries, Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import type { NewEvent } from "../events/store.ts";
import { appendEvents } from "../events/store.ts";
import type { BusinessCalendar } from "../kernel/calendar.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";

import type { Sla, SlaAction } from "./sla.ts";
import { slaOf } from "./sla.ts";
import type { Rise } from "./sla-stages.ts";
import { risen } from "./sla-stages.ts";
import type { Standing } from "./standing.ts";
import { standingOf } from "./standing.ts";
import type { StandingChange } from "./assignment-rows.ts";
import { MACHINE, raiseAssignments, writeStandings } from "./store.ts";

interface ClientSla {
  readonly sla: Sla;
  readonly calendar: BusinessCalendar | undefined;
}

/** The SLAs of clients as their settings are now. */
export type SlaSource = (
  db: Queries,
  clientIds: readonly string[],
) => Promise<(clientId: string, type: string) => ClientSla>;

export interface UrgencyRaiser {
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: Ids;
  /** The shipped SLAs where left out. */
  readonly slas?: SlaSource;
}

interface DueRise extends Standing {
  readonly clientId: string;
  readonly id: string;
  readonly type: string;
  readonly urgency: number;
  readonly rises: number;
  readonly goalAt: string | null;
  readonly deadlineAt: string | null;
}

interface Risen {
  readonly one: DueRise;
  readonly rise: Rise;
}

const shipped: SlaSource = async () => (_, type) => ({
  sla: slaOf(type, undefined),
  calendar: undefined,
});

/** Raises at most `limit` of those due; answers how many, so that the caller goes on. */
export function raiseUrgencies(by: UrgencyRaiser, limit = 1000): Promise<number> {
  const now = by.clock.now().toString();
  return by.database.transaction(async (tx) => {
    // Served by `assignment_rises`; what somebody is just changing is raised next time.
    const due = await tx.query<DueRise>(sql`
      select client_id as "clientId", id, type, urgency, rises, goal_at as "goalAt",
             deadline_at as "deadlineAt", assignee, work_group as "workGroup",
             pended_until as "pendedUntil", pend_reason as "pendReason",
             unworkable_reason as "unworkableReason"
      from assignment
      where is_open and next_rise_at <= ${now}
      order by next_rise_at
      limit ${limit}
      for update skip locked
    `);
    const clientIds = [...new Set(due.map((one) => one.clientId))].toSorted();
    const termsOf = await (by.slas ?? shipped)(tx, clientIds);
    const rises = due.map((one): Risen => {
      const { sla, calendar } = termsOf(one.clientId, one.type);
      return { one, rise: risen(one, sla, calendar) };
    });
    await act(tx, rises, now);
    await appendEvents(
      tx,
      rises.flatMap((each) => eventsOf(by.ids, each)),
      now,
    );
    return due.length;
  });
}

/** The stage is written first: the database refuses it a second time, and with it what it does. */
async function act(tx: Transaction, rises: readonly Risen[], now: string): Promise<void> {
  await raiseAssignments(
    tx,
    rises.map(({ one, rise }) => ({
      clientId: one.clientId,
      id: one.id,
      urgency: rise.urgency,
      rises: rise.rises,
      nextRiseAt: rise.nextRiseAt,
      reason: rise.passed,
      action: rise.actions.length === 0 ? null : rise.actions.map(inWords).join("; "),
      isDueNow: rise.actions.some((action) => "run" in action),
    })),
    now,
  );
  await writeStandings(
    tx,
    rises.flatMap((each) => standingChange(each) ?? []),
    now,
  );
}

/** All of a stage's changes of who works it, as one. */
function standingChange({ one, rise }: Risen): StandingChange | null {
  const moving = rise.actions.filter((action) => "reassign" in action || "escalate" in action);
  if (moving.length === 0) return null;
  const before = standingOf(one);
  const to = moving.reduce((standing, action) => after(standing, action), before);
  const { clientId, id } = one;
  const kind = moving.some((action) => "escalate" in action) ? "escalated" : "reassigned";
  const reason = `${rise.passed}: ${moving.map(inWords).join("; ")}`;
  return { clientId, id, kind, reason, actor: MACHINE, to };
}

function after(standing: Standing, action: SlaAction): Standing {
  if ("escalate" in action) return { ...standing, workGroup: action.escalate, assignee: null };
  if (!("reassign" in action)) return standing;
  const { person = null, workGroup = standing.workGroup } = action.reassign;
  // What nobody can work has nobody.
  return { ...standing, workGroup, assignee: standing.unworkableReason === null ? person : null };
}

function inWords(action: SlaAction): string {
  if ("notify" in action) return `notify ${action.notify}`;
  if ("escalate" in action) return `escalate to ${action.escalate}`;
  if ("run" in action) return "run now";
  const { person, workGroup } = action.reassign;
  return `reassign to ${[person, workGroup].filter((one) => one !== undefined).join(" of ")}`;
}

function eventsOf(ids: Ids, { one, rise }: Risen): NewEvent[] {
  const { clientId, id, type } = one;
  const event = (name: string, data: NewEvent["data"]): NewEvent => ({
    clientId,
    id: ids.next(),
    type: `work.assignment.${name}.v1`,
    subject: `assignment/${id}`,
    data: { type, urgency: rise.urgency, ...data },
  });
  const passed =
    rise.passed === "goal" ? [] : [event("deadlinePassed", { again: rise.passed !== "deadline" })];
  const stage = { stage: rise.passed, ordinal: rise.rises };
  const acted = rise.actions.map((action) =>
    "notify" in action
      ? event("notified", { ...stage, to: action.notify })
      : "escalate" in action
        ? event("escalated", { ...stage, to: action.escalate })
        : "reassign" in action
          ? event("reassigned", { ...stage, ...action.reassign })
          : event("runAsked", stage),
  );
  return [...passed, ...acted];
}

const BATCH = 1000;

/** Looks every so many seconds until it is stopped; `stop` waits for what is under way. */
export function startUrgencyWorker(
  by: UrgencyRaiser,
  options: { readonly everySeconds?: number; readonly failed?: (error: unknown) => void } = {},
): { stop(): Promise<void> } {
  const { everySeconds = 15, failed = () => undefined } = options;
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  const pass = async (): Promise<void> => {
    try {
      while (!stopped && (await raiseUrgencies(by, BATCH)) === BATCH);
    } catch (error) {
      failed(error);
    }
  };
  const timer = setInterval(() => {
    running = running.then(pass);
  }, everySeconds * 1000);
  return {
    stop: async () => {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}
