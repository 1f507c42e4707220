/**
 * Runs the gate again of resolved disputes one of whose adjustments failed or came back (domain
 * §7): what does not pass any more is an Accounting Exception at once, in the same transaction.
 */
import type { Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

import type { Engine } from "./engine.ts";
import type { DisputeKey } from "./load-books.ts";
import { loadBooks } from "./load-books.ts";
import { showDisputeWork } from "./show-dispute-work.ts";

/**
 * The disputes are not locked, because whoever moves adjustments has locked those already; the
 * database keeps the exception single.
 */
export async function gateOfResolved(
  tx: Transaction,
  engine: Engine,
  disputes: readonly DisputeKey[],
): Promise<void> {
  if (disputes.length === 0) return;
  const resolved = await tx.query<DisputeKey>(sql`
    select distinct b.client_id as "clientId", b.dispute_id as "disputeId"
    from unnest(
      ${disputes.map((one) => one.clientId)}::text[],
      ${disputes.map((one) => one.disputeId)}::uuid[]) as wanted (client_id, dispute_id)
    join dispute_book b on b.client_id = wanted.client_id and b.dispute_id = wanted.dispute_id
    where b.state = 'resolved'
  `);
  if (resolved.length === 0) return;
  const books = await loadBooks(tx, resolved);
  const clients = await engine.clients(tx, [...new Set(resolved.map((one) => one.clientId))]);
  const now = engine.clock.now();
  await showDisputeWork(
    tx,
    engine,
    [...books.values()].flatMap((loaded) => {
      const client = clients.get(loaded.book.clientId);
      if (client === undefined) return [];
      const today = client.calendar.dateOf(now);
      return [{ loaded, rulebook: client.rulebook, today, exceptionEnds: null }];
    }),
  );
}
