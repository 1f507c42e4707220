/**
 * The machine's second step with a return file, slice by slice: finds the lines of ours that its
 * lines speak of, decides in pure code, and writes each table once per round. A slice is one
 * transaction: after a kill the next process goes on with the lines that still wait.
 */
import type { Move } from "../../accounting/move-adjustments.ts";
import { moveAdjustments } from "../../accounting/move-adjustments.ts";
import type { Transaction } from "../../database/database.ts";
import { ACCOUNT_STATEMENTS } from "../../formats/read/document.ts";
import { assert } from "../../kernel/assert.ts";

import { acknowledgeWithin } from "../acknowledge.ts";
import type { LineAnswer } from "../answer-moves.ts";
import { executedMove, failedMove, partMove, returnedMove } from "../answer-moves.ts";
import type { BatchDesk } from "../desk.ts";
import { hasOpenLine, sumsOfFile } from "../line-views.ts";
import { settleEachLine } from "../store.ts";
import { fileById } from "../views.ts";
import type { AnsweredDetail, OurDetail, OurLine, Places } from "./candidates.ts";
import {
  answeredDetails,
  detailsOf,
  filesNamed,
  findPlaces,
  lockLines,
  numberKey,
  placeKey,
} from "./candidates.ts";
import type { Decided, Effect } from "./decide-line.ts";
import { decideLine } from "./decide-line.ts";
import type { Explanation } from "./explanations.ts";
import type { Found, Sides, Target } from "./find-line.ts";
import { compared, comparedToWhole, findLine } from "./find-line.ts";
import type { Pointer } from "./references.ts";
import { isOfWholeFile, pointerOf } from "./references.ts";
import type { LineOutcome, SettledLine } from "./store.ts";
import { settleInboundLines } from "./store.ts";
import type { InboundFileRow, InboundLineRow } from "./views.ts";

export interface Matching {
  readonly file: InboundFileRow;
  readonly sides: Sides;
  readonly zone: string;
  readonly actor: string;
  /** The line of ours that a person chose; null: whatever the lines name. */
  readonly chosen: { readonly fileId: string; readonly lineNumber: bigint } | null;
}

interface Judged {
  readonly said: InboundLineRow;
  readonly target: Target | null;
  readonly decided: Decided;
}

/** Settles lines of one return file, whose row is locked. */
export async function matchLines(
  tx: Transaction,
  desk: BatchDesk,
  matching: Matching,
  lines: readonly InboundLineRow[],
): Promise<SettledLine[]> {
  const settled: SettledLine[] = [];
  let waiting = lines;
  while (waiting.length > 0) {
    const [first] = waiting;
    if (first !== undefined && matching.chosen === null && isOfWholeFile(first)) {
      settled.push(await answerWholeFile(tx, desk, matching, first));
      waiting = waiting.slice(1);
      continue;
    }
    // Lines stay in their order around one that speaks of a whole file.
    const whole = waiting.findIndex(isOfWholeFile);
    const together = whole === -1 || matching.chosen !== null ? waiting : waiting.slice(0, whole);
    const round = await matchRound(tx, desk, matching, together);
    settled.push(...round);
    const done = new Set(round.map((line) => line.ordinal));
    waiting = waiting.filter((line) => !done.has(line.ordinal));
  }
  const { file, actor } = matching;
  const now = desk.engine.clock.now().toString();
  const place = { clientId: file.clientId, fileId: file.id };
  const count = await settleInboundLines(tx, place, settled, { by: actor, now });
  assert(count === settled.length, "every line of a slice is settled once");
  return settled;
}

/** Decides for each adjustment the lines up to the first that moves it; details together. */
async function matchRound(
  tx: Transaction,
  desk: BatchDesk,
  matching: Matching,
  lines: readonly InboundLineRow[],
): Promise<SettledLine[]> {
  const found = await findLines(tx, desk, matching, lines);
  const { clientId } = matching.file;
  const ours = [...new Map(found.lines.map((line) => [placeKey(line), line])).values()];
  const answered = await answeredDetails(tx, clientId, ours);
  const judged = judge(found, answered);
  const settled = judged.map(settledOf);
  await writeAnswers(tx, desk, matching, judged);
  return settled;
}

const NOWHERE: Places = { ofAdjustment: new Map(), ofNumber: new Map() };

interface FoundLines {
  readonly each: readonly { said: InboundLineRow; found: Found }[];
  readonly lines: readonly OurLine[];
  readonly details: ReadonlyMap<string, readonly OurDetail[]>;
}

async function findLines(
  tx: Transaction,
  desk: BatchDesk,
  matching: Matching,
  said: readonly InboundLineRow[],
): Promise<FoundLines> {
  const { file, chosen } = matching;
  const { clientId } = file;
  const pointers = said.map(pointerOf);
  const profile = { clientId, name: file.profile };
  const places =
    chosen === null ? await findPlaces(tx, profile, pointers, desk.engine.clock.now()) : NOWHERE;
  const all =
    chosen === null
      ? [...places.ofAdjustment.values(), ...places.ofNumber.values()].flat()
      : [chosen];
  const ours = await lockLines(tx, clientId, all);
  const details = await detailsOf(tx, clientId, [...ours.values()]);
  const search = (line: InboundLineRow, pointer: Pointer) => {
    const found =
      pointer.adjustment === null
        ? pointer.detailNumber === null
          ? []
          : places.ofNumber.get(numberKey(pointer.file, pointer.detailNumber))
        : places.ofAdjustment.get(pointer.adjustment.id);
    const candidates = (found ?? []).flatMap((place) => ours.get(placeKey(place)) ?? []);
    const detailsOfLine = (one: OurLine) => details.get(placeKey(one)) ?? [];
    const sides = sidesOf(matching, line);
    return { said: line, pointer, candidates, details: detailsOfLine, sides };
  };
  const each = said.map((line, index) => {
    const one = search(line, pointers[index] as Pointer);
    if (chosen === null) return { said: line, found: findLine(one) };
    const target = ours.get(placeKey(chosen));
    const nothing: Found = { target: null, explanation: "notFound" };
    // What a person chose is taken by its place, whatever the line names.
    const pointer = { adjustment: null, detailNumber: null, dispute: null, file: null };
    return {
      said: line,
      found: target === undefined ? nothing : compared({ ...one, pointer }, target),
    };
  });
  return { each, lines: [...ours.values()], details };
}

/** On a statement what comes back stands on either side: its reference and amount have to do. */
function sidesOf({ file, sides }: Matching, { status }: InboundLineRow): Sides {
  return status === "refused" && ACCOUNT_STATEMENTS.has(file.format) ? "ignored" : sides;
}

function judge(
  { each, details }: FoundLines,
  answered: ReadonlyMap<string, readonly AnsweredDetail[]>,
): Judged[] {
  const judged: Judged[] = [];
  const taken = new Map<string, { key: string; answers: AnsweredDetail[] } | null>();
  const lastOf = lastDetails(each);
  for (const { said, found } of each) {
    const { target, explanation } = found;
    if (target === null || explanation !== null) {
      const decided = { state: "unmatched" as const, explanation: explanation as Explanation };
      judged.push({ said, target, decided });
      continue;
    }
    const key = placeKey(target.line);
    const before = taken.get(target.line.adjustmentId);
    const isTogether =
      before === undefined || (before !== null && before.key === key && target.detail !== null);
    // Its adjustment moves in this round already: the next round sees what became of it.
    if (!isTogether) continue;
    const answers = before?.answers ?? [...(answered.get(key) ?? [])];
    const isLast = target.detail === null || lastOf.get(key) === said.ordinal;
    const decided = decideLine(said.status, target, details.get(key) ?? [], answers, isLast);
    if (decided.state === "applied" && target.detail !== null) {
      answers.push({ detail: target.detail, isAccepted: said.status !== "refused" });
    }
    const moves = decided.state === "applied" && decided.effect.kind !== "count";
    // What moves nothing leaves all as it is for the lines behind it: none of them waits for it.
    if (moves) taken.set(target.line.adjustmentId, null);
    else if (target.detail !== null) taken.set(target.line.adjustmentId, { key, answers });
    judged.push({ said, target, decided });
  }
  return judged;
}

/** The last line of the round that answers a detail, per line of ours. */
function lastDetails(each: FoundLines["each"]): Map<string, bigint> {
  const last = new Map<string, bigint>();
  for (const { said, found } of each) {
    if (found.explanation !== null || found.target.detail === null) continue;
    if (said.status !== "unknown") last.set(placeKey(found.target.line), said.ordinal);
  }
  return last;
}

const OUTCOME: Readonly<Record<Effect["kind"], LineOutcome>> = {
  execute: "executed",
  confirm: "confirmed",
  fail: "failed",
  return: "returned",
  count: "counted",
  part: "partly",
};

function settledOf({ said, target, decided }: Judged): SettledLine {
  return {
    ordinal: said.ordinal,
    state: decided.state,
    outcome: decided.state === "applied" ? OUTCOME[decided.effect.kind] : null,
    explanation: decided.state === "unmatched" ? decided.explanation : null,
    adjustmentId: target?.line.adjustmentId ?? null,
    batchFileId: target?.line.fileId ?? null,
    batchLine: target?.line.lineNumber ?? null,
    detail: target?.detail ?? null,
  };
}

async function writeAnswers(
  tx: Transaction,
  desk: BatchDesk,
  matching: Matching,
  judged: readonly Judged[],
): Promise<void> {
  const moves: Move[] = [];
  const outcomes: Parameters<typeof settleEachLine>[2][number][] = [];
  for (const { said, target, decided } of judged) {
    if (decided.state !== "applied" || target === null) continue;
    const { effect } = decided;
    if (effect.kind === "count") continue;
    const move = moveOf(desk, matching, said, target.line, effect);
    if (move !== null) moves.push(move);
    outcomes.push({
      fileId: target.line.fileId,
      lineNumber: target.line.lineNumber,
      outcome: effect.kind === "execute" || effect.kind === "confirm" ? "acknowledged" : "refused",
      reference: referenceOf(matching, said),
    });
  }
  const count = await settleEachLine(tx, matching.file.clientId, outcomes);
  assert(count === outcomes.length, "a line that an answer moves was live");
  const results = await moveAdjustments(tx, desk.engine, moves);
  assert(
    results.every((one) => one.moved),
    "an adjustment that was locked moves as decided",
  );
}

function moveOf(
  desk: BatchDesk,
  matching: Matching,
  said: InboundLineRow,
  line: OurLine,
  effect: Exclude<Effect, { kind: "count" }>,
): Move | null {
  const today = desk.engine.clock.now().toZonedDateTimeISO(matching.zone).toPlainDate().toString();
  const isPosting = effect.kind === "execute";
  const answer: LineAnswer = {
    clientId: matching.file.clientId,
    fileId: line.fileId,
    reference: referenceOf(matching, said),
    actor: matching.actor,
    postingDate: said.bookedOn ?? (isPosting ? line.postingDate : today),
    basis: said.status === "posted" ? "matched" : "acknowledged",
    outside: { returnFile: matching.file.id, line: String(said.line), code: said.code },
  };
  switch (effect.kind) {
    case "execute":
      return executedMove(answer, line);
    case "confirm":
      return null;
    case "fail":
      return failedMove(answer, line);
    case "return":
      return returnedMove(answer, line);
    case "part":
      return partMove(answer, line, effect);
  }
}

/** A refusal's code with its reason; of what was accepted the destination's reference. */
function referenceOf({ file }: Matching, said: InboundLineRow): string {
  if (said.status !== "refused") return said.reference ?? file.name;
  const words = [said.code, said.reason].filter((word) => word !== null);
  return words.length > 0 ? words.join(" ") : "refused";
}

async function answerWholeFile(
  tx: Transaction,
  desk: BatchDesk,
  matching: Matching,
  said: InboundLineRow,
): Promise<SettledLine> {
  const { file, actor } = matching;
  const names = { clientId: file.clientId, name: file.profile };
  const [id, ...others] = await filesNamed(tx, names, said.originalFile ?? "");
  const line = {
    ordinal: said.ordinal,
    outcome: null,
    explanation: null,
    adjustmentId: null,
    batchFileId: id ?? null,
    batchLine: null,
    detail: null,
  };
  if (id === undefined || others.length > 0) {
    const explanation = id === undefined ? "notFound" : "inSeveralFiles";
    return { ...line, state: "unmatched", explanation };
  }
  if (said.status === "unknown") return { ...line, state: "noted" };
  const explanation = await whyNotWhole(tx, matching, said, id);
  if (explanation !== null) return { ...line, state: "unmatched", explanation };
  const { settled } = await acknowledgeWithin(tx, desk, {
    clientId: file.clientId,
    fileId: id,
    adjustmentIds: null,
    answer: said.status === "refused" ? "refused" : "accepted",
    reference: referenceOf(matching, said),
    actor,
  });
  if (settled === 0) {
    const isOpen = await hasOpenLine(tx, { clientId: file.clientId, id });
    if (isOpen) return { ...line, state: "unmatched", explanation: "isPartOnly" };
    return { ...line, state: "repeated" };
  }
  return { ...line, state: "applied", outcome: "wholeFile" };
}

async function whyNotWhole(
  tx: Transaction,
  matching: Matching,
  said: InboundLineRow,
  id: string,
): Promise<Explanation | null> {
  const place = { clientId: matching.file.clientId, id };
  const ours = await fileById(tx, place.clientId, id);
  if (ours === undefined) return "notFound";
  if (ours.state === "void") return "fileVoid";
  // It is due: we are still to send it. One that a person carries is not.
  const isToBeSent = ours.state === "generated" && ours.dueAt !== null;
  if (ours.release === "waiting" || isToBeSent) return "notLeft";
  if (ours.state === "acknowledged" && said.status === "refused") return "fileAnswered";
  const search = { said, sides: sidesOf(matching, said) };
  return comparedToWhole(search, { currency: ours.currency, sums: await sumsOfFile(tx, place) });
}
