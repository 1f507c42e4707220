/**
 * Resend: the same bytes, id and sequence once more, because the file did not reach its
 * destination. Until it is acknowledged; a void file never.
 */
import type { BatchDesk } from "./desk.ts";
import { nextFileState } from "./file-machine.ts";
import { beingSent, freshFile, lockedFile, showSending } from "./hand-over.ts";
import { changeFile } from "./store.ts";
import { recordStep } from "./store-transmissions.ts";
import type { FileRow } from "./views.ts";

/** Makes the file due at once, with all its tries. Throws `not-found`, `transition-refused`. */
export async function resend(
  desk: BatchDesk,
  request: { clientId: string; fileId: string; reason: string; actor: string },
): Promise<FileRow> {
  const { clientId, fileId, reason, actor } = request;
  return desk.engine.database.transaction(async (tx) => {
    const now = desk.engine.clock.now().toString();
    const file = await lockedFile(tx, clientId, fileId);
    if (file.state === "sending") throw beingSent(file);
    const state = nextFileState(file.state, "resendAsked");
    const transmission = file.transmission + 1;
    await recordStep(
      tx,
      {
        clientId,
        id: desk.engine.ids.next(),
        fileId,
        transmission,
        attempt: 0,
        step: "resendAsked",
        detail: { reason },
        actor,
      },
      now,
    );
    if (file.state !== "handedOver" && file.dueAt === null) {
      await showSending(tx, desk, file, { isTried: true, actor, reason });
    }
    const change = { state, transmission, attempts: 0, dueAt: now, problem: null };
    await changeFile(tx, file, change, now);
    return freshFile(tx, clientId, fileId);
  });
}
