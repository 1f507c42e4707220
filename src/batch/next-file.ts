/**
 * *Next file*: what failed on the batch route waits for the next window again, of the same profile
 * or of another. Where it stood in a file, that line is no longer live.
 */
import type { Engine } from "../accounting/engine.ts";
import type { MoveResult } from "../accounting/move-adjustments.ts";
import { moveAdjustments } from "../accounting/move-adjustments.ts";

import { batchProfile } from "./profile.ts";
import { failedDestinations } from "./views.ts";

export interface NextFileRequest {
  readonly clientId: string;
  readonly adjustmentId: string;
  readonly reason: string | null;
  readonly actor: string;
  /** Another profile; the one it failed with if left out. */
  readonly profile?: string;
}

/** An adjustment that is not batchFailed stays. Throws `not-found` for an unknown profile. */
export async function askNextFile(
  engine: Engine,
  requests: readonly NextFileRequest[],
): Promise<MoveResult[]> {
  return engine.database.transaction(async (tx) => {
    const clients = await engine.clients(tx, [...new Set(requests.map((one) => one.clientId))]);
    const destinations = await failedDestinations(
      tx,
      requests.map((one) => ({ clientId: one.clientId, id: one.adjustmentId })),
    );
    const known = new Map(destinations.map((row) => [row.id, row.destination]));
    const moves = requests.map((request) => {
      const destination = request.profile ?? known.get(request.adjustmentId) ?? null;
      const settings = clients.get(request.clientId)?.settings ?? {};
      if (destination !== null) batchProfile(settings, destination);
      return {
        clientId: request.clientId,
        adjustmentId: request.adjustmentId,
        from: "batchFailed" as const,
        event: "nextFileAsked" as const,
        actor: request.actor,
        reason: request.reason,
        destination,
      };
    });
    return moveAdjustments(tx, engine, moves);
  });
}
