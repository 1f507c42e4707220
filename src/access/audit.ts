/** The audit: who did what, and what was refused to whom. Append-only; never a secret in it. */
import type { Queries } from "../database/database.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Failure } from "../kernel/failure.ts";
import type { Ids } from "../kernel/ids.ts";

import { insertAudit } from "./store.ts";

export interface AuditedAct {
  readonly actor: string;
  readonly clientId?: string | null;
  /** A verb, e.g. `signIn`, `revealAccount`, or the operationId of the API. */
  readonly action: string;
  /** What it was done to: an id or an outside number. */
  readonly subject: string;
  readonly reason?: string | null;
  readonly requestId?: string | null;
  /** Present where it was refused. */
  readonly failure?: Failure | null;
}

/** Records acts; inside a transaction they stand or fall with what was done. */
export async function recordAudit(
  db: Queries,
  by: { clock: Clock; ids: Ids },
  acts: readonly AuditedAct[],
): Promise<void> {
  const rows = acts.map((act) => ({
    id: by.ids.next(),
    actor: act.actor,
    clientId: act.clientId ?? null,
    action: act.action,
    subject: act.subject,
    outcome: act.failure ? ("refused" as const) : ("done" as const),
    code: act.failure?.code ?? null,
    reason: act.reason ?? null,
    requestId: act.requestId ?? null,
  }));
  await insertAudit(db, rows, by.clock.now().toString());
}
