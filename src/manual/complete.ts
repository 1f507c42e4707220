/**
 * Complete an Execute Accounting Assignment: a person posted it elsewhere, gives the system of
 * record's reference and posting date, and attests (domain §5.3). Also for what the service or the
 * batch route could not do. The statement is kept as it was made; a mistake is reversed, not
 * edited.
 */
import { z } from "zod";

import type { AdjustmentState } from "../accounting/adjustment-machine.ts";
import type { Engine } from "../accounting/engine.ts";
import type { Move } from "../accounting/move-adjustments.ts";
import type { Transaction } from "../database/database.ts";
import { refuseCardNumbers } from "../kernel/card-number.ts";
import { Failure } from "../kernel/failure.ts";
import type { FieldFault } from "../kernel/failure.ts";

import type { LockedWork, WorkItem, WorkResult } from "./locked-work.ts";
import { moveWork, refuseUncertain } from "./locked-work.ts";
import { insertAttestations, linkEvidence } from "./store.ts";
import type { PostingBounds } from "./views.ts";
import { entriesNotMoved, evidenceIds, perhapsPosted, postingBoundsOf } from "./views.ts";

/** What the person fills in. */
export const completionInput = z.strictObject({
  /** The system of record's own reference of the posting. */
  reference: z.string().trim().min(1).max(100),
  /** The day it posted there. */
  postingDate: z.iso.date(),
  /** The ticked statement that the posting was made as shown. */
  attested: z.boolean(),
  note: z.string().trim().max(2000).nullish(),
  /** Ids of the pieces of evidence that the statement rests on. */
  evidence: z.array(z.uuid()).max(20).optional(),
});

export type CompletionInput = z.infer<typeof completionInput>;

export interface Completion extends WorkItem, CompletionInput {}

/** States in which money moves by a person's hand. */
const BY_HAND: ReadonlySet<AdjustmentState> = new Set([
  "pendingManual",
  "serviceFailed",
  "batchFailed",
  "partlyExecuted",
]);

interface Facts {
  readonly today: ReadonlyMap<string, string>;
  readonly bounds: ReadonlyMap<string, PostingBounds>;
  readonly notMoved: ReadonlyMap<string, string[]>;
  readonly uncertain: ReadonlySet<string>;
  /** By adjustment: what was shown for it. */
  readonly shown: ReadonlyMap<string, ReadonlySet<string>>;
  /** Clients that want to see something. */
  readonly wantEvidence: ReadonlySet<string>;
}

/**
 * Completes a set; each result says what became of it. Failures: `assignment-closed`,
 * `stale-version`, `assignment-taken`, `transition-refused`, `date-invalid`, `input-invalid`,
 * `card-number-in-text`.
 */
export function completeByHand(
  engine: Engine,
  completions: readonly Completion[],
): Promise<WorkResult[]> {
  return engine.database.transaction((tx) => completeByHandIn(tx, engine, completions));
}

/** The same, in a transaction of the caller's. */
export async function completeByHandIn(
  tx: Transaction,
  engine: Engine,
  completions: readonly Completion[],
): Promise<WorkResult[]> {
  const clientIds = [...new Set(completions.map((one) => one.clientId))];
  const clients = await engine.clients(tx, clientIds);
  const now = engine.clock.now();
  const today = new Map<string, string>();
  const wantEvidence = new Set<string>();
  for (const [id, client] of clients) {
    today.set(id, client.calendar.dateOf(now));
    if (client.settings.manual.evidence.required) wantEvidence.add(id);
  }

  const { results, moved } = await moveWork(tx, engine, completions, {
    prepare: async (works): Promise<Facts> => ({
      today,
      bounds: await postingBoundsOf(tx, works.map(keyOf)),
      shown: await evidenceIds(tx, works.map(keyOf)),
      wantEvidence,
      uncertain: await perhapsPosted(tx, works.map(keyOf)),
      notMoved: await entriesNotMoved(
        tx,
        works.map((work) => ({ ...keyOf(work), disputeId: work.adjustment.disputeId })),
      ),
    }),
    decide: attestedMove,
  });
  const stated = moved.map((one) => ({ ...one, id: engine.ids.next() }));
  await insertAttestations(
    tx,
    stated.map(({ item, work, id }) => ({
      clientId: item.clientId,
      id,
      adjustmentId: work.adjustment.id,
      assignmentId: item.assignmentId,
      reference: item.reference.trim(),
      postingDate: item.postingDate,
      note: item.note ?? null,
      actor: item.actor,
    })),
    now.toString(),
  );
  await linkEvidence(
    tx,
    stated.flatMap(({ item: { clientId, evidence = [] }, id: attestationId }) =>
      [...new Set(evidence)].map((evidenceId) => ({ clientId, attestationId, evidenceId })),
    ),
  );
  return results;
}

function keyOf({ adjustment }: LockedWork): { clientId: string; id: string } {
  return { clientId: adjustment.clientId, id: adjustment.id };
}

const NO_BOUNDS: PostingBounds = { eventDate: "", notBefore: null };

function attestedMove(item: Completion, { adjustment }: LockedWork, facts: Facts): Move {
  if (!BY_HAND.has(adjustment.state)) {
    throw new Failure(
      "transition-refused",
      `it cannot be completed by hand while ${adjustment.state}`,
      { state: adjustment.state, event: "attested" },
    );
  }
  refuseUncertain(facts.uncertain.has(adjustment.id), adjustment.state);
  refuseUnfitInput(item);
  refuseUnfitEvidence(item, adjustment.id, facts);
  const { eventDate, notBefore } = facts.bounds.get(adjustment.id) ?? NO_BOUNDS;
  // A debit on notice posts on the day that its notice names, never before (1005.11(d)(2)).
  refuseUnfitDate(item, { today: facts.today.get(item.clientId) ?? "", eventDate, notBefore });
  const entryIds = facts.notMoved.get(adjustment.id);
  return {
    clientId: item.clientId,
    adjustmentId: adjustment.id,
    from: adjustment.state,
    event: "attested",
    actor: item.actor,
    outside: { reference: item.reference.trim(), postingDate: item.postingDate },
    execution: {
      basis: "attested",
      reference: item.reference.trim(),
      postingDate: item.postingDate,
      ...(entryIds === undefined ? {} : { entryIds }),
    },
  };
}

function refuseUnfitInput(item: Completion): void {
  const faults: FieldFault[] = [];
  if (item.reference.trim() === "") {
    faults.push({ pointer: "/reference", detail: "the system of record's reference is required" });
  }
  if (!item.attested) {
    faults.push({
      pointer: "/attested",
      detail: "has to be ticked: the posting was made as shown",
    });
  }
  if (faults.length > 0) {
    throw new Failure("input-invalid", faults.map((fault) => fault.detail).join("; "), {}, faults);
  }
  refuseCardNumbers(item.reference, "reference");
  refuseCardNumbers(item.note ?? "", "note");
}

/** What the client wants to see has to be there, and what is named has to be of this posting. */
function refuseUnfitEvidence(item: Completion, adjustmentId: string, facts: Facts): void {
  const shown = facts.shown.get(adjustmentId) ?? new Set<string>();
  const named = item.evidence ?? [];
  const missing = named.length === 0 && facts.wantEvidence.has(item.clientId);
  const foreign = named.find((id) => !shown.has(id));
  if (!missing && foreign === undefined) return;
  const detail = missing
    ? "is required here: attach what shows the posting"
    : `${foreign ?? ""} was not shown for this posting`;
  throw new Failure("input-invalid", `evidence ${detail}`, {}, [{ pointer: "/evidence", detail }]);
}

/** A posting lies between the event that caused it and today, in the client's zone. */
export function refuseUnfitDate(
  { postingDate }: { readonly postingDate: string },
  { today, eventDate, notBefore }: { today: string; eventDate: string; notBefore: string | null },
): void {
  const why =
    postingDate > today
      ? `${postingDate} is in the future: today is ${today}`
      : postingDate < eventDate
        ? `${postingDate} is before the event it posts, ${eventDate}`
        : notBefore !== null && postingDate < notBefore
          ? `${postingDate} is before the day that the notice names, ${notBefore}`
          : null;
  if (why === null) return;
  throw new Failure("date-invalid", why, { postingDate, today, eventDate }, [
    { pointer: "/postingDate", detail: why },
  ]);
}
