/**
 * Approves or declines: judged under the requests' locks, recorded a level at a time, and with the
 * last level the effect, all in one transaction. Two who approve the last level at once do it once.
 */
import { recordAudit } from "../../access/audit.ts";
import type { Database, Transaction } from "../../database/database.ts";
import { appendEvents } from "../../events/store.ts";
import { assert } from "../../kernel/assert.ts";
import { refuseCardNumbers } from "../../kernel/card-number.ts";
import { Failure } from "../../kernel/failure.ts";

import type { Person } from "../actions.ts";

import type { AskDesk } from "./ask.ts";
import type { ApprovalEffect, ApprovalEffects, DecidedRequest } from "./effects.ts";
import type { Judge, RequestState } from "./judge.ts";
import { judge } from "./judge.ts";
import { judgeNamed, whoMay } from "./judges.ts";
import type { NewDecision } from "./store.ts";
import { insertDecisions } from "./store.ts";
import { subjectKind } from "./subjects.ts";
import type { RequestRow, WholeRequest } from "./views.ts";
import { lockRequests, requestsById, wholeRequests } from "./views.ts";

export interface ApprovalOrder {
  readonly clientId: string;
  readonly requestId: string;
  readonly approved: boolean;
  /** Needed to decline. */
  readonly reason: string;
  readonly by: Person;
  /** As the person saw it; left out where they did not look. */
  readonly version?: number | null;
}

export interface ApprovalDesk extends AskDesk {
  readonly database: Database;
  /** Runs `work` in a transaction, again where what it was based on changed under it. */
  run<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result>;
  /** An error after which the same work may be done again. */
  isOvertaken(error: unknown): boolean;
  readonly effects: ApprovalEffects;
}

/**
 * One order. Throws `not-found`, `stale-version`, `transition-refused` for what is settled,
 * `self-approval` and `forbidden` saying who may, `input-invalid` for a refusal without a reason,
 * and what the effect throws. A refusal for want of a right is on record.
 */
export async function decideApproval(
  desk: ApprovalDesk,
  order: ApprovalOrder,
): Promise<RequestRow> {
  try {
    const [row] = await desk.run((tx) => decideApprovalsIn(tx, desk, [order]));
    assert(row !== undefined, "one order has one answer");
    return row;
  } catch (error) {
    if (error instanceof Failure && AUDITED.has(error.code)) {
      await recordAudit(desk.database, desk, [{ ...actOf(order), failure: error }]);
    }
    throw error;
  }
}

const AUDITED: ReadonlySet<string> = new Set(["self-approval", "forbidden"]);

/** As `decideApproval` for a set, all or none, in the caller's transaction. */
export async function decideApprovalsIn(
  tx: Transaction,
  desk: Pick<ApprovalDesk, "clock" | "ids" | "effects">,
  orders: readonly ApprovalOrder[],
): Promise<RequestRow[]> {
  for (const order of orders) refuseUnfit(order);
  const keys = orders.map((one) => ({ clientId: one.clientId, id: one.requestId }));
  await lockSubjects(tx, desk.effects, await requestsById(tx, keys));
  const locked = await wholeRequests(tx, await lockRequests(tx, keys));
  const requests = new Map(locked.map((one) => [`${one.clientId} ${one.id}`, one]));
  const now = desk.clock.now().toString();
  const judges = await judgesOf(tx, orders, locked, now);
  const decisions: { request: WholeRequest; decision: NewDecision }[] = [];
  for (const order of orders) {
    const request = requests.get(`${order.clientId} ${order.requestId}`);
    if (request === undefined) {
      throw new Failure("not-found", `approval ${order.requestId} does not exist`);
    }
    decisions.push({ request, decision: await decisionOf(tx, order, request, judges) });
  }
  await insertDecisions(
    tx,
    decisions.map((one) => one.decision),
    now,
  );
  await carryOut(tx, desk.effects, decisions);
  await recordAudit(tx, desk, orders.map(actOf));
  await appendEvents(
    tx,
    decisions.map(({ request, decision }) => ({
      clientId: request.clientId,
      id: desk.ids.next(),
      type: `accounting.approval.${decision.state}.v1`,
      subject: `approval/${request.id}`,
      data: { kind: request.kind, level: decision.level, approved: decision.approved },
    })),
    now,
  );
  const after = new Map((await requestsById(tx, keys)).map((row) => [row.id, row]));
  return orders.map((order) => after.get(order.requestId) as RequestRow);
}

function actOf(order: ApprovalOrder) {
  return {
    actor: order.by.name,
    clientId: order.clientId,
    action: order.approved ? "approve" : "decline",
    subject: `approval/${order.requestId}`,
    reason: order.reason === "" ? null : order.reason,
  };
}

function refuseUnfit({ approved, reason }: ApprovalOrder): void {
  refuseCardNumbers(reason, "reason");
  if (approved || reason.trim() !== "") return;
  const detail = "a refusal says why";
  throw new Failure("input-invalid", detail, {}, [{ pointer: "/reason", detail }]);
}

/** Kinds that lock alike lock together, so that it is done in one sorted order. */
async function lockSubjects(
  tx: Transaction,
  effects: ApprovalEffects,
  rows: readonly RequestRow[],
): Promise<void> {
  const byLock = new Map<NonNullable<ApprovalEffect["lock"]>, RequestRow[]>();
  for (const row of rows) {
    const lock = effects.get(row.kind)?.lock;
    if (lock !== undefined) byLock.set(lock, [...(byLock.get(lock) ?? []), row]);
  }
  for (const [lock, own] of byLock) await lock(tx, own);
}

/** By actor: a set may come from several people. */
async function judgesOf(
  tx: Transaction,
  orders: readonly ApprovalOrder[],
  requests: readonly WholeRequest[],
  now: string,
): Promise<ReadonlyMap<string, Judge>> {
  const since = requests.reduce(
    (earliest, one) => (one.requestedAt < earliest ? one.requestedAt : earliest),
    now,
  );
  const judges = new Map<string, Judge>();
  for (const { by } of orders) {
    if (!judges.has(by.name)) judges.set(by.name, await judgeNamed(tx, by, { since, now }));
  }
  return judges;
}

async function decisionOf(
  tx: Transaction,
  order: ApprovalOrder,
  request: WholeRequest,
  judges: ReadonlyMap<string, Judge>,
): Promise<NewDecision> {
  const by = judges.get(order.by.name) as Judge;
  const verdict = judge(request, by, order.approved);
  if (!verdict.allowed) {
    const needed = await whoMay(tx, request);
    const settled = verdict.code === "transition-refused";
    throw new Failure(verdict.code, settled ? verdict.why : `${verdict.why}; ${needed}`, {
      approval: request.id,
      state: request.state,
    });
  }
  const { version } = order;
  if (version !== undefined && version !== null && version !== request.version) {
    throw new Failure(
      "stale-version",
      `version ${version} was read, it is ${request.version} now`,
      { id: request.id, version: request.version },
    );
  }
  const isLast = verdict.level === request.levels;
  const state: RequestState = order.approved
    ? isLast
      ? "approved"
      : "waiting"
    : by.person === request.requester
      ? "withdrawn"
      : "declined";
  return {
    clientId: order.clientId,
    requestId: request.id,
    level: verdict.level,
    approved: order.approved,
    actor: order.by.name,
    person: by.person,
    onBehalfOf: verdict.onBehalfOf,
    delegationId: verdict.delegationId,
    reason: order.reason.trim(),
    state,
  };
}

type Step = "approved" | "declined" | "advanced";

const STEP_OF: Readonly<Record<RequestState, Step>> = {
  approved: "approved",
  waiting: "advanced",
  declined: "declined",
  withdrawn: "declined",
};

async function carryOut(
  tx: Transaction,
  effects: ApprovalEffects,
  decisions: readonly { request: WholeRequest; decision: NewDecision }[],
): Promise<void> {
  const sets = new Map<string, { kind: string; step: Step; requests: DecidedRequest[] }>();
  for (const { request, decision } of decisions) {
    const step = STEP_OF[decision.state];
    const key = `${request.kind} ${step}`;
    const set = sets.get(key) ?? { kind: request.kind, step, requests: [] };
    set.requests.push({
      ...request,
      decidedBy: decision.actor,
      decidedBecause: decision.reason,
    });
    sets.set(key, set);
  }
  for (const { kind, step, requests } of sets.values()) {
    const effect = effects.get(kind);
    const row = subjectKind(kind);
    if (effect === undefined && step === "approved" && !row.isAfter) {
      throw new Failure("transition-refused", `${row.label} cannot be carried out here yet`);
    }
    await effect?.[step]?.(tx, requests);
  }
}
