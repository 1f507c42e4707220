/**
 * Release: where the client or the profile says so, a generated file leaves only when another
 * person agrees. Until then it is not due, its bytes are not handed out, and the database keeps it
 * so; declined it is void, and what it held goes into a later file.
 */
import type { ClientRuntime } from "../accounting/engine.ts";
import type { Transaction } from "../database/database.ts";
import { Failure } from "../kernel/failure.ts";
import { formatAmount } from "../kernel/money.ts";
import { askApproval } from "../work/approvals/ask.ts";
import type { ApprovalNeed } from "../work/approvals/tiers.ts";
import { domainNeed, stricter, tierFired } from "../work/approvals/tiers.ts";

import type { BatchDesk } from "./desk.ts";
import type { BatchProfile } from "./profile.ts";
import type { NewFile } from "./store.ts";
import type { FileRow } from "./views.ts";

const RIGHT = "batch:generate";
const SETTING = "batchRelease";

/** Null where nobody has to agree. The larger of the file's two sums is what counts. */
export function releaseNeed(
  { settings }: ClientRuntime,
  profile: BatchProfile,
  file: { readonly currency: string; readonly amountMinor: bigint },
): ApprovalNeed | null {
  const tier = tierFired(settings.approvals[SETTING], { setting: SETTING, right: RIGHT, ...file });
  const own = profile.release.secondPerson
    ? domainNeed(`batch profile ${profile.name}: another person releases each file`, RIGHT)
    : null;
  return stricter(tier, own);
}

/** Asks for the release of a file that was just written. */
export async function askRelease(
  tx: Transaction,
  { engine }: BatchDesk,
  file: NewFile,
  need: ApprovalNeed,
): Promise<void> {
  const { clientId, id, currency, createdBy, totals } = file;
  const credits = `${totals.creditCount} credits of ${formatAmount(totals.creditMinor, currency)}`;
  const debits = `${totals.debitCount} debits of ${formatAmount(totals.debitMinor, currency)}`;
  await askApproval(tx, engine, {
    clientId,
    subject: { kind: SETTING, id },
    summary: `release of ${file.fileName}: ${credits}, ${debits} ${currency}`,
    need,
    requestedBy: createdBy,
    amountMinor: largerSum(totals),
    currency,
    sameMatter: `release ${id}`,
    payload: { fileName: file.fileName, sequence: String(file.sequence), profile: file.profile },
  });
}

export function largerSum(totals: {
  readonly creditMinor: bigint;
  readonly debitMinor: bigint;
}): bigint {
  return totals.creditMinor > totals.debitMinor ? totals.creditMinor : totals.debitMinor;
}

/** Throws `approval-required` for the bytes of a file that waits, or waited in vain. */
export function refuseUnreleased({ id, release }: Pick<FileRow, "id" | "release">): void {
  if (release === "free" || release === "approved") return;
  throw new Failure(
    "approval-required",
    release === "waiting"
      ? `file ${id} waits for its release by another person`
      : `the release of file ${id} was declined`,
    { file: id },
  );
}
