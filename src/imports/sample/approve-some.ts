/** The sample's approvers work too: most of what waits since yesterday, a level each. */
import type { Engine } from "../../accounting/engine.ts";
import { untilDecided } from "../../accounting/execute-accounting.ts";
import { proposalEffect } from "../../accounting/proposal-effect.ts";
import { PROPOSAL_KINDS } from "../../accounting/write-approvals.ts";
import { Failure } from "../../kernel/failure.ts";
import type { SeededRandom } from "../../rehearsal/seeded-random.ts";
import { decideApprovalsIn } from "../../work/approvals/decide.ts";
import { APPROVAL_RIGHTS } from "../../work/approvals/tiers.ts";
import { listRequests } from "../../work/approvals/views.ts";

const APPROVERS = ["dana.brooks", "eli.novak", "fay.ito"] as const;
const AT_MOST = 200;

export async function approveSome(
  engine: Engine,
  clientIds: readonly string[],
  random: SeededRandom,
): Promise<void> {
  const waiting = await listRequests(engine.database, {
    clientIds,
    state: "waiting",
    kind: null,
    decidableBy: null,
    requester: null,
    after: null,
    limit: AT_MOST,
  });
  const proposal = proposalEffect(engine);
  const desk = { ...engine, effects: new Map(PROPOSAL_KINDS.map((kind) => [kind, proposal])) };
  const rights = new Set(APPROVAL_RIGHTS);
  for (const { clientId, id: requestId, approvedLevels } of waiting) {
    if (random.once(3)) continue;
    const approved = !random.once(9);
    const reason = approved ? "seen" : "the evidence does not carry it";
    const by = { name: APPROVERS[approvedLevels] ?? APPROVERS[0], rights };
    const order = { clientId, requestId, approved, reason, by };
    try {
      await untilDecided(engine, (tx) => decideApprovalsIn(tx, desk, [order]));
    } catch (error) {
      // What does not fit any more stays as it is, as in life.
      if (!(error instanceof Failure)) throw error;
    }
  }
}
