/**
 * A person approves, or does not, what the machine credited to meet a deadline. Declining undoes
 * nothing by itself: what is to be done about the credit is an operation of its own.
 */
import { personsBehind } from "../../access/persons.ts";
import type { Engine } from "../../accounting/engine.ts";
import { Failure } from "../../kernel/failure.ts";
import type { Person } from "../../work/actions.ts";
import { linksOf } from "../../work/approvals/ask.ts";
import type { JudgedRequest } from "../../work/approvals/judge.ts";
import { judge } from "../../work/approvals/judge.ts";
import { judgeNamed, whoMay } from "../../work/approvals/judges.ts";
import { subjectKind } from "../../work/approvals/subjects.ts";

import type { AutomaticCredit } from "./lists.ts";
import { listAutomaticCredits } from "./lists.ts";
import { approveCredit } from "./store.ts";
import { handsInCredit } from "./views.ts";

export interface CreditApproval {
  readonly clientIds: readonly string[];
  readonly id: string;
  readonly version: number;
  readonly approved: boolean;
  readonly reason: string | null;
  readonly by: Person;
}

/**
 * Throws `not-found`, `stale-version`, `transition-refused`, `self-approval`; `input-invalid`
 * without reason.
 */
export async function approveAutomaticCredit(
  engine: Engine,
  approval: CreditApproval,
): Promise<AutomaticCredit> {
  const { approved, reason, version, by } = approval;
  if (!approved && reason === null) {
    const detail = "a refusal says why";
    throw new Failure("input-invalid", detail, {}, [{ pointer: "/reason", detail }]);
  }
  const before = await findAutomaticCredit(engine, approval.clientIds, approval.id);
  const isCredited = before.state === "written" && before.operationState === "done";
  if (!isCredited || before.approved !== null) {
    const why =
      before.approved === null ? "nothing was credited" : `${before.approvedBy ?? ""} decided it`;
    throw new Failure("transition-refused", `there is nothing to approve: ${why}`);
  }
  await refuseOwn(engine, before, by, approved);
  const done = await engine.database.transaction((tx) =>
    approveCredit(
      tx,
      { clientId: before.clientId, id: before.id, version },
      { approved, by: by.name, reason },
      engine.clock.now().toString(),
    ),
  );
  if (done === 0) {
    const detail = `version ${version} was read, it is ${before.version} now`;
    throw new Failure("stale-version", detail, { read: version, present: before.version });
  }
  return findAutomaticCredit(engine, approval.clientIds, approval.id);
}

/** Judged as any request: who had a hand in it, and who is tied to them, do not approve it. */
async function refuseOwn(
  { database, clock }: Engine,
  credit: AutomaticCredit,
  by: Person,
  approved: boolean,
): Promise<void> {
  const { clientId, id, amountMinor, currency, writtenAt: since } = credit;
  const hands = await handsInCredit(database, clientId, id);
  const actors = hands.map((one) => one.actor);
  const request: JudgedRequest = {
    clientId,
    kind: "automaticCredit",
    state: "waiting",
    settledBy: null,
    amountMinor,
    currency,
    requester: "redress",
    rights: [subjectKind("automaticCredit").right],
    chain: linksOf(hands, await personsBehind(database, actors)),
    decisions: [],
  };
  const now = clock.now().toString();
  const verdict = judge(request, await judgeNamed(database, by, { since, now }), approved);
  if (verdict.allowed) return;
  throw new Failure(verdict.code, `${verdict.why}; ${await whoMay(database, request)}`);
}

/** Throws `not-found`. */
async function findAutomaticCredit(
  engine: Engine,
  clientIds: readonly string[],
  id: string,
): Promise<AutomaticCredit> {
  const filter = { clientIds, onlyAwaiting: false, after: null, limit: 1, id };
  const [credit] = await listAutomaticCredits(engine.database, filter);
  if (credit === undefined) throw new Failure("not-found", `no automatic credit ${id}`, { id });
  return credit;
}
