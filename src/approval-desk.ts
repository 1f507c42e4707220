/**
 * What happens when something is approved: part of the composition root, because the effects
 * belong to rooms below work.
 */
import type { AccountVault } from "./access/vault.ts";
import type { Engine } from "./accounting/engine.ts";
import { isOvertaken, untilDecided } from "./accounting/execute-accounting.ts";
import { proposalEffect } from "./accounting/proposal-effect.ts";
import { reviewHold, supplyInput } from "./accounting/review-holds.ts";
import { PROPOSAL_KINDS } from "./accounting/write-approvals.ts";
import { OVERRIDE_KIND, overrideEffect } from "./resolution/override-gate.ts";
import type { GuardedAction, KeptInput } from "./approved-first.ts";
import { approvedEffect } from "./approved-first.ts";
import { FILE_ATTESTATION, fileAttestationEffect } from "./batch/attest-file.ts";
import type { BatchDesk } from "./batch/desk.ts";
import { releaseEffect } from "./batch/release-effect.ts";
import { regenerationEffect } from "./batch/state-fate.ts";
import type { Transaction } from "./database/database.ts";
import { assert } from "./kernel/assert.ts";
import { manualVerbs } from "./manual/verbs.ts";
import { notPostedEffect } from "./service/record-finding.ts";
import type { ApprovalDesk } from "./work/approvals/decide.ts";
import type { ApprovalEffect } from "./work/approvals/effects.ts";
import { subjectKind } from "./work/approvals/subjects.ts";
import { domainNeed } from "./work/approvals/tiers.ts";
import type { ActionCall } from "./work/perform-action.ts";

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

/**
 * A card number that a person supplies decides where money goes: another person agrees, unless the
 * client's tiers say otherwise. A status sends nothing elsewhere.
 */
export function supplyAction(vault: AccountVault | null): GuardedAction {
  return {
    kind: "holdSupply",
    verb: (engine) => (call) => {
      const { clientId, assignmentId, adjustmentId, version, actor } = call;
      assert(adjustmentId !== null, "what is held is an adjustment");
      const seen = { assignmentId, version };
      const { account, ...input } = call.input;
      const known = typeof account === "string" ? { account } : {};
      const word = { action: "supply" as const, ...supplyInput.parse(input), ...known };
      return reviewHold({ engine, vault }, { clientId, adjustmentId, seen, actor, word });
    },
    freeIn: [],
    otherwise: ({ number }) =>
      number === undefined
        ? null
        : domainNeed("a card number that a person supplies: another person agrees", RIGHT),
    kept: (tx, call, claimId) => keptNumber(tx, vault, call, claimId),
  };
}

const RIGHT = subjectKind("holdSupply").right;

/** The number goes into the vault when it is asked for; the request holds its id. */
async function keptNumber(
  tx: Transaction,
  vault: AccountVault | null,
  { clientId, input: given }: ActionCall,
  claimId: string,
): Promise<KeptInput> {
  const { number, ...input } = supplyInput.parse(given);
  if (number === undefined || vault === null) return { input, words: "" };
  const [account] = await vault.store(tx, [{ clientId, claimId, kind: input.kind, number }]);
  assert(account !== undefined, "one number has one id");
  const masked = await vault.masked(tx, [{ clientId, accountId: account }]);
  return { input: { ...input, account }, words: ` to ${masked.get(account) ?? ""}` };
}

/** Without a batch desk, files are approved elsewhere. */
export function approvalDesk(engine: Engine, batch?: BatchDesk): ApprovalDesk {
  const proposal = proposalEffect(engine);
  const effects = new Map<string, ApprovalEffect>(PROPOSAL_KINDS.map((kind) => [kind, proposal]));
  effects.set(OVERRIDE_KIND, overrideEffect(engine));
  effects.set("didNotPost", notPostedEffect(engine));
  for (const action of [CANCELLATION, ATTESTATION, supplyAction(null)]) {
    effects.set(action.kind, approvedEffect(engine, action));
  }
  if (batch !== undefined) {
    effects.set(FILE_ATTESTATION, fileAttestationEffect(batch));
    effects.set("batchRelease", releaseEffect(batch));
    effects.set("regenerateBatch", regenerationEffect(batch));
  }
  const { database, clock, ids } = engine;
  const run: ApprovalDesk["run"] = (work) => untilDecided(engine, work);
  return { database, clock, ids, effects, run, isOvertaken };
}
