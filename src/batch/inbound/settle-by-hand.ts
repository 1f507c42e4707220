/**
 * What persons decide about return files, always with a reason: a single line is matched again, or
 * to the line of ours that they choose, or set aside; a held file is released or refused; a refused
 * one is read again after its profile was put right.
 */
import type { Transaction } from "../../database/database.ts";
import { Failure } from "../../kernel/failure.ts";

import { closeIfComplete } from "../acknowledge.ts";
import { closeAlarms } from "../alarms.ts";
import type { BatchDesk } from "../desk.ts";
import { profileOf } from "../generate.ts";
import { lockedFile } from "../hand-over.ts";
import { EXPLANATIONS } from "./explanations.ts";
import type { Explanation } from "./explanations.ts";
import { matchLines } from "./match-lines.ts";
import { returnFileOf } from "./receive-file.ts";
import type { Decision, InboundFileChange, SettledLine } from "./store.ts";
import { changeInboundFile, insertDecision, settleInboundLines } from "./store.ts";
import type { InboundFileRow, InboundLineRow } from "./views.ts";
import { inboundFileOfIdentity, inboundLine, lockInboundFile } from "./views.ts";
import { concludeFile } from "./work-inbound.ts";

export interface OnFile {
  readonly clientId: string;
  readonly fileId: string;
  readonly reason: string;
  readonly actor: string;
}

export interface OnLine extends OnFile {
  readonly ordinal: bigint;
}

export interface ChosenLine {
  readonly fileId: string;
  readonly lineNumber: bigint;
}

/**
 * Matches one line anew: by what it names, or to the line chosen. Throws `not-found`,
 * `transition-refused` for one that is settled, `input-invalid` where it does not fit the choice.
 */
export function redriveLine(
  desk: BatchDesk,
  request: OnLine & { readonly to: ChosenLine | null },
): Promise<SettledLine> {
  const { to, ...line } = request;
  return onLine(desk, line, to, async (tx, file, said) => {
    const { runtime, profile } = await profileOf(tx, desk, file.clientId, file.profile);
    const matching = {
      file,
      sides: returnFileOf(profile).sides,
      zone: runtime.calendar.zone,
      actor: request.actor,
      chosen: to,
    };
    const [settled] = await matchLines(tx, desk, matching, [said]);
    if (settled === undefined) throw new Error("a line that is matched is settled");
    if (to !== null && settled.state === "unmatched") {
      const words = EXPLANATIONS[settled.explanation as Explanation];
      throw new Failure("input-invalid", `the line does not fit the one chosen: ${words}`, {
        explanation: settled.explanation,
      });
    }
    if (settled.batchFileId !== null) {
      await closeIfComplete(tx, desk, await lockedFile(tx, file.clientId, settled.batchFileId));
    }
    return settled;
  });
}

/** The line stays without effect: it was dealt with elsewhere, or is none of ours. */
export function setLineAside(desk: BatchDesk, request: OnLine): Promise<SettledLine> {
  return onLine(desk, request, "aside", async (tx, file, said) => {
    const settled: SettledLine = {
      ordinal: said.ordinal,
      state: "setAside",
      outcome: null,
      explanation: said.explanation,
      adjustmentId: said.adjustmentId,
      batchFileId: said.batchFileId,
      batchLine: said.batchLine,
      detail: said.detail,
    };
    const place = { clientId: file.clientId, fileId: file.id };
    const now = desk.engine.clock.now().toString();
    await settleInboundLines(tx, place, [settled], { by: request.actor, now });
    return settled;
  });
}

async function onLine(
  desk: BatchDesk,
  request: OnLine,
  to: ChosenLine | "aside" | null,
  work: (tx: Transaction, file: InboundFileRow, line: InboundLineRow) => Promise<SettledLine>,
): Promise<SettledLine> {
  const { clientId, fileId, ordinal, reason, actor } = request;
  return desk.engine.database.transaction(async (tx) => {
    const file = await locked(tx, clientId, fileId);
    mustBe(file, ["matched", "partlyMatched"]);
    const said = await inboundLine(tx, file, ordinal);
    if (said === undefined) throw new Failure("not-found", `no line ${ordinal} in ${file.name}`);
    if (said.state === "applied" || said.state === "setAside") {
      throw new Failure("transition-refused", `line ${ordinal} is settled`, { state: said.state });
    }
    const settled = await work(tx, file, said);
    const chosen =
      to === null || to === "aside" ? {} : { batchFileId: to.fileId, batchLine: to.lineNumber };
    const decision = to === null ? "again" : to === "aside" ? "setAside" : "matched";
    await decide(tx, desk, { clientId, fileId, ordinal, decision, ...chosen, reason, actor });
    await concludeFile(tx, desk, file, actor);
    return settled;
  });
}

/** A file whose totals do not add up is matched all the same. */
export function releaseFile(desk: BatchDesk, request: OnFile): Promise<void> {
  return onFile(desk, request, "released", ["held"], (now) => ({
    state: "read",
    dueAt: now,
    problem: null,
  }));
}

/** A file that is held is not matched at all. */
export function refuseFile(desk: BatchDesk, request: OnFile): Promise<void> {
  return onFile(desk, request, "refused", ["held"], () => ({
    state: "refused",
    dueAt: null,
    problem: request.reason,
  }));
}

/** A refused file of which no line was kept is read once more, as the profile says now. */
export function readFileAgain(desk: BatchDesk, request: OnFile): Promise<void> {
  return onFile(desk, request, "readAgain", ["refused"], (now) => ({
    state: "received",
    dueAt: now,
    problem: null,
    faults: [],
  }));
}

async function onFile(
  desk: BatchDesk,
  { clientId, fileId, reason, actor }: OnFile,
  decision: Decision["decision"],
  states: readonly InboundFileRow["state"][],
  changeAt: (now: string) => InboundFileChange,
): Promise<void> {
  await desk.engine.database.transaction(async (tx) => {
    const now = desk.engine.clock.now().toString();
    const file = await locked(tx, clientId, fileId);
    mustBe(file, states);
    if (decision === "readAgain") await mustBeReadable(tx, file);
    await changeInboundFile(tx, file, changeAt(now), now);
    await decide(tx, desk, { clientId, fileId, ordinal: null, decision, reason, actor });
    const kinds = ["fileHeld", "fileRefused"] as const;
    await closeAlarms(
      tx,
      { clientId, subject: fileId, kinds },
      { by: actor, because: reason, now },
    );
  });
}

async function mustBeReadable(tx: Transaction, file: InboundFileRow): Promise<void> {
  const known =
    file.identity === null ? undefined : await inboundFileOfIdentity(tx, file, file.identity);
  const hasLines = (await inboundLine(tx, file, 1n)) !== undefined;
  if (known === undefined && !hasLines) return;
  throw new Failure("transition-refused", `${file.name} was read, and refused by a person`, {
    state: file.state,
  });
}

async function locked(tx: Transaction, clientId: string, id: string): Promise<InboundFileRow> {
  const file = await lockInboundFile(tx, clientId, id);
  if (file === undefined) throw new Failure("not-found", `no return file ${id}`);
  return file;
}

function mustBe(file: InboundFileRow, states: readonly InboundFileRow["state"][]): void {
  if (states.includes(file.state)) return;
  throw new Failure("transition-refused", `${file.name} is ${file.state}`, { state: file.state });
}

function decide(tx: Transaction, desk: BatchDesk, row: Omit<Decision, "id">): Promise<void> {
  const now = desk.engine.clock.now().toString();
  return insertDecision(tx, { ...row, id: desk.engine.ids.next() }, now);
}
