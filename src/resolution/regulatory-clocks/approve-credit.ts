/**
 * A person approves, or does not, what the machine credited to meet a deadline. Declining undoes
 * nothing by itself: what is to be done about the credit is an operation of its own.
 */
import { personsBehind } from "../../access/persons.ts";
import type { Engine } from "../../accounting/engine.ts";
import { Failure } from "../../kernel/failure.ts";

import type { AutomaticCredit } from "./lists.ts";
import { listAutomaticCredits } from "./lists.ts";
import { approveCredit } from "./store.ts";
import { factRecorders } from "./views.ts";

export interface CreditApproval {
  readonly clientIds: readonly string[];
  readonly id: string;
  readonly version: number;
  readonly approved: boolean;
  readonly reason: string | null;
  readonly actor: string;
}

/**
 * Throws `not-found`, `stale-version`, `transition-refused`, `self-approval`; `input-invalid`
 * without reason.
 */
export async function approveAutomaticCredit(
  engine: Engine,
  approval: CreditApproval,
): Promise<AutomaticCredit> {
  const { approved, reason, version, actor } = approval;
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
  if (approved) await refuseOwn(engine, before, actor);
  const done = await engine.database.transaction((tx) =>
    approveCredit(
      tx,
      { clientId: before.clientId, id: before.id, version },
      { approved, by: actor, reason },
      engine.clock.now().toString(),
    ),
  );
  if (done === 0) {
    const detail = `version ${version} was read, it is ${before.version} now`;
    throw new Failure("stale-version", detail, { read: version, present: before.version });
  }
  return findAutomaticCredit(engine, approval.clientIds, approval.id);
}

/** Who recorded what the clock went by had a hand in the credit: they do not approve it. */
async function refuseOwn(
  { database }: Engine,
  { clientId, id }: AutomaticCredit,
  actor: string,
): Promise<void> {
  const makers = await factRecorders(database, clientId, id);
  const persons = await personsBehind(database, [...makers, actor]);
  if (!makers.some((one) => persons.get(one) === persons.get(actor))) return;
  throw new Failure("self-approval", "you recorded a fact that the clock went by");
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
