/**
 * What happens when something is approved: part of the composition root, because the effects
 * belong to rooms below work.
 */
import type { Engine } from "./accounting/engine.ts";
import { isOvertaken, untilDecided } from "./accounting/execute-accounting.ts";
import { proposalEffect } from "./accounting/proposal-effect.ts";
import { PROPOSAL_KINDS } from "./accounting/write-approvals.ts";
import { OVERRIDE_KIND, overrideEffect } from "./resolution/override-gate.ts";
import type { GuardedAction } from "./approved-first.ts";
import { approvedEffect } from "./approved-first.ts";
import type { BatchDesk } from "./batch/desk.ts";
import { releaseEffect } from "./batch/release-effect.ts";
import { regenerationEffect } from "./batch/state-fate.ts";
import { manualVerbs } from "./manual/verbs.ts";
import { notPostedEffect } from "./service/record-finding.ts";
import type { ApprovalDesk } from "./work/approvals/decide.ts";
import type { ApprovalEffect } from "./work/approvals/effects.ts";

/** Cancelling a proposal books nothing back: it takes nobody's word. */
export const CANCELLATION: GuardedAction = {
  kind: "cancelBooked",
  verb: (engine) => manualVerbs(engine).cancellation,
  freeIn: ["planned"],
};

export const ATTESTATION: GuardedAction = {
  kind: "attestation",
  verb: (engine) => manualVerbs(engine).completion,
  freeIn: [],
};

/** Without a batch desk, files are approved elsewhere. */
export function approvalDesk(engine: Engine, batch?: BatchDesk): ApprovalDesk {
  const proposal = proposalEffect(engine);
  const effects = new Map<string, ApprovalEffect>(PROPOSAL_KINDS.map((kind) => [kind, proposal]));
  effects.set(OVERRIDE_KIND, overrideEffect(engine));
  effects.set("didNotPost", notPostedEffect(engine));
  for (const action of [CANCELLATION, ATTESTATION]) {
    effects.set(action.kind, approvedEffect(engine, action));
  }
  if (batch !== undefined) {
    effects.set("batchRelease", releaseEffect(batch));
    effects.set("regenerateBatch", regenerationEffect(batch));
  }
  const { database, clock, ids } = engine;
  const run: ApprovalDesk["run"] = (work) => untilDecided(engine, work);
  return { database, clock, ids, effects, run, isOvertaken };
}
