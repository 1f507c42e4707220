/** Files that a destination sends back, in the shipped CSV form, and a client that reads them. */
import { aBatchClient, aDirectory, pendingCredits } from "./batch.ts";
import { PROFILE, SENDING } from "./batch-desk.ts";
import type { TestEngine } from "./engine.ts";
import type { BatchDesk } from "../../src/batch/desk.ts";
import { generateNow } from "../../src/batch/generate.ts";
import type { Received } from "../../src/batch/inbound/receive-file.ts";
import { receiveFile } from "../../src/batch/inbound/receive-file.ts";
import { workInbound } from "../../src/batch/inbound/work-inbound.ts";
import type { InboundFileRow } from "../../src/batch/inbound/views.ts";
import { transmitNext } from "../../src/batch/transmit.ts";

export interface AnswerLine {
  readonly reference?: string;
  readonly fileId?: string;
  readonly traceNumber?: string;
  readonly amount?: string;
  readonly side?: string;
  readonly status: string;
  readonly code?: string;
  readonly reason?: string;
}

const TITLES = ["reference", "fileId", "traceNumber", "amount", "side", "status", "code", "reason"];

/** The text of an answer; its totals are right unless others are given. */
export function answerFile(
  identity: string,
  lines: readonly AnswerLine[],
  totals: { count?: number; debit?: string; credit?: string } = {},
): string {
  const rows = lines.map((line) =>
    ["AD", ...TITLES.map((title) => line[title as keyof AnswerLine] ?? "")].join(","),
  );
  const sum = (side: string): string => {
    const minor = lines
      .filter((line) => line.side === side)
      .reduce((total, line) => total + Math.round(Number(line.amount ?? 0) * 100), 0);
    return (minor / 100).toFixed(2);
  };
  const { count = lines.length, debit = sum("debit"), credit = sum("credit") } = totals;
  return [
    `AH,${identity},2026-10-05T12:00:00Z,,USD`,
    ["record", ...TITLES].join(","),
    ...rows,
    `AT,${count},${debit},${credit}`,
    "",
  ].join("\r\n");
}

export const READS_ANSWERS = { returnFile: { format: "csv" } };

export interface SentFile {
  readonly client: string;
  readonly directory: string;
  readonly adjustments: string[];
  readonly fileId: string;
}

/** A file of credits that was generated and handed over to a destination that answers. */
export async function aSentFile(
  desk: BatchDesk,
  engine: TestEngine,
  amounts: readonly string[],
  profile: Readonly<Record<string, unknown>> = {},
): Promise<SentFile> {
  const directory = await aDirectory();
  const client = await aBatchClient(engine, directory, { ...READS_ANSWERS, ...profile });
  const adjustments = await pendingCredits(engine, client, amounts);
  const { files } = await generateNow(desk, { clientId: client, profile: PROFILE, actor: "ann" });
  await transmitNext(desk, SENDING);
  return { client, directory, adjustments, fileId: files[0]?.id ?? "" };
}

export function receive(desk: BatchDesk, client: string, text: string): Promise<Received> {
  return receiveFile(desk, {
    clientId: client,
    profile: PROFILE,
    name: "answer.csv",
    source: "upload",
    bytes: Buffer.from(text),
    actor: "ann",
  });
}

/** Takes an answer in and works it to its end. */
export async function bringIn(
  desk: BatchDesk,
  client: string,
  text: string,
): Promise<InboundFileRow> {
  const { file } = await receive(desk, client, text);
  return workInbound(desk, client, file.id);
}
