/**
 * A person's *finding* on a posting whose outcome no machine can settle: it posted, with the system
 * of record's reference; or it did not, which two different people have to say.
 *
 * The key keeps its revision: should the finding be wrong, the core still knows the posting by it.
 */
import { z } from "zod";

import type { AdjustmentEvent } from "../accounting/adjustment-machine.ts";
import type { ClientRuntime, Engine } from "../accounting/engine.ts";
import type { Move } from "../accounting/move-adjustments.ts";
import { moveAdjustments } from "../accounting/move-adjustments.ts";
import type { AdjustmentLock } from "../accounting/store.ts";
import type { Transaction } from "../database/database.ts";
import { assert } from "../kernel/assert.ts";
import { refuseCardNumbers } from "../kernel/card-number.ts";
import { Failure } from "../kernel/failure.ts";

import type { ItemResult, ServiceItem } from "./locked-item.ts";
import { lockedOf, lockItems } from "./locked-item.ts";
import type { Part } from "./parts.ts";
import { callPerThen, entriesMovedBy, nextPart } from "./parts.ts";
import { lastPartsOf } from "./refusal-views.ts";
import { serviceOf } from "./service-configuration.ts";
import { insertFinding, insertParts } from "./store.ts";
import { findingsOf, postedParts, serviceAdjustments } from "./views.ts";

export const findingInput = z.strictObject({
  posted: z.boolean(),
  /** The system of record's own reference; where it posted. */
  reference: z.string().trim().min(1).max(100).nullish(),
  /** The day it posted there; today where left out. */
  postingDate: z.iso.date().nullish(),
  reason: z.string().trim().min(1).max(2000),
});

export type Finding = ServiceItem & z.infer<typeof findingInput>;

export interface FindingResult extends ItemResult {
  /** One person said that it did not post; a second one has to. */
  readonly waitsForSecondPerson: boolean;
}

/**
 * Throws `transition-refused` unless the outcome is unknown and the machine has given up,
 * `input-invalid` where it posted and no reference is given, `date-invalid`, `self-approval`.
 */
export function recordFinding(engine: Engine, finding: Finding): Promise<FindingResult> {
  return engine.database.transaction(async (tx) => {
    const { clientId, adjustmentId, assignmentId, actor, posted } = finding;
    const client = (await engine.clients(tx, [clientId])).get(clientId) as ClientRuntime;
    const lock = lockedOf(await lockItems(tx, [finding]), finding);
    if (lock.state !== "unknown" || lock.machineMayAct) {
      const detail =
        lock.state === "unknown"
          ? "the machine is still finding out"
          : `its outcome is not unknown: it is ${lock.state}`;
      throw new Failure("transition-refused", detail, { state: lock.state });
    }
    const now = engine.clock.now();
    const { reference, postingDate } = soundFinding(finding, client.calendar.dateOf(now));
    const earlier = (await findingsOf(tx, clientId, adjustmentId)).filter(
      (one) => !one.posted && one.fence === lock.version,
    );
    if (!posted && earlier.some((one) => one.actor === actor)) {
      throw new Failure("self-approval", "you said so already; another person has to confirm it");
    }
    const { reason } = finding;
    await insertFinding(
      tx,
      {
        clientId,
        id: engine.ids.next(),
        adjustmentId,
        fence: lock.version,
        posted,
        reference,
        postingDate,
        reason,
        actor,
      },
      now.toString(),
    );
    if (!posted && earlier.length === 0) {
      return { assignmentId, adjustmentId, state: lock.state, waitsForSecondPerson: true };
    }
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
    const state = moved?.state ?? lock.state;
    return { assignmentId, adjustmentId, state, waitsForSecondPerson: false };
  });
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
