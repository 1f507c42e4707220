/**
 * What another person's word does to a generated file: released it is due at once, declined it is
 * void and its lines wait for a later file.
 */
import type { Transaction } from "../database/database.ts";
import { Failure } from "../kernel/failure.ts";
import type { ApprovalEffect, DecidedRequest } from "../work/approvals/effects.ts";

import type { BatchDesk } from "./desk.ts";
import { nextFileState } from "./file-machine.ts";
import { profileOf } from "./generate.ts";
import { lockedFile } from "./hand-over.ts";
import { finishWindows } from "./store-windows.ts";
import { changeFile } from "./store.ts";
import { takeBackLines } from "./take-back.ts";
import type { FileRow } from "./views.ts";

export function releaseEffect(desk: BatchDesk): ApprovalEffect {
  return {
    approved: async (tx, requests) => {
      for (const request of requests) await release(tx, desk, request);
    },
    declined: async (tx, requests) => {
      for (const request of requests) await refuse(tx, desk, request);
    },
  };
}

async function release(
  tx: Transaction,
  desk: BatchDesk,
  { clientId, subjectId }: DecidedRequest,
): Promise<void> {
  const file = await waitingFile(tx, clientId, subjectId);
  const { profile } = await profileOf(tx, desk, clientId, file.profile);
  const now = desk.engine.clock.now().toString();
  const dueAt = profile.delivery.kind === "byHand" ? null : now;
  await changeFile(tx, file, { release: "approved", dueAt }, now);
}

async function refuse(tx: Transaction, desk: BatchDesk, request: DecidedRequest): Promise<void> {
  const file = await waitingFile(tx, request.clientId, request.subjectId);
  const { decidedBy: actor, decidedBecause: reason } = request;
  await takeBackLines(tx, desk, file, { statement: "notReleased", reason, actor });
  const now = desk.engine.clock.now().toString();
  const voided = { statement: "notReleased", reason, by: actor, secondedBy: null };
  const state = nextFileState(file.state, "voided");
  await changeFile(tx, file, { release: "declined", state, dueAt: null, voided }, now);
  await finishWindows(tx, file.clientId, file.windowId, now);
}

async function waitingFile(tx: Transaction, clientId: string, fileId: string): Promise<FileRow> {
  const file = await lockedFile(tx, clientId, fileId);
  if (file.state === "generated" && file.release === "waiting") return file;
  throw new Failure("transition-refused", `file ${fileId} is ${file.state}: it waits no more`, {
    state: file.state,
  });
}
