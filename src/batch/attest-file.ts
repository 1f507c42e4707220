/**
 * A person's word that a file, or lines of it, was processed. It is an attestation like any other:
 * above the client's tier it waits for other people, as one statement over all that it speaks of.
 */
import type { Transaction } from "../database/database.ts";
import { tryAndUndo } from "../database/try-and-undo.ts";
import { Failure } from "../kernel/failure.ts";
import { formatAmount } from "../kernel/money.ts";
import { askApproval } from "../work/approvals/ask.ts";
import type { ApprovalEffect, DecidedRequest } from "../work/approvals/effects.ts";
import type { ApprovalNeed } from "../work/approvals/tiers.ts";
import { tierOf } from "../work/approvals/tiers.ts";
import { waitingAbout } from "../work/approvals/views.ts";

import type { Acknowledged, Acknowledgement } from "./acknowledge.ts";
import { acknowledgeWithin } from "./acknowledge.ts";
import type { BatchDesk } from "./desk.ts";
import { profileOf } from "./generate.ts";
import { freshFile, lockedFile } from "./hand-over.ts";
import type { Attested } from "./line-views.ts";
import { attestedLines } from "./line-views.ts";
import type { FileRow } from "./views.ts";

export const FILE_ATTESTATION = "fileAttestation";

export type FileAttested =
  | ({ readonly waits: false } & Acknowledged)
  | { readonly waits: true; readonly file: FileRow; readonly rule: string };

/** Throws as `acknowledge` would, and `transition-refused` where one waits already. */
export function attestFile(desk: BatchDesk, told: Acknowledgement): Promise<FileAttested> {
  const { clientId, fileId } = told;
  return desk.engine.database.transaction(async (tx) => {
    const file = await lockedFile(tx, clientId, fileId);
    if (told.answer === "accepted") {
      const lines = await attestedLines(tx, file, told.adjustmentIds);
      const { runtime } = await profileOf(tx, desk, clientId, file.profile);
      const amount = { amountMinor: lines.amountMinor, currency: file.currency };
      const need = tierOf(runtime.settings.approvals, FILE_ATTESTATION, amount);
      if (need !== null) {
        // What could not be done is refused now, not when somebody has agreed to it.
        await tryAndUndo(tx, () => acknowledgeWithin(tx, desk, told));
        await ask(tx, desk, told, { file, lines, need });
        return { waits: true, file: await freshFile(tx, clientId, fileId), rule: need.rule };
      }
    }
    return { waits: false, ...(await acknowledgeWithin(tx, desk, told)) };
  });
}

interface Asking {
  readonly file: FileRow;
  readonly lines: Attested;
  readonly need: ApprovalNeed;
}

async function ask(
  tx: Transaction,
  desk: BatchDesk,
  told: Acknowledgement,
  { file, lines, need }: Asking,
): Promise<void> {
  const { clientId, id } = file;
  const subject = { kind: FILE_ATTESTATION, id };
  if ((await waitingAbout(tx, { clientId, kinds: [FILE_ATTESTATION], id })) !== undefined) {
    const detail = "it waits for approval already";
    throw new Failure("transition-refused", detail, { action: FILE_ATTESTATION });
  }
  const amount = `${formatAmount(lines.amountMinor, file.currency)} ${file.currency}`;
  await askApproval(tx, desk.engine, {
    clientId,
    subject,
    summary: `${file.fileName}: ${lines.count} lines of ${amount} count as executed`,
    need,
    requestedBy: told.actor,
    amountMinor: lines.amountMinor,
    currency: file.currency,
    alsoBy: [
      { actor: file.createdBy, why: "generated the file" },
      ...lines.makers.map((actor) => ({ actor, why: "made an operation in it" })),
    ],
    payload: { adjustmentIds: told.adjustmentIds, reference: told.reference },
  });
}

/** The lines that are open still, in the name of whoever attested. */
export function fileAttestationEffect(desk: BatchDesk): ApprovalEffect {
  return {
    approved: async (tx, requests) => {
      for (const request of requests) await carryOut(tx, desk, request);
    },
  };
}

async function carryOut(
  tx: Transaction,
  desk: BatchDesk,
  { clientId, subjectId: fileId, payload, requestedBy: actor }: DecidedRequest,
): Promise<void> {
  await acknowledgeWithin(tx, desk, {
    clientId,
    fileId,
    actor,
    answer: "accepted",
    adjustmentIds: payload["adjustmentIds"] as readonly string[] | null,
    reference: String(payload["reference"]),
  });
}
