/**
 * What happens when something is approved: part of the composition root, because the effects
 * belong to rooms below work.
 */
import type { Engine } from "./accounting/engine.ts";
import { untilDecided } from "./accounting/execute-accounting.ts";
import { proposalEffect } from "./accounting/proposal-effect.ts";
import { PROPOSAL_KINDS } from "./accounting/write-approvals.ts";
import { OVERRIDE_KIND, overrideEffect } from "./resolution/override-gate.ts";
import type { ApprovalDesk } from "./work/approvals/decide.ts";
import type { ApprovalEffect } from "./work/approvals/effects.ts";

export function approvalDesk(engine: Engine): ApprovalDesk {
  const proposal = proposalEffect(engine);
  const effects = new Map<string, ApprovalEffect>(PROPOSAL_KINDS.map((kind) => [kind, proposal]));
  effects.set(OVERRIDE_KIND, overrideEffect(engine));
  const { database, clock, ids } = engine;
  return { database, clock, ids, effects, run: (work) => untilDecided(engine, work) };
}
