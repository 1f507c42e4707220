/**
 * A person's *finding* on a posting whose outcome no machine can settle: it posted, with the system
 * of record's reference; or it did not, which two different people have to say.
 *
 * The key keeps its revision: should the finding be wrong, the core still knows the posting by it.
 */
import { z } from "zod";

import type { Permission } from "../access/roles.ts";
import type { AdjustmentEvent, AdjustmentState } from "../accounting/adjustment-machine.ts";
import { askedBy } from "../accounting/dispute-views.ts";
import type { ClientRuntime, Engine } from "../accounting/engine.ts";
import type { Move } from "../accounting/move-adjustments.ts";
import { moveAdjustments } from "../accounting/move-adjustments.ts";
import type { AdjustmentLock } from "../accounting/store.ts";
import { lockAdjustments } from "../accounting/store.ts";
import type { Transaction } from "../database/database.ts";
import { assert } from "../kernel/assert.ts";
import { refuseCardNumbers } from "../kernel/card-number.ts";
import { Failure } from "../kernel/failure.ts";
import { formatAmount } from "../kernel/money.ts";
import { askApproval } from "../work/approvals/ask.ts";
import { decideApprovalsIn } from "../work/approvals/decide.ts";
import type { ApprovalEffect, DecidedRequest } from "../work/approvals/effects.ts";
import { withdrawRequests } from "../work/approvals/store.ts";
import { domainNeed, tierFired } from "../work/approvals/tiers.ts";
import type { RequestRow } from "../work/approvals/views.ts";
import { waitingAbout } from "../work/approvals/views.ts";

import type { ItemResult, ServiceItem } from "./locked-item.ts";
import { lockedOf, lockItems } from "./locked-item.ts";
import type { Part } from "./parts.ts";
import { callPerThen, entriesMovedBy, nextPart } from "./parts.ts";
import { lastPartsOf } from "./refusal-views.ts";
import { serviceOf } from "./service-configuration.ts";
import { insertFinding, insertParts } from "./store.ts";
import { postedParts, serviceAdjustments } from "./views.ts";

export const findingInput = z.strictObject({
  posted: z.boolean(),
  /** The system of record's own reference; where it posted. */
  reference: z.string().trim().min(1).max(100).nullish(),
  /** The day it posted there; today where left out. */
  postingDate: z.iso.date().nullish(),
  reason: z.string().trim().min(1).max(2000),
});

export type Finding = ServiceItem & { readonly rights: ReadonlySet<Permission> } & z.infer<
    typeof findingInput
  >;

export interface FindingResult extends ItemResult {
  /** One person said that it did not post; others have to. */
  readonly waitsForSecondPerson: boolean;
}

const KIND = "didNotPost";
const RIGHT = "service:retry";

/**
 * Throws `transition-refused` unless the outcome is unknown and the machine has given up,
 * `input-invalid` where it posted and no reference is given, `date-invalid`, `self-approval`.
 */
export function recordFinding(engine: Engine, finding: Finding): Promise<FindingResult> {
  return engine.database.transaction(async (tx) => {
    const { clientId, adjustmentId, assignmentId, posted } = finding;
    const client = (await engine.clients(tx, [clientId])).get(clientId) as ClientRuntime;
    const lock = lockedOf(await lockItems(tx, [finding], engine.clock.now().toString()), finding);
    refuseUnlessUnknown(lock);
    const now = engine.clock.now();
    const sound = soundFinding(finding, client.calendar.dateOf(now));
    const subject = { clientId, kinds: [KIND], id: adjustmentId };
    const waiting = await waitingAbout(tx, subject);
    const isOfThis = waiting?.payload["fence"] === lock.version;
    const result = { assignmentId, adjustmentId };
    if (!posted && waiting !== undefined && isOfThis) {
      const { actor: name, rights, reason } = finding;
      const order = { clientId, requestId: waiting.id, approved: true, reason };
      const effects = new Map([[KIND, notPostedEffect(engine)]]);
      const by = { name, rights };
      const [after] = await decideApprovalsIn(tx, { ...engine, effects }, [{ ...order, by }]);
      const state = (await lockAdjustments(tx, [{ clientId, id: adjustmentId }]))[0]?.state;
      const waitsForSecondPerson = after?.state === "waiting";
      return { ...result, state: state ?? lock.state, waitsForSecondPerson };
    }
    const { actor, reason } = finding;
    const gone = { clientId, subjectKinds: [KIND], subjectId: adjustmentId, actor };
    await withdrawRequests(tx, [{ ...gone, reason }], now.toString());
    await insertFinding(tx, rowOf(engine, lock, { ...finding, ...sound }), now.toString());
    if (!posted) {
      await ask(tx, engine, client, finding, lock);
      return { ...result, state: lock.state, waitsForSecondPerson: true };
    }
    const state = await settle(tx, engine, client, lock, { ...finding, ...sound });
    return { ...result, state, waitsForSecondPerson: false };
  });
}

function refuseUnlessUnknown(lock: AdjustmentLock): void {
  if (lock.state === "unknown" && !lock.machineMayAct) return;
  const detail =
    lock.state === "unknown"
      ? "the machine is still finding out"
      : `its outcome is not unknown: it is ${lock.state}`;
  throw new Failure("transition-refused", detail, { state: lock.state });
}

/** What one person says takes another's word, or those of the client's tiers. */
async function ask(
  tx: Transaction,
  engine: Engine,
  { settings }: ClientRuntime,
  { clientId, adjustmentId, actor, reason }: Finding,
  lock: AdjustmentLock,
): Promise<void> {
  const { amountMinor, currency } = lock;
  const fired = tierFired(settings.approvals[KIND], {
    setting: KIND,
    amountMinor,
    currency,
    right: RIGHT,
  });
  const makers = await askedBy(tx, clientId, adjustmentId);
  await askApproval(tx, engine, {
    clientId,
    subject: { kind: KIND, id: adjustmentId },
    summary: `finding that ${formatAmount(amountMinor, currency)} ${currency} did not post`,
    need: fired ?? domainNeed("two people say that a posting did not happen", RIGHT),
    requestedBy: actor,
    reason,
    claimId: lock.claimId,
    disputeId: lock.disputeId,
    amountMinor,
    currency,
    alsoBy: makers.map((maker) => ({ actor: maker, why: "made the operation" })),
    payload: { fence: lock.version },
  });
}

/** The last other person agrees that it did not post. */
export function notPostedEffect(engine: Engine): ApprovalEffect {
  return {
    lock: async (tx, requests) => {
      await lockAdjustments(tx, requests.map(keyOf));
    },
    approved: async (tx, requests) => {
      for (const request of requests) await confirm(tx, engine, request);
    },
  };
}

function keyOf({ clientId, subjectId }: RequestRow): { clientId: string; id: string } {
  return { clientId, id: subjectId };
}

async function confirm(tx: Transaction, engine: Engine, request: DecidedRequest): Promise<void> {
  const { clientId, decidedBy: actor } = request;
  const client = (await engine.clients(tx, [clientId])).get(clientId) as ClientRuntime;
  const [lock] = await lockAdjustments(tx, [keyOf(request)]);
  assert(lock !== undefined, "what was found is of an adjustment");
  refuseUnlessUnknown(lock);
  if (lock.version !== request.payload["fence"]) {
    throw new Failure("stale-version", "it moved since the finding was recorded", {});
  }
  const reason = request.decidedBecause || "confirmed";
  const found = { posted: false, reference: null, postingDate: null, reason, actor };
  await insertFinding(tx, rowOf(engine, lock, found), engine.clock.now().toString());
  await settle(tx, engine, client, lock, found);
}

interface Found {
  readonly posted: boolean;
  readonly reference: string | null;
  readonly postingDate: string | null;
  readonly reason: string;
  readonly actor: string;
}

function rowOf(engine: Engine, lock: AdjustmentLock, found: Found) {
  const { posted, reference, postingDate, reason, actor } = found;
  const { clientId, id: adjustmentId, version: fence } = lock;
  const id = engine.ids.next();
  return { clientId, id, adjustmentId, fence, posted, reference, postingDate, reason, actor };
}

async function settle(
  tx: Transaction,
  engine: Engine,
  client: ClientRuntime,
  lock: AdjustmentLock,
  { posted, reference, postingDate, reason, actor }: Found,
): Promise<AdjustmentState> {
  const { clientId, id: adjustmentId } = lock;
  const now = engine.clock.now();
  const part = await openPart(tx, client, lock);
  const move: Move = {
    clientId,
    adjustmentId,
    from: "unknown",
    event: eventOf(posted, part, lock.isPartlyProcessed),
    actor,
    reason,
    ...(posted && postingDate !== null
      ? {
          execution: {
            basis: "attested",
            reference,
            postingDate,
            ...(part?.entryIds === undefined ? {} : { entryIds: part.entryIds }),
          },
        }
      : {}),
    ...(posted && part?.isLast === false ? { dueAt: now.toString() } : {}),
  };
  const [moved] = await moveAdjustments(tx, engine, [move]);
  if (posted && part !== null && postingDate !== null) {
    const { id, entryId } = part;
    const found = { clientId, adjustmentId, part: id, entryId, attemptId: null };
    await insertParts(tx, [{ ...found, reference, postingDate, actor }], now.toString());
  }
  return moved?.state ?? lock.state;
}

type UnknownPart = Part & { readonly entryIds?: readonly string[] };

/** The part whose outcome is unknown; null where all of it was called for at once. */
async function openPart(
  tx: Transaction,
  { settings }: ClientRuntime,
  lock: AdjustmentLock,
): Promise<UnknownPart | null> {
  const key = { clientId: lock.clientId, adjustmentId: lock.id };
  const [adjustment] = await serviceAdjustments(tx, [key]);
  assert(adjustment !== undefined, "an adjustment whose outcome is unknown is open");
  const configured = serviceOf(settings, adjustment.service)?.callPer ?? "adjustment";
  const callPer = callPerThen((await lastPartsOf(tx, [adjustment])).get(lock.id), configured);
  const posted = (await postedParts(tx, [key])).get(lock.id) ?? new Set();
  const { part } = nextPart(adjustment, callPer, posted);
  if (part === null) return null;
  const entryIds = entriesMovedBy(adjustment, part);
  return entryIds === null ? part : { ...part, entryIds };
}

function eventOf(posted: boolean, part: Part | null, isPartlyProcessed: boolean): AdjustmentEvent {
  if (posted) return part === null || part.isLast ? "foundPosted" : "partPosted";
  return isPartlyProcessed ? "partlyPosted" : "foundNotPosted";
}

function soundFinding(
  finding: Finding,
  today: string,
): { reference: string | null; postingDate: string | null } {
  refuseCardNumbers(finding.reason, "reason");
  if (!finding.posted) return { reference: null, postingDate: null };
  const reference = finding.reference ?? null;
  if (reference === null) {
    const detail = "the reference of the posting is needed";
    throw new Failure("input-invalid", `reference: ${detail}`, {}, [
      { pointer: "/reference", detail },
    ]);
  }
  refuseCardNumbers(reference, "reference");
  const postingDate = finding.postingDate ?? today;
  if (postingDate > today) {
    throw new Failure("date-invalid", `${postingDate} is not here yet`, { field: "postingDate" });
  }
  return { reference, postingDate };
}
