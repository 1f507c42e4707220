/**
 * The receiver of files: reads what is handed over, posts line by line on the date a line names,
 * answers the next morning, refuses and returns some, and loses files when its day says so.
 */
import { readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { PlayedClient } from "./institution.ts";
import type { Quarter } from "./quarter.ts";
import { calendarOf, drawFor, isStruck, localTime } from "./quarter.ts";
import { minorOf } from "./simulated-core.ts";

interface Answer {
  /** The detail's number in its file. */
  readonly detail: string;
  readonly fileId: string;
  readonly amount: string;
  readonly side: string;
  readonly status: "accepted" | "refused";
  readonly code: string;
}

export interface Receiver {
  /** Looks at what was handed over; once an hour. */
  receive(): Promise<void>;
  /** Names of files that were lost on their way, with when. */
  readonly lost: ReadonlyMap<string, number>;
}

export interface ReceiverPlaces {
  /** Directory in which files are handed over. */
  readonly outgoing: string;
  /** Directory from which the product picks answers up. */
  readonly answers: string;
}

const ANSWERS_AT_HOUR = 5;

export function simulatedReceiver(
  quarter: Quarter,
  client: PlayedClient,
  { outgoing, answers }: ReceiverPlaces,
): Receiver {
  const seen = new Set<string>();
  const lost = new Map<string, number>();
  const waiting: Answer[] = [];
  const returns: (Answer & { readonly on: string })[] = [];
  let ordinal = 0;

  const read = async (name: string): Promise<void> => {
    const text = await readFile(join(outgoing, name), "utf8");
    for (const line of detailsOf(text)) {
      const answer = answerTo(quarter, client, line);
      waiting.push(answer);
      const isBack = !quarter.isCalm && drawFor(`back ${line.adjustment}`, 400) === 0;
      if (!isBack || answer.status !== "accepted") continue;
      const on = calendarOf(quarter, client.id).openDaysAfter(line.postingDate, 2);
      returns.push({ ...answer, status: "refused", code: "R03", on });
    }
  };
  const answer = async (): Promise<void> => {
    const { date } = localTime(quarter, client);
    const due = returns.filter((one) => one.on <= date);
    for (const one of due) giveBack(quarter, one, date);
    returns.splice(0, returns.length, ...returns.filter((one) => one.on > date));
    for (const lines of [waiting.splice(0), due]) {
      if (lines.length === 0) continue;
      ordinal += 1;
      const path = join(answers, `answer-${ordinal}.csv`);
      await writeFile(path, answerFile(`A${ordinal}`, date, lines));
      // As old as the simulated day, so that the pick-up sees a file that nobody writes any more.
      const now = quarter.clock.now().epochMilliseconds / 1000;
      await utimes(path, now, now);
    }
  };
  return {
    lost,
    receive: async () => {
      const names = (await readdir(outgoing)).filter((name) => !name.startsWith("."));
      for (const name of names.toSorted()) {
        if (seen.has(name)) continue;
        seen.add(name);
        if (isStruck(quarter, "filesLost", client.id)) {
          lost.set(name, quarter.clock.now().epochMilliseconds);
        } else await read(name);
      }
      if (localTime(quarter, client).hour === ANSWERS_AT_HOUR) await answer();
    },
  };
}

interface Detail {
  readonly fileId: string;
  readonly detail: string;
  readonly adjustment: string;
  readonly amount: string;
  readonly side: string;
  readonly postingDate: string;
}

/** The details of a generic CSV file, by the places that its layout gives them. */
function detailsOf(text: string): Detail[] {
  const rows = text.split("\r\n").map((row) => row.split(","));
  const fileId = rows.find(([record]) => record === "FH")?.[6] ?? "";
  return rows
    .filter(([record]) => record === "DT")
    .map((row) => ({
      fileId,
      detail: row[1] ?? "",
      adjustment: row[5] ?? "",
      side: row[10] ?? "",
      amount: row[11] ?? "",
      postingDate: row[18] ?? "",
    }));
}

function answerTo(quarter: Quarter, client: PlayedClient, line: Detail): Answer {
  const { fileId, detail, amount, side, adjustment } = line;
  const told = { detail, fileId, amount, side };
  // A whole adjustment is refused or none of it, as an account is closed or not.
  if (!quarter.isCalm && drawFor(`${fileId} ${adjustment}`, 150) === 0) {
    quarter.outside.note(adjustment, "the receiver refused its line: R02");
    return { ...told, status: "refused", code: "R02" };
  }
  const { date } = localTime(quarter, client);
  const earliest = calendarOf(quarter, client.id).onOrAfter(date);
  quarter.outside.post({
    clientId: client.id,
    adjustmentId: adjustment,
    key: `${fileId} ${detail}`,
    via: "file",
    amountMinor: minorOf(amount),
    postedOn: line.postingDate > earliest ? line.postingDate : earliest,
    at: quarter.clock.now().epochMilliseconds,
  });
  return { ...told, status: "accepted", code: "" };
}

function giveBack(quarter: Quarter, one: Answer, date: string): void {
  const posting = quarter.outside.find(`${one.fileId} ${one.detail}`);
  if (posting === undefined) return;
  quarter.outside.note(posting.adjustmentId, "it came back after it was posted: R03");
  quarter.outside.post({
    ...posting,
    key: `${posting.key} back`,
    amountMinor: -posting.amountMinor,
    postedOn: date,
    at: quarter.clock.now().epochMilliseconds,
  });
}

function answerFile(identity: string, date: string, lines: readonly Answer[]): string {
  const sum = (side: string): string => {
    const minor = lines
      .filter((line) => line.side === side)
      .reduce((total, line) => total + minorOf(line.amount), 0n);
    return `${minor / 100n}.${String(minor % 100n).padStart(2, "0")}`;
  };
  return [
    `AH,${identity},${date}T12:00:00Z,,USD`,
    "record,reference,fileId,traceNumber,amount,side,status,code,reason",
    ...lines.map(({ detail, fileId, amount, side, status, code }) =>
      ["AD", "", fileId, detail, amount, side, status, code, ""].join(","),
    ),
    `AT,${lines.length},${sum("debit")},${sum("credit")}`,
    "",
  ].join("\r\n");
}
