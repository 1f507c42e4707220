/**
 * Regenerate Accounting Batch: after a statement about what became of the old file it is void for
 * ever, and a new one with the next sequence supersedes it, holding what is not known to be posted.
 * What was executed on the mere assumption of the hand-over comes back; what was acknowledged or
 * matched never does.
 */
import type { ClientRuntime } from "../accounting/engine.ts";
import type { Transaction } from "../database/database.ts";
import { Failure } from "../kernel/failure.ts";
import { withdrawRequests } from "../work/approvals/store.ts";
import type { ApprovalNeed } from "../work/approvals/tiers.ts";
import { domainNeed, stricter, tierFired } from "../work/approvals/tiers.ts";

import type { BatchDesk } from "./desk.ts";
import type { WrittenFile } from "./writing/files-order.ts";
import { nextFileState } from "./file-machine.ts";
import { askedWindow, datesNow, profileOf } from "./generate.ts";
import { beingSent, freshFile, lockedFile } from "./hand-over.ts";
import type { BatchProfile } from "./profile.ts";
import type { LineFate, RegenerationLine, RegenerationSum } from "./regeneration-views.ts";
import { countPartAnswered, linesToRegenerate, regenerationSums } from "./regeneration-views.ts";
import { finishWindows, settleWindow } from "./store-windows.ts";
import { changeFile, lockSequence } from "./store.ts";
import { takeBackLines } from "./take-back.ts";
import type { FileRow } from "./views.ts";
import { writeFiles } from "./writing/write-files.ts";

/** What became of the old file at its destination, in the words of the person who says so. */
export const STATEMENTS = ["notReceived", "rejected", "deleted"] as const;

export type Statement = (typeof STATEMENTS)[number];

export interface RegenerationRequest {
  readonly clientId: string;
  readonly fileId: string;
  readonly statement: Statement;
  readonly reason: string;
  readonly actor: string;
  /** Who else vouches for the statement, where the profile asks for two people. */
  readonly secondPerson: string | null;
}

export interface Regenerated {
  readonly voided: FileRow;
  readonly files: readonly WrittenFile[];
  /** Lines that came back, those executed on assumption included. */
  readonly cameBack: number;
  /** Lines that did not fit the layout of today and are now batchFailed. */
  readonly refused: number;
}

/**
 * Throws `not-found`, `transition-refused` (void, acknowledged, being sent), `approval-required`,
 * `self-approval`, and `nothing-to-regenerate` when every line is known to be posted.
 */
export async function regenerate(
  desk: BatchDesk,
  request: RegenerationRequest,
): Promise<Regenerated> {
  const done = await desk.engine.database.transaction((tx) => regenerateWithin(tx, desk, request));
  desk.failpoints.at("batch.regenerate.committed");
  return done;
}

/** As `regenerate`, in a transaction that does more. */
export async function regenerateWithin(
  tx: Transaction,
  desk: BatchDesk,
  request: RegenerationRequest,
): Promise<Regenerated> {
  const { clientId, fileId, actor } = request;
  const { profile: profileName } = await freshFile(tx, clientId, fileId);
  const { runtime, profile } = await profileOf(tx, desk, clientId, profileName);
  const lastSequence = await lockSequence(tx, clientId, profileName);
  const old = await lockedFile(tx, clientId, fileId);
  mayBeVoided(old);
  await refusePartAnswered(tx, old);
  requireSecondPerson(request, await regenerationNeed(tx, runtime, profile, old));

  const cameBack = await takeBackLines(tx, desk, old, request);
  if (cameBack === 0) {
    throw new Failure("nothing-to-regenerate", `every line of file ${fileId} is posted`);
  }
  const now = desk.engine.clock.now().toString();
  await changeFile(
    tx,
    old,
    {
      state: nextFileState(old.state, "voided"),
      dueAt: null,
      voided: {
        statement: request.statement,
        reason: request.reason,
        by: actor,
        secondedBy: request.secondPerson,
      },
    },
    now,
  );
  await withdrawRequests(tx, [withdrawnOf(old, request)], now);
  await finishWindows(tx, clientId, old.windowId, now);
  const window = await askedWindow(tx, desk, runtime, profile, actor);
  const written = await writeFiles(tx, desk, {
    runtime,
    profile,
    window,
    pendingBy: desk.engine.clock.now().toString(),
    lastSequence,
    actor,
    supersedes: { id: old.id, sequence: old.sequence },
  });
  const state = written.files.length > 0 ? "cut" : "skipped";
  await settleWindow(tx, { clientId, id: window.id }, { state }, now);
  desk.failpoints.at("batch.regenerate.written");
  return { voided: await freshFile(tx, clientId, fileId), ...written, cameBack };
}

/** A file that is void now waits for nobody's word. */
function withdrawnOf({ clientId, id }: FileRow, { actor, reason }: RegenerationRequest) {
  return {
    clientId,
    subjectKinds: ["batchRelease", "fileAttestation"],
    subjectId: id,
    actor,
    reason,
  };
}

/** A line of which one entry is known to be posted cannot leave whole once more. */
async function refusePartAnswered(tx: Transaction, file: FileRow): Promise<void> {
  const count = await countPartAnswered(tx, file);
  if (count === 0n) return;
  throw new Failure(
    "transition-refused",
    `${count} lines of file ${file.id} are answered in part: settle their other details first`,
    { state: file.state },
  );
}

export interface RegenerationPreview {
  readonly file: FileRow;
  readonly sums: readonly RegenerationSum[];
  /** The first lines, with what would become of each. */
  readonly lines: readonly RegenerationLine[];
  readonly nextPostingDate: string;
  /** The new file would post later than the old one was to. */
  readonly postsLater: boolean;
  /** Whose word it takes beside the one who says what became of the file; null for nobody's. */
  readonly need: ApprovalNeed | null;
}

const LINES_SHOWN = 200;

/** The difference that `regenerate` would make, without making it. Throws as `regenerate` would. */
export async function previewRegeneration(
  desk: BatchDesk,
  request: { clientId: string; fileId: string },
): Promise<RegenerationPreview> {
  const { clientId, fileId } = request;
  return desk.engine.database.transaction(
    async (tx) => {
      const file = await freshFile(tx, clientId, fileId);
      mayBeVoided(file);
      const { runtime, profile } = await profileOf(tx, desk, clientId, file.profile);
      const nextPostingDate = datesNow(desk, runtime, profile).postingDate;
      return {
        file,
        sums: await regenerationSums(tx, file),
        lines: await linesToRegenerate(tx, file, { afterLine: 0n, limit: LINES_SHOWN }),
        nextPostingDate,
        postsLater: nextPostingDate > file.postingDate,
        need: await regenerationNeed(tx, runtime, profile, file),
      };
    },
    { isolation: "repeatable read", readOnly: true },
  );
}

function mayBeVoided(file: FileRow): void {
  if (file.state === "sending") throw beingSent(file);
  nextFileState(file.state, "voided");
}

function requireSecondPerson(
  { actor, secondPerson }: RegenerationRequest,
  need: ApprovalNeed | null,
): void {
  if (secondPerson === actor) {
    throw new Failure("self-approval", "the statement needs somebody else's word too");
  }
  if (need !== null && secondPerson === null) {
    throw new Failure("approval-required", "two people have to say what became of the file");
  }
}

const RIGHT = "batch:regenerate";
const SETTING = "regenerateBatch";

/** The profile's second person, or those of the client's tiers for what comes back. */
async function regenerationNeed(
  tx: Transaction,
  { settings }: ClientRuntime,
  profile: BatchProfile,
  file: FileRow,
): Promise<ApprovalNeed | null> {
  const own = profile.regeneration.secondPerson
    ? domainNeed(`batch profile ${profile.name}: two people say what became of a file`, RIGHT)
    : null;
  const tiers = settings.approvals[SETTING];
  if (tiers === undefined) return own;
  const sums = await regenerationSums(tx, file);
  const amountMinor = sums
    .filter((sum) => COMES_BACK.has(sum.fate))
    .reduce((sum, one) => sum + BigInt(one.amountMinor), 0n);
  const { currency } = file;
  const fired = tierFired(tiers, { setting: SETTING, amountMinor, currency, right: RIGHT });
  return stricter(fired, own);
}

export const COMES_BACK: ReadonlySet<LineFate> = new Set(["comesBack", "assumedComesBack"]);
